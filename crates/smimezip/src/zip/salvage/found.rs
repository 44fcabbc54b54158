//! The entries that a walk has found so far, of which some may have to be taken back. How they are
//! found is not known here.

use std::cmp::Ordering;

use super::met::{ArchiveBefore, MetDirectory};
use crate::error::Error;
use crate::zip::entry::Entry;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    met: Vec<Met>,
    /// Why entries are not among them.
    lost: Vec<Error>,
    run: usize,
}

/// An entry, and where it was found.
struct Met {
    entry: Entry,
    run: usize,
    /// In the run.
    position: u64,
    /// Whether records lead to it from where the archive begins, or the directory has it.
    is_certain: bool,
}

impl Found {
    /// What comes is found in this run of parts.
    pub(super) fn begin_run(&mut self, run: usize) {
        self.run = run;
    }

    /// Adds an entry, which may be one of another archive, in a file of this one, unless it
    /// `is_certain`.
    pub(super) fn add(&mut self, entry: Entry, position: u64, is_certain: bool) {
        self.met.push(Met { entry, run: self.run, position, is_certain });
    }

    /// Adds why an entry is not here.
    pub(super) fn lose(&mut self, why: Error) {
        self.lost.push(why);
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> u64 {
        self.met.len() as u64
    }

    /// The names of those that are known to be the archive's own.
    pub(super) fn certain_names(&self) -> impl Iterator<Item = &[u8]> {
        self.met.iter().filter(|it| it.is_certain).map(|it| it.entry.raw_name_bytes())
    }

    /// Positions and names of those in this run.
    pub(super) fn in_this_run(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let here = self.met.iter().filter(|it| it.run == self.run && !it.is_certain);
        here.map(|it| (it.position, it.entry.raw_name_bytes()))
    }

    /// Takes those in an archive back that ends in this run, but for what is certain.
    pub(super) fn take_back(&mut self, archive: ArchiveBefore) {
        let is_in_it = |it: &Met| match it.run.cmp(&self.run) {
            Ordering::Less => archive.begins_before(),
            Ordering::Equal => archive.has(it.position),
            Ordering::Greater => false,
        };
        self.met.retain(|it| it.is_certain || !is_in_it(it));
    }

    /// Notes that those are certain which the archive's own directory has.
    pub(super) fn confirm(&mut self, directory: &MetDirectory) {
        for it in &mut self.met {
            it.is_certain |= directory.has(&it.entry);
        }
    }

    /// The entries that are certain, those that are not, and why others are not among them.
    pub(super) fn into_parts(self) -> (Vec<Entry>, Vec<Entry>, Vec<Error>) {
        let (certain, uncertain): (Vec<_>, Vec<_>) =
            self.met.into_iter().partition(|it| it.is_certain);
        let entries = |met: Vec<Met>| met.into_iter().map(|it| it.entry).collect();
        (entries(certain), entries(uncertain), self.lost)
    }
}
