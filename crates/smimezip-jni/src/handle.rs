//! Handles: boxes that Java holds by their addresses.

use jni::sys::jlong;

use crate::failure::Failure;

/// Gives a value to Java.
pub(crate) fn give<T: Send + Sync + 'static>(value: T) -> jlong {
    let address = Box::into_raw(Box::new(value)).expose_provenance();
    // Addresses of user space are below 2^63 on every platform there is a JVM for.
    jlong::try_from(address).unwrap_or(0)
}

/// The value that a handle stands for.
///
/// # Safety
/// `handle` came from `give` of the same type and was not given to `free`. Java's `Handle` sees to
/// both: it counts the calls that use a handle and frees it after the last.
pub(crate) unsafe fn get<'a, T>(handle: jlong) -> Result<&'a T, Failure> {
    let pointer = std::ptr::with_exposed_provenance::<T>(address(handle));
    // SAFETY: promised by the caller.
    unsafe { pointer.as_ref() }.ok_or_else(|| Failure::Argument("no handle".into()))
}

/// The address that a handle stands for; that of nothing for what is none.
fn address(handle: jlong) -> usize {
    usize::try_from(handle).unwrap_or(0)
}

/// Takes a value back and drops it.
///
/// # Safety
/// As `get`; nobody uses the handle at the same time or afterwards.
pub(crate) unsafe fn free<T>(handle: jlong) {
    let pointer = std::ptr::with_exposed_provenance_mut::<T>(address(handle));
    if !pointer.is_null() {
        // SAFETY: promised by the caller.
        drop(unsafe { Box::from_raw(pointer) });
    }
}
