//! Users, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::refusals::{Administrators, NoJson, NotNow, NotThere, Refused, TooLarge};
use super::request::{Administrator, Body, Id};
use super::views::UserView;
use crate::ServiceError;
use crate::users::{Role, User, links, store};
use crate::web::App;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(super) struct NewUserBody {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// `administrator` or `user`; `user` if it is not given.
    #[schema(pattern = "^(administrator|user)$")]
    role: Option<String>,
}

/// A user with a one-time link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct Invitation {
    user: UserView,
    /// Sets the user's password, once, within 7 days; it is seen only now.
    link: String,
}

/// Lists users by name.
#[utoipa::path(get, path = "/api/v1/users", tag = "users",
    responses((status = 200, body = Vec<UserView>, description = "All of them"), Administrators, Refused))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administrator,
) -> Result<Json<Vec<UserView>>, Problem> {
    let all = store::list(app.database()).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// Invites a user.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUserBody,
    responses((status = 201, body = Invitation, description = "The user"), Administrators, NotNow, NoJson, TooLarge, Refused))]
pub(super) async fn create(
    State(app): State<App>,
    _: Administrator,
    Body(body): Body<NewUserBody>,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let role = match body.role.as_deref().map(str::parse) {
        None => Role::User,
        Some(Ok(role)) => role,
        Some(Err(())) => {
            return Err(ServiceError::Invalid("a role is administrator or user".into()).into());
        }
    };
    let user = store::create(app.database(), app.now(), &body.name, role).await?;
    Ok((StatusCode::CREATED, Json(invite(&app, user).await?)))
}

/// A new one-time link for a user who forgot the password; those of before are valid no longer.
#[utoipa::path(post, path = "/api/v1/users/{id}/link", tag = "users", params(("id" = String, Path)),
    responses((status = 201, body = Invitation, description = "The user and the link"), Administrators, NotThere, Refused))]
pub(super) async fn link(
    State(app): State<App>,
    _: Administrator,
    Id(id): Id,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let user = store::get(app.database(), &id).await?;
    Ok((StatusCode::CREATED, Json(invite(&app, user).await?)))
}

async fn invite(app: &App, user: User) -> Result<Invitation, Problem> {
    let secret = links::create(app.database(), app.now(), &user.id).await?;
    let link = format!("{}/link/{secret}", app.base_url());
    Ok(Invitation { user: user.into(), link })
}

/// Deletes a user who has no jobs.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path)),
    responses((status = 204, description = "The user is gone"), Administrators, NotThere, NotNow, Refused))]
pub(super) async fn delete(
    State(app): State<App>,
    Administrator(own): Administrator,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if id == own.id {
        return Err(ServiceError::Conflict("nobody deletes themselves".into()).into());
    }
    store::delete(app.database(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
