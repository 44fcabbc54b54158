//! How a long call tells what it does, and how it is stopped.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind};

/// How far a long call is. Handed to [`Progress::report`] at least ten times a second.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// Bytes written (or verified) so far, decompressed.
    pub bytes_done: u64,
    /// Bytes in all, decompressed, as the directory declares them.
    pub bytes_total: u64,
    /// Entries finished so far.
    pub entries_done: u64,
    /// Entries in all.
    pub entries_total: u64,
    /// The entry begun last, if the call works on entries.
    pub entry: Option<&'a str>,
}

/// Receives progress.
///
/// It is always called on the thread that made the long call, never at the same time twice and
/// never while a lock is held. `Break` cancels the call.
pub trait Progress {
    /// Takes note of `event`; answers whether to go on.
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()>;
}

/// Every closure that takes an [`Event`] is a receiver.
impl<F: FnMut(&Event<'_>) -> ControlFlow<()>> Progress for F {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        self(event)
    }
}

/// No interest in progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&mut self, _: &Event<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Stops a long call from another thread or from a signal handler. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token nobody has pulled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the calls that hold this token to stop. They do within a tenth of a second, unless
    /// they wait for the disk, and leave nothing behind.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`ErrorKind::Cancelled`] once [`cancel`](Self::cancel) was called.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() { Err(ErrorKind::Cancelled.into()) } else { Ok(()) }
    }
}
