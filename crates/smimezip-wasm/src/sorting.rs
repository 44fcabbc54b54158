//! Which export each of the given files is a part of, by their names alone. A folder is sorted by
//! the core in the same way; a page has no folder.

use smimezip::parts::PartName;

/// Files, by their numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// The parts of each export.
    pub exports: Vec<Vec<Claim>>,
    /// Files that are no part of any export.
    pub others: Vec<usize>,
}

/// A file that is a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which file.
    pub file: usize,
    /// The name of the part that it is: its own, or that of which it is a copy. A lone file has
    /// any.
    pub name: String,
    /// Whether it is a copy by its name, as `X.z01 (1).smime`.
    pub is_copy: bool,
}

/// The parts of one export.
struct Set {
    name: PartName,
    claims: Vec<(PartName, Claim)>,
}

/// Sorts files of these names. A file alone that is not a part by its name is an export of its own,
/// as a message in a mail may have any name.
pub fn sort(names: &[String]) -> Sorted {
    let mut sorted = Sorted::default();
    let mut sets: Vec<Set> = Vec::new();
    // Names that are those of parts and of copies: `X (1).zip`.
    let (mut both, mut copies) = (Vec::new(), Vec::new());
    for (file, name) in names.iter().enumerate() {
        match (PartName::parse(name), PartName::parse_copy(name)) {
            (Some(part), None) => add(&mut sets, part, claim(file, name, false)),
            (Some(part), Some(original)) => both.push((file, part, original)),
            (None, Some(original)) => copies.push((file, original)),
            (None, None) => sorted.others.push(file),
        }
    }
    for (file, part, original) in both {
        if sets.iter().any(|set| set.name.same_set(&original)) {
            copies.push((file, original));
        } else {
            add(&mut sets, part, claim(file, &names[file], false));
        }
    }
    for (file, original) in copies {
        let name = original.to_string();
        add(&mut sets, original, claim(file, &name, true));
    }
    for set in sets {
        let (claims, others) = set.settled();
        sorted.exports.push(claims);
        sorted.others.extend(others);
    }
    if let ([], [lone]) = (sorted.exports.as_slice(), sorted.others.as_slice()) {
        sorted.exports.push(vec![claim(*lone, &names[*lone], false)]);
        sorted.others.clear();
    }
    sorted
}

fn claim(file: usize, name: &str, is_copy: bool) -> Claim {
    Claim { file, name: name.to_owned(), is_copy }
}

fn add(sets: &mut Vec<Set>, part: PartName, claim: Claim) {
    match sets.iter_mut().find(|set| set.name.same_set(&part)) {
        Some(set) => set.claims.push((part, claim)),
        None => sets.push(Set { name: part.clone(), claims: vec![(part, claim)] }),
    }
}

impl Set {
    /// The claims in their order, originals before copies; and files that are left alone: parts
    /// that are there decrypted beside the sealed ones.
    fn settled(mut self) -> (Vec<Claim>, Vec<usize>) {
        self.claims
            .sort_by_key(|(part, claim)| (part.position(), claim.is_copy, !part.is_sealed()));
        let is_sealed = self.claims.iter().any(|(part, _)| part.is_sealed());
        let mut kept: Vec<(PartName, Claim)> = Vec::new();
        let mut others = Vec::new();
        for (part, claim) in self.claims {
            let is_taken = kept.last().is_some_and(|(last, _)| last.position() == part.position());
            if is_taken && is_sealed && !part.is_sealed() {
                others.push(claim.file);
            } else {
                kept.push((part, claim));
            }
        }
        (kept.into_iter().map(|(_, claim)| claim).collect(), others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Sorted {
        sort(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    fn files(sorted: &Sorted) -> Vec<Vec<usize>> {
        let of = |claims: &Vec<Claim>| claims.iter().map(|claim| claim.file).collect();
        sorted.exports.iter().map(of).collect()
    }

    #[test]
    fn several_exports_at_once() {
        let sorted = sorted(&["a.zip.smime", "b.zip", "a.z02.smime", "a.z01.smime", "notes.txt"]);
        assert_eq!(files(&sorted), [vec![3, 2, 0], vec![1]]);
        assert_eq!(sorted.others, [4]);
    }

    #[test]
    fn a_file_alone_is_an_export_whatever_its_name_is() {
        assert_eq!(files(&sorted(&["message.txt"])), [vec![0]]);
        let sorted = sorted(&["message.txt", "another.txt"]);
        assert_eq!((files(&sorted), sorted.others), (vec![], vec![0, 1]));
    }

    #[test]
    fn a_copy_stands_after_its_original_or_in_its_place() {
        let sorted = sorted(&["a.z01 (1).smime", "a.z01.smime", "a.zip - Copy.smime"]);
        assert_eq!(files(&sorted), [vec![1, 0, 2]]);
        let names: Vec<_> = sorted.exports[0].iter().map(|it| (&*it.name, it.is_copy)).collect();
        let expected = [("a.z01.smime", false), ("a.z01.smime", true), ("a.zip.smime", true)];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_name_that_is_both_is_a_copy_only_beside_its_original() {
        assert_eq!(files(&sorted(&["a (1).zip", "a.zip"])), [vec![1, 0]]);
        let sorted = sorted(&["a (1).zip", "b.zip"]);
        assert_eq!(files(&sorted), [vec![1], vec![0]]);
        assert_eq!(sorted.exports[1][0].name, "a (1).zip");
    }

    #[test]
    fn decrypted_parts_beside_sealed_ones_are_left_alone() {
        let sorted = sorted(&["a.z01", "a.z01.smime", "a.zip.smime", "a.zip"]);
        assert_eq!(files(&sorted), [vec![1, 2]]);
        assert_eq!(sorted.others, [0, 3]);
    }
}
