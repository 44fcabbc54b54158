//! For OpenAPI: how each address refuses. A status that is not named here is one that no request
//! brings about by what it asks: 500 is an error of the service, 405 another method.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::problem::PROBLEM_JSON;

/// By every address.
#[derive(Debug)]
pub(super) struct Refused;

/// For what only administrators may do.
#[derive(Debug)]
pub(super) struct Administrators;

/// For what the address names.
#[derive(Debug)]
pub(super) struct NotThere;

/// For a body of JSON, beside [`TooLarge`].
#[derive(Debug)]
pub(super) struct NoJson;

/// For a body.
#[derive(Debug)]
pub(super) struct TooLarge;

/// For what other things that there are do not allow.
#[derive(Debug)]
pub(super) struct NotNow;

macro_rules! refusals {
    ($($name:ty: $($status:literal $what:literal),+;)+) => {$(
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$((stringify!($status).to_owned(), problem($what))),+])
            }
        }
    )+};
}

refusals! {
    Refused: 401 "No valid token was sent", 422 "What was sent cannot be used", 429 "One wrong token was sent again and again",
        503 "The service cannot do this now; whoever runs it finds the reason in its log";
    Administrators: 403 "Only administrators may do this";
    NotThere: 404 "It is not there, or belongs to somebody else";
    NoJson: 400 "The body is no JSON", 415 "The body is not said to be JSON";
    TooLarge: 408 "The body came too slowly", 413 "The body is too large";
    NotNow: 409 "It is not possible now";
}

fn problem(what: &str) -> RefOr<Response> {
    let schema = Some(Ref::from_schema_name("Problem"));
    let content = ContentBuilder::new().schema(schema).build();
    ResponseBuilder::new().description(what).content(PROBLEM_JSON, content).build().into()
}
