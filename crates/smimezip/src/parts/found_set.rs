//! `FoundSet`: the files that belong to one set, however incomplete, and what is wrong with them as
//! far as names show.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::part_name::{Numbering, PartName, Position, SetName};

/// The files whose names belong to one set.
#[derive(Clone, Debug)]
pub(crate) struct FoundSet {
    /// How its parts are named.
    pub(crate) name: SetName,
    /// The name of the only file, where that is no part's.
    pub(crate) lone: Option<String>,
    /// The file of each place.
    pub(crate) parts: BTreeMap<Position, PathBuf>,
    /// Further files that claim a place that is taken, copies by their names or not.
    pub(crate) duplicates: Vec<(Position, PathBuf)>,
    /// Places that are taken by a file which is a copy by its name, as the original is not there.
    pub(crate) stand_ins: BTreeSet<Position>,
    /// Files that will be parts when their download is finished.
    pub(crate) unfinished: Vec<(Position, PathBuf)>,
    /// Files that are parts under a wrong name.
    pub(crate) misnamed: Vec<(Position, PathBuf)>,
    /// Downloads in the same folder that do not say what they are.
    pub(crate) anonymous: Vec<PathBuf>,
}

/// What keeps a set from being complete, as names.
#[derive(Debug)]
pub(crate) struct Absent {
    pub(crate) missing: Vec<PartName>,
    pub(crate) unfinished: Vec<String>,
    pub(crate) misnamed: Vec<String>,
}

impl FoundSet {
    /// A set of no files yet.
    pub(crate) fn new(name: SetName) -> Self {
        Self {
            name,
            lone: None,
            parts: BTreeMap::new(),
            duplicates: Vec::new(),
            stand_ins: BTreeSet::new(),
            unfinished: Vec::new(),
            misnamed: Vec::new(),
            anonymous: Vec::new(),
        }
    }

    /// Takes files, sorted by path. Those sealed as the set's name says go first, a file of the
    /// other kind fills a place that is else empty; among those sealed alike go those first whose
    /// letter case is that of the name.
    pub(super) fn take(&mut self, mut files: Vec<(PartName, PathBuf)>) {
        files.sort_by_key(|(name, _)| name.stem() != self.name.stem());
        let (like, unlike): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(name, _)| name.seal().eq_ignore_ascii_case(self.name.seal()));
        for files in [like, unlike] {
            let mut filled = BTreeMap::new();
            for (name, path) in files {
                if self.parts.contains_key(&name.position()) {
                    continue;
                }
                if let std::collections::btree_map::Entry::Vacant(e) = filled.entry(name.position())
                {
                    e.insert(path);
                } else {
                    self.duplicates.push((name.position(), path));
                }
            }
            self.parts.extend(filled);
        }
    }

    /// Takes files that are copies of parts by their names, unless they are parts here. One whose
    /// original is not there takes its place; of several, the first.
    pub(super) fn take_copies(&mut self, mut copies: Vec<(PartName, PathBuf)>) {
        let mine: HashSet<&PathBuf> = self.parts.values().collect();
        copies.retain(|(_, path)| !mine.contains(path));
        copies.sort_by_key(|(name, _)| !name.seal().eq_ignore_ascii_case(self.name.seal()));
        for (name, path) in copies {
            let position = name.position();
            if let std::collections::btree_map::Entry::Vacant(place) = self.parts.entry(position) {
                place.insert(path);
                self.stand_ins.insert(position);
            } else {
                self.duplicates.push((position, path));
            }
        }
    }

    /// The files that are here as copies of parts, in their place or beside them.
    pub(super) fn copies(&self) -> impl Iterator<Item = &PathBuf> {
        let stand_ins = self.stand_ins.iter().filter_map(|position| self.parts.get(position));
        stand_ins.chain(self.duplicates.iter().map(|(_, path)| path))
    }

    /// What is missing: the places that are empty although a later one is taken, or will be when
    /// its download is finished; and the last, if it is. `disks` is the number of parts once the
    /// end record said it.
    pub(crate) fn absent(&self, disks: Option<u32>) -> Absent {
        let missing = self.missing_positions(disks);
        let missing: Vec<_> = missing.into_iter().map(|it| self.name.part(it)).collect();
        let of_empty = |files: &[(Position, PathBuf)]| -> Vec<String> {
            let empty = files.iter().filter(|(position, _)| !self.parts.contains_key(position));
            empty.map(|(_, path)| file_name(path)).collect()
        };
        let mut unfinished = of_empty(&self.unfinished);
        if !missing.is_empty() {
            unfinished.extend(self.anonymous.iter().map(|path| file_name(path)));
        }
        let misnamed = of_empty(&self.misnamed);
        Absent { missing, unfinished, misnamed }
    }

    fn missing_positions(&self, disks: Option<u32>) -> Vec<Position> {
        let strays = self.unfinished.iter().chain(&self.misnamed).map(|(position, _)| position);
        let numbers = || self.parts.keys().chain(strays.clone()).filter_map(|it| it.number());
        let highest = numbers().max().unwrap_or(0);
        let expected: Vec<Position> = if self.name.numbering() == Numbering::Cut {
            let first = numbers().min().unwrap_or(1).min(1);
            (first..=highest).map(Position::Piece).collect()
        } else {
            let split = disks.map_or(highest, |disks| disks.saturating_sub(1));
            (1..=split).map(Position::Split).chain([Position::Last]).collect()
        };
        expected.into_iter().filter(|position| !self.parts.contains_key(position)).collect()
    }

    /// The set whose only file is `path`, which has a name of no part; the others of it, if it has
    /// any, are named after it. `None` for an empty name.
    pub(crate) fn of_lone(name: String, path: &Path) -> Option<Self> {
        let mut found = Self::new(SetName::of_lone(&name)?);
        found.lone = Some(name);
        found.parts.insert(Position::Last, path.to_path_buf());
        Some(found)
    }

    /// The download that is to become the part at `place`, whether or not a file is there already:
    /// some programs make an empty one first.
    pub(crate) fn unfinished_at(&self, position: Position) -> Option<String> {
        self.unfinished.iter().find(|(it, _)| *it == position).map(|(_, path)| file_name(path))
    }

    /// Parts after the end of a set of `disks` parts.
    pub(crate) fn extra(&self, disks: u32) -> Vec<String> {
        self.parts
            .iter()
            .filter(|(position, _)| matches!(position, Position::Split(number) if *number >= disks))
            .map(|(_, path)| file_name(path))
            .collect()
    }

    /// The duplicates' names.
    pub(crate) fn duplicate_names(&self) -> Vec<String> {
        self.duplicates.iter().map(|(_, path)| file_name(path)).collect()
    }
}

/// A path's last component as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
