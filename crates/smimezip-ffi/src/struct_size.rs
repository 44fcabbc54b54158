//! Structs that may grow: their first field, set by the caller, is the size it knows. So many
//! bytes are written or read, and a newer library serves an older program.

use std::mem::size_of;
use std::ptr;

use crate::error::Failure;

/// A struct whose first field is `struct_size`.
///
/// # Safety
/// `repr(C)`, `struct_size: usize` first, and every field may be made of zeros.
pub(crate) unsafe trait StructSize: Copy {
    /// Its name in messages.
    const NAME: &'static str;
}

/// Writes as much of `value` as the caller's struct holds, zeros after it if that is larger.
///
/// # Safety
/// `out` is NULL or points to as many bytes as its first field says, which may be written.
pub(crate) unsafe fn write<T: StructSize>(out: *mut T, value: &T) -> Result<(), Failure> {
    // SAFETY: promised by the caller.
    let size = unsafe { size_of_callers(out) }?;
    let field = size_of::<usize>();
    let ours = size_of::<T>();
    // SAFETY: `size` bytes may be written, and both ends lie in the struct. The first field
    // stays the caller's.
    unsafe {
        let out = out.cast::<u8>();
        let value = ptr::from_ref(value).cast::<u8>();
        ptr::copy_nonoverlapping(value.add(field), out.add(field), size.min(ours) - field);
        if size > ours {
            ptr::write_bytes(out.add(ours), 0, size - ours);
        }
    }
    Ok(())
}

/// Looks at the caller's struct before anything is done for it.
///
/// # Safety
/// As for [`write()`].
pub(crate) unsafe fn check<T: StructSize>(out: *const T) -> Result<(), Failure> {
    // SAFETY: promised by the caller.
    unsafe { size_of_callers(out) }.map(|_| ())
}

/// Reads the caller's struct; what it does not know is made of zeros.
///
/// # Safety
/// `from` is NULL or points to as many bytes as its first field says.
pub(crate) unsafe fn read<T: StructSize>(from: *const T) -> Result<T, Failure> {
    // SAFETY: promised by the caller.
    let size = unsafe { size_of_callers(from) }?;
    // SAFETY: the trait's promise: zeros are a value; `size` bytes may be read.
    unsafe {
        let mut value = std::mem::zeroed::<T>();
        ptr::copy_nonoverlapping(
            from.cast::<u8>(),
            ptr::from_mut(&mut value).cast::<u8>(),
            size.min(size_of::<T>()),
        );
        Ok(value)
    }
}

/// # Safety
/// `of` is NULL or points to a first field.
unsafe fn size_of_callers<T: StructSize>(of: *const T) -> Result<usize, Failure> {
    if of.is_null() {
        return Err(Failure::null(T::NAME));
    }
    // SAFETY: not NULL; alignment is the caller's promise, as for every pointer.
    let size = unsafe { of.cast::<usize>().read() };
    // The largest is there to notice a field that was never set.
    if !(size_of::<usize>()..=4096).contains(&size) {
        return Err(Failure::argument(format!("struct_size of {} is not set", T::NAME)));
    }
    Ok(size)
}

/// The zeros of a struct, its size set.
pub(crate) fn empty<T: StructSize>() -> T {
    // SAFETY: the trait's promise.
    let mut value = unsafe { std::mem::zeroed::<T>() };
    // SAFETY: the trait's promise: the size is the first field.
    unsafe { ptr::from_mut(&mut value).cast::<usize>().write(size_of::<T>()) };
    value
}
