//! Artifacts: listed, looked at, downloaded, deleted; and lists of links for programs that
//! download.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::{self, ArtifactQuery};
use super::problem::Problem;
use super::refusals::{NoJson, NotThere, Refused, TooLarge};
use super::request::{Body, Caller, Id};
use super::views::{ArtifactView, LossView, content_url};
use crate::artifacts::{self, Artifact};
use crate::web::{App, download, lists};
use crate::{Scope, ServiceError, jobs};

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArtifactPage)]
pub(super) struct ArtifactPage {
    items: Vec<ArtifactView>,
    /// How many there are on all pages.
    total: u64,
    page: u64,
    per_page: u64,
    pages: u64,
}

/// What is to be deleted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Selection)]
pub(super) struct Selection {
    /// Identifiers, up to 100.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<String>,
    /// Only says what the sets would lose.
    #[serde(default)]
    dry_run: bool,
}

/// What sets lose.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Losses)]
pub(super) struct Losses {
    losses: Vec<LossView>,
}

/// Where a file is, and how to verify it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Link)]
pub(super) struct Link {
    name: String,
    url: String,
    size: u64,
    /// In hexadecimal digits.
    sha256: String,
}

/// Lists artifacts.
#[utoipa::path(get, path = "/api/v1/artifacts", tag = "artifacts", params(ArtifactQuery),
    responses(
        (status = 200, body = ArtifactPage, description = "A page of them, the newest first"),
        Refused))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<ArtifactPage>, Problem> {
    let wanted = listing::read(query.as_deref(), &artifacts::COLUMNS)?;
    let now = app.now();
    let page = artifacts::list(app.database(), &caller.scope(), now, &wanted).await?;
    let items = page.rows.iter().map(|file| ArtifactView::new(file, &app, now)).collect();
    let pages = page.pages();
    let (total, per_page, page) = (page.total, page.per_page, page.page);
    Ok(Json(ArtifactPage { items, total, page, per_page, pages }))
}

/// An artifact.
#[utoipa::path(get, path = "/api/v1/artifacts/{id}", tag = "artifacts",
    params(("id" = String, Path)),
    responses((status = 200, body = ArtifactView, description = "The artifact"), NotThere, Refused))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<ArtifactView>, Problem> {
    let file = artifacts::get(app.database(), &caller.scope(), app.now(), &id).await?;
    Ok(Json(ArtifactView::new(&file, &app, app.now())))
}

/// The bytes of an artifact.
#[utoipa::path(get, path = "/api/v1/artifacts/{id}/content", tag = "artifacts",
    params(("id" = String, Path),
        ("Range" = Option<String>, Header,
            description = "One range, as `bytes=100-`; several give the whole file"),
        ("If-Range" = Option<String>, Header, description = "The `ETag` of before"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of before"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of before")),
    responses(
        (status = 200, content_type = "application/pkcs7-mime",
            description = "All of it, with `ETag`, `Content-Disposition` and `Repr-Digest`"),
        (status = 206, content_type = "application/pkcs7-mime", description = "The range"),
        (status = 304, description = "It is the same as before"),
        (status = 412, description = "It is another one than before"),
        (status = 416, description = "It has no such range"), NotThere, Refused))]
pub(super) async fn content(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(download::answer(&app, &caller.scope(), &id, &method, &headers).await?)
}

/// Deletes one artifact.
#[utoipa::path(delete, path = "/api/v1/artifacts/{id}", tag = "artifacts",
    params(("id" = String, Path)),
    responses((status = 200, body = Losses, description = "What its set lost"), NotThere, Refused))]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Losses>, Problem> {
    let lost = artifacts::delete(app.database(), &caller.scope(), app.now(), &[id]).await?;
    Ok(Json(Losses { losses: lost.into_iter().map(Into::into).collect() }))
}

/// Deletes up to 100 artifacts, all of them or none.
#[utoipa::path(post, path = "/api/v1/artifacts/delete", tag = "artifacts", request_body = Selection,
    responses(
        (status = 200, body = Losses, description = "What each set lost, or would lose"),
        NotThere, NoJson, TooLarge, Refused))]
pub(super) async fn delete_many(
    State(app): State<App>,
    caller: Caller,
    Body(Selection { ids, dry_run }): Body<Selection>,
) -> Result<Json<Losses>, Problem> {
    let (database, scope, now) = (app.database(), caller.scope(), app.now());
    let lost = if dry_run {
        artifacts::losses(database, &scope, now, &ids).await?
    } else {
        artifacts::delete(database, &scope, now, &ids).await?
    };
    Ok(Json(Losses { losses: lost.into_iter().map(Into::into).collect() }))
}

/// Links to up to 100 artifacts, or to all of one job.
#[utoipa::path(get, path = "/api/v1/artifacts/links", tag = "artifacts",
    params(("id" = Option<Vec<String>>, Query, max_items = 100, description = "Artifacts"),
        ("job" = Option<String>, Query, description = "A job, all of whose artifacts are meant"),
        ("format" = Option<String>, Query, pattern = "^(json|curl|aria2|sha256)$",
            description = "`json`, or as a file: `curl` for `curl -K`, `aria2` for `aria2c -i`, \
                           `sha256` for `sha256sum -c`")),
    responses(
        (status = 200, description = "The links, those of a set in its order",
            content((Vec<Link> = "application/json"), (String = "text/plain"))),
        NotThere, Refused))]
pub(super) async fn links(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let (mut ids, mut job, mut format) = (Vec::new(), None, "json".to_owned());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "id" => ids.push(value.into_owned()),
            "job" => job = Some(value.into_owned()),
            "format" => format = value.into_owned(),
            _ => {
                return Err(
                    ServiceError::Invalid(format!("there is no parameter {name:?} here")).into()
                );
            }
        }
    }
    let files = match job {
        Some(job) if ids.is_empty() => of_job(&app, &caller.scope(), &job).await?,
        None if !ids.is_empty() => lists::find(&app, &caller.scope(), &ids).await?,
        _ => return Err(ServiceError::Invalid("name artifacts or a job".into()).into()),
    };
    let address = |file: &Artifact| content_url(&app, file);
    if let Some(list) = lists::as_file(&format, address, &files) {
        return Ok(list);
    }
    if format != "json" {
        return Err(ServiceError::Invalid(format!("there is no format {format:?}")).into());
    }
    let links = files.iter().map(|file| Link {
        name: file.name.clone(),
        url: address(file),
        size: file.size,
        sha256: file.sha256.clone(),
    });
    Ok(Json(links.collect::<Vec<_>>()).into_response())
}

/// Those of a job that are not deleted.
async fn of_job(app: &App, scope: &Scope, job: &str) -> Result<Vec<Artifact>, Problem> {
    jobs::get(app.database(), scope, job).await?;
    let mut files = artifacts::of_job(app.database(), scope, app.now(), job).await?;
    files.retain(|file| file.deleted_at.is_none());
    Ok(files)
}
