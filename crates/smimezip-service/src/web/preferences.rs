//! User preferences: the encryption certificate, the password, tokens for programs.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::failure::{Failure, sentence};
use super::fields::Posted;
use super::layout::{self, Place};
use super::notice::go;
use super::visitor::Visitor;
use super::{App, format};
use crate::ServiceError;
use crate::certificates::{self, StoredCertificate};
use crate::users::{password, store, tokens};

/// What the page says of what was sent.
#[derive(Debug, Default)]
struct Said {
    certificate: Option<String>,
    password: Option<String>,
    token: Option<String>,
    /// The one time that it is seen.
    new_token: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    render(&app, &visitor, &query.unwrap_or_default(), &Said::default()).await
}

async fn render(app: &App, visitor: &Visitor, query: &str, said: &Said) -> Result<Markup, Failure> {
    let user = &visitor.user().id;
    let own = certificates::current(app.database(), app.now(), user).await?;
    let tokens = tokens::list(app.database(), user).await?;
    let content = html! {
        div.narrow {
            h1 { "Preferences" }
            section aria-labelledby="certificate" {
                h2 #certificate { "Encryption certificate" }
                (certificate(own.as_ref()))
                (upload_form(visitor, said.certificate.as_deref()))
            }
            section aria-labelledby="password" {
                h2 #password { "Password" }
                (password_form(visitor, said.password.as_deref()))
            }
            section aria-labelledby="tokens" {
                h2 #tokens { "API tokens" }
                (token_list(visitor, &tokens, said))
            }
        }
    };
    Ok(layout::page(visitor, Place::Preferences, "Preferences", query, &content))
}

fn certificate(own: Option<&StoredCertificate>) -> Markup {
    let Some(own) = own else {
        return html! { p.warning { "There is none yet. No job starts without a valid one." } };
    };
    let finding = &own.finding;
    html! {
        dl.facts {
            div { dt { "Subject" } dd { bdi { (finding.subject) } } }
            div { dt { "Identifier" } dd { (finding.identifier) } }
            div { dt { "Valid from" } dd { (format::time(finding.not_before)) " UTC" } }
            div { dt { "Valid until" } dd { (format::time(finding.not_after)) " UTC" } }
            div { dt { "Key" } dd { (finding.key) } }
            @if let Some(how) = &finding.how { div { dt { "Keys are encrypted by" } dd { (how) } } }
            div {
                dt { "Check" }
                dd {
                    @match &finding.problem {
                        None => span.status.completed { "Exports can be sealed for it" },
                        Some(problem) => span.status.failed {
                            "Exports cannot be sealed for it: " (problem)
                        },
                    }
                }
            }
            div { dt { "Uploaded" } dd { (format::time(own.created_at)) " UTC" } }
        }
        @if finding.problem.is_some() {
            p.warning { "No job starts with it. Upload one that is valid." }
        }
    }
}

fn upload_form(visitor: &Visitor, problem: Option<&str>) -> Markup {
    html! {
        form method="post" action="/preferences/certificate" enctype="multipart/form-data" {
            (layout::token(visitor))
            (layout::problem(problem))
            p.field {
                label for="file" { "Certificate file" }
                input #file type="file" name="file" accept=".pem,.crt,.cer,.der" required
                    aria-describedby="public";
                span.hint #public {
                    "PEM or DER: the certificate alone. Never upload the private key; it opens "
                    "your exports and stays with you."
                }
            }
            p.buttons { button.main type="submit" { "Upload certificate" } }
        }
    }
}

fn password_form(visitor: &Visitor, problem: Option<&str>) -> Markup {
    html! {
        form method="post" action="/preferences/password" {
            (layout::token(visitor))
            (layout::problem(problem))
            input type="hidden" name="name" value=(visitor.user().name) autocomplete="username";
            p.field {
                label for="old" { "Old password" }
                input #old type="password" name="old" required autocomplete="current-password";
            }
            p.field {
                label for="new" { "New password" }
                input #new type="password" name="new" required minlength=(password::MIN_LENGTH)
                    autocomplete="new-password" aria-describedby="length";
                span.hint #length { "At least " (password::MIN_LENGTH) " characters." }
            }
            p.field {
                label for="again" { "The same again" }
                input #again type="password" name="again" required autocomplete="new-password";
            }
            p.buttons { button type="submit" { "Change password" } }
        }
    }
}

fn token_list(visitor: &Visitor, tokens: &[tokens::Token], said: &Said) -> Markup {
    html! {
        @if let Some(token) = &said.new_token {
            div.notice role="status" {
                p { "The new token, which is shown only now:" }
                pre tabindex="0" #new-token { (token) }
            }
        }
        @if tokens.is_empty() {
            p { "There are none. A program that comes with one may do what you may." }
        } @else {
            ul.tokens {
                @for token in tokens {
                    li {
                        span {
                            bdi { (token.name) }
                            span.hint {
                                " made " (format::day(token.created_at)) ", "
                                @match token.used_at {
                                    Some(at) => { "last used " (format::time(at)) " UTC" },
                                    None => "never used",
                                }
                            }
                        }
                        form method="post" action="/preferences/tokens/delete" {
                            (layout::token(visitor))
                            button name="id" value=(token.id)
                                aria-label={ "Delete token " (token.name) } { "Delete" }
                        }
                    }
                }
            }
        }
        form method="post" action="/preferences/tokens" {
            (layout::token(visitor))
            (layout::problem(said.token.as_deref()))
            p.field {
                label for="token" { "Name of a new token" }
                input #token name="name" required maxlength="64" autocomplete="off";
            }
            p.buttons { button type="submit" { "Make token" } }
        }
    }
}

async fn refused(app: &App, visitor: &Visitor, said: Said) -> Result<Response, Failure> {
    let page = render(app, visitor, "", &said).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn upload(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    let user = &visitor.user().id;
    match certificates::upload(app.database(), app.now(), user, fields.file("file")).await {
        Ok(_) => Ok(go("/preferences", "certificate").into_response()),
        Err(error @ (ServiceError::Invalid(_) | ServiceError::Export(_))) => {
            let said = Said { certificate: Some(sentence(&error.to_string())), ..Said::default() };
            refused(&app, &visitor, said).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn change_password(
    State(app): State<App>,
    posted: Posted,
) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    let (old, new) = (fields.text("old"), fields.text("new"));
    let changed = if new == fields.text("again") {
        let name = &visitor.user().name;
        app.attempts().check(name, name)?;
        // Counted before it is known, so that many at the same moment are no more than many after
        // one another.
        app.attempts().failed(name, name);
        let changed = store::change_password(app.database(), &visitor.session, old, new).await;
        if !matches!(changed, Err(ServiceError::Unauthenticated)) {
            app.attempts().succeeded(name, name);
        }
        changed
    } else {
        Err(ServiceError::Invalid("the two passwords differ".into()))
    };
    let problem = match changed {
        Ok(()) => return Ok(go("/preferences", "password").into_response()),
        Err(ServiceError::Unauthenticated) => "the old password is wrong".to_owned(),
        Err(ServiceError::Invalid(problem)) => problem,
        Err(error) => return Err(error.into()),
    };
    let said = Said { password: Some(sentence(&problem)), ..Said::default() };
    refused(&app, &visitor, said).await
}

pub(super) async fn create_token(
    State(app): State<App>,
    posted: Posted,
) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    let (user, name) = (&visitor.user().id, fields.text("name"));
    match tokens::create(app.database(), app.now(), user, name).await {
        Ok((_, secret)) => {
            let said = Said { new_token: Some(secret), ..Said::default() };
            Ok(render(&app, &visitor, "", &said).await?.into_response())
        }
        Err(ServiceError::Invalid(problem)) => {
            let said = Said { token: Some(sentence(&problem)), ..Said::default() };
            refused(&app, &visitor, said).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete_token(
    State(app): State<App>,
    posted: Posted,
) -> Result<Response, Failure> {
    let user = &posted.visitor.user().id;
    tokens::delete(app.database(), user, posted.fields.text("id")).await?;
    Ok(go("/preferences", "token-deleted").into_response())
}
