//! What the pages do, for programs: JSON below `/api/v1`, by tokens. Whatever is refused is said as
//! RFC 9457 has it. What is done is done by the modules beside this one; here is no SQL.

mod artifacts;
mod jobs;
mod listing;
mod metrics;
mod openapi;
mod own;
mod problem;
mod refusals;
mod request;
mod users;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post};
use tower_http::timeout::TimeoutLayer;

pub(crate) use metrics::metrics;
use problem::Problem;

use crate::web::{ANSWER, App, admission};

/// The largest body: a certificate, or a job with 50 recipients.
const MAX_BODY: usize = 512 << 10;

/// Each address, with what can be done there.
fn routes() -> [(&'static str, MethodRouter<App>); 17] {
    [
        ("/v1/me", get(own::me)),
        ("/v1/sources", get(own::sources)),
        ("/v1/certificate", get(own::certificate).put(own::upload)),
        ("/v1/tokens", get(own::tokens).post(own::create_token)),
        ("/v1/tokens/{id}", delete(own::delete_token)),
        ("/v1/jobs", get(jobs::list).post(jobs::create)),
        ("/v1/jobs/{id}", get(jobs::get).delete(jobs::delete)),
        ("/v1/jobs/{id}/cancel", post(jobs::cancel)),
        ("/v1/jobs/{id}/set.zip", get(jobs::set)),
        ("/v1/artifacts", get(artifacts::list)),
        ("/v1/artifacts/delete", post(artifacts::delete_many)),
        ("/v1/artifacts/links", get(artifacts::links)),
        ("/v1/artifacts/{id}", get(artifacts::get).delete(artifacts::delete)),
        ("/v1/artifacts/{id}/content", get(artifacts::content)),
        ("/v1/users", get(users::list).post(users::create)),
        ("/v1/users/{id}", delete(users::delete)),
        ("/v1/users/{id}/link", post(users::link)),
    ]
}

/// All of it, to stand below `/api`.
pub(crate) fn router(app: &App) -> Router<App> {
    let router = Router::new().route("/openapi.json", get(openapi::document));
    let router =
        routes().into_iter().fold(router, |router, (path, method)| router.route(path, method));
    router
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(app.clone(), admission::check::<Problem>))
}
