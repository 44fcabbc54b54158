//! `smz_salvage`: what there is of an export whose parts are damaged, cut or missing.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

use smimezip::Part;
use smimezip::export::Salvage;

use crate::archive::{Opened, smz_archive};
use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error, smz_error_info};
use crate::handles::{self, Handle};
use crate::keyring::smz_keyring;
use crate::options::smz_options;
use crate::report::smz_report;
use crate::salvage_found::{Found, extract_of, publish};
use crate::set::smz_set;
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::{c_string, nth};

/// What can be read of an export that does not open, or not whole. All functions may be called by
/// several threads at the same time.
pub struct smz_salvage {
    pub(crate) salvage: Arc<Salvage>,
    /// The names of the set's files.
    pub(crate) parts: Vec<String>,
    missing: Vec<CString>,
    damaged: Vec<smz_error>,
    ambiguous: Vec<CString>,
    lost: Vec<smz_error>,
}

impl Handle for smz_salvage {
    const NAME: &'static str = "smz_salvage";
}

/// What is said of a salvaged export in numbers. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_salvage_summary {
    /// To be set to sizeof(smz_salvage_summary) before the call.
    pub struct_size: usize,
    /// Parts that are missing, as far as it can be known: without the last part there may be more.
    /// See smz_salvage_missing_part().
    pub missing: u64,
    /// Parts that are there and damaged: see smz_salvage_get_damaged().
    pub damaged: u64,
    /// Names that several entries have: see smz_salvage_ambiguous_name().
    pub ambiguous: u64,
    /// Entries that were met and are not in the archive: see smz_salvage_get_lost().
    pub lost: u64,
    /// Whether the archive's directory was there, so that all entries are known, also those that
    /// cannot be read: 0 or 1.
    pub has_directory: i32,
    /// Entries that may be of an archive that is a file in this one: see
    /// smz_salvage_get_uncertain().
    pub uncertain: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_salvage_summary {
    const NAME: &'static str = "smz_salvage_summary";
}

impl smz_salvage {
    fn new(salvage: Salvage, parts: &[Part]) -> Self {
        let texts = |names: &[String]| names.iter().map(c_string).collect();
        Self {
            parts: parts.iter().map(|part| part.name().to_owned()).collect(),
            missing: salvage.missing().iter().map(|name| c_string(name.to_string())).collect(),
            damaged: salvage.damaged().iter().map(smz_error::of).collect(),
            ambiguous: texts(salvage.ambiguous()),
            lost: salvage.lost().iter().map(smz_error::of).collect(),
            salvage: Arc::new(salvage),
        }
    }
}

/// Looks for all that can be read of an export that smz_archive_open() refuses: parts may be
/// missing, the last one as well, cut off or damaged. Where the archive's directory is there,
/// entries are found by it, else by the headers before them, for which all parts are read whole. Of
/// a part that is authenticated nothing is used unless it is whole.
///
/// An entry is certain if records lead to it from the start, or the directory names it. What is
/// found behind damage is kept apart (smz_salvage_get_uncertain()): it may be of an archive that is
/// itself a file in this one, unless that one's directory shows so, and it is left out. Since 0.1.
///
/// @param set The set. It is not needed any more afterwards.
/// @param keyring The keys; one without any is for a set of which no part is sealed. They are not
/// needed any more afterwards.
/// @param options Limits, what is accepted, inner layers, progress, cancel; or NULL. The limits
/// count for every later call with what was found.
/// @param out_salvage Where it goes, to be freed with smz_salvage_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, also if no entry was found; SMZ_ERR_MISSING_PART for files that claim one
/// position and are not the same; if no part can be read, what is wrong with the first;
/// SMZ_ERR_LIMIT, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_open(
    set: *const smz_set,
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_salvage: *mut *mut smz_salvage,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_salvage, "out_salvage")?;
            let set = handles::shared(set)?;
            let keyring = handles::shared(keyring)?;
            let chosen = call_options::chosen(options)?;
            let (export, opening) = (set.export()?, chosen.opening());
            let mut progress = chosen.reporter();
            let salvage = export.salvage_with(&keyring.ring, &opening, &mut progress)?;
            out.publish(smz_salvage::new(salvage, export.parts()));
            Ok(())
        })
    }
}

/// Frees a salvaged export. NULL is fine. Archives made from it stay. Since 0.1.
///
/// @param salvage The salvaged export, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_free(salvage: *mut smz_salvage) {
    boundary::free(salvage);
}

/// The numbers of a salvaged export. Since 0.1.
///
/// @param salvage The salvaged export.
/// @param out_summary Where they go; its `struct_size` must be set.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_get_summary(
    salvage: *const smz_salvage,
    out_summary: *mut smz_salvage_summary,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            let salvage = handles::shared(salvage)?;
            let summary = smz_salvage_summary {
                missing: salvage.missing.len() as u64,
                damaged: salvage.damaged.len() as u64,
                ambiguous: salvage.ambiguous.len() as u64,
                lost: salvage.lost.len() as u64,
                has_directory: i32::from(salvage.salvage.has_directory()),
                uncertain: salvage.salvage.uncertain().entries().len() as u64,
                ..struct_size::empty()
            };
            struct_size::write(out_summary, &summary)
        })
    }
}

/// A part that is missing, in their order. Since 0.1.
///
/// @param salvage The salvaged export.
/// @param part_index Counted from 0, below smz_salvage_summary.missing.
/// @return Its name in UTF-8, owned by the salvaged export; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_missing_part(
    salvage: *const smz_salvage,
    part_index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || Ok(nth(&handles::shared(salvage)?.missing, part_index)))
}

/// What is wrong with a part that is there; smz_error_info.part names it. One that is cut was read
/// as far as it goes. Since 0.1.
///
/// @param salvage The salvaged export.
/// @param index Counted from 0, below smz_salvage_summary.damaged.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the salvaged export's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_get_damaged(
    salvage: *const smz_salvage,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { write_error(salvage, |it| &it.damaged, index, out_info) }
}

/// A name that several entries have. None of them is in the archive, as nobody knows which is
/// meant. Since 0.1.
///
/// @param salvage The salvaged export.
/// @param index Counted from 0, below smz_salvage_summary.ambiguous.
/// @return The name in UTF-8, owned by the salvaged export; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_ambiguous_name(
    salvage: *const smz_salvage,
    index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || Ok(nth(&handles::shared(salvage)?.ambiguous, index)))
}

/// Why an entry whose header was met is not in the archive; smz_error_info.entry names it. Since
/// 0.1.
///
/// @param salvage The salvaged export.
/// @param index Counted from 0, below smz_salvage_summary.lost.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the salvaged export's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_get_lost(
    salvage: *const smz_salvage,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { write_error(salvage, |it| &it.lost, index, out_info) }
}

/// The entries that were found, as an archive: to list them, to open them, to see which parts they
/// need. Without a directory nothing says of them what permissions they had, or which are links.
/// smz_salvage_extract() leaves out what is not whole; smz_archive_extract() with this archive
/// fails at it, unless its options say otherwise. Since 0.1.
///
/// @param salvage The salvaged export. It is not needed any more afterwards.
/// @param out_archive Where the archive goes, to be freed with smz_archive_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_get_archive(
    salvage: *const smz_salvage,
    out_archive: *mut *mut smz_archive,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { publish(salvage, Opened::Salvaged, out_archive, err) }
}

/// Entries that were found behind damage or missing parts, of which nobody can tell whether they
/// are the archive's own: they may be those of an archive that is a file in it, as a document of an
/// office program is. They are as right as others, and should be kept apart from these. Otherwise
/// as smz_salvage_get_archive(); smz_salvage_extract_uncertain() extracts them. Since 0.1.
///
/// @param salvage The salvaged export. It is not needed any more afterwards.
/// @param out_archive Where an archive of these entries goes, which may have none; to be freed with
/// smz_archive_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_get_uncertain(
    salvage: *const smz_salvage,
    out_archive: *mut *mut smz_archive,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { publish(salvage, Opened::Uncertain, out_archive, err) }
}

/// Extracts what is whole: as smz_archive_extract(), with SMZ_OPTION_KEEP_GOING,
/// SMZ_OPTION_AVAILABLE and SMZ_LINKS_SKIP whatever the options say, and unsafe names left out
/// where these say that they are refused. Every file was verified that is there afterwards. Since
/// 0.1.
///
/// @param salvage The salvaged export.
/// @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options Policies, limits, choice of entries, progress, cancel; or NULL. A limit counts
/// where it is stricter than the one that it was salvaged under.
/// @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, which says nothing of entries that were not found; SMZ_PARTIAL if entries that
/// were found failed or lie in missing parts; SMZ_ERR_EXISTS, SMZ_ERR_LIMIT, SMZ_ERR_NO_SPACE,
/// SMZ_ERR_CANCELLED, SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_extract(
    salvage: *const smz_salvage,
    directory: *const c_char,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { extract_of(salvage, Found::Certain, directory, options, out_report, err) }
}

/// The same for the entries of smz_salvage_get_uncertain(), which should go to a folder of their
/// own. Since 0.1.
///
/// @param salvage The salvaged export.
/// @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options As for smz_salvage_extract(); or NULL.
/// @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_salvage_extract().
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_salvage_extract_uncertain(
    salvage: *const smz_salvage,
    directory: *const c_char,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { extract_of(salvage, Found::Uncertain, directory, options, out_report, err) }
}

/// Writes the error of that index among some.
///
/// # Safety
/// The header's promise about every pointer.
unsafe fn write_error(
    salvage: *const smz_salvage,
    errors: fn(&smz_salvage) -> &[smz_error],
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the caller's promise.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            struct_size::check(out_info)?;
            let salvage = handles::shared(salvage)?;
            let error = errors(&salvage).get(boundary::index(index)?);
            struct_size::write(out_info, &error.ok_or_else(Failure::no_index)?.info())
        })
    }
}
