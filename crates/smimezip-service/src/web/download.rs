//! The download of an artifact: whole or a range of it, with what lets a download that broke go on
//! (RFC 9110, section 14) and be verified (RFC 9530).

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use std::ops::Range;

use super::App;
use super::failure::Failure;
use super::visitor::{Visitor, bearer};
use crate::artifacts::{self, Artifact};
use crate::users::tokens;
use crate::{Scope, ServiceError};

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Names a file to nginx, which sends it in place of the answer's body.
const ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");
const PKCS7: &str = "application/pkcs7-mime";

/// What the request may read: by a session, or by a token in the header `Authorization`.
#[derive(Debug)]
pub(super) struct Reader(pub(super) Scope);

impl FromRequestParts<App> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Some(token) = bearer(&parts.headers) else {
            return Ok(Self(Visitor::of(parts, app).await?.scope()));
        };
        match tokens::find(app.database(), app.now(), token).await {
            Ok(user) if user.is_administrator() => Ok(Self(Scope::All)),
            Ok(user) => Ok(Self(Scope::Own(user.id))),
            Err(ServiceError::Unauthenticated) => Err(Failure::NoToken),
            Err(error) => Err(error.into()),
        }
    }
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// There is no such part of it.
    Beyond,
}

pub(super) async fn artifact(
    State(app): State<App>,
    Path(id): Path<String>,
    Reader(scope): Reader,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    Ok(answer(&app, &scope, &id, &method, &headers).await?)
}

/// The artifact, or what of it the headers ask for.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Lost`] if the storage does not have it;
/// [`ServiceError::Storage`], [`ServiceError::Database`].
pub(crate) async fn answer(
    app: &App,
    scope: &Scope,
    id: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, ServiceError> {
    let file = artifacts::get(app.database(), scope, app.now(), id).await?;
    let tag = format!("\"{}\"", file.sha256);
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(IF_MATCH) && !names(headers, &IF_MATCH, &tag) {
        return Ok(with_facts(&file, &tag, StatusCode::PRECONDITION_FAILED.into_response()));
    }
    // Here a weak tag is as good.
    if [&tag, &format!("W/{tag}")].iter().any(|tag| names(headers, &IF_NONE_MATCH, tag)) {
        return Ok(with_facts(&file, &tag, StatusCode::NOT_MODIFIED.into_response()));
    }
    if let Some(place) = &app.config().accel_redirect {
        // The proxy looks at ranges itself.
        app.service().storage().check_size(&file.object, file.size).await?;
        let mut response = StatusCode::OK.into_response();
        set(&mut response, ACCEL_REDIRECT, &format!("{place}{}", file.object));
        set(&mut response, CONTENT_TYPE, PKCS7);
        set(&mut response, CONTENT_DISPOSITION, &disposition(&file.name));
        return Ok(with_facts(&file, &tag, response));
    }
    let is_same = text(&IF_RANGE).is_none_or(|given| given == tag);
    // Of other methods it means nothing (RFC 9110, section 14.2).
    let wanted = match text(&RANGE).filter(|_| is_same && *method == Method::GET) {
        Some(text) => wanted(text, file.size),
        None => Wanted::Whole,
    };
    let (status, range) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..file.size),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Beyond => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(&mut response, CONTENT_RANGE, &format!("bytes */{}", file.size));
            return Ok(with_facts(&file, &tag, response));
        }
    };
    let length = range.end - range.start;
    let body = if *method == Method::HEAD || length == 0 {
        app.service().storage().check_size(&file.object, file.size).await?;
        Body::empty()
    } else {
        let part = (length != file.size).then(|| range.clone());
        Body::from_stream(app.service().storage().read(&file.object, part).await?)
    };
    let mut response = (status, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
        set(&mut response, CONTENT_RANGE, &text);
    }
    set(&mut response, CONTENT_LENGTH, &length.to_string());
    set(&mut response, CONTENT_TYPE, PKCS7);
    set(&mut response, CONTENT_DISPOSITION, &disposition(&file.name));
    Ok(with_facts(&file, &tag, response))
}

/// Whether one of the tags of a header is this one, or any is good.
fn names(headers: &HeaderMap, name: &HeaderName, tag: &str) -> bool {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).any(|it| it == "*" || it == tag)
}

fn with_facts(file: &Artifact, tag: &str, mut response: Response) -> Response {
    set(&mut response, ACCEPT_RANGES, "bytes");
    set(&mut response, ETAG, tag);
    if let Some(digest) = decode_hex(&file.sha256) {
        set(&mut response, REPR_DIGEST, &format!("sha-256=:{}:", Base64::encode_string(&digest)));
    }
    response
}

fn set(response: &mut Response, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// A file that is saved under its name (RFC 6266; RFC 8187 for what is not ASCII).
pub(super) fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$&+^`|~".contains(&byte);
    let exact: String = name
        .bytes()
        .map(
            |byte| {
                if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// Reads the header `Range`. What cannot be read is left out of account, and so are several ranges
/// at once, as RFC 9110 allows: the answer is the whole file.
fn wanted(header: &str, size: u64) -> Wanted {
    let Some(text) = header.trim().strip_prefix("bytes=") else { return Wanted::Whole };
    let Some((first, last)) = text.trim().split_once('-') else { return Wanted::Whole };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // What is larger than any file is as good as the largest number.
        is_number.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(last)) if last < start => return Wanted::Whole,
        (Some(start), Some(last)) => (start, last.saturating_add(1).min(size)),
        (Some(start), None) if last.is_empty() => (start, size),
        (None, Some(0)) if first.is_empty() => return Wanted::Beyond,
        (None, Some(length)) if first.is_empty() => (size.saturating_sub(length), size),
        _ => return Wanted::Whole,
    };
    if start < end { Wanted::Part(start..end) } else { Wanted::Beyond }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_it_says() {
        let size = 1000;
        for (text, expected) in [
            ("bytes=0-99", Wanted::Part(0..100)),
            ("bytes=500-", Wanted::Part(500..1000)),
            ("bytes=-100", Wanted::Part(900..1000)),
            ("bytes=-5000", Wanted::Part(0..1000)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0..1000)),
            ("bytes=1000-", Wanted::Beyond),
            ("bytes=99999999999999999999999-", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=--1", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(wanted(text, size), expected, "{text}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Beyond);
    }

    #[test]
    fn a_name_is_saved_as_it_is() {
        assert_eq!(
            disposition("Übersicht \"1\".smime"),
            "attachment; filename=\"_bersicht _1_.smime\"; filename*=UTF-8''%C3%9Cbersicht%20%221%22.smime"
        );
    }
}
