//! The parts that an entry of a `smz_archive` is in.

use std::collections::HashMap;
use std::ffi::{CString, c_char};

use smimezip::Archive;

use crate::archive::smz_archive;
use crate::boundary;
use crate::handles;
use crate::text::{c_string, pointer};

/// The names of an archive's parts, missing ones as well, as C programs are given them, found by
/// the core's.
pub(crate) struct PartNames(HashMap<String, CString>);

impl PartNames {
    pub(crate) fn new<'a>(archive: &Archive, parts: impl Iterator<Item = &'a str>) -> Self {
        let missing = archive.missing().into_iter().map(|name| name.to_string());
        let names = parts.map(str::to_owned).chain(missing);
        Self(names.map(|name| (name.clone(), c_string(name))).collect())
    }

    /// The name of a part; NULL for one that is none.
    pub(crate) fn get(&self, part: &str) -> *const c_char {
        pointer(self.0.get(part))
    }
}

/// How many parts an entry is in: the ones that are needed to read it, missing or not. Since 0.1.
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
        Ok(part.map_or(std::ptr::null(), |part| archive.part_names.get(part)))
    })
}
