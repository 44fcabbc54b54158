//! Several files at once: a page of links, each with the file's name, and the same as lists for
//! curl, aria2 and sha256sum.

use axum::extract::{RawQuery, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::failure::Failure;
use super::layout::{self, Place};
use super::visitor::Visitor;
use super::{App, format};
use crate::artifacts::{self, Artifact};
use crate::{Scope, ServiceError};

/// A list as a file: its word in the address, its name, how it is used.
const LISTS: [(&str, &str, &str); 3] = [
    (
        "curl",
        "downloads.curl",
        "curl --fail -C - -H \"Authorization: Bearer $TOKEN\" -K downloads.curl",
    ),
    (
        "aria2",
        "downloads.aria2",
        "aria2c --header=\"Authorization: Bearer $TOKEN\" -i downloads.aria2",
    ),
    ("sha256", "SHA256SUMS", "sha256sum -c SHA256SUMS"),
];

pub(super) async fn links(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let query = query.unwrap_or_default();
    let all = |wanted: &str| {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let named = pairs.filter(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        named.collect::<Vec<String>>()
    };
    let files = find(&app, &visitor.scope(), &all("id")).await?;
    let format = all("format").into_iter().next().unwrap_or_default();
    let base = app.base_url();
    let address = |file: &Artifact| format!("{base}/artifacts/{}/download", file.id);
    if let Some(answer) = as_file(&format, address, &files) {
        return Ok(answer);
    }
    let content = page(&files, &query);
    Ok(layout::page(&visitor, Place::Artifacts, "Download files", "", &content).into_response())
}

/// The files with these identifiers, those of a set in their order.
///
/// # Errors
/// [`ServiceError::Invalid`] if they are too many or none, [`ServiceError::NotFound`].
pub(crate) async fn find(
    app: &App,
    scope: &Scope,
    ids: &[String],
) -> Result<Vec<Artifact>, ServiceError> {
    let ids = artifacts::selected(ids)?;
    let mut files = Vec::with_capacity(ids.len());
    for id in ids {
        files.push(artifacts::get(app.database(), scope, app.now(), id).await?);
    }
    files.sort_by(|a, b| (&a.job_id, a.part).cmp(&(&b.job_id, b.part)));
    Ok(files)
}

fn page(files: &[Artifact], query: &str) -> Markup {
    let sets: BTreeMap<&str, &str> =
        files.iter().map(|file| (file.job_id.as_str(), file.title.as_str())).collect();
    let size = files.iter().map(|file| file.size).sum();
    html! {
        div.title {
            h1 { "Download " (format::count(files.len() as u64, "file")) }
            button.main.each type="button" hidden { "Download each" }
        }
        p { "Together " (format::size(size)) "." }
        div.rows {
            table.list role="table" aria-label="Files to download" {
                thead role="rowgroup" {
                    tr.names role="row" {
                        th scope="col" role="columnheader" { "File name" }
                        th.number scope="col" role="columnheader" { "Size" }
                        th scope="col" role="columnheader" { "SHA-256" }
                    }
                }
                tbody role="rowgroup" {
                    @for file in files {
                        tr role="row" {
                            td.file role="cell" data-label="File name" {
                                a.one href={ "/artifacts/" (file.id) "/download" } download {
                                    (file.name)
                                }
                            }
                            td.number role="cell" data-label="Size" { (format::size(file.size)) }
                            td.digest role="cell" data-label="SHA-256" { code { (file.sha256) } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="sets" {
            h2 #sets { "Whole sets" }
            p { "Each as one zip file, in which the parts are stored as they are." }
            ul {
                @for (id, title) in sets {
                    li {
                        a href={ "/jobs/" (id) "/set.zip" } {
                            "Download the whole set “" bdi { (title) } "”"
                        }
                    }
                }
            }
        }
        section aria-labelledby="lists" {
            h2 #lists { "Lists for programs" }
            p {
                "A download that broke goes on where it broke. TOKEN is an API token, made in "
                a href="/preferences" { "Preferences" }
                ". Of a file that is complete already curl says 416; SHA256SUMS has the last word."
            }
            dl.lists {
                @for (word, name, command) in LISTS {
                    dt {
                        a href={ "/artifacts/links?" (query) "&format=" (word) } download { (name) }
                    }
                    dd { pre tabindex="0" { (command) } }
                }
            }
        }
    }
}

/// A list in the form that a program reads, if `word` names one; `address` is where a file is.
pub(crate) fn as_file(
    word: &str,
    address: impl Fn(&Artifact) -> String,
    files: &[Artifact],
) -> Option<Response> {
    let (word, name, _) = LISTS.into_iter().find(|(known, ..)| *known == word)?;
    Some(attachment(name, list(word, address, files)))
}

/// A list in the form that the program reads. Names of files are the service's own, and have
/// nothing that would have to be quoted; the quotes are there all the same.
fn list(word: &str, address: impl Fn(&Artifact) -> String, files: &[Artifact]) -> String {
    let mut text = String::new();
    for file in files {
        let address = address(file);
        let (name, digest) = (&file.name, &file.sha256);
        // Writing to a string cannot fail.
        let _ = match word {
            "curl" => writeln!(text, "url = \"{address}\"\noutput = \"{name}\""),
            "aria2" => writeln!(
                text,
                "{address}\n  out={name}\n  checksum=sha-256={digest}\n  continue=true"
            ),
            _ => writeln!(text, "{digest}  {name}"),
        };
    }
    text
}

fn attachment(name: &'static str, text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::try_from(disposition) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}
