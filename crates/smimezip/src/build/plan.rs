//! What of a folder becomes an archive: everything that can be known before a file is opened.

use cap_std::fs::Dir;

use super::names::Names;
use super::options::{BuildOptions, Unfit};
use super::scan::{Found, State, scan};
use crate::error::Error;
use crate::zip::{END_SIZE, overhead};

/// Bytes that compressing may add to those of a file, in 1,024.
const GROWTH: u64 = 1024;

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
}

/// A file or a folder, and how it was when it was planned.
pub(super) struct Planned {
    pub(super) path: String,
    pub(super) state: State,
}

impl Plan {
    /// Plans all that is in `root`.
    ///
    /// # Errors
    /// `UnsafeName`, `NameConflict` and `Unsupported` for what an extraction would refuse, unless
    /// it is to be left out; `Cancelled`, what the operating system says.
    pub(super) fn of(root: &Dir, options: &BuildOptions) -> Result<Self, Error> {
        let mut plan = Self { max_size: END_SIZE, ..Self::default() };
        let mut names = Names::default();
        let mut skipped = Vec::new();
        let skip = options.unfit == Unfit::Skip;
        // What is refused by its name, and by what it is.
        let mut unnamed = Vec::new();
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
            plan.add(path, state);
            Ok(true)
        };
        scan(root, &mut take, &mut |error| {
            if !skip {
                return Err(error);
            }
            skipped.push(error);
            Ok(())
        })?;
        skipped.append(&mut unnamed);
        skipped.sort_by(|one, other| one.entry().cmp(&other.entry()));
        plan.skipped = skipped;
        Ok(plan)
    }

    fn add(&mut self, path: String, state: State) {
        let added = overhead(&path).saturating_add(state.size / GROWTH);
        self.bytes = self.bytes.saturating_add(state.size);
        let size = self.max_size.saturating_add(state.size).saturating_add(added);
        self.max_size = size;
        self.entries.push(Planned { path, state });
    }
}
