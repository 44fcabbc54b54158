//! Users, for administrators: who there is, one-time links for new ones and for those who forgot
//! their password.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::failure::{Failure, sentence};
use super::fields::Posted;
use super::layout::{self, Place};
use super::notice::go;
use super::visitor::{Administrator, Visitor};
use super::{App, format};
use crate::ServiceError;
use crate::users::{Role, User, links, store};

/// What the page says of what was sent.
#[derive(Debug, Default)]
struct Said {
    problem: Option<String>,
    /// Whose password a link sets, and the link.
    link: Option<(String, String)>,
}

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    Administrator(visitor): Administrator,
) -> Result<Markup, Failure> {
    render(&app, &visitor, &query.unwrap_or_default(), &Said::default()).await
}

async fn render(app: &App, visitor: &Visitor, query: &str, said: &Said) -> Result<Markup, Failure> {
    let users = store::list(app.database()).await?;
    let content = html! {
        h1 { "Users" }
        @if let Some((name, link)) = &said.link {
            div.notice role="status" {
                p {
                    "Send this link to " bdi { (name) }
                    ". It sets a password once, within 7 days, and is shown only now:"
                }
                pre tabindex="0" #new-link { (link) }
            }
        }
        div.rows {
            table.list role="table" aria-label="Users" {
                thead role="rowgroup" {
                    tr.names role="row" {
                        th scope="col" role="columnheader" { "Name" }
                        th scope="col" role="columnheader" { "Role" }
                        th scope="col" role="columnheader" { "Password" }
                        th scope="col" role="columnheader" { "Since (UTC)" }
                        th scope="col" role="columnheader" { span.unseen { "Actions" } }
                    }
                }
                tbody role="rowgroup" { @for user in &users { (row(visitor, user)) } }
            }
        }
        div.narrow { (invitation(visitor, said.problem.as_deref())) }
    };
    Ok(layout::page(visitor, Place::Users, "Users", query, &content))
}

fn row(visitor: &Visitor, user: &User) -> Markup {
    html! {
        tr role="row" {
            td.lead role="cell" data-label="Name" { bdi { (user.name) } }
            td role="cell" data-label="Role" { (user.role) }
            td role="cell" data-label="Password" {
                @if user.has_password { "set" } @else { "not yet" }
            }
            td.time role="cell" data-label="Since (UTC)" { (format::time(user.created_at)) }
            td role="cell" {
                @if user.id != visitor.user().id {
                    div.actions {
                        form method="post" action={ "/users/" (user.id) "/link" } {
                            (layout::token(visitor))
                            button aria-label={ "New link for " (user.name) } { "New link" }
                        }
                        form method="post" action={ "/users/" (user.id) "/delete" } {
                            (layout::token(visitor))
                            button aria-label={ "Delete " (user.name) } { "Delete" }
                        }
                    }
                }
            }
        }
    }
}

fn invitation(visitor: &Visitor, problem: Option<&str>) -> Markup {
    html! {
        section aria-labelledby="invite" {
            h2 #invite { "Invite somebody" }
            form method="post" action="/users" {
                (layout::token(visitor))
                (layout::problem(problem))
                p.field {
                    label for="name" { "Name" }
                    input #name name="name" required maxlength="64" autocomplete="off";
                }
                p.field {
                    label for="role" { "Role" }
                    select #role name="role" aria-describedby="roles" {
                        @for role in [Role::User, Role::Administrator] {
                            option value=(role.as_str()) { (role) }
                        }
                    }
                    span.hint #roles {
                        "Users see their own jobs and files. Administrators see all of them, "
                        "and this page."
                    }
                }
                p.buttons { button.main type="submit" { "Make one-time link" } }
            }
        }
    }
}

async fn show_link(app: &App, visitor: &Visitor, user: User) -> Result<Response, Failure> {
    let secret = links::create(app.database(), app.now(), &user.id).await?;
    let link = format!("{}/link/{secret}", app.base_url());
    let said = Said { link: Some((user.name, link)), ..Said::default() };
    Ok(render(app, visitor, "", &said).await?.into_response())
}

pub(super) async fn invite(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    visitor.check_administrator()?;
    let role = fields.text("role").parse().unwrap_or(Role::User);
    match store::create(app.database(), app.now(), fields.text("name"), role).await {
        Ok(user) => show_link(&app, &visitor, user).await,
        Err(ServiceError::Invalid(problem) | ServiceError::Conflict(problem)) => {
            let said = Said { problem: Some(sentence(&problem)), ..Said::default() };
            let page = render(&app, &visitor, "", &said).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn new_link(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    posted.visitor.check_administrator()?;
    let user = store::get(app.database(), &id).await?;
    show_link(&app, &posted.visitor, user).await
}

pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    posted.visitor.check_administrator()?;
    if id == posted.visitor.user().id {
        return Err(ServiceError::Conflict("nobody deletes themselves".into()).into());
    }
    store::delete(app.database(), &id).await?;
    Ok(go("/users", "user-deleted").into_response())
}
