//! What belongs to the caller: who they are, their certificate, their tokens; and the data sources
//! that there are.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::refusals::{NoJson, NotThere, Refused, TooLarge};
use super::request::{Body, Caller, Id, Raw};
use super::views::{CertificateView, TokenView, UserView};
use crate::ServiceError;
use crate::certificates;
use crate::config::Source;
use crate::users::tokens;
use crate::web::App;

/// A data source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub(super) struct SourceView {
    name: String,
    /// `folder`, `objects` or `command`.
    #[schema(pattern = "^(folder|objects|command)$")]
    kind: &'static str,
}

/// A name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub(super) struct NewTokenBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatedToken)]
pub(super) struct CreatedToken {
    #[serde(flatten)]
    token: TokenView,
    /// What programs send; it is seen only now.
    secret: String,
}

/// Who the token belongs to.
#[utoipa::path(get, path = "/api/v1/me", tag = "own",
    responses((status = 200, body = UserView, description = "The user"), Refused))]
pub(super) async fn me(Caller(user): Caller) -> Json<UserView> {
    Json(user.into())
}

/// The data sources that jobs can have. What is behind a name only those know who run the service.
#[utoipa::path(get, path = "/api/v1/sources", tag = "own",
    responses((status = 200, body = Vec<SourceView>, description = "Their names"), Refused))]
pub(super) async fn sources(State(app): State<App>, _: Caller) -> Json<Vec<SourceView>> {
    let kind = |source: &Source| match source {
        Source::Folder(_) => "folder",
        Source::Objects(_) => "objects",
        Source::Command { .. } => "command",
    };
    let sources = app.config().sources.iter();
    Json(sources.map(|(name, it)| SourceView { name: name.clone(), kind: kind(it) }).collect())
}

/// Your encryption certificate, for which new jobs are sealed.
#[utoipa::path(get, path = "/api/v1/certificate", tag = "own",
    responses((status = 200, body = CertificateView,
        description = "The certificate; 404 if there is none"),
        NotThere, Refused))]
pub(super) async fn certificate(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<Json<CertificateView>, Problem> {
    let own = certificates::current(app.database(), app.now(), &user.id).await?;
    Ok(Json(own.ok_or(ServiceError::NotFound("certificate"))?.finding.into()))
}

/// Another encryption certificate in place of the one before. A file with a private key is refused
/// and not stored.
#[utoipa::path(put, path = "/api/v1/certificate", tag = "own",
    request_body(content = String, content_type = "application/octet-stream",
        description = "PEM or DER"),
    responses(
        (status = 200, body = CertificateView, description = "What can be said of it"),
        TooLarge, Refused))]
pub(super) async fn upload(
    State(app): State<App>,
    Caller(user): Caller,
    Raw(file): Raw,
) -> Result<Json<CertificateView>, Problem> {
    Ok(Json(certificates::upload(app.database(), app.now(), &user.id, &file).await?.into()))
}

/// Your tokens, the newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "own",
    responses((status = 200, body = Vec<TokenView>, description = "All of them"), Refused))]
pub(super) async fn tokens(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<Json<Vec<TokenView>>, Problem> {
    let all = tokens::list(app.database(), &user.id).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "own", request_body = NewTokenBody,
    responses(
        (status = 201, body = CreatedToken, description = "The token with its secret"),
        NoJson, TooLarge, Refused))]
pub(super) async fn create_token(
    State(app): State<App>,
    Caller(user): Caller,
    Body(body): Body<NewTokenBody>,
) -> Result<(StatusCode, Json<CreatedToken>), Problem> {
    let made = tokens::create(app.database(), app.now(), &user.id, &body.name).await?;
    let (token, secret) = (made.0.into(), made.1);
    Ok((StatusCode::CREATED, Json(CreatedToken { token, secret })))
}

/// Deletes one of your tokens, also the one that is sent.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "own", params(("id" = String, Path)),
    responses((status = 204, description = "It is valid no longer"), NotThere, Refused))]
pub(super) async fn delete_token(
    State(app): State<App>,
    Caller(user): Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    tokens::delete(app.database(), &user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
