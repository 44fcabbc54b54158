//! One long call: what stops it, and how far it is. A thread that works for a call has it as its
//! *current* one, so that whatever is read in its name hears of a cancellation, however deep it
//! lies: views outlive calls and are shared by several, so none of them can hold one. No thread is
//! started here.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{CancelToken, Event, Phase};
use crate::error::{Error, ErrorKind};

thread_local! {
    static CURRENT: RefCell<Option<Call>> = const { RefCell::new(None) };
}

/// Ends with `Cancelled` once the call this thread works for is to stop. Every read of a view does
/// so; loops that read nothing must.
pub(crate) fn check() -> Result<(), Error> {
    // While a thread ends it works for nobody.
    let checked = CURRENT.try_with(|current| current.borrow().as_ref().map_or(Ok(()), Call::check));
    checked.unwrap_or(Ok(()))
}

/// The call this thread works for.
pub(crate) fn current() -> Option<Call> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// A call, or a share of its work that can be stopped alone. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Call(Arc<Shared>);

struct Shared {
    stop: AtomicBool,
    token: Option<CancelToken>,
    /// What it is a share of, or was made within.
    outer: Option<Call>,
    gauge: Arc<Gauge>,
}

impl Call {
    /// A call that `token` stops, and what stops the call that it is made within.
    pub(crate) fn new(token: &CancelToken) -> Self {
        Self(Arc::new(Shared {
            stop: AtomicBool::new(false),
            token: Some(token.clone()),
            outer: current(),
            gauge: Arc::default(),
        }))
    }

    /// A share of the work of the current call, with its gauge.
    pub(crate) fn share() -> Self {
        let outer = current();
        let gauge = outer.as_ref().map(|outer| Arc::clone(&outer.0.gauge)).unwrap_or_default();
        Self(Arc::new(Shared { stop: AtomicBool::new(false), token: None, outer, gauge }))
    }

    /// Stops it, and nothing that it is a share of.
    pub(crate) fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let mut call = Some(self);
        while let Some(Self(shared)) = call {
            let cancelled = shared.token.as_ref().is_some_and(CancelToken::is_cancelled);
            if cancelled || shared.stop.load(Ordering::Relaxed) {
                return true;
            }
            call = shared.outer.as_ref();
        }
        false
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_stopped() { Err(ErrorKind::Cancelled.into()) } else { Ok(()) }
    }

    pub(crate) fn gauge(&self) -> &Gauge {
        &self.0.gauge
    }

    /// Has this thread work for it until what is returned is dropped.
    pub(crate) fn enter(&self) -> Entered {
        Entered { before: CURRENT.replace(Some(self.clone())) }
    }
}

/// Drops back to the call the thread worked for before.
pub(crate) struct Entered {
    before: Option<Call>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}

/// How far a call is. The threads at work note it, the one that reports reads it.
#[derive(Default)]
pub(crate) struct Gauge {
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    entries_done: AtomicU64,
    entries_total: AtomicU64,
    /// Whether the name is that of the last look: so few names are copied, however many entries
    /// begin.
    seen: AtomicBool,
    entry: Mutex<Option<String>>,
}

impl Gauge {
    /// Begins to count: nothing of so much is done.
    pub(crate) fn begin(&self, bytes: u64, entries: u64) {
        self.bytes_done.store(0, Ordering::Relaxed);
        self.entries_done.store(0, Ordering::Relaxed);
        self.bytes_total.store(bytes, Ordering::Relaxed);
        self.entries_total.store(entries, Ordering::Relaxed);
        self.seen.store(true, Ordering::Relaxed);
    }

    /// So many bytes are to be done in all, of which it was not known before.
    pub(crate) fn know_bytes(&self, bytes: u64) {
        self.bytes_total.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_bytes(&self, count: u64) {
        self.bytes_done.fetch_add(count, Ordering::Relaxed);
    }

    /// More was done of what has no known end.
    pub(crate) fn grow(&self, count: u64) {
        self.bytes_total.fetch_add(count, Ordering::Relaxed);
        self.add_bytes(count);
    }

    /// What was done was in vain, and will be done again.
    pub(crate) fn take_back_bytes(&self, count: u64) {
        self.bytes_done.fetch_sub(count, Ordering::Relaxed);
    }

    pub(crate) fn add_entry(&self) {
        self.entries_done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn begin_entry(&self, name: &str) {
        if self.seen.swap(false, Ordering::Relaxed) {
            *self.name() = Some(name.to_owned());
        }
    }

    /// Has `report` see where the call stands. No lock is held meanwhile.
    pub(crate) fn look<R>(&self, phase: Phase, report: impl FnOnce(&Event<'_>) -> R) -> R {
        let entry = self.name().clone();
        self.seen.store(true, Ordering::Relaxed);
        let bytes_total = self.bytes_total.load(Ordering::Relaxed);
        report(&Event {
            phase,
            // What is verified in vain and again may be more for a moment.
            bytes_done: self.bytes_done.load(Ordering::Relaxed).min(bytes_total),
            bytes_total,
            entries_done: self.entries_done.load(Ordering::Relaxed),
            entries_total: self.entries_total.load(Ordering::Relaxed),
            entry: entry.as_deref(),
        })
    }

    fn name(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_works_for_the_call_it_entered_last() {
        let (outer, inner) = (CancelToken::new(), CancelToken::new());
        assert!(check().is_ok());
        outer.scope(|| {
            inner.scope(|| {
                assert!(check().is_ok());
                inner.cancel();
                assert!(check().is_err());
            });
            assert!(check().is_ok());
            outer.cancel();
            CancelToken::new().scope(|| assert!(check().is_err()));
        });
        assert!(check().is_ok());
    }

    #[test]
    fn a_share_is_stopped_alone() {
        let token = CancelToken::new();
        token.scope(|| {
            let share = Call::share();
            share.stop();
            assert!(share.check().is_err() && check().is_ok());
            let other = Call::share();
            assert!(other.check().is_ok());
            token.cancel();
            assert!(other.check().is_err());
        });
    }

    #[test]
    fn a_name_is_kept_until_it_was_seen() {
        let gauge = Gauge::default();
        gauge.begin(10, 2);
        gauge.begin_entry("first");
        gauge.begin_entry("second");
        let name = || gauge.look(Phase::Writing, |event| event.entry.map(str::to_owned));
        assert_eq!(name().as_deref(), Some("first"));
        gauge.begin_entry("third");
        assert_eq!(name().as_deref(), Some("third"));
    }
}
