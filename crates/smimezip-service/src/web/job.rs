//! One job: its parameters, whom it is sealed for, its parts, how it went; and the ways to cancel,
//! clone and delete it.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::failure::{Failure, sentence};
use super::fields::Posted;
use super::history::{Names, user_names};
use super::layout::{self, Place};
use super::notice::go;
use super::visitor::Visitor;
use super::{App, format, progress};
use crate::artifacts::{self, Artifact, DeletedBecause};
use crate::certificates::{Finding, check_recipients};
use crate::clock::Millis;
use crate::jobs::{self, Job, JobStatus, JobType};

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    let now = app.now();
    let job = jobs::get(app.database(), &visitor.scope(), &id).await?;
    let parts = artifacts::of_job(app.database(), &visitor.scope(), now, &id).await?;
    let names = user_names(&app, &visitor).await?;
    let content = html! {
        div.title { h1 { bdi { (job.title) } } (actions(&job, &parts, &visitor)) }
        div #live data-job=(job.id) data-status=(job.status.as_str()) {
            (outcome(&job, &parts, now))
            section aria-labelledby="parameters" {
                h2 #parameters { "Parameters" }
                (parameters(&job, visitor.user().is_administrator().then_some(&names)))
            }
            section aria-labelledby="recipients" {
                h2 #recipients { "Sealed for" }
                (recipients(&job, now))
            }
            @if !parts.is_empty() {
                section aria-labelledby="parts" { h2 #parts { "Parts" } (parts_table(&parts, now)) }
            }
        }
    };
    let title = format!("{} – job", job.title);
    Ok(layout::page(&visitor, Place::History, &title, &query.unwrap_or_default(), &content))
}

fn actions(job: &Job, parts: &[Artifact], visitor: &Visitor) -> Markup {
    let address = format!("/jobs/{}", job.id);
    html! {
        div.actions {
            @if parts.iter().any(|part| part.deleted_at.is_none()) {
                a.button href={ (address) "/set.zip" } { "Download whole set" }
                a.button href={ "/artifacts?job=" (job.id) } { "Locate files" }
                a.button href={ (address) "/open" } { "How to open it" }
            }
            a.button href={ "/jobs/new?from=" (job.id) } { "Clone" }
            @if !job.status.is_ended() {
                form method="post" action={ (address) "/cancel" } {
                    (layout::token(visitor))
                    button type="submit" { "Cancel" }
                }
            }
            a.button href={ (address) "/delete" } { "Delete" }
        }
    }
}

fn outcome(job: &Job, parts: &[Artifact], now: Millis) -> Markup {
    let gone = parts.iter().filter(|part| part.deleted_at.is_some()).count() as u64;
    let expired = parts.iter().any(|part| part.deleted_because == Some(DeletedBecause::Expired));
    html! {
        dl.facts {
            div { dt { "Status" } dd.state { (progress::status_with_bar(job, now)) } }
            @if let Some(failure) = &job.failure {
                div { dt { "Cause" } dd.cause { (sentence(failure)) } }
            }
            div { dt { "Created" } dd { (format::time(job.created_at)) " UTC" } }
            @if let Some(at) = job.started_at {
                div { dt { "Started" } dd { (format::time(at)) " UTC" } }
            }
            @if let Some(at) = job.ended_at {
                div { dt { "Ended" } dd { (format::time(at)) " UTC" } }
            }
            @if let (Some(start), Some(end)) = (job.started_at, job.ended_at) {
                div { dt { "Duration" } dd { (format::duration(end - start)) } }
            }
            @if let Some(entries) = job.entries {
                div { dt { "Entries" } dd { (format::grouped(entries)) } }
            }
            @if let Some(name) = &job.file_name { div { dt { "File name" } dd.file { (name) } } }
            @if job.attempt > 1 { div { dt { "Attempt" } dd { (job.attempt) } } }
        }
        @if gone > 0 {
            p.notice {
                @if gone == parts.len() as u64 { "The files of this job are gone: " }
                @else { (format::count(gone, "file")) " of this job are gone: " }
                @if expired { "their retention ended." } @else { "they were deleted." }
            }
        }
    }
}

fn parameters(job: &Job, names: Option<&Names>) -> Markup {
    html! {
        dl.facts {
            div { dt { "Data source" } dd { bdi { (job.source) } } }
            div {
                dt { "Job type" }
                dd {
                    (job.job_type)
                    @if job.job_type == JobType::Changed {
                        @match job.since {
                            Some(since) => {
                                ": what was modified since " (format::time(since)) " UTC"
                            },
                            None => ": everything, as no job of this source was completed before",
                        }
                    }
                }
            }
            div { dt { "File Split Size" } dd { (format::exact_size(job.part_size)) } }
            @if let Some(names) = names {
                div { dt { "User" } dd { bdi { (names.of(&job.user_id)) } } }
            }
            div { dt { "Job number" } dd.file { (job.id) } }
        }
    }
}

fn recipients(job: &Job, now: Millis) -> Markup {
    // What a job was sealed for may have expired since: what it is is said all the same.
    let found = check_recipients(&job.recipients, job.created_at);
    let describe = |finding: &Finding| {
        html! {
            li {
                bdi { (finding.subject) }
                div.hint {
                    (finding.key) "; " (finding.identifier) "; valid until "
                    (format::day(finding.not_after))
                    @if finding.not_after < now { ", which has passed" }
                }
            }
        }
    };
    html! {
        @match found {
            Ok(found) => ul.recipients { @for finding in &found { (describe(finding)) } },
            Err(error) => p { (sentence(&error.to_string())) },
        }
    }
}

fn parts_table(parts: &[Artifact], now: Millis) -> Markup {
    let total = parts.iter().map(|part| part.size).sum();
    html! {
        p { (format::count(parts.len() as u64, "part")) ", together " (format::size(total)) "." }
        div.rows {
            table.list role="table" aria-labelledby="parts" {
                thead role="rowgroup" {
                    tr.names role="row" {
                        th.number scope="col" role="columnheader" { "Part" }
                        th scope="col" role="columnheader" { "File name" }
                        th.number scope="col" role="columnheader" { "Size" }
                        th scope="col" role="columnheader" { "SHA-256" }
                        th scope="col" role="columnheader" { "Available" }
                    }
                }
                tbody role="rowgroup" { @for part in parts { (part_row(part, now)) } }
            }
        }
    }
}

fn part_row(part: &Artifact, now: Millis) -> Markup {
    html! {
        tr role="row" {
            td.number role="cell" data-label="Part" { (part.part) }
            td.file role="cell" data-label="File name" {
                @if part.deleted_at.is_none() {
                    a href={ "/artifacts/" (part.id) "/download" } download { (part.name) }
                } @else { (part.name) }
            }
            td.number role="cell" data-label="Size"
                title={ (format::grouped(part.size)) " bytes" } {
                (format::size(part.size))
            }
            td.digest role="cell" data-label="SHA-256" { code { (part.sha256) } }
            td role="cell" data-label="Available" {
                @match (part.deleted_at, part.deleted_because) {
                    (Some(at), Some(DeletedBecause::Expired)) => {
                        "removed " (format::day(at)) ", retention ended"
                    },
                    (Some(at), _) => { "deleted " (format::day(at)) },
                    _ => (format::count(part.days_left(now).unsigned_abs(), "day")),
                }
            }
        }
    }
}

pub(super) async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let scope = posted.visitor.scope();
    let job = jobs::get(app.database(), &scope, &id).await?;
    jobs::cancel(app.database(), &scope, app.now(), &id).await?;
    app.service().changed(&id, &job.user_id);
    Ok(go(&format!("/jobs/{id}"), "cancelled").into_response())
}

pub(super) async fn ask_delete(
    State(app): State<App>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    let job = jobs::get(app.database(), &visitor.scope(), &id).await?;
    let parts = artifacts::of_job(app.database(), &visitor.scope(), app.now(), &id).await?;
    let left = parts.iter().filter(|part| part.deleted_at.is_none()).count() as u64;
    let content = html! {
        div.narrow {
            h1 { "Delete this job?" }
            p { "“" bdi { (job.title) } "” of " (format::time(job.created_at)) " UTC." }
            @if job.status == JobStatus::InProgress {
                p.problem role="alert" { "The job is running; cancel it first." }
            } @else if left > 0 {
                p.warning {
                    "Its " (format::count(left, "file"))
                    " will be deleted, too, and can no longer be downloaded."
                }
            } @else { p { "It has no files." } }
            form.buttons method="post" action={ "/jobs/" (id) "/delete" } {
                (layout::token(&visitor))
                @if job.status != JobStatus::InProgress {
                    button.danger type="submit" { "Delete" }
                }
                a.button href="/history" { "Keep it" }
            }
        }
    };
    Ok(layout::page(&visitor, Place::History, "Delete a job", "", &content))
}

pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let scope = posted.visitor.scope();
    let job = jobs::get(app.database(), &scope, &id).await?;
    jobs::delete(app.database(), &scope, app.now(), &id).await?;
    app.service().changed(&id, &job.user_id);
    Ok(go("/history", "job-deleted").into_response())
}
