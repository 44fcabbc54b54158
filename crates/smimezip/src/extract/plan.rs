//! Everything that can be checked before the first byte is written: names, conflicts, kinds,
//! methods, and what would be created. Every name in it is safe on every platform; what
//! exists already is looked at later, and may take entries out of it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::asked::Asked;
use super::batches;
use super::names::{self, Named};
use super::options::{ExtractOptions, Links};
use super::planned::Planned;
use super::report::{Renamed, SkipReason, Skipped, Unavailable};
use crate::error::{Error, Unsupported};
use crate::limits::{Limit, Limits};
use crate::oddity::Oddities;
use crate::zip::{Archive, Availability, DosDateTime, Entry, EntryKind, Modified};

/// What extraction will do.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// Folders that entries name, parents first.
    pub(super) folders: Vec<Planned<'a>>,
    /// Entries of which nothing is made: the root's, and such as name a folder again.
    pub(super) nothing: Vec<&'a Entry>,
    /// Files in the order they are worked on.
    pub(super) files: Vec<Planned<'a>>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) renamed: Vec<Renamed>,
    pub(super) unavailable: Vec<Unavailable>,
    pub(super) oddities: Oddities,
    /// Entries that cannot be extracted although others can, by their numbers in the directory.
    pub(super) failed: Vec<(usize, Error)>,
    /// Bytes of all files; the largest number where they are more.
    pub(super) bytes: u64,
}

impl<'a> Plan<'a> {
    /// Checks the whole archive and plans the entries that are asked for.
    pub(super) fn make(
        archive: &'a Archive,
        options: &ExtractOptions,
        asked: &Asked,
    ) -> Result<Self, Error> {
        // Of an entry that is read everything is checked in any case.
        if !options.available || archive.missing().is_empty() {
            archive.check_extents()?;
        }
        Self::of(archive, archive.entries(), options, asked)
    }

    /// Plans some entries as if the archive had no others.
    pub(super) fn of(
        archive: &Archive,
        entries: &'a [Entry],
        options: &ExtractOptions,
        asked: &Asked,
    ) -> Result<Self, Error> {
        let limits = options.limits.as_ref();
        let limits = limits.map_or(Cow::Borrowed(archive.limits()), |limits| {
            Cow::Owned(archive.limits().at_most(limits))
        });
        if archive.entries().len() as u64 > limits.entries {
            return Err(Error::limit(Limit::Entries, limits.entries));
        }
        let (mut plan, mut oddities) = (Self::default(), archive.own_oddities());
        names::resolve(entries, options, asked, &mut oddities, &mut |number, entry, named| {
            plan.add(archive, number, entry, named, options)
        })?;
        plan.oddities = oddities;
        plan.check_totals(&limits)?;
        plan.order();
        Ok(plan)
    }

    fn check_totals(&mut self, limits: &Limits) -> Result<(), Error> {
        self.sum();
        if self.bytes > limits.total_size {
            return Err(Error::limit(Limit::TotalSize, limits.total_size));
        }
        let compressed = self.files.iter().map(|file| file.entry.compressed_size());
        let compressed = compressed.fold(0, u64::saturating_add);
        if limits.exceeded_ratio(self.bytes, compressed).is_some() {
            return Err(Error::limit(Limit::Ratio, limits.ratio));
        }
        Ok(())
    }

    /// Adds up the bytes of all files.
    pub(super) fn sum(&mut self) {
        let sizes = self.files.iter().map(|file| file.entry.size());
        // Each size is what an archive says, so the sum may be beyond all numbers.
        self.bytes = sizes.fold(0, u64::saturating_add);
    }

    fn add(
        &mut self,
        archive: &Archive,
        number: usize,
        entry: &'a Entry,
        named: Named<'a>,
        options: &ExtractOptions,
    ) -> Result<(), Error> {
        match entry.kind() {
            EntryKind::File => {}
            EntryKind::Folder if entry.size() == 0 => {}
            EntryKind::Folder => {
                return Err(Error::record("a folder with contents").in_entry(entry.raw_name()));
            }
            EntryKind::SymbolicLink | EntryKind::Special => {
                if options.links == Links::Refuse {
                    return Err(Error::from(Unsupported::SpecialFile).in_entry(entry.raw_name()));
                }
                self.skip(entry, SkipReason::NotAFile);
                return Ok(());
            }
        }
        if let Named::LeftOut = named {
            self.skip(entry, SkipReason::UnsafeName);
            return Ok(());
        }
        if let Err(error) = entry.check_supported() {
            if !options.keep_going {
                return Err(error);
            }
            self.failed.push((number, error));
            return Ok(());
        }
        if options.available
            && let Availability::Needs(parts) = archive.availability(entry)
        {
            self.unavailable.push(Unavailable { name: entry.raw_name().to_owned(), parts });
            return Ok(());
        }
        let Named::Path { path, is_own } = named else {
            self.nothing.push(entry);
            return Ok(());
        };
        if !is_own {
            let (name, path) = (entry.raw_name().to_owned(), path.as_str().to_owned());
            self.renamed.push(Renamed { name, path });
        }
        let modified = match entry.modified() {
            Modified::Instant(time) => Some(time),
            Modified::Local(time) => options
                .local_time
                .as_ref()
                .map_or_else(|| DosDateTime::as_utc(time), |convert| convert(time)),
        };
        let planned = Planned { entry, number, path, modified };
        if entry.kind() == EntryKind::Folder {
            self.folders.push(planned);
        } else {
            self.files.push(planned);
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, entry: &Entry, reason: SkipReason) {
        self.skipped.push(Skipped { name: entry.raw_name().to_owned(), reason });
    }

    /// Leaves out the files at these places, as they exist.
    pub(super) fn leave_out(&mut self, places: &HashSet<usize>) {
        if places.is_empty() {
            return;
        }
        for (at, file) in std::mem::take(&mut self.files).into_iter().enumerate() {
            if places.contains(&at) {
                self.skip(file.entry, SkipReason::Exists);
            } else {
                self.files.push(file);
            }
        }
        self.sum();
    }

    /// Brings folders and files into the order in which they are made.
    fn order(&mut self) {
        // Of a folder that several entries name the first stays the first.
        self.folders.sort_by(|one, other| one.path.cmp(&other.path));
        let nothing = &mut self.nothing;
        self.folders.dedup_by(|again, first| {
            let same = again.path == first.path;
            if same {
                nothing.push(again.entry);
            }
            same
        });
        batches::order(&mut self.files);
    }
}
