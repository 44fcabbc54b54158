//! Export jobs: listed, created, looked at, cancelled, deleted; and the set of one as a zip file.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::{self, JobQuery};
use super::problem::Problem;
use super::refusals::{NoJson, NotNow, NotThere, Refused, TooLarge};
use super::request::{Body, Caller, Id};
use super::views::{ArtifactView, CertificateView, JobView};
use crate::certificates::{self, check_recipients};
use crate::jobs::{self, JobType};
use crate::web::{App, set_zip};
use crate::{Scope, artifacts};

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobPage)]
pub(super) struct JobPage {
    items: Vec<JobView>,
    /// How many there are on all pages.
    total: u64,
    page: u64,
    per_page: u64,
    pages: u64,
}

/// A job with its certificates and its parts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobDetails)]
pub(super) struct JobDetails {
    #[serde(flatten)]
    job: JobView,
    /// The certificates it is sealed for.
    recipients: Vec<CertificateView>,
    /// Its parts, also those that are deleted.
    parts: Vec<ArtifactView>,
}

/// What is to be exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewJob)]
pub(super) struct NewJobBody {
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The name of a data source.
    source: String,
    /// `whole`, or `changed` for what was modified since the last completed job of the same source.
    #[schema(example = "whole", pattern = "^(whole|changed)$")]
    job_type: Option<String>,
    /// File Split Size, in bytes: at least 64 KiB and less than 4 GiB.
    #[schema(minimum = 65_536, maximum = 4_294_967_295_u32)]
    part_size: Option<u64>,
    /// Certificates of others who can open it: PEM, one after another.
    recipients: Option<String>,
}

/// Lists jobs.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(JobQuery),
    responses(
        (status = 200, body = JobPage, description = "A page of them, the newest first"),
        Refused))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<JobPage>, Problem> {
    let wanted = listing::read(query.as_deref(), &jobs::COLUMNS)?;
    let now = app.now();
    let page = jobs::list(app.database(), &caller.scope(), now, &wanted).await?;
    let items = page.rows.iter().map(|job| JobView::new(job, now)).collect();
    let pages = page.pages();
    let (total, per_page, page) = (page.total, page.per_page, page.page);
    Ok(Json(JobPage { items, total, page, per_page, pages }))
}

/// Creates a job, sealed for your certificate and those of other recipients.
#[utoipa::path(post, path = "/api/v1/jobs", tag = "jobs", request_body = NewJobBody,
    responses((status = 201, body = JobDetails,
        description = "It waits to be run; `Location` is where it is"),
        NoJson, TooLarge, Refused))]
pub(super) async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Body(body): Body<NewJobBody>,
) -> Result<Response, Problem> {
    let own = certificates::current(app.database(), app.now(), &user.id).await?;
    let request = jobs::Request {
        title: &body.title,
        source: &body.source,
        job_type: body.job_type.as_deref().unwrap_or(JobType::Whole.as_str()),
        part_size: body.part_size.unwrap_or(app.config().part_size),
        recipients: body.recipients.as_deref().unwrap_or_default(),
    };
    let new = request.check(app.config(), app.now(), own.as_ref())?;
    let job = jobs::create(app.database(), app.now(), &user.id, &new).await?;
    app.service().changed(&job.id, &user.id);
    let location = [(LOCATION, format!("/api/v1/jobs/{}", job.id))];
    let details = details(&app, &Scope::Own(user.id), &job.id).await?;
    Ok((StatusCode::CREATED, location, Json(details)).into_response())
}

/// A job with its certificates and its parts.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobDetails, description = "The job"), NotThere, Refused))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<JobDetails>, Problem> {
    Ok(Json(details(&app, &caller.scope(), &id).await?))
}

async fn details(app: &App, scope: &Scope, id: &str) -> Result<JobDetails, Problem> {
    let now = app.now();
    let job = jobs::get(app.database(), scope, id).await?;
    let parts = artifacts::of_job(app.database(), scope, now, id).await?;
    // What a job was sealed for may have expired since: what it is is said all the same.
    let recipients = check_recipients(&job.recipients, job.created_at).unwrap_or_default();
    Ok(JobDetails {
        job: JobView::new(&job, now),
        recipients: recipients.into_iter().map(Into::into).collect(),
        parts: parts.iter().map(|part| ArtifactView::new(part, app, now)).collect(),
    })
}

/// Cancels a job that waits or runs.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path)),
    responses(
        (status = 202, body = JobDetails, description = "One that runs ends soon: see its status"),
        NotThere, NotNow, Refused))]
pub(super) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, Json<JobDetails>), Problem> {
    let scope = caller.scope();
    let job = jobs::get(app.database(), &scope, &id).await?;
    jobs::cancel(app.database(), &scope, app.now(), &id).await?;
    app.service().changed(&id, &job.user_id);
    Ok((StatusCode::ACCEPTED, Json(details(&app, &scope, &id).await?)))
}

/// Deletes a job that does not run, with its artifacts.
#[utoipa::path(delete, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), NotThere, NotNow, Refused))]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let scope = caller.scope();
    let job = jobs::get(app.database(), &scope, &id).await?;
    jobs::delete(app.database(), &scope, app.now(), &id).await?;
    app.service().changed(&id, &job.user_id);
    Ok(StatusCode::NO_CONTENT)
}

/// The whole set, or what is left of it, as one zip file in which the parts are stored as they are.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/set.zip", tag = "jobs", params(("id" = String, Path)),
    responses(
        (status = 200, content_type = "application/zip", description = "The zip file"),
        NotThere, Refused))]
pub(super) async fn set(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    method: Method,
) -> Result<Response, Problem> {
    Ok(set_zip::answer(&app, &caller.scope(), &id, &method).await?)
}
