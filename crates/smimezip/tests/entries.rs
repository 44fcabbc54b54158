//! What an archive says of its entries, and how one of them is come by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::limits;
use common::zips::{Exact, exact};
use smimezip::{Archive, Entry, ErrorKind, ExtractOptions, NameProblem, ReadAt};

/// An archive of files, each with its number as contents, and folders.
fn archive(names: &[&str]) -> Archive {
    let contents: Vec<_> = (0..names.len()).map(|number| number.to_string()).collect();
    let entries: Vec<_> = names
        .iter()
        .zip(&contents)
        .map(|(name, contents)| {
            Exact::new(name, if name.ends_with('/') { b"" } else { contents.as_bytes() })
        })
        .collect();
    let part: Arc<dyn ReadAt> = Arc::new(exact(&entries));
    Archive::open(vec![("e.zip".into(), part)], &limits()).unwrap()
}

#[test]
fn z1_a_path_is_given_for_what_extraction_takes_and_for_nothing_else() {
    let long = "x".repeat(256);
    for name in [
        "a",
        "a/b.json",
        "./a",
        "folder/",
        "./",
        "ä/日本.txt",
        "...a",
        "%41",
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a\\b",
        "C:a",
        "C:/a",
        "a/nul.txt",
        "a.",
        "a\nb",
        "a/.",
        "././a/",
        "/",
        "~",
        &long,
    ] {
        let archive = archive(&[name, "good"]);
        let entry = &archive.entries()[0];
        assert_eq!(entry.raw_name(), name);
        let taken = archive.dry_run("does-not-exist", &ExtractOptions::default());
        match (entry.path(), taken) {
            (Ok(path), Ok(_)) => {
                assert_eq!(Path::new("out").join(&path), Path::new("out").join(path.as_str()));
                assert_eq!(path.to_string(), path.into_owned().as_str());
            }
            (Err(ours), Err(its)) => {
                assert!(matches!(ours.kind(), ErrorKind::UnsafeName(_)), "{name:?}: {ours}");
                assert_eq!(ours.to_string(), its.to_string(), "{name:?}");
                assert_eq!(ours.entry(), Some(name));
            }
            (ours, its) => panic!("{name:?}: {ours:?}, extraction says {its:?}"),
        }
    }
}

#[test]
fn a_path_is_the_name_without_what_says_nothing() {
    let archive = archive(&["./a/b/", "./c.txt", "./", "../up"]);
    let paths = archive.entries()[..3].iter().map(|entry| entry.path().unwrap().to_string());
    assert_eq!(paths.collect::<Vec<_>>(), ["a/b", "c.txt", "."]);
    let up = archive.entries()[3].path().unwrap_err();
    assert!(matches!(up.kind(), ErrorKind::UnsafeName(NameProblem::Climbs)), "{up}");
}

#[test]
fn files_and_folders_are_told_apart() {
    let archive = archive(&["a/", "a/b"]);
    let kinds = |it: &Entry| (it.is_folder(), it.is_file());
    assert_eq!(
        archive.entries().iter().map(kinds).collect::<Vec<_>>(),
        [(true, false), (false, true)]
    );
}
