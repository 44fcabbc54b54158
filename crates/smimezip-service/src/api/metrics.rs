//! `/metrics`: numbers for Prometheus, in its text format. They say how much all users have
//! together, so they are for administrators' tokens; behind a proxy every request comes from this
//! machine, which therefore proves nothing.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Problem;
use super::request::Administrator;
use crate::totals;
use crate::web::App;

pub(crate) async fn metrics(State(app): State<App>, _: Administrator) -> Result<Response, Problem> {
    let totals = totals::count(app.database(), app.now()).await?;
    let mut text = String::new();
    let head = |text: &mut String, name: &str, kind: &str, help: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    };
    head(&mut text, "smimezip_jobs", "gauge", "Jobs that there are, by status.");
    for job in &totals.jobs {
        let _ =
            writeln!(text, "smimezip_jobs{{status=\"{}\"}} {}", job.status.as_str(), job.number);
    }
    let help = "How long these jobs ran, together.";
    head(&mut text, "smimezip_jobs_running_seconds", "gauge", help);
    for job in &totals.jobs {
        let (status, seconds) = (job.status.as_str(), job.ran / 1000);
        let millis = job.ran % 1000;
        let _ = writeln!(
            text,
            "smimezip_jobs_running_seconds{{status=\"{status}\"}} {seconds}.{millis:03}"
        );
    }
    head(&mut text, "smimezip_artifacts", "gauge", "Artifacts that can be downloaded.");
    let _ = writeln!(text, "smimezip_artifacts {}", totals.artifacts);
    head(&mut text, "smimezip_artifact_bytes", "gauge", "Bytes of these artifacts.");
    let _ = writeln!(text, "smimezip_artifact_bytes {}", totals.bytes);
    let help = "Requests that this process answered, by class of status.";
    head(&mut text, "smimezip_http_requests_total", "counter", help);
    for (class, number) in (1..).zip(app.answers()) {
        let _ = writeln!(text, "smimezip_http_requests_total{{class=\"{class}xx\"}} {number}");
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
