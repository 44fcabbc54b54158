//! Where a job stands, as a cell of a table and as an event: the bar and the remaining time.

use maud::{Markup, html};

use super::format;
use crate::clock::Millis;
use crate::jobs::{Job, JobStatus};

/// What a bar shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// None if it is not known how much there is.
    pub(super) percent: Option<u64>,
    /// `42 %`, or how much was done.
    pub(super) done: String,
    /// `about 3 minutes remaining`.
    pub(super) remaining: String,
}

impl Progress {
    pub(super) fn of(job: &Job, now: Millis) -> Self {
        let (done, total) = (u128::from(job.done_bytes), u128::from(job.total_bytes));
        let percent =
            (done * 100).checked_div(total).and_then(|it| u64::try_from(it.min(100)).ok());
        Self {
            percent,
            done: percent.map_or_else(|| format::size(job.done_bytes), |it| format!("{it} %")),
            remaining: format::remaining(job.remaining(now)),
        }
    }

    /// What a screen reader says in place of the bar.
    pub(super) fn spoken(&self) -> String {
        format!("{}, {}", self.done, self.remaining)
    }
}

/// The word for the status, with a mark.
pub(super) fn status(job: &Job) -> Markup {
    let text = match (job.status, job.cancel_requested) {
        (JobStatus::InProgress, true) => "In Progress, being cancelled".to_owned(),
        (status, _) => status.to_string(),
    };
    html! { span class={ "status " (job.status.as_str()) } { (text) } }
}

/// The status, and the bar while the job runs.
pub(super) fn status_with_bar(job: &Job, now: Millis) -> Markup {
    if job.status != JobStatus::InProgress {
        return status(job);
    }
    let progress = Progress::of(job, now);
    html! {
        (status(job))
        div.progress title=(progress.remaining) {
            progress max="100" value=[progress.percent] aria-label={ "Progress of " (job.title) }
                aria-valuetext=(progress.spoken()) {}
            span.done aria-hidden="true" { (progress.done) }
        }
    }
}
