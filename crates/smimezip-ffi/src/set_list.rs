//! `smz_set_list`: all the sets of a folder.

use std::ffi::c_char;

use smimezip::Export;

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::set::smz_set;
use crate::status::smz_status;

/// The sets of a folder. All functions may be called by several threads at the same time.
pub struct smz_set_list {
    pub(crate) exports: Vec<Export>,
}

impl Handle for smz_set_list {
    const NAME: &'static str = "smz_set_list";
}

/// Finds all sets in a folder, or the one that a file is a part of. Reads names only. Since 0.1.
///
/// @param path The folder, or a part: bytes on Unix, UTF-8 on Windows.
/// @param out_list Where the list goes, to be freed with smz_set_list_free(). It may be empty.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_IO. Missing parts are no error here.
/// @note Threads: any.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_discover_all(
    path: *const c_char,
    out_list: *mut *mut smz_set_list,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_list, "out_list")?;
            let path = boundary::path(path, "path")?;
            out.publish(smz_set_list { exports: Export::discover_all(path)? });
            Ok(())
        })
    }
}

/// Frees a list. NULL is fine. Sets that were taken from it stay. Since 0.1.
///
/// @param list The list, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_list_free(list: *mut smz_set_list) {
    boundary::free(list);
}

/// How many sets there are. Since 0.1.
///
/// @param list The list.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_list_count(list: *const smz_set_list) -> u64 {
    boundary::value(0, || Ok(handles::shared(list)?.exports.len() as u64))
}

/// Takes a set from a list, in the order of their names; it does not need the list any more. Since
/// 0.1.
///
/// @param list The list. The set stays in it and can be taken again.
/// @param index Counted from 0, below smz_set_list_count().
/// @param out_set Where a new handle of the set goes, to be freed with smz_set_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_NOT_FOUND.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_list_get(
    list: *const smz_set_list,
    index: u64,
    out_set: *mut *mut smz_set,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_set, "out_set")?;
            let list = handles::shared(list)?;
            let export = list.exports.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            out.publish(smz_set::of(export.clone()));
            Ok(())
        })
    }
}
