//! The border: what every exported function goes through. No panic gets out, every pointer is
//! looked at, outputs are written on success alone.

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::status::{SMZ_OK, smz_status};

/// Runs the body of a function that returns a status; a failure goes to `err` as well.
///
/// # Safety
/// `err` is NULL or may be written.
pub(crate) unsafe fn call(
    err: *mut *mut smz_error,
    body: impl FnOnce() -> Result<(), Failure>,
) -> smz_status {
    // SAFETY: as the caller promises.
    unsafe { call_status(err, || body().map(|()| SMZ_OK)) }
}

/// As [`call`], for a function with more than one kind of success.
///
/// # Safety
/// `err` is NULL or may be written.
pub(crate) unsafe fn call_status(
    err: *mut *mut smz_error,
    body: impl FnOnce() -> Result<smz_status, Failure>,
) -> smz_status {
    let body = || {
        #[cfg(test)]
        crate::tests::maybe_panic();
        body()
    };
    // The handles that a panic passes are marked by their guards, so nobody sees what it left.
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        // What it carries may panic when it is dropped; nobody needs it.
        std::mem::forget(panic);
        Err(Failure::internal("a bug in smimezip; please report it".into()))
    });
    match outcome {
        Ok(status) => status,
        Err(failure) => {
            let status = failure.status();
            if !err.is_null() {
                // SAFETY: not NULL, so it may be written.
                unsafe { err.write(handles::publish(smz_error::from(failure))) };
            }
            status
        }
    }
}

/// Runs the body of a function that returns a value; `fallback` if it fails.
pub(crate) fn value<R>(fallback: R, body: impl FnOnce() -> Result<R, Failure>) -> R {
    let body = || {
        #[cfg(test)]
        crate::tests::maybe_panic();
        body()
    };
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => value,
        Ok(Err(_)) => fallback,
        Err(panic) => {
            std::mem::forget(panic);
            fallback
        }
    }
}

/// Frees a handle; NULL and what was freed before are passed over.
pub(crate) fn free<T: Handle>(handle: *mut T) {
    value((), || {
        handles::release(handle);
        Ok(())
    });
}

/// Where a result goes.
pub(crate) struct Out<T>(*mut T);

/// An output that must be there.
///
/// # Safety
/// It is NULL or may be written until the call returns.
pub(crate) unsafe fn out<T>(pointer: *mut T, name: &str) -> Result<Out<T>, Failure> {
    if pointer.is_null() { Err(Failure::null(name)) } else { Ok(Out(pointer)) }
}

impl<T> Out<T> {
    pub(crate) fn set(self, value: T) {
        // SAFETY: `out` was promised that it may be written.
        unsafe { self.0.write(value) };
    }
}

impl<T: Handle> Out<*mut T> {
    /// Hands a new handle out, once everything that may fail is done.
    pub(crate) fn publish(self, value: T) {
        self.set(handles::publish(value));
    }
}

/// The bytes of a buffer; NULL with length 0 is the empty one.
///
/// # Safety
/// `data` is NULL or holds `size` bytes that stay as they are until the call returns.
pub(crate) unsafe fn bytes<'a>(
    data: *const u8,
    size: usize,
    name: &str,
) -> Result<&'a [u8], Failure> {
    match (data.is_null(), size) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Failure::null(name)),
        // SAFETY: promised by the caller.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(data, size) }),
    }
}

/// A list of pointers; NULL with length 0 is the empty one.
///
/// # Safety
/// `list` is NULL or holds `count` pointers that stay as they are until the call returns.
pub(crate) unsafe fn pointers<'a, T>(
    list: *const *const T,
    count: usize,
    name: &str,
) -> Result<&'a [*const T], Failure> {
    match (list.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Failure::null(name)),
        // SAFETY: promised by the caller.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(list, count) }),
    }
}

/// A buffer to write to. The bytes in it need not have been written before: C programs give
/// memory as it comes, and the core writes to it without reading.
///
/// # Safety
/// `data` is NULL or holds `size` bytes that nobody else uses until the call returns.
pub(crate) unsafe fn buffer<'a>(
    data: *mut u8,
    size: usize,
    name: &str,
) -> Result<&'a mut [u8], Failure> {
    match (data.is_null(), size) {
        (_, 0) => Ok(&mut []),
        (true, _) => Err(Failure::null(name)),
        // SAFETY: promised by the caller.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts_mut(data, size) }),
    }
}

/// A text that must be UTF-8.
///
/// # Safety
/// `text` is NULL or ends with a NUL, and stays as it is until the call returns.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: promised by the caller.
    let text = unsafe { c_text(text, name) }?;
    text.to_str().map_err(|_| Failure::argument(format!("{name} is not UTF-8")))
}

/// A path: bytes on Unix, UTF-8 elsewhere.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn path(path: *const c_char, name: &str) -> Result<PathBuf, Failure> {
    // SAFETY: promised by the caller.
    let path = unsafe { c_text(path, name) }?;
    if path.is_empty() {
        return Err(Failure::argument(format!("{name} is empty")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Ok(std::ffi::OsStr::from_bytes(path.to_bytes()).into())
    }
    #[cfg(not(unix))]
    path.to_str().map(PathBuf::from).map_err(|_| Failure::argument(format!("{name} is not UTF-8")))
}

/// # Safety
/// As for [`text`].
unsafe fn c_text<'a>(text: *const c_char, name: &str) -> Result<&'a CStr, Failure> {
    if text.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: promised by the caller.
    Ok(unsafe { CStr::from_ptr(text) })
}

/// A number as a `size_t` or index.
pub(crate) fn index(number: u64) -> Result<usize, Failure> {
    usize::try_from(number).map_err(|_| Failure::argument("a number is too large here".into()))
}
