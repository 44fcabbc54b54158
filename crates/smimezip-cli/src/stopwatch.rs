//! How long a run takes, and each export in it. A person who is asked for a passphrase takes time
//! that does not count.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::passphrase;

/// Measures from when it was made.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    start: Moment,
    lap: Cell<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Moment {
    at: Instant,
    /// How long a person had been asked until then.
    asked: Duration,
}

impl Moment {
    fn now() -> Self {
        Self { at: Instant::now(), asked: passphrase::time_asked() }
    }

    fn elapsed(self) -> Duration {
        let asked = passphrase::time_asked().saturating_sub(self.asked);
        self.at.elapsed().saturating_sub(asked)
    }
}

impl Stopwatch {
    pub(crate) fn new() -> Self {
        let start = Moment::now();
        Self { start, lap: Cell::new(start) }
    }

    /// Time of the whole run.
    pub(crate) fn total(&self) -> Duration {
        self.start.elapsed()
    }

    /// Begins to measure one export.
    pub(crate) fn begin_lap(&self) {
        self.lap.set(Moment::now());
    }

    /// Time of that export; the next begins here.
    pub(crate) fn lap(&self) -> Duration {
        let lap = self.lap.get().elapsed();
        self.begin_lap();
        lap
    }
}
