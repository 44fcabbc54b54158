//! How to open a set: the exact commands for its file names.

use axum::extract::{Path, State};
use maud::{Markup, html};

use super::failure::Failure;
use super::layout::{self, Place};
use super::visitor::Visitor;
use super::{App, format};
use crate::artifacts::{self, Artifact};
use crate::jobs;

pub(super) async fn page(
    State(app): State<App>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    let job = jobs::get(app.database(), &visitor.scope(), &id).await?;
    let parts = artifacts::of_job(app.database(), &visitor.scope(), app.now(), &id).await?;
    let all = parts.len();
    let parts: Vec<_> = parts.into_iter().filter(|part| part.deleted_at.is_none()).collect();
    let gone = (all - parts.len()) as u64;
    let content = html! {
        h1 { "How to open “" bdi { (job.title) } "”" }
        p { a href={ "/jobs/" (id) } { "Back to the job" } }
        @if parts.is_empty() { p.notice { "This job has no files." } }
        @else {
            @if gone > 0 {
                p.notice {
                    (format::count(gone, "part")) " of this set "
                    (if gone == 1 { "is" } else { "are" })
                    " gone: it cannot be opened whole any more. "
                    code { "smimezip extract --available" } " gives what the others have."
                }
            }
            (commands(&parts))
        }
    };
    Ok(layout::page(&visitor, Place::History, "How to open it", "", &content))
}

fn commands(parts: &[Artifact]) -> Markup {
    let last = parts.last().map_or("", |part| part.name.as_str());
    let zip = last.strip_suffix(".smime").unwrap_or(last);
    let sums: Vec<String> =
        parts.iter().map(|part| format!("{}  {}", part.sha256, part.name)).collect();
    let decrypt: String = parts.iter().map(|part| openssl(&part.name)).collect();
    html! {
        p {
            "Put all " (format::count(parts.len() as u64, "part"))
            " into one folder, and have the private key of the certificate ready, here "
            code { "key.pem" } ". The key stays with you: this service never needs it."
        }
        section aria-labelledby="smimezip" {
            h2 #smimezip { "With smimezip, in one step" }
            pre tabindex="0" { "smimezip extract " (format::shell(last)) " --key key.pem -C out" }
            p.hint {
                "Nothing is decrypted to the disk on the way, and the parts are found by their "
                "names."
            }
        }
        section aria-labelledby="openssl" {
            h2 #openssl { "With OpenSSL and 7-Zip" }
            pre tabindex="0" { (decrypt) "7z x " (format::shell(zip)) " -oout" }
            p.hint { "This needs as much space on the disk again as the parts have." }
        }
        section aria-labelledby="sums" {
            h2 #sums { "Whether all parts arrived whole" }
            pre tabindex="0" { "sha256sum -c <<'SUMS'\n" (sums.join("\n")) "\nSUMS" }
        }
    }
}

fn openssl(name: &str) -> String {
    let opened = name.strip_suffix(".smime").unwrap_or(name);
    let (name, opened) = (format::shell(name), format::shell(opened));
    format!("openssl smime -decrypt -binary -in {name} -inkey key.pem -out {opened}\n")
}
