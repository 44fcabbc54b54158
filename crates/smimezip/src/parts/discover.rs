//! Finds, from any one part or from a folder, the files that belong to a set. A folder is read
//! once, however many sets it holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::found_set::{self, FoundSet};
use super::stray;
use crate::error::Error;
use crate::part_name::{PartName, Position, SetKey};

/// The sets at `path`: the one that the file belongs to, or all in the folder. A file whose name
/// is no part's is a set of its own, but for a system's companion of other files, which is none.
///
/// # Errors
/// What the operating system says.
pub(crate) fn find(path: &Path) -> Result<Vec<FoundSet>, Error> {
    let is_folder = std::fs::metadata(path)?.is_dir();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let set_of =
        |part: &PartName| set_of_part(&folder_of(path), part, name).map(|found| vec![found]);
    // Safari's unfinished download is a folder.
    let unfinished = stray::unfinished(name).into_iter().next();
    if is_folder {
        return unfinished.map_or_else(|| all_in(path), |part| set_of(&part));
    }
    if stray::is_companion(name) {
        return Ok(Vec::new());
    }
    // A copy's own set is that of its original, unless the name is a part's as it stands.
    let part = PartName::parse(name).or_else(|| PartName::parse_copy(name)).or(unfinished);
    if let Some(part) = part {
        return set_of(&part);
    }
    let Some(part) = stray::misnamed(name) else {
        return Ok(FoundSet::of_lone(found_set::file_name(path), path).into_iter().collect());
    };
    // Who names the file says what it is.
    let mut found = set_of_part(&folder_of(path), &part, name)?;
    found.parts.insert(part.position(), path.to_path_buf());
    Ok(vec![found])
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// All sets in `folder`.
fn all_in(folder: &Path) -> Result<Vec<FoundSet>, Error> {
    let Listing { groups, anonymous } = Listing::of(folder, None)?;
    let mut sets: Vec<FoundSet> = groups
        .into_values()
        // What was only downloaded or misnamed makes no set, unless it was asked for.
        .filter(Group::is_worth_listing)
        .flat_map(Group::sets)
        .filter_map(|set| set.name().cloned().map(|name| set.found(&name)))
        .collect();
    // `X (1).zip` beside the set `X` is a copy there, not a set of its own, in a folder's list.
    let copies: HashSet<PathBuf> = sets.iter().flat_map(|found| found.copies().cloned()).collect();
    sets.retain(|found| {
        let is_own = |position| found.stand_ins.contains(position);
        !found.parts.iter().all(|(position, path)| !is_own(position) && copies.contains(path))
    });
    for found in &mut sets {
        found.anonymous.clone_from(&anonymous);
    }
    Ok(sets)
}

/// The set in `folder` of which `part` is one, as the file named `file_name` says.
fn set_of_part(folder: &Path, part: &PartName, file_name: &str) -> Result<FoundSet, Error> {
    let Listing { mut groups, anonymous } = Listing::of(folder, Some(part))?;
    let mut sets = groups.remove(&part.set_key()).unwrap_or_default().sets();
    // Who names one of two sets means that one.
    let at = sets
        .iter()
        .position(|set| set.parts.iter().any(|(_, path)| found_set::file_name(path) == file_name))
        .or_else(|| sets.iter().position(|set| set.has_stem(part.stem())))
        .unwrap_or(0);
    let set = if at < sets.len() { sets.swap_remove(at) } else { Group::default() };
    let mut found = set.found(part);
    found.anonymous = anonymous;
    Ok(found)
}

/// The files of a folder by set, and downloads that do not say of what.
#[derive(Default)]
struct Listing {
    groups: BTreeMap<SetKey, Group>,
    anonymous: Vec<PathBuf>,
}

type Files = Vec<(PartName, PathBuf)>;

/// The files of a folder whose names are of one set, at first whatever their letter case.
#[derive(Default)]
struct Group {
    parts: Files,
    copies: Files,
    unfinished: Files,
    misnamed: Files,
}

impl Listing {
    /// Reads the folder; only what is of the set of `wanted`, if that is given.
    fn of(folder: &Path, wanted: Option<&PartName>) -> Result<Self, Error> {
        let wanted = wanted.map(PartName::set_key);
        let mut listing = Self::default();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let file_name = entry.file_name();
            if let Some(text) = file_name.to_str()
                && !stray::is_companion(text)
            {
                listing.add(text, &entry, wanted.as_ref());
            }
        }
        // Folders list their files in any order; the outcome must not depend on it.
        for group in listing.groups.values_mut() {
            let Group { parts, copies, unfinished, misnamed } = group;
            for files in [parts, copies, unfinished, misnamed] {
                files.sort_by(|one, other| one.1.cmp(&other.1));
            }
        }
        listing.anonymous.sort();
        Ok(listing)
    }

    fn add(&mut self, file_name: &str, entry: &std::fs::DirEntry, wanted: Option<&SetKey>) {
        let mut push = |name: PartName, kind: fn(&mut Group) -> &mut Files| {
            let set = name.set_key();
            if wanted.is_none_or(|wanted| *wanted == set) {
                kind(self.groups.entry(set).or_default()).push((name, entry.path()));
            }
        };
        let part = PartName::parse(file_name);
        if let Some(name) = PartName::parse_copy(file_name)
            && is_file(entry)
        {
            push(name, |group| &mut group.copies);
        }
        if let Some(name) = part {
            if is_file(entry) {
                push(name, |group| &mut group.parts);
            }
            return;
        }
        for name in stray::unfinished(file_name) {
            push(name, |group| &mut group.unfinished);
        }
        if let Some(name) = stray::misnamed(file_name) {
            push(name, |group| &mut group.misnamed);
        }
        if stray::is_anonymous_download(file_name) {
            self.anonymous.push(entry.path());
        }
    }
}

/// Whether it is a regular file, or a link to one.
fn is_file(entry: &std::fs::DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => kind.is_file(),
        _ => entry.path().is_file(),
    }
}

impl Group {
    /// The sets in it. Names that differ in letter case alone are of one set, as a system may have
    /// changed it, unless they are of several that are complete each.
    fn sets(self) -> Vec<Self> {
        let mut spellings: BTreeMap<(String, bool), Files> = BTreeMap::new();
        for (name, path) in self.parts {
            let upper = found_set::file_name(&path)[name.stem().len()..].starts_with(".Z");
            spellings.entry((name.stem().to_owned(), upper)).or_default().push((name, path));
        }
        let (mut sets, rest): (Vec<_>, Vec<_>) = spellings.into_values().partition(is_complete);
        let mut rest: Files = rest.into_iter().flatten().collect();
        if let [only] = sets.as_mut_slice() {
            only.append(&mut rest);
        }
        if !rest.is_empty() || sets.is_empty() {
            sets.push(rest);
        }
        let mut sets: Vec<Self> =
            sets.into_iter().map(|parts| Self { parts, ..Self::default() }).collect();
        let mut give = |files: Files, kind: fn(&mut Self) -> &mut Files| {
            for (name, path) in files {
                let at = sets.iter().position(|set| set.has_stem(name.stem())).unwrap_or(0);
                if let Some(set) = sets.get_mut(at) {
                    kind(set).push((name, path));
                }
            }
        };
        give(self.copies, |set| &mut set.copies);
        give(self.unfinished, |set| &mut set.unfinished);
        give(self.misnamed, |set| &mut set.misnamed);
        sets
    }

    fn has_stem(&self, stem: &str) -> bool {
        self.parts.iter().any(|(name, _)| name.stem() == stem)
    }

    /// Whether a folder's list has it: for a part, or for a copy that is no part of another set.
    fn is_worth_listing(&self) -> bool {
        let is_no_part = |path: &Path| PartName::parse(&found_set::file_name(path)).is_none();
        !self.parts.is_empty() || self.copies.iter().any(|(_, path)| is_no_part(path))
    }

    /// A part that the set may be named after: a sealed one, where a folder holds a set both sealed
    /// and decrypted; a copy's original where there are only copies.
    fn name(&self) -> Option<&PartName> {
        let files = if self.parts.is_empty() { &self.copies } else { &self.parts };
        let sealed = files.iter().find(|(name, _)| name.is_sealed());
        sealed.or(files.first()).map(|(name, _)| name)
    }

    /// The set of these files, named after this part.
    fn found(self, part: &PartName) -> FoundSet {
        let mut found = FoundSet::new(part.set_name());
        let paths = |files: Files| files.into_iter().map(|(name, path)| (name.position(), path));
        found.take(self.parts);
        found.take_copies(self.copies);
        found.unfinished = paths(self.unfinished).collect();
        found.misnamed = paths(self.misnamed).collect();
        found
    }
}

/// Whether no place is empty as far as names show, the last included.
fn is_complete(files: &Files) -> bool {
    let positions: BTreeSet<Position> = files.iter().map(|(name, _)| name.position()).collect();
    let numbers = || positions.iter().filter_map(|position| position.number());
    let gapless = numbers().zip(numbers().skip(1)).all(|(one, next)| next == one.saturating_add(1));
    let begins = numbers().next().is_none_or(|first| first <= 1);
    let has_last = positions.contains(&Position::Last)
        || positions.iter().any(|it| matches!(it, Position::Piece(_)));
    gapless && begins && has_last
}

#[cfg(test)]
mod tests;
