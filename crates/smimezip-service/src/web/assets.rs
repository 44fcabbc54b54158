//! The style and the script, in the program itself. Their names have a digest of what is in them,
//! so that browsers keep them for ever and a new version has another name.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use crate::ServiceError;
use crate::id::digest;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| name("style", STYLE, "css"));
static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| name("script", SCRIPT, "js"));

fn name(stem: &str, text: &str, extension: &str) -> String {
    format!("{stem}-{}.{extension}", &digest(text)[..16])
}

/// The address of the style.
pub(super) fn style() -> String {
    format!("/assets/{}", *STYLE_NAME)
}

/// The address of the script.
pub(super) fn script() -> String {
    format!("/assets/{}", *SCRIPT_NAME)
}

pub(super) async fn serve(Path(name): Path<String>) -> Result<Response, Failure> {
    let (kind, text) = if name == *STYLE_NAME {
        ("text/css; charset=utf-8", STYLE)
    } else if name == *SCRIPT_NAME {
        ("text/javascript; charset=utf-8", SCRIPT)
    } else {
        return Err(ServiceError::NotFound("file").into());
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, for_ever);
    Ok(response)
}
