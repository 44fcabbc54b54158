//! What happens on one connection: which requests run, and whether the other end takes what it is
//! given. Nothing here ends anything; the module beside it does.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// What happens on a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The requests that run, by number; of one whose answer gave something, since when nobody
    /// asked it for more.
    running: HashMap<u64, Option<Instant>>,
    /// How many there have been.
    begun: u64,
    /// When the last of them ended.
    quiet_since: Instant,
    /// When one of their answers was last asked for more, or had more.
    moved: Instant,
    /// Since when the connection takes no byte, if there is one to be sent.
    blocked_since: Option<Instant>,
}

/// A request, from its head to the last byte of its answer.
#[derive(Debug)]
pub(super) struct Running {
    activity: Arc<Activity>,
    number: u64,
}

/// The bytes of an answer.
pub(super) struct Answer {
    body: Body,
    running: Running,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            running: HashMap::new(),
            begun: 0,
            quiet_since: Instant::now(),
            moved: Instant::now(),
            blocked_since: None,
        })))
    }

    pub(super) fn begin(self: &Arc<Self>) -> Running {
        let mut state = self.state();
        let number = state.begun;
        state.begun = number.wrapping_add(1);
        state.running.insert(number, None);
        Running { activity: Arc::clone(self), number }
    }

    /// Whether no request has run for so long, and all answers are on their way.
    pub(super) fn is_quiet(&self, time: Duration) -> bool {
        let state = self.state();
        state.running.is_empty()
            && state.blocked_since.is_none()
            && state.quiet_since.elapsed() >= time
    }

    /// Whether the other end has not taken for so long anything that it asked for: of HTTP/2 one
    /// answer may rest while others go on.
    pub(super) fn is_unread(&self, time: Duration) -> bool {
        let state = self.state();
        let is_over = |since: &Instant| since.elapsed() >= time;
        let rests = state.running.values().flatten().any(is_over) && is_over(&state.moved);
        rests || state.blocked_since.as_ref().is_some_and(is_over)
    }

    /// Says whether the connection took what was to be sent.
    pub(super) fn sends(&self, is_blocked: bool) {
        let mut state = self.state();
        state.blocked_since = match state.blocked_since {
            since @ Some(_) if is_blocked => since,
            _ => is_blocked.then(Instant::now),
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// The answer's bytes; the request runs until nobody wants them any more.
    pub(super) fn answer(self, body: Body) -> Answer {
        self.is_given(true);
        Answer { body, running: self }
    }

    fn is_given(&self, is_given: bool) {
        let now = Instant::now();
        let mut state = self.activity.state();
        state.running.insert(self.number, is_given.then_some(now));
        state.moved = now;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.running.remove(&self.number);
        state.quiet_since = Instant::now();
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, running } = self.get_mut();
        let frame = Pin::new(body).poll_frame(context);
        running.is_given(frame.is_ready());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_connection_is_quiet_when_no_request_runs() {
        let activity = Activity::new();
        assert!(activity.is_quiet(Duration::ZERO) && !activity.is_quiet(LONG));
        let running = activity.begin();
        assert!(!activity.is_quiet(Duration::ZERO) && !activity.is_unread(Duration::ZERO));
        drop(running);
        assert!(activity.is_quiet(Duration::ZERO));
        activity.sends(true);
        assert!(!activity.is_quiet(Duration::ZERO));
        activity.sends(false);
        assert!(activity.is_quiet(Duration::ZERO));
    }

    #[test]
    fn an_answer_is_unread_when_nobody_asks_it_for_more() {
        let activity = Activity::new();
        let never = Body::from_stream(futures_util::stream::pending::<std::io::Result<Bytes>>());
        for (body, is_given) in [(Body::from("all"), true), (never, false)] {
            let mut answer = activity.begin().answer(body);
            assert!(activity.is_unread(Duration::ZERO) && !activity.is_unread(LONG));
            let context = &mut Context::from_waker(std::task::Waker::noop());
            let _ = hyper::body::Body::poll_frame(Pin::new(&mut answer), context);
            // One that waits for what it gives is not waited for.
            assert_eq!(activity.is_unread(Duration::ZERO), is_given);
            drop(answer);
            assert!(!activity.is_unread(Duration::ZERO));
        }
        // While one goes on, another may rest.
        let (resting, mut going) =
            (activity.begin().answer(Body::from("a")), activity.begin().answer(Body::from("b")));
        std::thread::sleep(Duration::from_millis(20));
        assert!(activity.is_unread(Duration::from_millis(20)));
        let context = &mut Context::from_waker(std::task::Waker::noop());
        let _ = hyper::body::Body::poll_frame(Pin::new(&mut going), context);
        assert!(!activity.is_unread(Duration::from_millis(20)));
        drop((resting, going));
        // What a connection does not take counts from the first that it did not take.
        activity.sends(true);
        std::thread::sleep(Duration::from_millis(2));
        activity.sends(true);
        assert!(activity.is_unread(Duration::from_millis(2)));
        activity.sends(false);
        assert!(!activity.is_unread(Duration::ZERO));
    }
}
