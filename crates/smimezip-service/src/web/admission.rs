//! What holds for each request, of a page or of a program: its address has no text that the
//! database does not take, and its body comes in time. Whoever sends a form byte by byte hears so
//! and is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::App;
use crate::{ServiceError, text};

/// A body that is on its way.
struct Arrival {
    bytes: BodyDataStream,
    end: Instant,
    is_late: Arc<AtomicBool>,
}

impl Arrival {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, axum::Error> {
        match timeout_at(self.end, self.bytes.next()).await {
            Ok(Some(piece)) => Ok(Some((piece?, self))),
            Ok(None) => Ok(None),
            Err(late) => {
                self.is_late.store(true, Ordering::Relaxed);
                Err(axum::Error::new(late))
            }
        }
    }
}

/// Refuses such an address, with an error of the kind `E`. Has whatever reads the body fail when
/// the time is over, and answers with such an error then.
pub(crate) async fn check<E: From<ServiceError> + IntoResponse>(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let address = request.uri().path_and_query().map_or("", |it| it.as_str());
    if let Err(error) = text::check_address(address) {
        return E::from(error).into_response();
    }
    let (head, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(head, body)).await;
    }
    let version = head.version;
    let is_late = Arc::new(AtomicBool::new(false));
    let end = Instant::now() + app.service().timing().body;
    let arrival = Arrival { bytes: body.into_data_stream(), end, is_late: Arc::clone(&is_late) };
    let body = Body::from_stream(stream::try_unfold(arrival, Arrival::next));
    let response = next.run(Request::from_parts(head, body)).await;
    if !is_late.load(Ordering::Relaxed) {
        return response;
    }
    let mut response = E::from(ServiceError::Late).into_response();
    if version < Version::HTTP_2 {
        // What comes of the body still is no request.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
