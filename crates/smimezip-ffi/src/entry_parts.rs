//! The parts that an entry of a `smz_archive` is in.

use std::collections::HashMap;
use std::ffi::{CString, c_char};

use smimezip::Part;

use crate::archive::smz_archive;
use crate::boundary;
use crate::handles;
use crate::text::c_string;

/// The names of an archive's parts as C programs are given them, found by the core's.
pub(crate) struct PartNames(HashMap<String, CString>);

impl PartNames {
    pub(crate) fn new(parts: &[Part]) -> Self {
        Self(parts.iter().map(|it| (it.name().to_owned(), c_string(it.name()))).collect())
    }
}

/// How many parts an entry is in: the ones that are needed to read it. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @return The number; 0 if there is no such entry.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_entry_part_count(
    archive: *const smz_archive,
    index: u64,
) -> u64 {
    boundary::value(0, || {
        let archive = handles::shared(archive)?;
        let (_, entry) = archive.entry(index)?;
        Ok(archive.archive.parts_of(entry).count() as u64)
    })
}

/// One of the parts that an entry is in, in their order. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @param part_index Counted from 0, below smz_archive_entry_part_count().
/// @return Its file name in UTF-8, owned by the archive; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_entry_part(
    archive: *const smz_archive,
    index: u64,
    part_index: u64,
) -> *const c_char {
    boundary::value(std::ptr::null(), || {
        let archive = handles::shared(archive)?;
        let (_, entry) = archive.entry(index)?;
        let part = archive.archive.parts_of(entry).nth(boundary::index(part_index)?);
        let name = part.and_then(|part| archive.part_names.0.get(part));
        Ok(name.map_or(std::ptr::null(), |name| name.as_ptr()))
    })
}
