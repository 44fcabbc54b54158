//! How parts get into a `smz_set` that was made empty: from files, memory, descriptors, callbacks.

use std::ffi::{c_char, c_int};
use std::fs::File;

use smimezip::Part;

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles;
use crate::set::smz_set;
use crate::source::{CallbackSource, smz_io};
use crate::status::smz_status;

/// Adds a part that is in a file, sealed or not: where the parts of a set are in several folders,
/// or have other names than they were given by who made them. It is opened when it is read, and
/// closed meanwhile if many are. Since 0.1.
///
/// @param set A set made by smz_set_new().
/// @param name The part's name, which says its position: `X.z01.smime` … `X.zip.smime`. A lone part
/// may have any name. NULL for the file's own.
/// @param path The file: bytes on Unix, UTF-8 on Windows.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_FORMAT if the name is not that of a part of this set; SMZ_ERR_IO if
/// there is no such file.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_add_file(
    set: *mut smz_set,
    name: *const c_char,
    path: *const c_char,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut set = handles::exclusive(set)?;
            let path = boundary::path(path, "path")?;
            let name = if name.is_null() {
                path.file_name().unwrap_or_default().to_string_lossy().into_owned()
            } else {
                boundary::text(name, "name")?.to_owned()
            };
            set.check_open()?;
            let shown = path.display().to_string();
            let file = set.file(path).map_err(|error| Failure::from(error).in_part(shown))?;
            set.add(Part::new(name, file))
        })
    }
}

/// Adds a part that is in memory, sealed or not. Since 0.1.
///
/// @param set A set made by smz_set_new().
/// @param name The part's file name, as for smz_set_add_file(); not NULL.
/// @param data The part. It is **not copied**: it must stay as it is until the set, and every
/// message, archive, salvaged export and reader made from it, are freed.
/// @param data_len Its length in bytes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_add_memory(
    set: *mut smz_set,
    name: *const c_char,
    data: *const u8,
    data_len: usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer, and that the memory outlives the handles.
    unsafe {
        boundary::call(err, || {
            let mut set = handles::exclusive(set)?;
            let name = boundary::text(name, "name")?;
            let bytes: &'static [u8] = boundary::bytes(data, data_len, "data")?;
            set.add(Part::new(name, bytes))
        })
    }
}

/// Adds a part that is in a regular file which is open, sealed or not. Since 0.1.
///
/// @param set A set made by smz_set_new().
/// @param name The part's file name, as for smz_set_add_file(); not NULL.
/// @param fd A descriptor for reading. It is duplicated, so it stays yours and may be closed; its
/// position is neither used nor moved.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file(); SMZ_ERR_IO for what is not open, or not a
/// regular file; SMZ_ERR_UNSUPPORTED where there are no descriptors, as on Windows.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_add_fd(
    set: *mut smz_set,
    name: *const c_char,
    fd: c_int,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut set = handles::exclusive(set)?;
            let name = boundary::text(name, "name")?;
            set.check_open()?;
            let file = file_of(fd).map_err(|failure| failure.in_part(name))?;
            set.add(Part::new(name, file))
        })
    }
}

/// A file of its own for what a descriptor has open.
#[cfg(unix)]
fn file_of(fd: c_int) -> Result<File, Failure> {
    use std::os::fd::BorrowedFd;

    use smimezip::ReadAt as _;

    if fd < 0 {
        return Err(Failure::argument("fd is negative".into()));
    }
    // SAFETY: the number may be a descriptor; it is only given to `fcntl`, which says if it is not
    // one, and the program does not close it during the call.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    let file = File::from(borrowed.try_clone_to_owned()?);
    // Says of what is no regular file that it is none.
    file.size()?;
    Ok(file)
}

#[cfg(not(unix))]
fn file_of(_: c_int) -> Result<File, Failure> {
    let what = "files are added by descriptor on Unix only";
    Err(Failure::Here(crate::status::SMZ_ERR_UNSUPPORTED, what.into()))
}

/// Adds a part that your program serves by callbacks, sealed or not. Since 0.1.
///
/// @param set A set made by smz_set_new().
/// @param name The part's file name, as for smz_set_add_file(); not NULL.
/// @param io The callbacks; the struct is copied. `close` is called when nothing needs the part any
/// more, also if this call fails, unless with SMZ_ERR_INVALID_ARGUMENT.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_add_io(
    set: *mut smz_set,
    name: *const c_char,
    io: *const smz_io,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut set = handles::exclusive(set)?;
            let name = boundary::text(name, "name")?;
            set.check_open()?;
            set.add(Part::new(name, CallbackSource::new(io)?))
        })
    }
}
