//! Who asks: the session of a browser, by its cookie. Whoever has none is sent to log in, and comes
//! back.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::App;
use super::failure::Failure;
use crate::users::User;
use crate::users::sessions::{self, Session};
use crate::{Scope, ServiceError};

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) session: Session,
}

/// An administrator who is logged in.
#[derive(Clone, Debug)]
pub(super) struct Administrator(pub(super) Visitor);

impl Visitor {
    /// Who sent the request.
    pub(super) async fn of(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let cookie = cookie(&parts.headers, app.session_cookie());
        let session = match cookie {
            Some(cookie) => sessions::find(app.database(), app.now(), cookie).await?,
            None => None,
        };
        match session {
            Some(session) => Ok(Self { session }),
            None if parts.method == Method::GET => {
                let target = parts.uri.path_and_query().map_or("/", |it| it.as_str());
                Err(Failure::log_in(target))
            }
            None => Err(ServiceError::Unauthenticated.into()),
        }
    }

    /// The user.
    pub(super) fn user(&self) -> &User {
        &self.session.user
    }

    /// What they may see.
    pub(super) fn scope(&self) -> Scope {
        if self.user().is_administrator() { Scope::All } else { Scope::Own(self.user().id.clone()) }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Self::of(parts, app).await
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let visitor = Visitor::of(parts, app).await?;
        visitor.check_administrator()?;
        Ok(Self(visitor))
    }
}

impl Visitor {
    /// For what only administrators may do.
    pub(super) fn check_administrator(&self) -> Result<(), ServiceError> {
        if self.user().is_administrator() { Ok(()) } else { Err(ServiceError::Forbidden) }
    }
}

/// The token of a program. What browsers send to a proxy in front, as `Basic`, is none.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(AUTHORIZATION).into_iter().filter_map(|line| line.to_str().ok());
    lines.map(str::trim).find_map(|line| {
        let (scheme, token) = line.split_once(' ').unwrap_or((line, ""));
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    })
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Where somebody goes after logging in: an address of this service, or History.
pub(super) fn local_target(target: &str) -> &str {
    let is_local = target.starts_with('/')
        && !target.starts_with("//")
        && target.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if is_local { target } else { "/history" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; smimezip_session=x=y; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, "smimezip_session"), Some("x=y"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn a_token_is_found_among_what_others_want() {
        let token = |lines: &[&'static str]| {
            let line = |line: &&'static str| (AUTHORIZATION, line.parse().unwrap());
            bearer(&lines.iter().map(line).collect()).map(str::to_owned)
        };
        assert_eq!(token(&["bearer  a b"]), Some("a b".into()));
        assert_eq!(token(&["Bearer"]), Some(String::new()));
        assert_eq!(token(&["Basic YTpi", "Bearer a"]), Some("a".into()));
        assert_eq!(token(&["Basic YTpi"]), None);
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local_target("/jobs/1?a=b"), "/jobs/1?a=b");
        for wrong in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb"] {
            assert_eq!(local_target(wrong), "/history", "{wrong:?}");
        }
    }
}
