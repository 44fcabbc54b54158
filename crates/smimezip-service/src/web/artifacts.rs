//! Artifacts: the files that can be downloaded.

use axum::extract::{RawQuery, State};
use maud::{Markup, html};

use super::failure::Failure;
use super::history::{Names, user_names};
use super::layout::{self, Place};
use super::table::{Head, Shown, in_words_of};
use super::visitor::Visitor;
use super::{App, format};
use crate::artifacts::{self, Artifact, MAX_SELECTED};
use crate::clock::Millis;
use crate::jobs;
use crate::listing::{Listing, Page};

/// So many days before a file goes, warnings begin.
const WARNING_DAYS: i64 = 5;

/// The last is for administrators.
const HEADS: [Head; 8] = [
    Head::text("source", "Data type"),
    Head::text("title", "Set"),
    Head::text("name", "File name"),
    Head::number("part", "Part", "<= 10"),
    Head::number("size", "Size", "> 10 MiB"),
    Head::time("created", "Created (UTC)"),
    Head::number("days_left", "Days remaining", "<= 5"),
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
    let listing = Listing::from_query(&query, &artifacts::COLUMNS);
    let now = app.now();
    let page = artifacts::list(app.database(), &visitor.scope(), now, &listing).await;
    let page = page.map_err(|error| in_words_of(&HEADS, error))?;
    let names = user_names(&app, &visitor).await?;
    let warning = expiry_warning(&app, &visitor, now).await?;
    let of_job = of_job(&app, &visitor, &listing).await?;
    let heads = &HEADS[..HEADS.len() - usize::from(!visitor.user().is_administrator())];
    let shown = Shown { path: "/artifacts", listing: &listing, heads, sort: SORT };
    let content = html! {
        div.title {
            h1 { "Artifacts" }
            p.hint { "Files are kept for " (app.config().retention_days) " days." }
        }
        (warning)
        (of_job)
        (shown.actions(&visitor, "With the selected files", &buttons()))
        (table(&shown, &page, &names, now))
        (shown.pages(&page, "file"))
    };
    Ok(layout::page(&visitor, Place::Artifacts, "Artifacts", &query, &content))
}

fn buttons() -> Markup {
    html! {
        button type="submit" form="actions" name="action" value="download" { "Download" }
        button type="submit" form="actions" name="action" value="delete" { "Delete" }
        span.selected role="status" data-most=(MAX_SELECTED) {
            "Select up to " (MAX_SELECTED) " files."
        }
    }
}

/// That the list has the files of one job only, which no column shows.
async fn of_job(app: &App, visitor: &Visitor, listing: &Listing) -> Result<Markup, Failure> {
    let Some(id) = listing.filters.get("job") else { return Ok(html! {}) };
    let job = jobs::get(app.database(), &visitor.scope(), id).await?;
    Ok(html! {
        p.notice {
            "Only files of the job " a href={ "/jobs/" (job.id) } { bdi { (job.title) } }
            " are shown. "
            a href="/artifacts" { "Show all" } " · "
            a href={ "/jobs/" (job.id) "/set.zip" } { "Download whole set" } " · "
            a href={ "/jobs/" (job.id) "/open" } { "How to open it" }
        }
    })
}

/// That files will go soon.
pub(super) async fn expiry_warning(
    app: &App,
    visitor: &Visitor,
    now: Millis,
) -> Result<Markup, Failure> {
    let soon = Listing { per_page: 1, ..Listing::default() };
    let soon = soon.filtered_by("days_left", &format!("<={WARNING_DAYS}"));
    let page = artifacts::list(app.database(), &visitor.scope(), now, &soon).await?;
    let number = page.total;
    let address = format!("/artifacts?{}", Listing { per_page: 50, ..soon }.to_query());
    Ok(html! {
        @if number > 0 {
            p.warning {
                (format::count(number, "file")) " will be removed within " (WARNING_DAYS) " days. "
                a href=(address) { "Show " @if number == 1 { "it" } @else { "them" } }
            }
        }
    })
}

fn table(shown: &Shown<'_>, page: &Page<Artifact>, names: &Names, now: Millis) -> Markup {
    let all = html! {
        span.unseen { "Select" }
        input.all type="checkbox" aria-label="Select all on this page" hidden;
    };
    html! {
        div.rows {
            table.list role="table" aria-label="Files" {
                (shown.head(&all, Some("Download")))
                tbody role="rowgroup" {
                    @for file in &page.rows { (row(file, names, shown.heads.len(), now)) }
                    @if page.rows.is_empty() {
                        tr.empty role="row" {
                            td role="cell" colspan=(shown.heads.len() + 2) {
                                @if shown.listing.filters.is_empty() { "There are no files." }
                                @else { "No file matches the filters." }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(file: &Artifact, names: &Names, columns: usize, now: Millis) -> Markup {
    let label = |at: usize| HEADS[at].label;
    let days = file.days_left(now);
    html! {
        tr role="row" {
            td.select role="cell" {
                input type="checkbox" name="id" value=(file.id) form="actions"
                    aria-label={ "Select " (file.name) };
            }
            td role="cell" data-label=(label(0)) { bdi { (file.source) } }
            td.lead role="cell" data-label=(label(1)) {
                a href={ "/jobs/" (file.job_id) } { bdi { (file.title) } }
            }
            td.file role="cell" data-label=(label(2)) { (file.name) }
            td.number role="cell" data-label=(label(3)) { (file.part) " of " (file.parts) }
            td.number role="cell" data-label=(label(4))
                title={ (format::grouped(file.size)) " bytes" } {
                (format::size(file.size))
            }
            td.time role="cell" data-label=(label(5)) { (format::time(file.created_at)) }
            td.number.soon[days <= WARNING_DAYS] role="cell" data-label=(label(6))
                title={ "Removed on " (format::day(file.expires_at)) } {
                (days)
                @if days <= WARNING_DAYS { span.unseen { ", removed soon" } }
            }
            @if columns == HEADS.len() {
                td role="cell" data-label=(label(7)) { bdi { (names.of(&file.user_id)) } }
            }
            td.fetch role="cell" {
                a.icon href={ "/artifacts/" (file.id) "/download" } download
                    aria-label={ "Download " (file.name) } title="Download" { (icon()) }
            }
        }
    }
}

/// An arrow that goes down into a tray.
fn icon() -> Markup {
    html! {
        svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path d="M8 2v8m0 0L4.5 6.5M8 10l3.5-3.5M2.5 13.5h11" fill="none" stroke="currentColor"
                stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}
