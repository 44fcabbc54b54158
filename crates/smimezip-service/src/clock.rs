//! What time it is, and how long something takes to expire. Times are milliseconds since 1970, UTC,
//! as the database has them.
//!
//! A clock may jump. What depends on it is written down once and for all: a file that was deleted
//! stays deleted, and what a lease is worth is told by the database's clock alone.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A time: milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// A day.
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// Where the time comes from; in tests a clock that jumps.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::from_fn(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
        })
    }

    /// A clock that asks `now`.
    pub fn from_fn(now: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// How many days are left until `expires_at`, a day that has begun counted whole; 0 once it has
/// passed.
pub fn days_left(now: Millis, expires_at: Millis) -> i64 {
    expires_at.saturating_sub(now).max(0).saturating_add(DAY - 1) / DAY
}
