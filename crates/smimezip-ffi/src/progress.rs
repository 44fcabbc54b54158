//! Progress callbacks.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ops::ControlFlow;

use smimezip::Progress;
use smimezip::progress::{Event, Phase};

use crate::struct_size::{self, StructSize};
use crate::text::{c_string, pointer};

/// smz_progress.phase: keys are tried, and authenticated content is verified: bytes are those of
/// its ciphertext, entries are parts. So it is for an export that is made and read back.
pub const SMZ_PHASE_UNLOCKING: i32 = 1;
/// smz_progress.phase: names, conflicts, existing files and free space are checked.
pub const SMZ_PHASE_PLANNING: i32 = 2;
/// smz_progress.phase: entries are decrypted, decompressed and compared with their checksums.
pub const SMZ_PHASE_VERIFYING: i32 = 3;
/// smz_progress.phase: files are written, and verified on the way; or, where an export is made,
/// files are read and sealed.
pub const SMZ_PHASE_WRITING: i32 = 4;
/// smz_progress.phase: all is written to the disk and gets its place.
pub const SMZ_PHASE_PUBLISHING: i32 = 5;

/// How far a long call is. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_progress {
    /// Size of this struct as the library knows it.
    pub struct_size: usize,
    /// Bytes written or verified so far, decompressed; of this phase.
    pub bytes_done: u64,
    /// Bytes in all, decompressed; 0 where there is nothing to count, or not yet.
    pub bytes_total: u64,
    /// Entries finished so far; of this phase.
    pub entries_done: u64,
    /// Entries in all; 0 where that is not known yet.
    pub entries_total: u64,
    /// Name of the entry begun last, or NULL. UTF-8, valid until the callback returns.
    pub entry: *const c_char,
    /// What the call is at: SMZ_PHASE_…
    pub phase: i32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_progress {
    const NAME: &'static str = "smz_progress";
}

/// Receives progress, at least ten times a second while a call works. It is called on the thread
/// that made the call, never twice at the same time, and without a lock held. It must not throw or
/// longjmp. Since 0.1.
///
/// @param user The pointer given with the callback.
/// @param progress Valid until the callback returns.
/// @return 0 to go on; anything else ends the call with SMZ_ERR_CANCELLED, and the callback is not
/// called again.
pub type smz_progress_fn =
    Option<unsafe extern "C-unwind" fn(user: *mut c_void, progress: *const smz_progress) -> c_int>;

/// A callback with its pointer.
#[derive(Clone, Copy)]
pub(crate) struct Reporter {
    callback: smz_progress_fn,
    user: *mut c_void,
    stopped: bool,
}

impl Reporter {
    pub(crate) fn new(callback: smz_progress_fn, user: *mut c_void) -> Self {
        Self { callback, user, stopped: false }
    }
}

impl Progress for Reporter {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        if self.stopped {
            return ControlFlow::Break(());
        }
        let Some(callback) = self.callback else { return ControlFlow::Continue(()) };
        let entry: Option<CString> = event.entry.map(c_string);
        let progress = smz_progress {
            bytes_done: event.bytes_done,
            bytes_total: event.bytes_total,
            entries_done: event.entries_done,
            entries_total: event.entries_total,
            entry: pointer(entry.as_ref()),
            phase: match event.phase {
                Phase::Unlocking => SMZ_PHASE_UNLOCKING,
                Phase::Planning => SMZ_PHASE_PLANNING,
                Phase::Verifying => SMZ_PHASE_VERIFYING,
                Phase::Writing => SMZ_PHASE_WRITING,
                _ => SMZ_PHASE_PUBLISHING,
            },
            ..struct_size::empty()
        };
        // SAFETY: the header's promise: the callback takes these.
        self.stopped = unsafe { callback(self.user, &raw const progress) } != 0;
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
