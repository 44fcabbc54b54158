//! `docs/ASSURANCE.md` names a test for each promise: every one of them exists, and none is left
//! out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rows that must be there: messages, archives, sets, faults, jobs, pages.
const ROWS: [(char, u32); 6] = [('c', 10), ('z', 7), ('s', 4), ('f', 6), ('j', 6), ('w', 5)];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The row that a test's name begins with.
fn row(name: &str) -> Option<String> {
    let (row, rest) = name.split_once('_')?;
    let digits = row.strip_prefix(['c', 'z', 's', 'f', 'j', 'w'])?;
    let is_row = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_row && !rest.is_empty()).then(|| row.to_owned())
}

/// All tests of the workspace that are named after a row, with their files.
fn tests() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut folders = vec![crates()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|it| it != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let file = path.strip_prefix(crates()).unwrap().to_str().unwrap().replace('\\', "/");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for (at, line) in lines.iter().enumerate() {
                let line = line.strip_prefix("async ").unwrap_or(line);
                let Some(name) = line.strip_prefix("fn ").and_then(|it| it.split('(').next())
                else {
                    continue;
                };
                // An attribute may stand between; in a property test, too.
                let mut above = lines[at.saturating_sub(4)..at].iter();
                let is_test = above.any(|it| *it == "#[test]" || it.starts_with("#[tokio::test"));
                if row(name).is_some() && is_test {
                    found.insert((name.to_owned(), file.clone()));
                }
            }
        }
    }
    found
}

/// The tests in the table, with their files, as `name` (file).
fn table(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for piece in text.split('`').collect::<Vec<_>>().windows(2) {
        let is_file = piece[1].strip_prefix(" (").and_then(|rest| rest.split(')').next());
        if let (Some(file), Some(_)) = (is_file, row(piece[0])) {
            found.insert((piece[0].to_owned(), file.to_owned()));
        }
    }
    found
}

#[test]
fn the_table_of_promises_is_complete() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ASSURANCE.md");
    let text = std::fs::read_to_string(file).unwrap();
    let (there, named) = (tests(), table(&text));
    let gone: Vec<_> = named.difference(&there).collect();
    let left_out: Vec<_> = there.difference(&named).collect();
    assert!(gone.is_empty() && left_out.is_empty(), "gone: {gone:?}; left out: {left_out:?}");
    for (letter, last) in ROWS {
        for number in 1..=last {
            let row = format!("{letter}{number}");
            let line = format!("| {} |", row.to_uppercase());
            assert!(text.lines().any(|it| it.starts_with(&line)), "{row} has no line");
            let prefix = format!("{row}_");
            assert!(named.iter().any(|(name, _)| name.starts_with(&prefix)), "{row} has no test");
        }
    }
}
