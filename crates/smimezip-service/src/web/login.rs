//! Logging in and out. Whoever is not logged in has no session whose token a form could carry: the
//! form carries the secret of a cookie of its own.

use axum::extract::{ConnectInfo, FromRequestParts, RawQuery, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::html;

use subtle::ConstantTimeEq;

use super::failure::{Failure, describe, sentence};
use super::fields::{Fields, Posted, TOKEN};
use super::visitor::{cookie, local_target};
use super::{App, layout};
use crate::ServiceError;
use crate::id::{is_secret, new_secret};
use crate::server::Peer;
use crate::users::{User, sessions, store};

/// The cookie of the form.
const FORM_COOKIE: &str = "smimezip_form";

/// Where a request comes from, as far as attempts are counted.
#[derive(Debug)]
pub(crate) struct Address(pub(crate) String);

impl FromRequestParts<App> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        // The proxy appends the address that it sees; what stands before, anybody can have written.
        let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().next_back();
        let forwarded = forwarded.and_then(|it| it.to_str().ok()?.rsplit(',').next());
        let connection = parts.extensions.get::<ConnectInfo<Peer>>();
        Ok(Self(match forwarded.filter(|_| app.config().behind_proxy) {
            Some(address) => address.trim().to_owned(),
            None => connection.map_or_else(String::new, |it| it.0.0.ip().to_string()),
        }))
    }
}

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some(cookie) = cookie(&headers, app.session_cookie())
        && sessions::find(app.database(), app.now(), cookie).await?.is_some()
    {
        return Ok(Redirect::to("/history").into_response());
    }
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let next = pairs.find(|(name, _)| name == "next").map(|(_, value)| value.into_owned());
    form(&app, &headers, &next.unwrap_or_default(), "", None)
}

fn form(
    app: &App,
    headers: &HeaderMap,
    next: &str,
    name: &str,
    error: Option<&ServiceError>,
) -> Result<Response, Failure> {
    // The form of another tab of the same browser stays good.
    let secret = match cookie(headers, FORM_COOKIE).filter(|secret| is_secret(secret)) {
        Some(secret) => secret.to_owned(),
        None => new_secret()?,
    };
    let text = error.map(|error| match error {
        ServiceError::Unauthenticated => "The name or the password is wrong.".to_owned(),
        other => sentence(&other.to_string()),
    });
    let content = html! {
        h1 { "Log in" }
        form method="post" action="/login" {
            (layout::problem(text.as_deref()))
            input type="hidden" name=(TOKEN) value=(secret);
            input type="hidden" name="next" value=(local_target(next));
            p.field {
                label for="name" { "Name" }
                input #name name="name" value=(name) required autocomplete="username"
                    autocapitalize="none" autofocus[name.is_empty()];
            }
            p.field {
                label for="password" { "Password" }
                input #password name="password" type="password" required
                    autocomplete="current-password" autofocus[!name.is_empty()];
            }
            p.buttons { button.main type="submit" { "Log in" } }
        }
        p.hint { "Whoever has no password yet opens the link that an administrator gave them." }
    };
    let status = error.map_or(StatusCode::OK, |error| describe(error).0);
    let cookie = set_cookie(app, FORM_COOKIE, &secret);
    Ok((status, AppendHeaders([(SET_COOKIE, cookie)]), layout::bare("Log in", &content))
        .into_response())
}

pub(super) async fn log_in(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let fields = Fields::read(request, &app).await?;
    let (name, next) = (fields.text("name"), fields.text("next"));
    let secret = cookie(&headers, FORM_COOKIE).unwrap_or_default();
    let is_own = bool::from(secret.as_bytes().ct_eq(fields.text(TOKEN).as_bytes()));
    if secret.is_empty() || !is_own {
        let what = "cookies are needed, and this page was open for too long; try again";
        return form(&app, &headers, next, name, Some(&ServiceError::Invalid(what.into())));
    }
    match authenticate(&app, &address, name, fields.text("password")).await {
        Ok(user) => {
            if let Some(old) = cookie(&headers, app.session_cookie()) {
                sessions::end(app.database(), old).await?;
            }
            begin(&app, &user.id, local_target(next)).await
        }
        Err(error @ (ServiceError::Unauthenticated | ServiceError::TooMany { .. })) => {
            form(&app, &headers, next, name, Some(&error))
        }
        Err(error) => Err(error.into()),
    }
}

async fn authenticate(
    app: &App,
    address: &str,
    name: &str,
    password: &str,
) -> Result<User, ServiceError> {
    app.attempts().check(name, address)?;
    // Counted before it is known, so that many at the same moment are no more than many after one
    // another.
    app.attempts().failed(name, address);
    let user = store::authenticate(app.database(), name, password).await?;
    app.attempts().succeeded(name, address);
    Ok(user)
}

/// Begins a session and goes to `target`.
pub(super) async fn begin(app: &App, user: &str, target: &str) -> Result<Response, Failure> {
    let secret = sessions::begin(app.database(), app.now(), user).await?;
    let cookie = set_cookie(app, app.session_cookie(), &secret);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(target)).into_response())
}

pub(super) async fn log_out(
    State(app): State<App>,
    headers: HeaderMap,
    _posted: Posted,
) -> Result<Response, Failure> {
    if let Some(cookie) = cookie(&headers, app.session_cookie()) {
        sessions::end(app.database(), cookie).await?;
    }
    let gone = format!("{}; Max-Age=0", set_cookie_text(&app, app.session_cookie(), ""));
    let cookie = HeaderValue::from_str(&gone).map_err(|_| ServiceError::Random)?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to("/login")).into_response())
}

fn set_cookie_text(app: &App, name: &str, value: &str) -> String {
    let secure = if app.is_https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// Names are of this file and values in base64url, so that this is a header.
fn set_cookie(app: &App, name: &str, value: &str) -> HeaderValue {
    let text = set_cookie_text(app, name, value);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}
