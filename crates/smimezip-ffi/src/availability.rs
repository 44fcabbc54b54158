//! What is missing of a `smz_archive` that was opened with SMZ_OPTION_INCOMPLETE or salvaged, and
//! which parts its directory and an entry need.

use std::ffi::{CString, c_char};
use std::ptr;

use smimezip::Archive;
use smimezip::zip::Availability;

use crate::archive::smz_archive;
use crate::boundary;
use crate::handles;
use crate::text::{c_string, nth};

/// Parts of an archive as C programs are given them.
pub(crate) struct SomeParts {
    missing: Vec<CString>,
    of_directory: Vec<CString>,
}

impl SomeParts {
    pub(crate) fn new(archive: &Archive) -> Self {
        Self {
            missing: archive.missing().iter().map(|name| c_string(name.to_string())).collect(),
            of_directory: archive.parts_of_directory().map(c_string).collect(),
        }
    }
}

/// How many parts of the archive are missing. There are such only where it was opened with
/// SMZ_OPTION_INCOMPLETE, or is that of a salvaged export, where those of which nothing can be read
/// count as well. Since 0.1.
///
/// @param archive The archive.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_missing_part_count(archive: *const smz_archive) -> u64 {
    boundary::value(0, || Ok(handles::shared(archive)?.some_parts.missing.len() as u64))
}

/// A part of the archive that is missing, in their order. Since 0.1.
///
/// @param archive The archive.
/// @param part_index Counted from 0, below smz_archive_missing_part_count().
/// @return Its name in UTF-8, owned by the archive; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_missing_part(
    archive: *const smz_archive,
    part_index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || {
        Ok(nth(&handles::shared(archive)?.some_parts.missing, part_index))
    })
}

/// How many parts the archive's directory is in, which whoever wants any entry needs. Since 0.1.
///
/// @param archive The archive.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_directory_part_count(archive: *const smz_archive) -> u64 {
    boundary::value(0, || Ok(handles::shared(archive)?.some_parts.of_directory.len() as u64))
}

/// One of the parts that the archive's directory is in, in their order. Since 0.1.
///
/// @param archive The archive.
/// @param part_index Counted from 0, below smz_archive_directory_part_count().
/// @return Its file name in UTF-8, owned by the archive; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_directory_part(
    archive: *const smz_archive,
    part_index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || {
        Ok(nth(&handles::shared(archive)?.some_parts.of_directory, part_index))
    })
}

/// How many of the parts that an entry is in are missing. If none is, it can be read. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @return The number; 0 also if there is no such entry.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_entry_missing_count(
    archive: *const smz_archive,
    index: u64,
) -> u64 {
    boundary::value(0, || {
        let archive = handles::shared(archive)?;
        let (_, entry) = archive.entry(index)?;
        Ok(match archive.archive.availability(entry) {
            Availability::Available => 0,
            Availability::Needs(parts) => parts.len() as u64,
        })
    })
}

/// One of the missing parts that an entry is in, in their order: what is to be downloaded to read
/// it. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @param part_index Counted from 0, below smz_archive_entry_missing_count().
/// @return Its name in UTF-8, owned by the archive; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_entry_missing(
    archive: *const smz_archive,
    index: u64,
    part_index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || {
        let archive = handles::shared(archive)?;
        let (_, entry) = archive.entry(index)?;
        let Availability::Needs(parts) = archive.archive.availability(entry) else {
            return Ok(ptr::null());
        };
        let part = parts.get(boundary::index(part_index)?);
        Ok(part.map_or(ptr::null(), |part| archive.part_names.get(&part.to_string())))
    })
}
