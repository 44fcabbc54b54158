//! `Archive`: the directory read, entries open to be read.

mod found;

use std::fmt;
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::directory;
use super::entry::Entry;
use super::extents;
use super::names::Names;
use super::reader::{EntryReader, Memory, Resume, may_be_of_the_layout};
use super::sizes;
use crate::error::{Error, ErrorKind};
use crate::integrity::Integrity;
use crate::limits::Limits;
use crate::oddity::{Oddities, Oddity, OddityKind};
use crate::options::{Rules, UnlockOptions};
use crate::parts::{Part, PartSet, View};
use crate::read_at::Scan;

/// A zip archive in any number of parts, its directory read and checked.
///
/// Opening reads the end of the archive only, and of its parts opens those that have it. Entries
/// are read independently of each other, from as many threads as wanted.
///
/// ```
/// use std::io::Read;
///
/// use smimezip::{Export, KeyRing};
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
/// for entry in &archive {
///     println!("{:>10} {}", entry.size(), entry.raw_name());
/// }
/// let mut recording = Vec::new();
/// archive.by_name("attachments/2024/03/recording.raw")?.read_to_end(&mut recording)?;
/// assert_eq!(recording.len(), 90_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Archive {
    set: Arc<PartSet>,
    entries: Vec<Entry>,
    rules: Arc<Rules>,
    oddities: Oddities,
    integrity: Integrity,
    /// Whether every entry is known to have the room that it needs, and how many bytes were found
    /// unused since the archive was opened.
    extents: Scan<u64>,
    /// Made when an entry is first looked for.
    names: OnceLock<Names>,
}

impl Archive {
    /// Opens the archive that consists of these named parts, in their order. A single part is an
    /// archive that was never split.
    ///
    /// Of a split archive (`.z01 … .zip`) only the last parts are opened and asked for their sizes:
    /// those that have the directory and the last 64 KiB. Each of the others is when an entry is
    /// opened that lies in it, and all of them when the archive is extracted or verified. What a
    /// part that is not open would contradict is refused then, before a byte of the entry is given
    /// out. Of pieces (`.zip.001 …`), of which the directory knows nothing, all are opened at once;
    /// of a set with something odd at its start or end, too.
    ///
    /// # Errors
    /// [`ErrorKind::NotAnArchive`], [`ErrorKind::Damaged`] if the records contradict each other or
    /// the parts, [`ErrorKind::Limit`], or what a source reports.
    pub fn open(parts: impl IntoIterator<Item = Part>) -> Result<Self, Error> {
        Self::open_with(parts, &UnlockOptions::new())
    }

    /// As [`open`](Self::open), with options: the token ends opening; limits and what is accepted
    /// count for all that is done with the archive. Parts are taken as they are, so neither layers
    /// nor threads count here: [`Export`](crate::Export) opens those that are messages.
    ///
    /// ```
    /// # use smimezip::{Limit, Limits, Part, UnlockOptions};
    /// use smimezip::Archive;
    ///
    /// # let file = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    /// let limits = Limits::new().with(Limit::Entries, 1000);
    /// let part = Part::new("e.zip", file.to_vec());
    /// let archive = Archive::open_with([part], &UnlockOptions::new().limits(&limits))?;
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`ErrorKind::Cancelled`].
    pub fn open_with(
        parts: impl IntoIterator<Item = Part>,
        options: &UnlockOptions,
    ) -> Result<Self, Error> {
        let rules = Arc::new(options.rules().clone());
        options.token().scope(|| Self::of(PartSet::new(parts), &rules))
    }

    /// As [`open_with`](Self::open_with), within a call, for parts that are open already, or not
    /// there: everything is checked at once that can be.
    pub(crate) fn of_opened(
        parts: impl IntoIterator<Item = Part>,
        rules: &Rules,
    ) -> Result<Self, Error> {
        let set = Arc::new(PartSet::new(parts));
        set.open_present()?;
        Self::of_set(set, &Arc::new(rules.clone()))
    }

    fn of(set: PartSet, rules: &Arc<Rules>) -> Result<Self, Error> {
        Self::of_set(Arc::new(set), rules)
    }

    fn of_set(mut set: Arc<PartSet>, rules: &Arc<Rules>) -> Result<Self, Error> {
        // Each part may prove to be of another size once.
        for _ in 0..=set.count() {
            match Self::read_directory(&set, rules) {
                Ok(directory::Directory { entries, oddities, is_checked }) => {
                    let rules = Arc::clone(rules);
                    let integrity = Integrity::Checksummed;
                    let extents = if is_checked { Scan::done(0) } else { Scan::new() };
                    let names = OnceLock::new();
                    return Ok(Self { set, entries, rules, oddities, integrity, extents, names });
                }
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    let count = set.count();
                    set = Arc::new(set.resized(count.saturating_sub(2)..count)?.ok_or(error)?);
                }
            }
        }
        Err(Error::irregular())
    }

    fn read_directory(set: &Arc<PartSet>, rules: &Rules) -> Result<directory::Directory, Error> {
        // The directory is at the end, most of it in the last part.
        directory::read(set, rules).map_err(|error| sizes::explain(set, error, None)).map_err(
            |error| match error.kind() {
                ErrorKind::IncompleteSet { .. } => error,
                _ => error.in_part(set.last_name()),
            },
        )
    }

    /// The same archive, of whose parts the weakest is known to be of this integrity. Each entry is
    /// checksummed all the same.
    pub(crate) fn with_parts_of(mut self, integrity: Integrity) -> Self {
        self.integrity = integrity.max(Integrity::Checksummed);
        self
    }

    /// What is known about the integrity of what is read from it: [`Integrity::Authenticated`] if
    /// it was unlocked by [`Export::unlock`](crate::Export::unlock) and each of its parts is
    /// authenticated, else [`Integrity::Checksummed`], which is what the CRC-32 of entries gives.
    pub fn integrity(&self) -> Integrity {
        self.integrity
    }

    /// The archive opened again, if a part of it is of another size than assumed, which may be why
    /// `error` came: its lines or chunks are not of one length.
    fn resized(&self, error: &Error) -> Result<Option<Self>, Error> {
        // Of several entries of one name it may be any.
        let entries = error.entry().into_iter().flat_map(|name| self.named(name));
        let mut ranges: Vec<_> = entries.map(Entry::touched_parts).collect();
        if ranges.is_empty() {
            ranges.push(0..0);
        }
        for parts in ranges {
            if let Some(set) = self.set.resized(parts)? {
                let archive = Self::of(set, &self.rules)?;
                return Ok(Some(Self { integrity: self.integrity, ..archive }));
            }
        }
        Ok(None)
    }

    /// Does `work` with this archive; should a part prove to be of another size than assumed, with
    /// the archive opened again. `work` must leave nothing behind when it fails.
    ///
    /// # Errors
    /// Those of `work`, and of [`open`](Self::open).
    pub(crate) fn settled<R>(
        &self,
        mut work: impl FnMut(&Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut outcome = work(self);
        let mut resized = None;
        for _ in 0..self.set.count() {
            let current: &Self = resized.as_ref().unwrap_or(self);
            let again = match &outcome {
                Err(error) if may_be_of_the_layout(error) => current.resized(error)?,
                _ => None,
            };
            let Some(archive) = again else { break };
            outcome = work(resized.insert(archive));
        }
        outcome
    }

    /// The entries in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Deviations from the standard that were met and accepted when the archive was opened, one of
    /// each kind. Those of single entries are met when these are read, and stand in the
    /// [`Report`](crate::Report), with these.
    pub fn oddities(&self) -> Vec<Oddity> {
        self.own_oddities().to_list()
    }

    /// The same, for others to be added.
    pub(crate) fn own_oddities(&self) -> Oddities {
        let mut oddities = self.oddities.clone();
        if let Some(unused) = self.extents.found().filter(|unused| **unused > 0) {
            oddities.note_count(OddityKind::UnusedBytes, *unused);
        }
        oddities
    }

    /// Makes the checks that opening left, for which all parts are opened: whether each entry is in
    /// its parts and has the room that it needs, and no byte of the set is in none.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`] if one is missing, [`ErrorKind::Damaged`], and what a source
    /// reports.
    pub(crate) fn check_extents(&self) -> Result<(), Error> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(ErrorKind::missing(missing).into());
        }
        let check = || {
            let (view, order) = (View::whole(&self.set)?, extents::order(&self.entries));
            extents::check(&self.entries, &order, &view)?;
            let first = order.first().map(|at| self.entries[*at].start);
            first.map_or(Ok(0), |first| extents::unused(&view, first, self.rules.accept))
        };
        // As when the directory is read.
        let explained =
            |error| sizes::explain(&self.set, error, None).in_part(self.set.last_name());
        self.extents.find(|| check().map_err(explained)).map(drop)
    }

    /// The limits it was opened under.
    pub fn limits(&self) -> &Limits {
        &self.rules.limits
    }

    /// The entry of exactly this [raw name](Entry::raw_name), the first if there are several. An
    /// index is made by the first call, of four bytes for each entry.
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
    /// [`ErrorKind::Unsupported`], or what a source reports;
    /// [`ErrorKind::InvalidArgument`] for an entry of another archive.
    pub fn open_entry(&self, entry: &Entry) -> Result<EntryReader, Error> {
        self.check_own(entry)?;
        self.settled(|archive| {
            let entry = self.entry_in(archive, entry)?;
            Ok(archive.read_with(entry, Memory::default())?.resuming(archive.resume()))
        })
    }

    /// Refuses what came of reading `entry` and failed, if its parts are of another size than
    /// assumed.
    ///
    /// # Errors
    /// One by which [`settled`](Self::settled) opens the archive again.
    pub(crate) fn check_settled(&self, entry: &Entry, error: &Error) -> Result<(), Error> {
        if !may_be_of_the_layout(error) {
            return Ok(());
        }
        match self.set.resized(entry.touched_parts())? {
            Some(_) => Err(Error::irregular()),
            None => Ok(()),
        }
    }

    /// `entry` of this archive, as it is in `resized`, which is this one or the same opened again.
    pub(crate) fn entry_in<'a>(
        &self,
        resized: &'a Self,
        entry: &'a Entry,
    ) -> Result<&'a Entry, Error> {
        if ptr::eq(self, resized) {
            return Ok(entry);
        }
        let mut same = self.named(entry.raw_name());
        let number = same.position(|own| ptr::eq(own, entry) || own.is_same(entry));
        number
            .and_then(|number| resized.named(entry.raw_name()).nth(number))
            .ok_or_else(|| Error::from(ErrorKind::NoSuchEntry).in_entry(entry.raw_name()))
    }

    /// The entry of the same name, size and CRC-32 as `entry` of the same archive opened before, if
    /// there is no doubt which it is.
    fn only_like(&self, entry: &Entry) -> Option<&Entry> {
        let mut like = self.named(entry.raw_name()).filter(|own| own.sizes() == entry.sizes());
        like.next().filter(|_| like.next().is_none())
    }

    /// Opens the entry of exactly this [raw name](Entry::raw_name).
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchEntry`], and as [`open_entry`](Self::open_entry).
    ///
    /// ```
    /// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
    /// # let keys = smimezip::KeyRing::from_file(key)?;
    /// # let archive = smimezip::Export::discover(folder)?.unlock(&keys)?;
    /// let text = std::io::read_to_string(archive.by_name("Interaction-7f1f3a6c.json")?)?;
    /// assert_eq!(text.len(), 149_571);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn by_name(&self, name: &str) -> Result<EntryReader, Error> {
        let missing = || Error::from(ErrorKind::NoSuchEntry).in_entry(name);
        self.open_entry(self.find(name).ok_or_else(missing)?)
    }

    /// Refuses an entry of another archive. Copies of own entries are own entries.
    pub(crate) fn check_own(&self, entry: &Entry) -> Result<(), Error> {
        let is_inside = self.entries.as_ptr_range().contains(&ptr::from_ref(entry));
        if is_inside || self.named(entry.raw_name()).any(|own| own.is_same(entry)) {
            return Ok(());
        }
        let error = ErrorKind::InvalidArgument("an entry of another archive".into());
        Err(Error::from(error).in_entry(entry.raw_name()))
    }

    fn resume(&self) -> Resume {
        let (set, rules) = (Arc::clone(&self.set), Arc::clone(&self.rules));
        Arc::new(move |entry| {
            let Some(set) = set.resized(entry.touched_parts())? else { return Ok(None) };
            let archive = Self::of(set, &rules)?;
            let like = archive.only_like(entry);
            like.map(|entry| archive.read_with(entry, Memory::default())).transpose()
        })
    }

    /// As [`open_entry`](Self::open_entry) for an own entry, with working memory that is used
    /// again.
    pub(crate) fn read_with(&self, entry: &Entry, memory: Memory) -> Result<EntryReader, Error> {
        let accept = self.rules.accept;
        let before = match self.extents.found() {
            Some(_) => Ok(()),
            None => extents::check_before(&self.set, entry, accept),
        };
        before
            .and_then(|()| View::of(&self.set, entry.parts()))
            .and_then(|view| EntryReader::open(view, entry, memory, accept))
            .map_err(|error| sizes::explain(&self.set, error, Some((entry.start, entry.end))))
            .map_err(|error| error.in_entry(entry.raw_name()).in_parts(self.parts_of(entry)))
    }

    /// Its parts.
    pub(super) fn set(&self) -> &PartSet {
        &self.set
    }

    /// The names of the parts that hold the entry, in their order.
    pub fn parts_of(&self, entry: &Entry) -> impl Iterator<Item = &str> {
        let is_read = !entry.is_known_empty();
        self.set.parts_of(entry.start, entry.end).filter(move |_| is_read)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("entries", &self.entries.len())
            .field("integrity", &self.integrity)
            .field("limits", &self.rules.limits)
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
