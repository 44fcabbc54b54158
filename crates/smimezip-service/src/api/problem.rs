//! What went wrong, as RFC 9457 has it. What only those who run the service can mend goes to the
//! log, and a program hears no more than that.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ServiceError;
use crate::web::failure::{describe, sentence};

/// The type of its document.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    /// After how many seconds it is worth another attempt.
    wait: Option<u64>,
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Document {
    /// Always `about:blank`: the status says what it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(example = 404)]
    status: u16,
    /// What it was, for people.
    detail: String,
}

impl Problem {
    /// A refusal with its reason.
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self { status, detail: sentence(detail), wait: None }
    }
}

impl<E: Into<ServiceError>> From<E> for Problem {
    fn from(error: E) -> Self {
        let error = error.into();
        let (status, _) = describe(&error);
        if status.is_server_error() {
            tracing::error!(%error, "a program's request failed");
            let text =
                "the service cannot do this now; whoever runs it finds the reason in its log";
            return Self::new(status, text);
        }
        let wait = match error {
            ServiceError::TooMany { seconds } => Some(seconds),
            _ => None,
        };
        let detail = match error {
            ServiceError::Unauthenticated => {
                "send an API token that is valid: Authorization: Bearer TOKEN".to_owned()
            }
            error => error.to_string(),
        };
        Self { wait, ..Self::new(status, &detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
        };
        let mut response = (self.status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.wait {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// For addresses that there are not.
pub(super) async fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such address; see /api/openapi.json")
}

/// For methods that an address does not have.
pub(super) async fn no_method() -> Problem {
    let what = "this address has other methods; see /api/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, what)
}
