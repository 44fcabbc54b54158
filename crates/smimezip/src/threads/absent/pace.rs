//! In place of `pace.rs` where there is no clock: it is always time.

/// Nothing that is known.
pub(super) struct Pace;

impl Pace {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn is_due(&self) -> bool {
        true
    }
}
