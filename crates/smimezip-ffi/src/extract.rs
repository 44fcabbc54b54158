//! What is done with many entries of a `smz_archive`, or with one as if there were no other:
//! extraction, its dry run, verification.

use std::ffi::c_char;

use smimezip::Report;

use crate::archive::smz_archive;
use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error};
use crate::handles;
use crate::options::smz_options;
use crate::report::smz_report;
use crate::status::{SMZ_OK, SMZ_PARTIAL, smz_status};

/// Extracts one entry to `directory`, below which it gets the name it has in the archive, or the
/// one it is given by the options. Other entries are not looked at, so the time does not depend on
/// how many there are. The entry is there afterwards, or this fails: options that choose entries or
/// leave some out do not count. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @param directory Made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options Policies, limits as for smz_archive_extract(), progress, cancel; or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_archive_extract(), but for SMZ_PARTIAL.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_extract_entry(
    archive: *const smz_archive,
    index: u64,
    directory: *const c_char,
    options: *const smz_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let directory = boundary::path(directory, "directory")?;
            let archive = handles::shared(archive)?;
            let (_, entry) = archive.entry(index)?;
            let chosen = call_options::chosen(options)?;
            let mut progress = chosen.reporter();
            archive.archive.extract_entry_with(entry, directory, &chosen.extract, &mut progress)?;
            Ok(())
        })
    }
}

/// Extracts the archive: planned whole, written to a private folder, verified, then published by
/// renames. After a failure the directory is as it was. Progress is reported on this thread. Since
/// 0.1.
///
/// @param archive The archive.
/// @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options Policies, limits, choice of entries, progress, cancel; or NULL. A limit counts
/// where it is stricter than the one that the archive was opened under.
/// @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_PARTIAL with SMZ_OPTION_KEEP_GOING if entries failed, and with
/// SMZ_OPTION_AVAILABLE if entries lie in missing parts; SMZ_ERR_MISSING_PART, SMZ_ERR_UNSAFE_PATH,
/// SMZ_ERR_EXISTS, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT, SMZ_ERR_NO_SPACE before anything was
/// written; SMZ_ERR_CORRUPT naming entry and parts, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_extract(
    archive: *const smz_archive,
    directory: *const c_char,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call_status(err, || {
            let directory = boundary::path(directory, "directory")?;
            let archive = handles::shared(archive)?;
            let mut chosen = call_options::chosen(options)?;
            chosen.choose(archive.archive.entries())?;
            let mut progress = chosen.reporter();
            let report = archive.archive.extract_with(directory, &chosen.extract, &mut progress)?;
            finish(&report, out_report)
        })
    }
}

/// Makes the checks of smz_archive_extract() that need no decompression, and writes nothing: names,
/// conflicts, limits, existing files. Since 0.1.
///
/// @param archive The archive.
/// @param directory Where it would go; need not be there: bytes on Unix, UTF-8 on Windows.
/// @param options Policies, limits, choice of entries; or NULL.
/// @param out_report Where a report of what would be done goes, to be freed with smz_report_free();
/// or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_archive_extract(), before anything was written.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_dry_run(
    archive: *const smz_archive,
    directory: *const c_char,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call_status(err, || {
            let directory = boundary::path(directory, "directory")?;
            let archive = handles::shared(archive)?;
            let mut chosen = call_options::chosen(options)?;
            chosen.choose(archive.archive.entries())?;
            finish(&archive.archive.dry_run(directory, &chosen.extract)?, out_report)
        })
    }
}

/// Does all that smz_archive_extract() does, but writes nothing: every byte is decrypted and
/// decompressed, every check made. Since 0.1.
///
/// @param archive The archive.
/// @param options Policies, limits, choice of entries, progress, cancel; or NULL.
/// @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_archive_extract(), without those of writing.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_verify(
    archive: *const smz_archive,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call_status(err, || {
            let archive = handles::shared(archive)?;
            let mut chosen = call_options::chosen(options)?;
            chosen.choose(archive.archive.entries())?;
            let report = archive.archive.verify_with(&chosen.extract, &mut chosen.reporter())?;
            finish(&report, out_report)
        })
    }
}

/// Hands the report out, if it was asked for, and says which kind of success it is.
///
/// # Safety
/// `out_report` is NULL or may be written.
pub(crate) unsafe fn finish(
    report: &Report,
    out_report: *mut *mut smz_report,
) -> Result<smz_status, Failure> {
    if !out_report.is_null() {
        // SAFETY: promised by the caller.
        unsafe { boundary::out(out_report, "out_report") }?.publish(smz_report::new(report));
    }
    let is_whole = report.failed.is_empty() && report.unavailable.is_empty();
    Ok(if is_whole { SMZ_OK } else { SMZ_PARTIAL })
}
