//! `smz_archive`: an export unlocked, its entries known.

use std::ffi::c_char;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use smimezip::export::Salvage;
use smimezip::{Archive, Entry, ErrorKind, Part};

use crate::availability::SomeParts;
use crate::boundary;
use crate::call_options;
use crate::entry::{EntryStrings, entry_strings, smz_entry};
use crate::entry_parts::PartNames;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::keyring::smz_keyring;
use crate::oddity::{Oddities, smz_oddity};
use crate::options::smz_options;
use crate::reader::{SMZ_INTEGRITY_NONE, integrity_of, smz_reader};
use crate::set::smz_set;
use crate::status::smz_status;
use crate::struct_size;

/// An export unlocked and its directory read. Nothing else is decrypted before it is asked for. All
/// functions may be called by several threads at the same time.
pub struct smz_archive {
    pub(crate) archive: Opened,
    /// Made when they are asked for: an archive may have a million entries.
    names: Box<[OnceLock<EntryStrings>]>,
    pub(crate) part_names: PartNames,
    pub(crate) some_parts: SomeParts,
    oddities: Oddities,
}

impl Handle for smz_archive {
    const NAME: &'static str = "smz_archive";
}

/// An archive that a handle has alone, or one of the two of a salvaged export, which other handles
/// may have as well.
pub(crate) enum Opened {
    Alone(Archive),
    Salvaged(Arc<Salvage>),
    Uncertain(Arc<Salvage>),
}

impl Deref for Opened {
    type Target = Archive;

    fn deref(&self) -> &Archive {
        match self {
            Self::Alone(archive) => archive,
            Self::Salvaged(salvage) => salvage.archive(),
            Self::Uncertain(salvage) => salvage.uncertain(),
        }
    }
}

impl smz_archive {
    /// `parts` has the names of its files.
    pub(crate) fn new<'a>(archive: Opened, parts: impl Iterator<Item = &'a str>) -> Self {
        Self {
            names: archive.entries().iter().map(|_| OnceLock::new()).collect(),
            part_names: PartNames::new(&archive, parts),
            some_parts: SomeParts::new(&archive),
            oddities: Oddities::new(&archive.oddities()),
            archive,
        }
    }

    pub(crate) fn entry(&self, index: u64) -> Result<(usize, &Entry), Failure> {
        let at = boundary::index(index)?;
        let entry = self.archive.entries().get(at).ok_or_else(Failure::no_index)?;
        Ok((at, entry))
    }
}

/// Unlocks a set and reads the archive's directory. Of every part the head and the tail are read,
/// and the directory at the end of the last; a part with an authenticated cipher is read and
/// verified whole. If parts are missing, too many, or there twice with other bytes, all of them are
/// named at once; SMZ_OPTION_INCOMPLETE opens a set of which parts are missing, smz_salvage_open()
/// one that is damaged or without its last part. Since 0.1.
///
/// @param set The set. It is not needed any more afterwards.
/// @param keyring The keys; one without any opens a set of which no part is sealed. They are not
/// needed any more afterwards.
/// @param options Limits, what is accepted, SMZ_OPTION_INCOMPLETE, inner layers, threads, progress,
/// cancel; or NULL. The limits count for every later call with the archive.
/// @param out_archive Where the archive goes, to be freed with smz_archive_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_MISSING_PART, those of smz_message_open_file() and smz_message_decrypt()
/// with the part's name, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_LIMIT.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_open(
    set: *const smz_set,
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_archive: *mut *mut smz_archive,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_archive, "out_archive")?;
            let set = handles::shared(set)?;
            let keyring = handles::shared(keyring)?;
            let chosen = call_options::chosen(options)?;
            let export = set.export()?;
            let unlocking = chosen.opening();
            let archive = export.unlock_with(&keyring.ring, &unlocking, &mut chosen.reporter())?;
            let parts = export.parts().iter().map(Part::name);
            out.publish(smz_archive::new(Opened::Alone(archive), parts));
            Ok(())
        })
    }
}

/// Frees an archive. NULL is fine. Readers made from it stay. Since 0.1.
///
/// @param archive The archive, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_free(archive: *mut smz_archive) {
    boundary::free(archive);
}

/// How many entries the archive has. Since 0.1.
///
/// @param archive The archive.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_entry_count(archive: *const smz_archive) -> u64 {
    boundary::value(0, || Ok(handles::shared(archive)?.archive.entries().len() as u64))
}

/// What is known about the integrity of what is read from the archive: that of the weakest part.
/// Since 0.1.
///
/// @param archive The archive.
/// @return SMZ_INTEGRITY_AUTHENTICATED if each part is authenticated, else
/// SMZ_INTEGRITY_CHECKSUMMED; SMZ_INTEGRITY_NONE for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_integrity(archive: *const smz_archive) -> i32 {
    boundary::value(SMZ_INTEGRITY_NONE, || {
        Ok(integrity_of(handles::shared(archive)?.archive.integrity()))
    })
}

/// One entry of the archive, in the order of its directory. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @param out_entry Where it goes; its `struct_size` must be set. Its name and path are the
/// archive's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_get_entry(
    archive: *const smz_archive,
    index: u64,
    out_entry: *mut smz_entry,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_entry)?;
            let archive = handles::shared(archive)?;
            let (at, entry) = archive.entry(index)?;
            let strings = archive.names.get(at).ok_or_else(Failure::no_index)?;
            let strings = strings.get_or_init(|| entry_strings(entry));
            struct_size::write(out_entry, &strings.entry(entry))
        })
    }
}

/// How many kinds of deviations from the standard the archive's directory has that were accepted.
/// Since 0.1.
///
/// @param archive The archive.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_oddity_count(archive: *const smz_archive) -> u64 {
    boundary::value(0, || Ok(handles::shared(archive)?.oddities.count()))
}

/// A deviation from the standard that the archive's directory has, and that was accepted. What
/// entries have besides is in the report of the call that read them: smz_report_get_oddity(). Since
/// 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_oddity_count().
/// @param out_oddity Where it goes; its `struct_size` must be set. Texts are the archive's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_get_oddity(
    archive: *const smz_archive,
    index: u64,
    out_oddity: *mut smz_oddity,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_oddity)?;
            let archive = handles::shared(archive)?;
            struct_size::write(out_oddity, &archive.oddities.get(index)?)
        })
    }
}

/// Finds the entry of exactly this name. Since 0.1.
///
/// @param archive The archive.
/// @param name The name in UTF-8.
/// @param out_index Where its index goes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_NOT_FOUND.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_find(
    archive: *const smz_archive,
    name: *const c_char,
    out_index: *mut u64,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_index, "out_index")?;
            let archive = handles::shared(archive)?;
            let name = boundary::text(name, "name")?;
            let missing = || smimezip::Error::from(ErrorKind::NoSuchEntry).in_entry(name);
            let found = archive.archive.find(name).ok_or_else(missing)?;
            let mut entries = archive.archive.entries().iter();
            let at = entries.position(|entry| std::ptr::eq(entry, found)).ok_or_else(missing)?;
            out.set(at as u64);
            Ok(())
        })
    }
}

/// Opens one entry to be read; only the ranges of the parts that hold it are decrypted. Since 0.1.
///
/// @param archive The archive.
/// @param index Counted from 0, below smz_archive_entry_count().
/// @param out_reader Where the reader goes, to be freed with smz_reader_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND, SMZ_ERR_MISSING_PART if it lies in missing parts,
/// SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_archive_open_entry(
    archive: *const smz_archive,
    index: u64,
    out_reader: *mut *mut smz_reader,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_reader, "out_reader")?;
            let archive = handles::shared(archive)?;
            let (_, entry) = archive.entry(index)?;
            let reader = archive.archive.open_entry(entry)?;
            out.publish(smz_reader::of_entry(reader, entry.size()));
            Ok(())
        })
    }
}
