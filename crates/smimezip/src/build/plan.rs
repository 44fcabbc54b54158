//! What becomes an archive: everything that can be known before a file is opened.

use super::names::Names;
use super::options::{BuildOptions, Unfit};
use super::roots::Root;
use super::scan::{Found, Scan, State};
use crate::error::Error;
use crate::zip::{END_SIZE, PartCount, overhead};

/// Bytes that compressing may add to those of a file, in 1,024.
const GROWTH: u64 = 1024;
/// The most that compressing can make of bytes: deflate has no better ratio than 1,032 to 1.
const MAX_RATIO: u64 = 1032;

/// The entries in their order.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) entries: Vec<Planned>,
    /// What is left out, and why.
    pub(super) skipped: Vec<Error>,
    /// Bytes of all files.
    pub(super) bytes: u64,
    /// The most that the archive can have.
    pub(super) max_size: u64,
    /// The most that one entry takes beside its data.
    longest: u64,
}

/// A file or a folder, and how it was when it was planned.
pub(super) struct Planned {
    /// Of what was named, the place of that which it is in.
    pub(super) root: usize,
    pub(super) path: String,
    pub(super) state: State,
}

impl Plan {
    /// Plans all that is in `roots`.
    ///
    /// # Errors
    /// `UnsafeName`, `NameConflict` and `Unsupported` for what an extraction would refuse, unless
    /// it is to be left out; `InvalidArgument` if it can only become too many parts; `Cancelled`,
    /// what the operating system says.
    pub(super) fn of(roots: &[Root], options: &BuildOptions) -> Result<Self, Error> {
        let mut plan = Self { max_size: END_SIZE, ..Self::default() };
        let mut names = Names::default();
        let mut skipped = Vec::new();
        let skip = options.unfit == Unfit::Skip;
        let wanted = |path: &str| options.filter.as_ref().is_none_or(|filter| filter(path));
        // What is refused by its name, and by what it is.
        let mut unnamed = Vec::new();
        for (number, root) in roots.iter().enumerate() {
            let mut take = |found: Found| {
                let Found { path, state } = found;
                if let Err(kind) = names.claim(&path, state.is_folder) {
                    let error = Error::from(kind).in_entry(path);
                    if !skip {
                        return Err(error);
                    }
                    unnamed.push(error);
                    return Ok(false);
                }
                plan.add(number, path, state);
                Ok(true)
            };
            let mut refuse = |error| {
                if !skip {
                    return Err(error);
                }
                skipped.push(error);
                Ok(())
            };
            let mut scan = Scan { wanted: &wanted, take: &mut take, refuse: &mut refuse };
            scan.root(root).map_err(|error| root.named_in(error))?;
        }
        skipped.append(&mut unnamed);
        skipped.sort_by(|one, other| one.entry().cmp(&other.entry()));
        plan.skipped = skipped;
        plan.check(options)?;
        Ok(plan)
    }

    /// Refuses what makes too many parts however well it compresses.
    fn check(&self, options: &BuildOptions) -> Result<(), Error> {
        let least = if options.level == 0 { self.bytes } else { self.bytes / MAX_RATIO };
        self.parts(options).map_or(Ok(()), |parts| parts.check(least, self.max_size))
    }

    fn parts(&self, options: &BuildOptions) -> Option<PartCount> {
        options.part_size.map(|part_size| PartCount { part_size, longest: self.longest })
    }

    /// The most parts that there can be.
    pub(super) fn max_parts(&self, options: &BuildOptions) -> u64 {
        self.parts(options).map_or(1, |parts| parts.at_most(self.max_size))
    }

    fn add(&mut self, root: usize, path: String, state: State) {
        let records = overhead(&path);
        let added = records.saturating_add(state.size / GROWTH);
        self.longest = self.longest.max(records);
        self.bytes = self.bytes.saturating_add(state.size);
        let size = self.max_size.saturating_add(state.size).saturating_add(added);
        self.max_size = size;
        self.entries.push(Planned { root, path, state });
    }
}
