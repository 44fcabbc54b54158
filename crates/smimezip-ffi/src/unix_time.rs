//! Times as C has them: seconds since 1970-01-01 00:00 UTC.

use std::time::{Duration, SystemTime};

use crate::error::Failure;

/// Seconds since 1970, rounded down, and nanoseconds.
pub(crate) fn unix_time(time: SystemTime) -> (i64, u32) {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                nanoseconds => ((-seconds).saturating_sub(1), 1_000_000_000 - nanoseconds),
            }
        }
    }
}

/// The instant that many seconds after 1970, or before it.
pub(crate) fn instant_at(seconds: i64, name: &str) -> Result<SystemTime, Failure> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let instant =
        if seconds < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) };
    instant.ok_or_else(|| Failure::argument(format!("{name} is no time that this system has")))
}
