//! What is so on Windows only: read-only files, long paths, what is open. Names that Windows reads
//! in a way of its own are refused on every system: tests/names.rs.

#![cfg(windows)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use common::{Tree, read_tree, write_tree, zips};
use smimezip::error::NameProblem;
use smimezip::extract::{Names, Overwrite};
use smimezip::{Archive, ErrorKind, ExtractOptions, Part};
use zip::CompressionMethod;

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(name, text)| ((*name).to_owned(), Some(text.as_bytes().to_vec()))).collect()
}

fn archive(tree: &Tree) -> Archive {
    let bytes = zips::archive(tree, |_| CompressionMethod::Deflated);
    Archive::open([Part::new("e.zip", bytes)]).unwrap()
}

fn files(folder: &Path) -> Tree {
    read_tree(folder).into_iter().filter(|(_, contents)| contents.is_some()).collect()
}

fn set_read_only(path: &Path, to: bool) {
    let mut permissions = std::fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(to);
    std::fs::set_permissions(path, permissions).unwrap();
}

/// It is replaced as on Unix, where the folder's mode counts, and leaves no staging folder.
#[test]
fn a_read_only_file_is_replaced_and_removed() {
    for durable in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let new = tree(&[("a/one", "1"), ("two", "2")]);
        write_tree(folder.path(), &tree(&[("a/one", "mine")]));
        set_read_only(&folder.path().join("a/one"), true);
        let replace = ExtractOptions::new().overwrite(Overwrite::Always).durable(durable);
        archive(&new).extract_with(folder.path(), &replace, &mut ()).unwrap();
        assert!(files(folder.path()) == new);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

/// So is one that a killed run had written into its staging folder.
#[test]
fn a_read_only_file_of_a_killed_run_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join(".smimezip-0123456789abcdef");
    write_tree(&stale, &tree(&[("lock", ""), ("tree/secret", "plaintext")]));
    set_read_only(&stale.join("tree/secret"), true);
    let new = tree(&[("one", "1")]);
    archive(&new).extract(folder.path()).unwrap();
    assert!(read_tree(folder.path()) == new);
}

/// Extracts to a folder and over it again what has this path, and looks for it.
fn extract_long(long: &str) {
    let folder = tempfile::tempdir().unwrap();
    let new = tree(&[(long, "deep"), ("short", "1")]);
    for durable in [false, true] {
        let out = folder.path().join(format!("out-{durable}"));
        let options = ExtractOptions::new().durable(durable);
        archive(&new).extract_with(&out, &options, &mut ()).unwrap();
        // A verbatim path has no `/` between its names.
        let deep = long.split('/').fold(out.canonicalize().unwrap(), |path, name| path.join(name));
        assert!(deep.as_os_str().len() > 260);
        assert_eq!(std::fs::read(deep).unwrap(), b"deep");
        let again = archive(&new).already_extracted(&out, &ExtractOptions::new()).unwrap();
        assert_eq!(again.unwrap().files, 2);
        let replace = options.overwrite(Overwrite::Always);
        archive(&new).extract_with(&out, &replace, &mut ()).unwrap();
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn paths_longer_than_260_characters() {
    extract_long(&["x".repeat(100), "z".repeat(200)].join("/"));
}

#[test]
#[ignore = "wine cannot say where a folder is whose path is longer than 260 characters"]
fn folders_whose_paths_are_longer_than_260_characters() {
    extract_long(&["x".repeat(120), "y".repeat(120), "z".repeat(120)].join("/"));
}

/// A file that another program has open for itself alone cannot be moved: nothing is changed.
#[test]
fn a_file_that_is_open_elsewhere_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let before = tree(&[("a/one", "mine"), ("b/two", "mine")]);
    write_tree(folder.path(), &before);
    let open =
        OpenOptions::new().read(true).share_mode(0).open(folder.path().join("b/two")).unwrap();
    let new = tree(&[("a/one", "1"), ("b/two", "2"), ("c", "3")]);
    let replace = ExtractOptions::new().overwrite(Overwrite::Always);
    let error = archive(&new).extract_with(folder.path(), &replace, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    drop(open);
    assert!(files(folder.path()) == before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A run that cleans waits for one that makes its folder, and takes nothing of a live one away.
#[test]
fn many_runs_at_the_same_moment() {
    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<Tree> = (0..8).map(|n| tree(&[(&format!("d/{n}"), "1")])).collect();
    std::thread::scope(|scope| {
        for run in &runs {
            scope.spawn(|| {
                archive(run).extract(folder.path()).map(drop).unwrap_or_else(|error| {
                    // Each of them may find `d` made by another between looking and moving.
                    assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
                })
            });
        }
    });
    let found = files(folder.path());
    assert!(!found.is_empty());
    assert!(found.keys().all(|name| name.starts_with("d/")), "{:?}", found.keys());
}

/// One that lives has its lock open, by share mode or by a lock.
#[test]
fn a_staging_folder_whose_lock_is_open_to_nobody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let living = folder.path().join(".smimezip-0123456789abcdef");
    write_tree(&living, &tree(&[("lock", ""), ("tree/one", "plaintext")]));
    let lock = living.join("lock");
    let open: File = OpenOptions::new().write(true).share_mode(0).open(lock).unwrap();
    archive(&tree(&[("two", "2")])).extract(folder.path()).unwrap();
    drop(open);
    assert!(living.join("tree/one").exists());
}

/// What Windows makes no file of is refused before anything is written, left out, or encoded.
#[test]
fn names_of_which_windows_makes_no_file() {
    for character in ['<', '>', '"', '|', '?', '*'] {
        let name = format!("d/a{character}b");
        let archive = archive(&tree(&[(&name, "1"), ("safe", "2")]));
        let folder = tempfile::tempdir().unwrap();
        let error = archive.extract(folder.path()).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnsafeName(NameProblem::Forbidden)),
            "{name}: {error}"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");

        let encoded = format!("d/a%{:02X}b", u32::from(character));
        for (names, expected) in [
            (Names::Skip, tree(&[("safe", "2")])),
            (Names::Encode, tree(&[(&encoded, "1"), ("safe", "2")])),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let options = ExtractOptions::new().names(names);
            archive.extract_with(folder.path(), &options, &mut ()).unwrap();
            assert!(files(folder.path()) == expected, "{name}");
        }
    }
}
