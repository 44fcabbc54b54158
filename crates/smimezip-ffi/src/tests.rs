//! What only the crate itself can test: panics inside every function.

use std::cell::Cell;

thread_local! {
    static ARMED: Cell<bool> = const { Cell::new(false) };
}

/// Panics if a test asked for it.
#[allow(clippy::panic, reason = "this is what it is for")]
pub(crate) fn maybe_panic() {
    assert!(!ARMED.replace(false), "asked for by a test");
}
