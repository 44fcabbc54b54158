//! What went wrong, as a page. What only those who run the service can mend goes to the log, and
//! the page says no more than that.

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::layout;
use crate::ServiceError;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody is logged in, who wanted this address.
    LogIn(String),
    /// A program came with a token that is none.
    NoToken,
    /// Something else.
    Service(ServiceError),
}

impl Failure {
    /// Sends somebody to log in and then to `target`.
    pub(super) fn log_in(target: &str) -> Self {
        Self::LogIn(target.to_owned())
    }
}

impl<E: Into<ServiceError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Service(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = match self {
            Self::LogIn(target) => {
                let next: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
                return Redirect::to(&format!("/login?next={next}")).into_response();
            }
            Self::NoToken => {
                let scheme = [(WWW_AUTHENTICATE, "Bearer")];
                return (StatusCode::UNAUTHORIZED, scheme, "this token is not valid\n")
                    .into_response();
            }
            Self::Service(ServiceError::Unauthenticated) => {
                return Redirect::to("/login").into_response();
            }
            Self::Service(error) => error,
        };
        let (status, title) = describe(&error);
        let text = if status.is_server_error() {
            tracing::error!(%error, "a page could not be made");
            "The service cannot do this now. Whoever runs it finds the reason in its log."
                .to_owned()
        } else {
            sentence(&error.to_string())
        };
        let body = html! {
            h1 { (title) }
            p { (text) }
            p { a href="/history" { "History" } }
        };
        (status, layout::bare(title, &body)).into_response()
    }
}

/// The status and the title of an error.
pub(crate) fn describe(error: &ServiceError) -> (StatusCode, &'static str) {
    match error {
        ServiceError::NotFound(_) => (StatusCode::NOT_FOUND, "Not found"),
        ServiceError::Invalid(_) | ServiceError::Filter { .. } | ServiceError::Export(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be used")
        }
        ServiceError::Conflict(_) => (StatusCode::CONFLICT, "Not possible now"),
        ServiceError::Unauthenticated => (StatusCode::UNAUTHORIZED, "Not logged in"),
        ServiceError::Forbidden | ServiceError::Foreign => (StatusCode::FORBIDDEN, "Not allowed"),
        ServiceError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "Too many attempts"),
        ServiceError::Late => (StatusCode::REQUEST_TIMEOUT, "Too slow"),
        ServiceError::Database(_) | ServiceError::Storage(_) | ServiceError::Lost(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "Not available")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Something failed"),
    }
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let start = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{start}{}{stop}", letters.as_str())
}

/// For addresses that there are not.
pub(super) async fn no_page() -> Failure {
    ServiceError::NotFound("page").into()
}
