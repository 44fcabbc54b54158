//! The callbacks of options that are asked about entries and their times.

use std::ffi::{c_int, c_void};
use std::time::{Duration, SystemTime};

use smimezip::zip::DosDateTime;
use smimezip::{Entry, ErrorKind};

use crate::entry::{entry_strings, smz_entry};
use crate::error::Failure;

/// Says whether an entry is asked for. Called once for each entry that the patterns leave, on the
/// thread that made the call, before anything is done. Since 0.1.
///
/// @param user The pointer given with the callback.
/// @param entry Valid until the callback returns.
/// @return 0 to leave the entry out, a positive number to take it; a negative one ends the call
/// with SMZ_ERR_CANCELLED.
pub type smz_filter_fn =
    Option<unsafe extern "C-unwind" fn(user: *mut c_void, entry: *const smz_entry) -> c_int>;

/// Finds the instant of a time in an archive that has no time zone, as mktime() does. Since 0.1.
///
/// @param user The pointer given with the callback.
/// @param year As a wall clock shows it, 1980 or later.
/// @param month 1 to 12.
/// @param day From 1.
/// @param hour 0 to 23.
/// @param minute 0 to 59.
/// @param second 0 to 59.
/// @param out_unix_seconds Where to store the seconds since 1970-01-01 00:00 UTC.
/// @return 0 if they were stored; anything else leaves the file without that time.
pub type smz_local_time_fn = Option<
    unsafe extern "C-unwind" fn(
        user: *mut c_void,
        year: c_int,
        month: c_int,
        day: c_int,
        hour: c_int,
        minute: c_int,
        second: c_int,
        out_unix_seconds: *mut i64,
    ) -> c_int,
>;

/// A callback with its pointer.
#[derive(Clone, Copy)]
pub(crate) struct Callback<F> {
    pub(crate) function: F,
    pub(crate) user: *mut c_void,
}

// SAFETY: the pointer is handed back and never followed; the callbacks are called on the thread
// that made the call.
unsafe impl<F: Send> Send for Callback<F> {}
// SAFETY: as above.
unsafe impl<F: Sync> Sync for Callback<F> {}

impl<F> Callback<Option<F>> {
    pub(crate) const NONE: Self = Self { function: None, user: std::ptr::null_mut() };
}

/// Whether a callback asks for an entry; `Cancelled` if it stops the call.
pub(crate) fn asked(filter: Callback<smz_filter_fn>, entry: &Entry) -> Result<bool, Failure> {
    let Some(function) = filter.function else { return Ok(true) };
    let strings = entry_strings(entry);
    let entry = strings.entry(entry);
    // SAFETY: the header's promise: the callback takes these.
    let answer = unsafe { function(filter.user, &raw const entry) };
    if answer < 0 {
        return Err(smimezip::Error::from(ErrorKind::Cancelled).into());
    }
    Ok(answer > 0)
}

/// The instant that a callback finds for a wall clock's time.
pub(crate) fn instant(
    local_time: Callback<smz_local_time_fn>,
    time: DosDateTime,
) -> Option<SystemTime> {
    let function = local_time.function?;
    let mut seconds = 0_i64;
    let number = |number: u16| c_int::from(number);
    // SAFETY: the header's promise: the callback takes these.
    let outcome = unsafe {
        function(
            local_time.user,
            number(time.year()),
            number(time.month()),
            number(time.day()),
            number(time.hour()),
            number(time.minute()),
            number(time.second()),
            &raw mut seconds,
        )
    };
    let after = u64::try_from(seconds).ok().filter(|_| outcome == 0)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(after))
}
