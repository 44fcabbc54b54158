//! What the page says that comes after something was done. The address has a word for it; the text
//! stands here, so that nobody makes a page say something by a link.

use axum::response::Redirect;
use maud::{Markup, html};

/// What was done.
const NOTICES: [(&str, &str); 10] = [
    ("created", "The job was created. It starts as soon as a process is free."),
    ("cancelled", "The job is being cancelled."),
    ("job-deleted", "The job and its files were deleted."),
    ("files-deleted", "The files were deleted."),
    ("select-job", "Select a job first."),
    ("select-files", "Select at least one file first."),
    ("certificate", "The certificate was stored. New jobs are sealed for it."),
    ("password", "The password was changed; other browsers were logged out."),
    ("token-deleted", "The token was deleted."),
    ("user-deleted", "The user was deleted."),
];

/// The text of the notice that a query names.
pub(super) fn of_query(query: &str) -> Option<Markup> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, word) = pairs.find(|(name, _)| name == "said")?;
    let (_, text) = NOTICES.iter().find(|(known, _)| *known == word)?;
    Some(html! { p.notice role="status" { (text) } })
}

/// Goes to `path`, whose page says what was done.
pub(super) fn go(path: &str, word: &str) -> Redirect {
    let sign = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{sign}said={word}"))
}
