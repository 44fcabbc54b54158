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
use tokio::time::{Instant, MissedTickBehavior, interval};

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
    let mut look = interval(app.service().timing().session);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = (app, events, stopping, look);
    let states = stream::unfold(listener, move |(app, mut events, mut stopping, mut look)| {
        let (scope, session) = (scope.clone(), visitor.session.clone());
        async move {
            loop {
                let event = tokio::select! {
                    event = events.recv() => Some(event),
                    _ = look.tick() => None,
                    _ = stopping.wait_for(|stops| *stops) => return None,
                    () = tokio::time::sleep_until(end) => return None,
                };
                let event = match event {
                    Some(Ok(event)) => Some(event),
                    None => None,
                    // Those that come now say the same and more.
                    Some(Err(RecvError::Lagged(_))) => continue,
                    Some(Err(RecvError::Closed)) => return None,
                };
                let is_foreign = |user: &str| matches!(&scope, Scope::Own(own) if own != user);
                if event.as_ref().is_some_and(|event| is_foreign(&event.user_id)) {
                    continue;
                }
                // A database that is away tells nobody that the session has ended.
                if matches!(app.is_alive(&session).await, Ok(false)) {
                    return None;
                }
                let Some(event) = event else { continue };
                let data = match jobs::get(app.database(), &scope, &event.job_id).await {
                    Ok(job) => state(&job, app.now()),
                    Err(ServiceError::NotFound(_)) => {
                        json!({ "job": event.job_id, "status": "deleted" }).to_string()
                    }
                    Err(_) => continue,
                };
                return Some((
                    Ok::<_, Infallible>(Event::default().data(data)),
                    (app, events, stopping, look),
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
