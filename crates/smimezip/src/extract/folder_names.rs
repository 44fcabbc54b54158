//! Names for folders that several exports are extracted to, one for each, made safe by the rule
//! that entries' names are made safe by.

use std::collections::{HashMap, HashSet};

use super::encode::{self, Numbered};
use crate::zip::path::folded;

/// Digits that a number may have.
const DIGITS: usize = 20;

/// For each of `names` the name of a folder that is safe to create on every platform, and that no
/// other has, in the order of `names`: unsafe characters are percent-encoded as
/// [`Names::Encode`](crate::extract::Names) does it, a slash becomes `_`, and of several that some
/// file system does not tell apart all but the first get a number.
///
/// ```
/// let folders = smimezip::extract::folder_names(["export-1", "Export-1", "a:b"]);
/// assert_eq!(folders, ["export-1", "Export-1 (2)", "a%3Ab"]);
/// ```
pub fn folder_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut numbers: HashMap<String, u64> = HashMap::new();
    let mut folders = Vec::new();
    for name in names {
        // Neither is there in a file's name, from which an export has its own.
        let name = if name.is_empty() { "export" } else { name };
        let name = encode::component(&name.replace('/', "_")).into_owned();
        let key = folded(&name).into_owned();
        let mut folder = name.clone();
        while !taken.insert(folded(&folder).into_owned()) {
            let number = numbers.entry(key.clone()).or_insert(1);
            *number = number.saturating_add(1);
            folder = Numbered::new(&name, DIGITS).with(*number);
        }
        folders.push(folder);
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zip::path::check;

    #[test]
    fn folders_are_safe_and_different() {
        let long = "x".repeat(300);
        let names = [
            "export-1",
            "export-1",
            "EXPORT-1",
            "export-1 (2)",
            "a/b",
            "..",
            ".",
            "nul",
            "e. ",
            "é",
            "e\u{301}",
            "",
            "\u{1b}[2J",
            &long,
            &long,
            "%2F",
            "a%2Fb",
        ];
        let folders = folder_names(names);
        assert_eq!(folders[..4], ["export-1", "export-1 (2)", "EXPORT-1 (3)", "export-1 (2) (2)"]);
        let different: HashSet<_> = folders.iter().map(|name| folded(name)).collect();
        assert_eq!(different.len(), names.len(), "{folders:?}");
        for folder in &folders {
            assert_eq!(check(folder), Ok(()), "{folder:?}");
            assert!(!folder.contains('/'), "{folder:?}");
        }
    }

    #[test]
    fn many_of_one_name_are_numbered_in_time() {
        let names = vec!["export"; 20_000];
        let folders = folder_names(names);
        assert_eq!(folders[19_999], "export (20000)");
    }
}
