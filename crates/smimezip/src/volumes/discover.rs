//! Finds, from any one part or from a folder, the files that belong to a set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::name::{PartName, Place};
use crate::error::Error;

/// The files whose names belong to one set, however incomplete.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// How its parts are named; the place in it means nothing.
    pub(crate) model: PartName,
    /// The file of each place.
    pub(crate) parts: BTreeMap<Place, PathBuf>,
    /// Further files that claim a place, and browser copies of parts.
    pub(crate) doubled: Vec<PathBuf>,
}

/// The sets at `path`: the one that the file belongs to, or all in the folder. A file whose name
/// is no part's is a set of its own.
///
/// # Errors
/// What the operating system says.
pub(crate) fn find(path: &Path) -> Result<Vec<Family>, Error> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return families(path, None);
    }
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| {
        // A copy's own set is that of its original, unless the name is a part's as it stands.
        PartName::parse(name).or_else(|| PartName::parse_copy(name))
    });
    match name {
        Some(name) => families(&folder_of(path), Some(&name)),
        None => Ok(vec![Family {
            model: PartName { stem: String::new(), place: Place::Last, seal: String::new() },
            parts: BTreeMap::from([(Place::Last, path.to_path_buf())]),
            doubled: Vec::new(),
        }]),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// All sets in `folder`, or the one that `wanted` belongs to.
fn families(folder: &Path, wanted: Option<&PartName>) -> Result<Vec<Family>, Error> {
    let mut names = Vec::new();
    let mut copies = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let Some(text) = file_name.to_str() else { continue };
        if let Some(name) = PartName::parse(text)
            && entry.path().is_file()
        {
            names.push((name, entry.path()));
        }
        if let Some(name) = PartName::parse_copy(text) {
            copies.push((name, entry.path()));
        }
    }
    // Folders list their files in any order; the outcome must not depend on it.
    names.sort_by(|one, other| one.1.cmp(&other.1));
    copies.sort_by(|one, other| one.1.cmp(&other.1));
    let mut families: Vec<Family> = Vec::new();
    for (name, _) in &names {
        let known = families.iter().any(|family| family.model.same_set(name));
        let asked = wanted.is_none_or(|wanted| wanted.same_set(name));
        if asked && !known {
            // A folder may hold a set both sealed and decrypted: what is asked for goes first,
            // sealed parts otherwise.
            let sealed = names.iter().find(|(it, _)| it.same_set(name) && !it.seal.is_empty());
            let model = wanted.or(sealed.map(|(name, _)| name)).unwrap_or(name);
            families.push(Family {
                model: model.clone(),
                parts: BTreeMap::new(),
                doubled: Vec::new(),
            });
        }
    }
    if families.is_empty()
        && let Some(wanted) = wanted
    {
        let (parts, doubled) = (BTreeMap::new(), Vec::new());
        families.push(Family { model: wanted.clone(), parts, doubled });
    }
    for family in &mut families {
        family.take(&names, &copies);
    }
    // `X (1).zip` beside the set `X` is a copy there, not a set of its own, in a folder's list.
    if wanted.is_none() {
        let doubled: Vec<_> = families.iter().flat_map(|it| it.doubled.clone()).collect();
        families.retain(|it| !it.parts.values().all(|path| doubled.contains(path)));
    }
    Ok(families)
}

impl Family {
    /// Takes its files out of all those in the folder. Files sealed like the model go first; a
    /// file of the other kind fills a place that is else empty.
    fn take(&mut self, names: &[(PartName, PathBuf)], copies: &[(PartName, PathBuf)]) {
        let like_model = |name: &PartName| name.seal.eq_ignore_ascii_case(&self.model.seal);
        let mine: Vec<_> = names.iter().filter(|(name, _)| self.model.same_set(name)).collect();
        for like in [true, false] {
            let mut filled = BTreeMap::new();
            for (name, path) in mine.iter().filter(|(name, _)| like_model(name) == like) {
                if self.parts.contains_key(&name.place) {
                    continue;
                }
                if let std::collections::btree_map::Entry::Vacant(e) = filled.entry(name.place) {
                    e.insert(path.clone());
                } else {
                    self.doubled.push(path.clone());
                }
            }
            self.parts.extend(filled);
        }
        let is_mine = |path: &PathBuf| self.parts.values().any(|part| part == path);
        let copies = copies
            .iter()
            .filter(|(name, path)| self.model.same_set(name) && !is_mine(path))
            .map(|(_, path)| path.clone());
        self.doubled.extend(copies);
    }

    /// The places that are empty although a later one is taken; and the last, if it is.
    /// `disks` is the number of parts once the end record told it.
    pub(crate) fn missing(&self, disks: Option<u32>) -> Vec<String> {
        let highest = self.parts.keys().filter_map(|place| place.number()).max().unwrap_or(0);
        let pieces = matches!(self.model.place, Place::Piece(_));
        let expected: Vec<Place> = if pieces {
            (1..=highest).map(Place::Piece).collect()
        } else {
            let split = disks.map_or(highest, |disks| disks.saturating_sub(1));
            (1..=split).map(Place::Split).chain([Place::Last]).collect()
        };
        expected
            .into_iter()
            .filter(|place| !self.parts.contains_key(place))
            .map(|place| self.model.at(place).to_string())
            .collect()
    }

    /// Parts behind the end of a set of `disks` parts.
    pub(crate) fn extra(&self, disks: u32) -> Vec<String> {
        self.parts
            .iter()
            .filter(|(place, _)| matches!(place, Place::Split(number) if *number >= disks))
            .map(|(_, path)| file_name(path))
            .collect()
    }

    /// The doubled files' names.
    pub(crate) fn doubled_names(&self) -> Vec<String> {
        self.doubled.iter().map(|path| file_name(path)).collect()
    }
}

impl Place {
    fn number(self) -> Option<u32> {
        match self {
            Self::Split(number) | Self::Piece(number) => Some(number),
            Self::Last => None,
        }
    }
}

/// A path's last component as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        folder
    }

    fn family(names: &[&str], any: &str) -> Family {
        let folder = folder(names);
        let mut families = find(&folder.path().join(any)).unwrap();
        assert_eq!(families.len(), 1, "{families:?}");
        families.remove(0)
    }

    const SET: [&str; 4] = ["e.z01.smime", "e.z02.smime", "e.z03.smime", "e.zip.smime"];

    #[test]
    fn s1_any_part_finds_the_set() {
        for any in SET {
            let family = family(&SET, any);
            assert_eq!(family.parts.len(), 4);
            assert_eq!(family.missing(None), Vec::<String>::new());
            assert_eq!(family.missing(Some(4)), Vec::<String>::new());
            assert_eq!(family.extra(4), Vec::<String>::new());
            assert!(family.doubled.is_empty());
        }
    }

    #[test]
    fn s1_each_missing_part_is_named() {
        for gone in SET {
            let rest: Vec<_> = SET.iter().filter(|name| **name != gone).copied().collect();
            let family = family(&rest, rest[0]);
            assert_eq!(family.missing(Some(4)), [gone]);
        }
        let family = family(&["e.z02.smime"], "e.z02.smime");
        assert_eq!(
            family.missing(Some(5)),
            ["e.z01.smime", "e.z03.smime", "e.z04.smime", "e.zip.smime"]
        );
    }

    #[test]
    fn s1_extra_and_doubled_parts_are_named() {
        let mut names = SET.to_vec();
        names.extend(["E.Z02.SMIME", "e.z03 (1).smime", "e.z04.smime", "other.z01.smime"]);
        let family = family(&names, "e.z01.smime");
        assert_eq!(family.extra(4), ["e.z04.smime"]);
        let doubled = family.doubled_names();
        assert_eq!(doubled.len(), 2, "{doubled:?}");
        assert!(doubled.contains(&"e.z03 (1).smime".to_owned()));
        assert!(doubled.iter().any(|name| name.eq_ignore_ascii_case("e.z02.smime")));
    }

    #[test]
    fn decrypted_twins_do_not_disturb() {
        let mut names = SET.to_vec();
        names.extend(["e.z01", "e.zip"]);
        let sealed = family(&names, "e.z02.smime");
        assert!(sealed.doubled.is_empty());
        assert!(sealed.parts.values().all(|path| path.extension().unwrap() == "smime"));
        // Named by a decrypted part, the decrypted ones go first and sealed ones fill the gaps.
        let plain = family(&names, "e.z01");
        assert_eq!(file_name(&plain.parts[&Place::Split(1)]), "e.z01");
        assert_eq!(file_name(&plain.parts[&Place::Split(2)]), "e.z02.smime");
    }

    #[test]
    fn pieces_and_lone_files() {
        let pieces = family(&["e.zip.001", "e.zip.003", "e.zip"], "e.zip.003");
        assert_eq!(pieces.missing(None), ["e.zip.002"]);
        assert_eq!(pieces.parts.len(), 2);
        assert_eq!(family(&["what ever"], "what ever").parts.len(), 1);
        assert_eq!(family(&["a (1).zip"], "a (1).zip").parts.len(), 1);
    }

    #[test]
    fn a_folder_lists_its_sets() {
        let mut names = SET.to_vec();
        names.extend(["other.zip", "e (1).zip", "notes.txt"]);
        let folder = folder(&names);
        let stems: Vec<_> =
            find(folder.path()).unwrap().iter().map(|family| family.model.stem.clone()).collect();
        assert_eq!(stems, ["e", "other"]);
    }
}
