//! What a request has: who sends it, which row it means, its JSON, its query. Cookies are not read
//! here, so that a browser that is logged in is nobody.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{MAX_BODY, Problem};
use crate::id::digest;
use crate::users::{User, tokens};
use crate::web::App;
use crate::web::login::Address;
use crate::web::visitor::bearer;
use crate::{Scope, ServiceError, text};

/// The owner of the token.
#[derive(Debug)]
pub(super) struct Caller(pub(super) User);

/// The same, an administrator.
#[derive(Debug)]
pub(crate) struct Administrator(pub(super) User);

/// The identifier in the address.
#[derive(Debug)]
pub(super) struct Id(pub(super) String);

/// The body, read as JSON.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

/// The body as it came.
#[derive(Debug)]
pub(super) struct Raw(pub(super) Bytes);

impl Caller {
    /// What they may see.
    pub(super) fn scope(&self) -> Scope {
        if self.0.is_administrator() { Scope::All } else { Scope::Own(self.0.id.clone()) }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(ServiceError::Unauthenticated)?.to_owned();
        match tokens::find(app.database(), app.now(), &token).await {
            Ok(user) => Ok(Self(user)),
            Err(ServiceError::Unauthenticated) => {
                // Whoever has a token that is right never waits, and people who log in from the
                // same address do not either.
                let Ok(Address(address)) = Address::from_request_parts(parts, app).await;
                let (name, address) =
                    (format!("token {}", digest(&token)), format!("tokens {address}"));
                app.attempts().check(&name, &address)?;
                app.attempts().failed(&name, &address);
                Err(ServiceError::Unauthenticated.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Caller(user) = Caller::from_request_parts(parts, app).await?;
        if user.is_administrator() { Ok(Self(user)) } else { Err(ServiceError::Forbidden.into()) }
    }
}

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(id)) => Ok(Self(id)),
            // What is no text is no identifier.
            Err(_) => Err(ServiceError::NotFound("address").into()),
        }
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // What says that it is too large is not waited for.
        let length = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        if length.and_then(|it| it.parse().ok()).is_some_and(|length: usize| length > MAX_BODY) {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
        }
        let body = Bytes::from_request(request, app).await;
        body.map(Self).map_err(|error| Problem::new(error.status(), &error.body_text()))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            let what = "the body has to be JSON: Content-Type: application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
        }
        let Raw(body) = Raw::from_request(request, app).await?;
        let read = serde_json::from_slice(&body).map_err(|error| unusable(&error))?;
        text::check_json(&serde_json::from_slice(&body).map_err(|error| unusable(&error))?)?;
        Ok(Self(read))
    }
}

fn unusable(error: &serde_json::Error) -> Problem {
    let status = match error.classify() {
        Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, &format!("the JSON cannot be used: {error}"))
}
