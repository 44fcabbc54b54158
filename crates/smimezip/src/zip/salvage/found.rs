//! The entries that a walk has found so far, of which some may have to be taken back. How they are
//! found is not known here.

use std::cmp::Ordering;

use super::met::ArchiveBefore;
use crate::error::Error;
use crate::zip::entry::Entry;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    met: Vec<Met>,
    /// Why entries are not among them.
    lost: Vec<Error>,
    run: usize,
    /// A place whose entries are another archive's if one is found behind it.
    doubtful: Option<(usize, ArchiveBefore)>,
}

/// An entry, and where it was found.
struct Met {
    entry: Entry,
    run: usize,
    /// In the run.
    position: u64,
    /// Whether records lead to it from where the archive begins.
    is_anchored: bool,
}

impl Found {
    /// What comes is found in this run of parts.
    pub(super) fn begin_run(&mut self, run: usize) {
        self.run = run;
    }

    /// Adds an entry.
    pub(super) fn add(&mut self, entry: Entry, position: u64, is_anchored: bool) {
        if let Some((run, archive)) = self.doubtful.take() {
            self.take_back_of(run, archive);
        }
        self.met.push(Met { entry, run: self.run, position, is_anchored });
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
    pub(super) fn anchored_names(&self) -> impl Iterator<Item = &[u8]> {
        self.met.iter().filter(|it| it.is_anchored).map(|it| it.entry.raw_name_bytes())
    }

    /// Positions and names of those in this run.
    pub(super) fn in_this_run(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let here = self.met.iter().filter(|it| it.run == self.run && !it.is_anchored);
        here.map(|it| (it.position, it.entry.raw_name_bytes()))
    }

    /// Takes those of this place back that no records lead to.
    pub(super) fn take_back(&mut self, archive: ArchiveBefore) {
        self.take_back_of(self.run, archive);
    }

    fn take_back_of(&mut self, run: usize, archive: ArchiveBefore) {
        let is_in_it = |it: &Met| match it.run.cmp(&run) {
            Ordering::Less => archive.begins_before(),
            Ordering::Equal => archive.has(it.position),
            Ordering::Greater => false,
        };
        self.met.retain(|it| it.is_anchored || !is_in_it(it));
    }

    /// Has those of this place taken back if another one follows.
    pub(super) fn doubt(&mut self, archive: ArchiveBefore) {
        self.doubtful = Some((self.run, archive));
    }

    /// The entries, and why others are not among them.
    pub(super) fn into_parts(self) -> (Vec<Entry>, Vec<Error>) {
        (self.met.into_iter().map(|it| it.entry).collect(), self.lost)
    }
}
