//! The document that describes the interface, made of its code: `/api/openapi.json`.

use axum::Json;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problem::Document;
use super::{artifacts, jobs, own, users};

#[derive(OpenApi)]
#[openapi(
    info(title = "smimezip-service", description = "Export jobs and their artifacts."),
    paths(
        jobs::list, jobs::create, jobs::get, jobs::cancel, jobs::delete, jobs::set,
        artifacts::list, artifacts::get, artifacts::content, artifacts::delete, artifacts::delete_many,
        artifacts::links,
        own::me, own::sources, own::certificate, own::upload, own::tokens, own::create_token,
        own::delete_token,
        users::list, users::create, users::link, users::delete,
    ),
    components(schemas(Document)),
    security(("token" = [])),
    modifiers(&Token)
)]
struct Api;

/// Says how tokens are sent.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", scheme);
    }
}

/// For everybody: it says nothing of what is in the service.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_every_address_that_there_is() {
        let document = Api::openapi();
        let named: Vec<&String> = document.paths.paths.keys().collect();
        let mut there: Vec<String> =
            super::super::routes().iter().map(|(path, _)| format!("/api{path}")).collect();
        there.sort();
        assert_eq!(named, there.iter().collect::<Vec<_>>());
    }
}
