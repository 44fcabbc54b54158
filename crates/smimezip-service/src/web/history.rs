//! History: all export jobs, active and completed.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::artifacts::expiry_warning;
use super::failure::Failure;
use super::fields::Posted;
use super::layout::{self, Place};
use super::notice::go;
use super::table::{Head, Shown, in_words_of};
use super::visitor::Visitor;
use super::{App, format, progress};
use crate::clock::Millis;
use crate::jobs::{self, Job};
use crate::listing::{Listing, Page};
use crate::users::store;

const TYPES: [(&str, &str); 2] = [("whole", "Whole"), ("changed", "Changed")];
const STATUSES: [(&str, &str); 5] = [
    ("waiting", "Waiting"),
    ("in_progress", "In Progress"),
    ("completed", "Completed"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
];

/// The last is for administrators.
const HEADS: [Head; 7] = [
    Head::text("title", "Title"),
    Head::text("source", "Data source"),
    Head::choice("job_type", "Job type", &TYPES),
    Head::choice("status", "Status", &STATUSES),
    Head::time("started", "Started (UTC)"),
    Head::text("file_name", "File name"),
    Head::text("user", "User"),
];

/// The newest first.
const SORT: (&str, bool) = ("created", true);

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    let query = query.unwrap_or_default();
    let listing = Listing::from_query(&query, &jobs::COLUMNS);
    let now = app.now();
    let page = jobs::list(app.database(), &visitor.scope(), now, &listing).await;
    let page = page.map_err(|error| in_words_of(&HEADS, error))?;
    let names = user_names(&app, &visitor).await?;
    let warning = expiry_warning(&app, &visitor, now).await?;
    let heads = &HEADS[..HEADS.len() - usize::from(!visitor.user().is_administrator())];
    let shown = Shown { path: "/history", listing: &listing, heads, sort: SORT };
    let content = html! {
        div.title { h1 { "History" } a.button.main href="/jobs/new" { "New job" } }
        (warning)
        (shown.actions(&visitor, "With the selected job", &buttons()))
        (table(&shown, &page, &names, now))
        (shown.pages(&page, "job"))
    };
    Ok(layout::page(&visitor, Place::History, "History", &query, &content))
}

fn buttons() -> Markup {
    let actions = [
        ("view", "View details"),
        ("clone", "Clone"),
        ("locate", "Locate files"),
        ("cancel", "Cancel"),
        ("delete", "Delete"),
    ];
    html! {
        @for (action, label) in actions {
            button type="submit" form="actions" name="action" value=(action) { (label) }
        }
    }
}

fn table(shown: &Shown<'_>, page: &Page<Job>, names: &Names, now: Millis) -> Markup {
    html! {
        div.rows {
            table.list role="table" aria-label="Export jobs" {
                (shown.head(&html! { span.unseen { "Select" } }, None))
                tbody #live role="rowgroup" {
                    @for job in &page.rows { (row(job, names, shown.heads.len(), now)) }
                    @if page.rows.is_empty() {
                        tr.empty role="row" {
                            td role="cell" colspan=(shown.heads.len() + 1) {
                                @if shown.listing.filters.is_empty() {
                                    "There are no jobs yet. "
                                    a href="/jobs/new" { "Create the first one" } "."
                                } @else { "No job matches the filters." }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(job: &Job, names: &Names, columns: usize, now: Millis) -> Markup {
    let label = |at: usize| HEADS[at].label;
    html! {
        tr role="row" data-job=(job.id) data-status=(job.status.as_str()) {
            td.select role="cell" {
                input type="radio" name="job" value=(job.id) form="actions" id={ "job-" (job.id) }
                    aria-label={ "Select " (job.title) };
            }
            td.lead role="cell" data-label=(label(0)) {
                a href={ "/jobs/" (job.id) } { bdi { (job.title) } }
            }
            td role="cell" data-label=(label(1)) { bdi { (job.source) } }
            td role="cell" data-label=(label(2)) { (job.job_type) }
            td.state role="cell" data-label=(label(3)) { (progress::status_with_bar(job, now)) }
            td.time role="cell" data-label=(label(4)) { (format::time_or_dash(job.started_at)) }
            td.file role="cell" data-label=(label(5)) {
                @match &job.file_name {
                    Some(name) => bdi { (name) },
                    None => span.none { "–" },
                }
            }
            @if columns == HEADS.len() {
                td role="cell" data-label=(label(6)) { bdi { (names.of(&job.user_id)) } }
            }
        }
    }
}

/// Users' names by identifier, for administrators.
#[derive(Debug, Default)]
pub(super) struct Names(std::collections::BTreeMap<String, String>);

impl Names {
    pub(super) fn of(&self, id: &str) -> &str {
        self.0.get(id).map_or("–", String::as_str)
    }
}

pub(super) async fn user_names(app: &App, visitor: &Visitor) -> Result<Names, Failure> {
    if !visitor.user().is_administrator() {
        return Ok(Names::default());
    }
    let users = store::list(app.database()).await?;
    Ok(Names(users.into_iter().map(|user| (user.id, user.name)).collect()))
}

/// What the buttons do with the job that is selected.
pub(super) async fn act(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    let listing = Listing::from_query(fields.text("query"), &jobs::COLUMNS);
    let query = listing.to_query();
    let back = if query.is_empty() { "/history".into() } else { format!("/history?{query}") };
    if fields.text("job").is_empty() {
        return Ok(go(&back, "select-job").into_response());
    }
    let job = jobs::get(app.database(), &visitor.scope(), fields.text("job")).await?;
    let id = &job.id;
    Ok(match fields.text("action") {
        "clone" => Redirect::to(&format!("/jobs/new?from={id}")),
        "locate" => Redirect::to(&format!("/artifacts?job={id}")),
        "delete" => Redirect::to(&format!("/jobs/{id}/delete")),
        "cancel" => {
            jobs::cancel(app.database(), &visitor.scope(), app.now(), id).await?;
            app.service().changed(id, &job.user_id);
            go(&back, "cancelled")
        }
        _ => Redirect::to(&format!("/jobs/{id}")),
    }
    .into_response())
}
