//! The page of a one-time link, where somebody sets their password. The secret of the link is what
//! its form carries.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::failure::{Failure, sentence};
use super::fields::Fields;
use super::{App, layout, login};
use crate::ServiceError;
use crate::certificates;
use crate::users::{User, links, password};

pub(super) async fn page(
    State(app): State<App>,
    Path(secret): Path<String>,
) -> Result<Response, Failure> {
    match links::find(app.database(), app.now(), &secret).await {
        Ok(user) => Ok(form(&user, &secret, None)),
        Err(ServiceError::NotFound(_)) => Ok(gone()),
        Err(error) => Err(error.into()),
    }
}

fn form(user: &User, secret: &str, problem: Option<&str>) -> Response {
    let content = html! {
        h1 { "Set your password" }
        p { "For the user " strong { (user.name) } ", once: then this link is used up." }
        form method="post" action={ "/link/" (secret) } {
            (layout::problem(problem))
            input type="hidden" name="name" value=(user.name) autocomplete="username";
            p.field {
                label for="password" { "Password" }
                input #password name="password" type="password" required
                    minlength=(password::MIN_LENGTH)
                    autocomplete="new-password" aria-describedby="length" autofocus;
                span.hint #length { "At least " (password::MIN_LENGTH) " characters." }
            }
            p.field {
                label for="again" { "The same again" }
                input #again name="again" type="password" required autocomplete="new-password";
            }
            p.buttons { button.main type="submit" { "Set password and log in" } }
        }
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, layout::bare("Set your password", &content)).into_response()
}

fn gone() -> Response {
    let content = html! {
        h1 { "This link is no longer valid" }
        p {
            "It was used, replaced by a newer one, or is older than 7 days. "
            "An administrator makes another."
        }
        p { a href="/login" { "Log in" } }
    };
    (StatusCode::NOT_FOUND, layout::bare("Link no longer valid", &content)).into_response()
}

pub(super) async fn redeem(
    State(app): State<App>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let fields = Fields::read(request, &app).await?;
    let (database, now) = (app.database(), app.now());
    let user = match links::find(database, now, &secret).await {
        Ok(user) => user,
        Err(ServiceError::NotFound(_)) => return Ok(gone()),
        Err(error) => return Err(error.into()),
    };
    if fields.text("password") != fields.text("again") {
        return Ok(form(&user, &secret, Some("The two passwords differ.")));
    }
    match links::redeem(database, now, &secret, fields.text("password")).await {
        Ok(user) => {
            let has_certificate = certificates::current(database, now, &user).await?.is_some();
            let target = if has_certificate { "/history" } else { "/preferences" };
            login::begin(&app, &user, target).await
        }
        Err(ServiceError::Invalid(problem)) => Ok(form(&user, &secret, Some(&sentence(&problem)))),
        Err(ServiceError::NotFound(_)) => Ok(gone()),
        Err(error) => Err(error.into()),
    }
}
