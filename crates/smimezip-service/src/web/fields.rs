//! What a form sends, of a browser in which somebody is logged in: read only if its token is the
//! session's.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;

use super::App;
use super::failure::Failure;
use super::visitor::Visitor;
use crate::{ServiceError, text};

/// The name of the field that carries the session's token.
pub(super) const TOKEN: &str = "form_token";
/// More fields than any form has, 500 selected files among them.
const MAX_FIELDS: usize = 1000;

/// The fields of a form, in order; those of files are bytes.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, Bytes)>);

/// A form that was sent by a page of the visitor's session.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) visitor: Visitor,
    pub(super) fields: Fields,
}

impl Fields {
    /// Reads what the request has, by its type.
    pub(super) async fn read(request: Request, app: &App) -> Result<Self, Failure> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let form = Multipart::from_request(request, app).await;
            return Self::read_multipart(form.map_err(|error| unreadable(&error.body_text()))?)
                .await;
        }
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|error| unreadable(&error.body_text()))?;
        let pairs = form_urlencoded::parse(&body).take(MAX_FIELDS);
        let pairs = pairs.map(|(name, value)| {
            text::check(&value)?;
            Ok((name.into(), value.into_owned().into()))
        });
        Ok(Self(pairs.collect::<Result<_, ServiceError>>()?))
    }

    async fn read_multipart(mut form: Multipart) -> Result<Self, Failure> {
        let mut fields = Vec::new();
        let failed =
            |error: axum::extract::multipart::MultipartError| unreadable(&error.body_text());
        while let Some(field) = form.next_field().await.map_err(failed)? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = field.file_name().is_some();
            let bytes = field.bytes().await.map_err(failed)?;
            // What is no text is read as none.
            if let (false, Ok(value)) = (is_file, std::str::from_utf8(&bytes)) {
                text::check(value)?;
            }
            fields.push((name, bytes));
            if fields.len() > MAX_FIELDS {
                return Err(unreadable("too many fields"));
            }
        }
        Ok(Self(fields))
    }

    /// The bytes of a file.
    pub(super) fn file(&self, name: &str) -> &[u8] {
        self.0.iter().find(|(known, _)| known == name).map_or(&[], |(_, value)| value)
    }

    /// The text of a field; empty if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.file(name)).unwrap_or_default()
    }

    /// All texts of a field that is there several times, as of boxes that were ticked.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(known, _)| known == name);
        named.filter_map(|(_, value)| String::from_utf8(value.to_vec()).ok()).collect()
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::of(&mut parts, app).await?;
        let fields = Fields::read(Request::from_parts(parts, body), app).await?;
        if !visitor.session.is_form_token(fields.text(TOKEN)) {
            let what =
                "this form belongs to another session; go back, load the page again and repeat it";
            return Err(ServiceError::Invalid(what.into()).into());
        }
        Ok(Self { visitor, fields })
    }
}

fn unreadable(what: &str) -> Failure {
    ServiceError::Invalid(format!("the form cannot be read: {what}")).into()
}
