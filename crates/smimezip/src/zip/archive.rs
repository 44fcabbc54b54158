//! `Archive`: the directory read, entries open to be read.

use std::fmt;
use std::io;
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::directory;
use super::entry::Entry;
use super::names::Names;
use super::reader::{EntryReader, Memory};
use super::sizes;
use crate::error::{Error, ErrorKind};
use crate::integrity::Integrity;
use crate::limits::Limits;
use crate::oddity::{Oddities, Oddity};
use crate::read_at::ReadAt;
use crate::volumes::VolumeSet;

/// A zip archive in any number of parts, its directory read and checked.
///
/// Opening reads the end of the archive only. Entries are read independently of each other, from
/// as many threads as wanted.
pub struct Archive {
    volumes: Arc<VolumeSet>,
    entries: Vec<Entry>,
    limits: Limits,
    oddities: Oddities,
    integrity: Integrity,
    /// Made when an entry is first looked for.
    names: OnceLock<Names>,
}

impl Archive {
    /// Opens the archive that consists of these named parts, in their order. A single part is an
    /// archive that was never split.
    ///
    /// # Errors
    /// [`ErrorKind::NotAnArchive`], [`ErrorKind::Damaged`] if the records contradict each other or
    /// the parts, [`ErrorKind::Limit`], or what a source reports.
    pub fn open(parts: Vec<(String, Arc<dyn ReadAt>)>, limits: &Limits) -> Result<Self, Error> {
        let volumes = Arc::new(VolumeSet::new(parts)?);
        // The directory is at the end, most of it in the last part.
        let directory::Directory { entries, oddities } = directory::read(&volumes, limits)
            .map_err(|error| sizes::explain(&volumes, error, 0, u64::MAX))
            .map_err(|error| error.in_part(volumes.last_name()))?;
        let integrity = Integrity::Checksummed;
        let (limits, names) = (limits.clone(), OnceLock::new());
        Ok(Self { volumes, entries, limits, oddities, integrity, names })
    }

    /// The same archive, of whose parts the weakest is known to be of this integrity. Each entry is
    /// checksummed all the same.
    pub(crate) fn with_parts_of(mut self, integrity: Integrity) -> Self {
        self.integrity = integrity.max(Integrity::Checksummed);
        self
    }

    /// What is known about the integrity of what is read from it: [`Integrity::Authenticated`] if it
    /// was unlocked by [`Export::unlock`](crate::Export::unlock) and each of its parts is
    /// authenticated, else [`Integrity::Checksummed`], which is what the CRC-32 of entries gives.
    pub fn integrity(&self) -> Integrity {
        self.integrity
    }

    /// The entries in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Deviations from the standard that were met and accepted when the archive was opened, one of
    /// each kind. Those of single entries are met when these are read, and stand in the
    /// [`Report`](crate::Report), with these.
    pub fn oddities(&self) -> Vec<Oddity> {
        self.oddities.to_list()
    }

    /// The same, for others to be added.
    pub(crate) fn own_oddities(&self) -> Oddities {
        self.oddities.clone()
    }

    /// The limits it was opened under.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The entry of exactly this [raw name](Entry::raw_name), the first if there are several. An index is
    /// made by the first call, of four bytes for each entry.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.named(name).next()
    }

    /// The entries of this name, in the order of the directory.
    fn named<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Entry> + use<'a, 'n> {
        let names = self.names.get_or_init(|| Names::of(&self.entries));
        names.named(name, &self.entries)
    }

    /// Opens one entry. Only the parts' ranges that hold it are read and decrypted.
    ///
    /// # Errors
    /// [`ErrorKind::Damaged`] if its local header is not as the directory says,
    /// [`ErrorKind::Unsupported`], or what a source reports; [`ErrorKind::Io`] with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for an entry of another archive.
    pub fn open_entry(&self, entry: &Entry) -> Result<EntryReader, Error> {
        self.check_own(entry)?;
        self.read_with(entry, Memory::default())
    }

    /// Opens the entry of exactly this [raw name](Entry::raw_name).
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchEntry`], and as [`open_entry`](Self::open_entry).
    ///
    /// ```no_run
    /// # fn job(archive: &smimezip::Archive) -> Result<(), Box<dyn std::error::Error>> {
    /// let text = std::io::read_to_string(archive.by_name("entities/a.json")?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn by_name(&self, name: &str) -> Result<EntryReader, Error> {
        let missing = || Error::from(ErrorKind::NoSuchEntry).in_entry(name);
        self.read_with(self.find(name).ok_or_else(missing)?, Memory::default())
    }

    /// Refuses an entry of another archive. Copies of own entries are own entries.
    pub(crate) fn check_own(&self, entry: &Entry) -> Result<(), Error> {
        let is_inside = self.entries.as_ptr_range().contains(&ptr::from_ref(entry));
        if is_inside || self.named(entry.raw_name()).any(|own| own.is_same(entry)) {
            return Ok(());
        }
        let error = io::Error::new(io::ErrorKind::InvalidInput, "an entry of another archive");
        Err(Error::from(error).in_entry(entry.raw_name()))
    }

    /// As [`open_entry`](Self::open_entry) for an own entry, with working memory that is used again.
    pub(crate) fn read_with(&self, entry: &Entry, memory: Memory) -> Result<EntryReader, Error> {
        EntryReader::open(Arc::clone(&self.volumes), entry, memory, self.limits.accept)
            .map_err(|error| sizes::explain(&self.volumes, error, entry.start, entry.end))
            .map_err(|error| error.in_entry(entry.raw_name()).in_part(self.parts_of(entry)))
    }

    /// The names of the parts that hold the entry.
    pub fn parts_of(&self, entry: &Entry) -> String {
        self.volumes.parts_of(entry.start, entry.end)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("entries", &self.entries.len())
            .field("integrity", &self.integrity)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::into_iter_without_iter, reason = "it is `entries().iter()`")]
impl<'a> IntoIterator for &'a Archive {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}
