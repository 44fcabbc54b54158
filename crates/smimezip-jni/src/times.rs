//! Times as they cross: milliseconds since 1970, as Java's `Instant` has them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jni::sys::jlong;

use crate::failure::Failure;

/// A time in milliseconds; what is beyond Java's numbers is the nearest.
pub(crate) fn milliseconds(time: SystemTime) -> jlong {
    let signed = |duration: Duration| jlong::try_from(duration.as_millis());
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since).unwrap_or(jlong::MAX),
        Err(before) => signed(before.duration()).map_or(jlong::MIN, |before| -before),
    }
}

/// The time that many milliseconds after 1970, or before it.
pub(crate) fn instant(milliseconds: jlong) -> Result<SystemTime, Failure> {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    let instant = if milliseconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    instant.ok_or_else(|| Failure::Argument("a time that this system does not have".into()))
}
