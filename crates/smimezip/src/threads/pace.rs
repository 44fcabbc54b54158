//! When it is time to report again.

use std::time::Instant;

use super::TICK;

/// The time of the last report.
pub(super) struct Pace(Instant);

impl Pace {
    /// That is now.
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }

    pub(super) fn is_due(&self) -> bool {
        self.0.elapsed() >= TICK
    }
}
