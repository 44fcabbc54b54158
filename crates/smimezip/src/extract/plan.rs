//! Everything that can be checked before the first byte is written: names, conflicts, kinds,
//! methods, and what would be created. A plan that exists is safe to carry out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::SystemTime;

use super::options::{ExtractOptions, Links};
use super::path::{EntryPath, folded};
use super::report::{SkipReason, Skipped};
use super::turns;
use crate::error::{Error, ErrorKind, Unsupported};
use crate::limits::{Limit, Limits};
use crate::zip::{Archive, DosDateTime, Entry, EntryKind, Modified};

/// Ratios are judged from here on; small archives may be as compressible as they like.
const RATIO_FROM: u64 = 1 << 30;

/// What extraction will do.
pub(super) struct Plan<'a> {
    /// Folders that entries name, parents first.
    pub(super) folders: Vec<Planned<'a>>,
    /// Files in the order they are worked on.
    pub(super) files: Vec<Planned<'a>>,
    pub(super) skipped: Vec<Skipped>,
    /// Entries that cannot be extracted although others can.
    pub(super) failed: Vec<Error>,
    /// Bytes of all files.
    pub(super) bytes: u64,
}

/// One entry and where it goes.
pub(super) struct Planned<'a> {
    pub(super) entry: &'a Entry,
    pub(super) path: EntryPath<'a>,
    pub(super) modified: Option<SystemTime>,
}

/// What stands at a folded path.
struct Seen<'a> {
    path: &'a str,
    is_folder: bool,
    has_entry: bool,
}

impl<'a> Plan<'a> {
    /// Checks the whole archive and plans the entries that the options ask for.
    pub(super) fn make(archive: &'a Archive, options: &ExtractOptions) -> Result<Self, Error> {
        let mut plan = Self {
            folders: Vec::new(),
            files: Vec::new(),
            skipped: Vec::new(),
            failed: Vec::new(),
            bytes: 0,
        };
        let mut seen = HashMap::with_capacity(archive.entries().len());
        for entry in archive.entries() {
            let path = EntryPath::parse(entry.name())?;
            take_place(&mut seen, path, entry)?;
            if options.selects(entry) {
                plan.add(entry, path, options)?;
            }
        }
        plan.check_totals(archive.limits())?;
        plan.folders.sort_by(|one, other| one.path.cmp(&other.path));
        turns::order(&mut plan.files);
        Ok(plan)
    }

    fn check_totals(&self, limits: &Limits) -> Result<(), Error> {
        if self.bytes > limits.total_size {
            return Err(Error::limit(Limit::TotalSize, limits.total_size));
        }
        let compressed = self.files.iter().map(|file| file.entry.compressed_size());
        let compressed = compressed.fold(0, u64::saturating_add);
        if self.bytes > RATIO_FROM && self.bytes / limits.ratio.max(1) > compressed {
            return Err(Error::limit(Limit::Ratio, limits.ratio));
        }
        Ok(())
    }

    fn add(
        &mut self,
        entry: &'a Entry,
        path: EntryPath<'a>,
        options: &ExtractOptions,
    ) -> Result<(), Error> {
        match entry.kind() {
            EntryKind::File | EntryKind::Folder => {}
            EntryKind::SymbolicLink | EntryKind::Special => {
                if options.links == Links::Refuse {
                    return Err(Error::from(Unsupported::SpecialFile).in_entry(entry.name()));
                }
                let name = entry.name().to_owned();
                self.skipped.push(Skipped { name, reason: SkipReason::NotAFile });
                return Ok(());
            }
        }
        if let Err(error) = entry.check_supported() {
            if !options.keep_going {
                return Err(error);
            }
            self.failed.push(error);
            return Ok(());
        }
        let modified = match entry.modified() {
            Modified::Instant(time) => Some(time),
            Modified::Local(time) => options
                .local_time
                .as_ref()
                .map_or_else(|| DosDateTime::as_utc(time), |convert| convert(time)),
        };
        self.bytes = self.bytes.saturating_add(entry.size());
        let planned = Planned { entry, path, modified };
        if entry.kind() == EntryKind::Folder {
            self.folders.push(planned);
        } else {
            self.files.push(planned);
        }
        Ok(())
    }
}

/// Notes the entry's path and its parents; refuses what cannot exist together on every platform.
fn take_place<'a>(
    seen: &mut HashMap<Cow<'a, str>, Seen<'a>>,
    path: EntryPath<'a>,
    entry: &Entry,
) -> Result<(), Error> {
    let conflict = |with: &str| {
        Err(Error::from(ErrorKind::NameConflict(with.to_owned())).in_entry(entry.name()))
    };
    let is_folder = entry.kind() == EntryKind::Folder;
    let key = folded(path.as_str());
    if let Some(there) = seen.get_mut(&key) {
        let implied = there.is_folder && !there.has_entry && there.path == path.as_str();
        if !(is_folder && implied) {
            return conflict(there.path);
        }
        there.has_entry = true;
        return Ok(());
    }
    let mut parent = path.parent();
    while let Some(folder) = parent {
        match seen.get(&folded(folder)) {
            Some(there) if there.is_folder && there.path == folder => break,
            Some(there) => return conflict(there.path),
            None => {
                seen.insert(
                    folded(folder),
                    Seen { path: folder, is_folder: true, has_entry: false },
                );
            }
        }
        parent = folder.rsplit_once('/').map(|(parent, _)| parent);
    }
    seen.insert(key, Seen { path: path.as_str(), is_folder, has_entry: true });
    Ok(())
}
