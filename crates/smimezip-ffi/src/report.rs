//! `smz_report`: what an extraction or a verification did.

use std::ffi::{CString, c_char};

use smimezip::{Report, SkipReason};

use crate::border;
use crate::error::{Failure, smz_error, smz_error_info};
use crate::handles::{self, Handle};
use crate::sized::{self, Sized};
use crate::status::smz_status;
use crate::text::c_string;

/// What a call did with the entries of an archive. May be read by several threads at the same time.
pub struct smz_report {
    files: u64,
    folders: u64,
    bytes: u64,
    skipped: Vec<(CString, i32)>,
    failed: Vec<smz_error>,
}

impl Handle for smz_report {
    const NAME: &'static str = "smz_report";
}

/// Numbers of a report. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_summary {
    /// To be set to sizeof(smz_summary) before the call.
    pub struct_size: usize,
    /// Files extracted or verified.
    pub files: u64,
    /// Folders that entries named.
    pub folders: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Entries left out: see smz_report_get_skipped().
    pub skipped: u64,
    /// Entries that could not be verified, with SMZ_OPTION_KEEP_GOING: see smz_report_get_failed().
    pub failed: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl Sized for smz_summary {
    const NAME: &'static str = "smz_summary";
}

/// smz_skipped.reason: a symbolic link, a device, a pipe, a socket.
pub const SMZ_SKIPPED_NOT_A_FILE: i32 = 1;
/// smz_skipped.reason: a file of that name is there and stays.
pub const SMZ_SKIPPED_EXISTS: i32 = 2;

/// An entry that was left out. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_skipped {
    /// To be set to sizeof(smz_skipped) before the call.
    pub struct_size: usize,
    /// The entry's name. UTF-8, owned by the report.
    pub name: *const c_char,
    /// SMZ_SKIPPED_…
    pub reason: i32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl Sized for smz_skipped {
    const NAME: &'static str = "smz_skipped";
}

impl smz_report {
    pub(crate) fn new(report: &Report) -> Self {
        let reason = |reason| match reason {
            SkipReason::Exists => SMZ_SKIPPED_EXISTS,
            _ => SMZ_SKIPPED_NOT_A_FILE,
        };
        Self {
            files: report.files,
            folders: report.folders,
            bytes: report.bytes,
            skipped: report
                .skipped
                .iter()
                .map(|it| (c_string(&it.name), reason(it.reason)))
                .collect(),
            failed: report.failed.iter().map(smz_error::of).collect(),
        }
    }
}

/// Frees a report. NULL is fine. Since 0.1.
///
/// @param report The report, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_free(report: *mut smz_report) {
    border::free(report);
}

/// The numbers of a report. Since 0.1.
///
/// @param report The report.
/// @param out_summary Where they go; its `struct_size` must be set.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_summary(
    report: *const smz_report,
    out_summary: *mut smz_summary,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        border::call(std::ptr::null_mut(), || {
            let report = handles::shared(report)?;
            let summary = smz_summary {
                files: report.files,
                folders: report.folders,
                bytes: report.bytes,
                skipped: report.skipped.len() as u64,
                failed: report.failed.len() as u64,
                ..sized::empty()
            };
            sized::write(out_summary, &summary)
        })
    }
}

/// An entry that was left out. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.skipped.
/// @param out_skipped Where it goes; its `struct_size` must be set. The name is the report's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_skipped(
    report: *const smz_report,
    index: u64,
    out_skipped: *mut smz_skipped,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        border::call(std::ptr::null_mut(), || {
            sized::check(out_skipped)?;
            let report = handles::shared(report)?;
            let (name, reason) =
                report.skipped.get(border::index(index)?).ok_or_else(Failure::no_index)?;
            let skipped = smz_skipped { name: name.as_ptr(), reason: *reason, ..sized::empty() };
            sized::write(out_skipped, &skipped)
        })
    }
}

/// An entry that could not be verified, and why. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.failed.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the report's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_failed(
    report: *const smz_report,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        border::call(std::ptr::null_mut(), || {
            sized::check(out_info)?;
            let report = handles::shared(report)?;
            let error = report.failed.get(border::index(index)?).ok_or_else(Failure::no_index)?;
            sized::write(out_info, &error.info())
        })
    }
}
