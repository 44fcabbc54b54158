//! For whoever watches the service: whether it lives, and whether it can do its work.

use axum::extract::State;
use axum::http::StatusCode;

use super::App;

/// It answers.
pub(super) async fn lives() -> &'static str {
    "ok\n"
}

/// The database answers, too.
pub(super) async fn is_ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match sqlx::query("SELECT 1").execute(app.database().pool()).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used\n")
        }
    }
}
