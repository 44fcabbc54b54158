//! `smz_io`: bytes that the calling program serves, as the core's `ReadAt`.

use std::ffi::{c_int, c_void};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use smimezip::ReadAt;

use crate::error::Failure;
use crate::struct_size::{self, StructSize};

/// A flag of smz_io: `read_at` may be called by several threads at the same time.
pub const SMZ_IO_CONCURRENT: u32 = 1;

/// Bytes that your program serves: a part in memory, in a database, in an object store by ranges.
/// The struct is copied. Callbacks must not throw or longjmp; they may be called on other threads
/// than the one that made the call, but only one at a time unless SMZ_IO_CONCURRENT is set. A
/// callback must not call functions that read the same source; such a call fails. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_io {
    /// To be set to sizeof(smz_io).
    pub struct_size: usize,
    /// Given to every callback.
    pub user: *mut c_void,
    /// Reads up to `len` bytes at `offset` into `buf` and stores how many in `out_n`; fewer is
    /// fine, 0 only at or past the end. Returns 0, or an error number of the operating system's
    /// kind, which becomes `os_error`. Must not be NULL.
    pub read_at: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            offset: u64,
            buf: *mut u8,
            len: usize,
            out_n: *mut usize,
        ) -> c_int,
    >,
    /// Stores the length in bytes, which never changes. Returns as `read_at` does. Must not be
    /// NULL.
    pub size: Option<unsafe extern "C-unwind" fn(user: *mut c_void, out_size: *mut u64) -> c_int>,
    /// Called exactly once when nothing needs the source any more, also if the call that was given
    /// it fails for another reason than SMZ_ERR_INVALID_ARGUMENT. May be NULL.
    pub close: Option<unsafe extern "C-unwind" fn(user: *mut c_void)>,
    /// SMZ_IO_CONCURRENT, or 0.
    pub flags: u32,
}

// SAFETY: `repr(C)`, the size first; numbers, pointers and optional functions.
unsafe impl StructSize for smz_io {
    const NAME: &'static str = "smz_io";
}

/// A source served by callbacks.
pub(crate) struct CallbackSource {
    io: smz_io,
    turn: Turn,
}

// SAFETY: the header says that callbacks are called on any thread; where they cannot be called at
// the same time, `turn` sees to it.
unsafe impl Send for CallbackSource {}
// SAFETY: as above.
unsafe impl Sync for CallbackSource {}

impl CallbackSource {
    /// Takes the callbacks over: from here on, `close` will be called.
    ///
    /// # Safety
    /// `io` is NULL or points to as many bytes as its first field says.
    pub(crate) unsafe fn new(io: *const smz_io) -> Result<Self, Failure> {
        // SAFETY: promised by the caller.
        let io = unsafe { struct_size::read(io) }?;
        if io.read_at.is_none() || io.size.is_none() {
            return Err(Failure::argument("smz_io without read_at or size".into()));
        }
        if io.flags & !SMZ_IO_CONCURRENT != 0 {
            return Err(Failure::argument("smz_io with unknown flags".into()));
        }
        Ok(Self { io, turn: Turn::default() })
    }

    fn in_turn<R>(&self, work: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        if self.io.flags & SMZ_IO_CONCURRENT != 0 { work() } else { self.turn.take(work)? }
    }
}

impl ReadAt for CallbackSource {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let Some(read_at) = self.io.read_at else { return Err(unset()) };
        self.in_turn(|| {
            let mut count = 0;
            let (start, size) = (buf.as_mut_ptr(), buf.len());
            // SAFETY: the header's promise: the callback takes these and writes within them.
            match unsafe { read_at(self.io.user, offset, start, size, &raw mut count) } {
                0 if count > size => Err(io::Error::other("read_at says it read more than asked")),
                0 => Ok(count),
                error => Err(io::Error::from_raw_os_error(error)),
            }
        })
    }

    fn size(&self) -> io::Result<u64> {
        let Some(size) = self.io.size else { return Err(unset()) };
        self.in_turn(|| {
            let mut length = 0;
            // SAFETY: as above.
            match unsafe { size(self.io.user, &raw mut length) } {
                0 => Ok(length),
                error => Err(io::Error::from_raw_os_error(error)),
            }
        })
    }
}

impl Drop for CallbackSource {
    fn drop(&mut self) {
        if let Some(close) = self.io.close {
            // SAFETY: as above; it is called here alone.
            unsafe { close(self.io.user) };
        }
    }
}

fn unset() -> io::Error {
    io::ErrorKind::InvalidInput.into()
}

/// One thread at a time; and never one that is inside already, which would wait for itself.
#[derive(Default)]
pub(crate) struct Turn {
    inside: Mutex<Option<ThreadId>>,
    queue: Mutex<()>,
}

impl Turn {
    /// # Errors
    /// If this thread is inside already: a callback that calls what called it.
    pub(crate) fn take<R>(&self, work: impl FnOnce() -> R) -> io::Result<R> {
        let me = thread::current().id();
        if *self.inside.lock().unwrap_or_else(PoisonError::into_inner) == Some(me) {
            return Err(io::Error::other("a callback called a function that calls it"));
        }
        let turn = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        *self.inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(me);
        let result = work();
        *self.inside.lock().unwrap_or_else(PoisonError::into_inner) = None;
        drop(turn);
        Ok(result)
    }
}
