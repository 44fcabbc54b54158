//! Server-sent events: where a job stands, whenever that changes, to whoever may see it. A browser
//! that lost the connection makes another; what it missed, it sees in the next event or on the
//! page.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::progress::Progress;
use super::visitor::Visitor;
use super::{App, failure::Failure};
use crate::clock::Millis;
use crate::jobs::{self, Job};
use crate::{Scope, ServiceError};

/// How long a stream lasts; then the browser comes again, if the session has not ended.
const LONGEST: Duration = Duration::from_secs(15 * 60);

pub(super) async fn stream(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<impl IntoResponse, Failure> {
    let events = app.service().events();
    let stopping = app.stopping();
    let (scope, end) = (visitor.scope(), Instant::now() + LONGEST);
    let states = stream::unfold((app, events, stopping), move |(app, mut events, mut stopping)| {
        let scope = scope.clone();
        async move {
            loop {
                let event = tokio::select! {
                    event = events.recv() => event,
                    _ = stopping.wait_for(|stops| *stops) => return None,
                    () = tokio::time::sleep_until(end) => return None,
                };
                let event = match event {
                    Ok(event) => event,
                    // Those that come now say the same and more.
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return None,
                };
                if matches!(&scope, Scope::Own(user) if *user != event.user_id) {
                    continue;
                }
                let data = match jobs::get(app.database(), &scope, &event.job_id).await {
                    Ok(job) => state(&job, app.now()),
                    Err(ServiceError::NotFound(_)) => {
                        json!({ "job": event.job_id, "status": "deleted" }).to_string()
                    }
                    Err(_) => continue,
                };
                return Some((
                    Ok::<_, Infallible>(Event::default().data(data)),
                    (app, events, stopping),
                ));
            }
        }
    });
    Ok(Sse::new(states).keep_alive(KeepAlive::default()))
}

fn state(job: &Job, now: Millis) -> String {
    let progress = Progress::of(job, now);
    json!({
        "job": job.id,
        "status": job.status.as_str(),
        "cancelling": job.cancel_requested,
        "percent": progress.percent,
        "done": progress.done,
        "remaining": progress.remaining,
        "spoken": progress.spoken(),
    })
    .to_string()
}
