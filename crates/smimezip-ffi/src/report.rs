//! `smz_report`: what an extraction or a verification did.

use std::ffi::{CString, c_char};

use smimezip::Report;
use smimezip::extract::SkipReason;

use crate::boundary;
use crate::error::{Failure, smz_error, smz_error_info};
use crate::handles::{self, Handle};
use crate::oddity::{Oddities, smz_oddity};
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// What a call did with the entries of an archive. May be read by several threads at the same time.
pub struct smz_report {
    files: u64,
    folders: u64,
    bytes: u64,
    skipped: Vec<(CString, i32)>,
    renamed: Vec<(CString, CString)>,
    oddities: Oddities,
    unavailable: Vec<(CString, Vec<CString>)>,
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
    /// Entries whose files have other names than they, with SMZ_NAMES_ENCODE: see
    /// smz_report_get_renamed().
    pub renamed: u64,
    /// Kinds of deviations from the standard that were met and accepted: see
    /// smz_report_get_oddity().
    pub oddities: u64,
    /// Entries that lie in missing parts, with SMZ_OPTION_AVAILABLE: see
    /// smz_report_get_unavailable().
    pub unavailable: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_summary {
    const NAME: &'static str = "smz_summary";
}

/// smz_skipped.reason: a symbolic link, a device, a pipe, a socket.
pub const SMZ_SKIPPED_NOT_A_FILE: i32 = 1;
/// smz_skipped.reason: a file of that name is there and stays.
pub const SMZ_SKIPPED_EXISTS: i32 = 2;
/// smz_skipped.reason: its name is not safe on every platform (SMZ_NAMES_SKIP).
pub const SMZ_SKIPPED_UNSAFE_NAME: i32 = 3;

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
unsafe impl StructSize for smz_skipped {
    const NAME: &'static str = "smz_skipped";
}

/// An entry whose file or folder has another name than it. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_renamed {
    /// To be set to sizeof(smz_renamed) before the call.
    pub struct_size: usize,
    /// The entry's name. UTF-8, owned by the report.
    pub name: *const c_char,
    /// The path it was given below the directory, `/` between folders. UTF-8, owned by the report.
    pub path: *const c_char,
}

// SAFETY: `repr(C)`, the size first, pointers only.
unsafe impl StructSize for smz_renamed {
    const NAME: &'static str = "smz_renamed";
}

/// An entry that could not be read, as parts are missing. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_unavailable {
    /// To be set to sizeof(smz_unavailable) before the call.
    pub struct_size: usize,
    /// The entry's name. UTF-8, owned by the report.
    pub name: *const c_char,
    /// How many missing parts it needs: see smz_report_unavailable_part().
    pub parts: u64,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_unavailable {
    const NAME: &'static str = "smz_unavailable";
}

impl smz_report {
    pub(crate) fn new(report: &Report) -> Self {
        let reason = |reason| match reason {
            SkipReason::Exists => SMZ_SKIPPED_EXISTS,
            SkipReason::UnsafeName => SMZ_SKIPPED_UNSAFE_NAME,
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
            renamed: report
                .renamed
                .iter()
                .map(|it| (c_string(&it.name), c_string(&it.path)))
                .collect(),
            oddities: Oddities::new(&report.oddities),
            unavailable: report
                .unavailable
                .iter()
                .map(|it| {
                    let parts = it.parts.iter().map(|part| c_string(part.to_string())).collect();
                    (c_string(&it.name), parts)
                })
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
    boundary::free(report);
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
        boundary::call(std::ptr::null_mut(), || {
            let report = handles::shared(report)?;
            let summary = smz_summary {
                files: report.files,
                folders: report.folders,
                bytes: report.bytes,
                skipped: report.skipped.len() as u64,
                failed: report.failed.len() as u64,
                renamed: report.renamed.len() as u64,
                oddities: report.oddities.count(),
                unavailable: report.unavailable.len() as u64,
                ..struct_size::empty()
            };
            struct_size::write(out_summary, &summary)
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
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_skipped)?;
            let report = handles::shared(report)?;
            let (name, reason) =
                report.skipped.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            let skipped =
                smz_skipped { name: name.as_ptr(), reason: *reason, ..struct_size::empty() };
            struct_size::write(out_skipped, &skipped)
        })
    }
}

/// An entry whose file or folder has another name than it. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.renamed.
/// @param out_renamed Where it goes; its `struct_size` must be set. Texts are the report's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_renamed(
    report: *const smz_report,
    index: u64,
    out_renamed: *mut smz_renamed,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_renamed)?;
            let report = handles::shared(report)?;
            let (name, path) =
                report.renamed.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            let (name, path) = (name.as_ptr(), path.as_ptr());
            struct_size::write(out_renamed, &smz_renamed { name, path, ..struct_size::empty() })
        })
    }
}

/// A deviation from the standard that was met and accepted, in the archive's directory or in the
/// entries asked for. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.oddities.
/// @param out_oddity Where it goes; its `struct_size` must be set. Texts are the report's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_oddity(
    report: *const smz_report,
    index: u64,
    out_oddity: *mut smz_oddity,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_oddity)?;
            let report = handles::shared(report)?;
            struct_size::write(out_oddity, &report.oddities.get(index)?)
        })
    }
}

/// An entry that could not be read, as parts are missing. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.unavailable.
/// @param out_unavailable Where it goes; its `struct_size` must be set. The name is the report's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_get_unavailable(
    report: *const smz_report,
    index: u64,
    out_unavailable: *mut smz_unavailable,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_unavailable)?;
            let report = handles::shared(report)?;
            let (name, parts) =
                report.unavailable.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            let (name, parts) = (name.as_ptr(), parts.len() as u64);
            let unavailable = smz_unavailable { name, parts, ..struct_size::empty() };
            struct_size::write(out_unavailable, &unavailable)
        })
    }
}

/// A missing part that such an entry needs, in their order. Since 0.1.
///
/// @param report The report.
/// @param index Counted from 0, below smz_summary.unavailable.
/// @param part_index Counted from 0, below smz_unavailable.parts.
/// @return Its name in UTF-8, owned by the report; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_report_unavailable_part(
    report: *const smz_report,
    index: u64,
    part_index: u64,
) -> *const c_char {
    boundary::value(std::ptr::null(), || {
        let report = handles::shared(report)?;
        let entry = report.unavailable.get(boundary::index(index)?);
        let (_, parts) = entry.ok_or_else(Failure::no_index)?;
        let part = parts.get(boundary::index(part_index)?);
        Ok(part.map_or(std::ptr::null(), |part| part.as_ptr()))
    })
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
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_info)?;
            let report = handles::shared(report)?;
            let error = report.failed.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            struct_size::write(out_info, &error.info())
        })
    }
}
