//! Several exports at once: planned together, all or none; each to a folder of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;

use common::{NAME, archive_of, copy_of_sample, expect, files, json_lines, key, path, run, text};

fn found(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

/// A folder with these archives, in one part each.
fn downloads(archives: &[(&str, &[&str])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, entries) in archives {
        std::fs::write(folder.path().join(name), archive_of(entries)).unwrap();
    }
    folder
}

#[test]
fn exports_that_collide_are_refused_before_the_first() {
    for (one, two) in [
        (&["same.txt"][..], &["same.txt"][..]),
        (&["a/b.txt"], &["a"]),
        (&["a/b.txt"], &["A/b.txt"]),
        (&["x", "same.txt"], &["y", "same.txt"]),
    ] {
        let folder = downloads(&[("one.zip", one), ("two.zip", two)]);
        let target = tempfile::tempdir().unwrap();
        let out = target.path().join("out");
        let extract = ["extract", path(folder.path()), "-C", path(&out)];
        for more in [&[][..], &["--dry-run"]] {
            let output = run(&[&extract[..], more].concat());
            expect(&output, 7, "another export has \"");
            expect(&output, 7, "--subfolders gives each export a folder of its own");
            assert!(!out.exists(), "{:?}", found(&out));
        }
        let lines = json_lines(&run(&[&extract[..], &["--json"]].concat()));
        assert_eq!((lines.len(), &lines[0]["exit_code"]), (1, &7.into()));
        // Each to its own folder, nothing collides.
        let output = run(&[&extract[..], &["--subfolders"]].concat());
        expect(&output, 0, "one: extracted ");
        expect(&output, 0, "two: extracted ");
        for (export, entries) in [("one", one), ("two", two)] {
            for entry in entries {
                assert!(out.join(export).join(entry).exists(), "{export}/{entry}");
            }
        }
    }
}

#[test]
fn a_failure_that_can_be_foreseen_leaves_all_exports_alone() {
    let good = archive_of(&["good.txt"]);
    let cut = good[..good.len() - 10].to_vec();
    for (what, second, code) in [
        ("an unsafe name", archive_of(&["a:b"]), 7),
        ("an end that is missing", cut, 3),
        ("a file that exists", archive_of(&["there"]), 7),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.zip"), &good).unwrap();
        std::fs::write(folder.path().join("b.zip"), &second).unwrap();
        let out = tempfile::tempdir().unwrap();
        std::fs::write(out.path().join("there"), "mine").unwrap();
        let output = run(&["extract", path(folder.path()), "-C", path(out.path())]);
        let message = text(&output.stderr);
        assert!(output.status.code().is_some_and(|it| it == code || it == 5), "{what}: {message}");
        assert!(message.contains("b.zip: ") || message.contains("b: "), "{what}: {message}");
        assert_eq!(found(out.path()), ["there"], "{what}: {message}");
    }
}

#[test]
fn exports_that_go_together_share_a_folder() {
    let folder = copy_of_sample();
    std::fs::write(folder.path().join("other.zip"), archive_of(&["other/a.txt", "entities/x"]))
        .unwrap();
    let out = folder.path().join("out");
    let output = run(&["extract", path(folder.path()), "-k", &key(), "-C", path(&out)]);
    expect(&output, 0, &format!("{NAME}: extracted 6 files"));
    expect(&output, 0, "other: extracted 2 files");
    assert!(out.join("entities/x").exists() && out.join("entities/archive").exists());
}

#[test]
fn folders_have_safe_and_different_names() {
    let (one, two) = (
        downloads(&[("e.zip", &["a"]), ("E.zip", &["b"]), ("nul.zip", &["c"])]),
        downloads(&[("e.zip", &["d"]), ("10:30.zip", &["e"])]),
    );
    let target = tempfile::tempdir().unwrap();
    let out = target.path().join("out");
    let inputs = ["extract", path(one.path()), path(two.path()), "-C", path(&out), "--subfolders"];
    expect(&run(&inputs), 0, "extracted 1 file");
    let folders: Vec<String> = found(&out).into_iter().filter(|name| !name.contains('/')).collect();
    assert_eq!(folders.len(), 5, "{folders:?}");
    let lower: std::collections::BTreeSet<_> = folders.iter().map(|it| it.to_lowercase()).collect();
    assert_eq!(lower.len(), 5, "{folders:?}");
    assert!(folders.contains(&"10%3A30".to_owned()), "{folders:?}");
    assert!(folders.contains(&"%6Eul".to_owned()), "{folders:?}");
    // One alone has its folder, too, and the next run finds it there.
    let alone = path(&one.path().join("nul.zip")).to_owned();
    let again = ["extract", &alone, "-C", path(&out), "--subfolders"];
    expect(&run(&again), 7, "already exists");
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_not_in_the_way_of_several() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = downloads(&[("one.zip", &["a"]), ("two.zip", &["b"])]);
    let out = tempfile::tempdir().unwrap();
    // It had moved `a`, and was killed before it moved the rest.
    let staging = out.path().join(".smimezip-0123456789abcdef");
    std::fs::create_dir_all(staging.join("tree")).unwrap();
    std::fs::set_permissions(&staging, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::create_dir(staging.join("replaced")).unwrap();
    std::fs::write(staging.join("lock"), "").unwrap();
    std::fs::write(staging.join("journal"), "a\0b\0").unwrap();
    std::fs::write(staging.join("tree/b"), "").unwrap();
    std::fs::write(out.path().join("a"), "").unwrap();
    let extract = ["extract", path(folder.path()), "-C", path(out.path())];
    expect(&run(&[&extract[..], &["-n"]].concat()), 7, "already exists");
    assert!(staging.exists());
    expect(&run(&extract), 0, "two: extracted 1 file");
    assert_eq!(found(out.path()), ["a", "b"]);
}

#[test]
fn a_target_that_is_no_folder_is_distinguished_from_a_file_that_exists() {
    let folder = downloads(&[("one.zip", &["a"]), ("two.zip", &["b"])]);
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let one = folder.path().join("one.zip");
    for input in [path(folder.path()), path(&one)] {
        for target in [file.clone(), file.join("below")] {
            for more in [&[][..], &["-n"], &["--overwrite", "always"]] {
                let extract = ["extract", input, "-C", path(&target)];
                let output = run(&[&extract[..], more].concat());
                expect(&output, 7, "already exists, and is no folder");
                expect(&output, 7, "choose another folder by -C");
                assert!(!text(&output.stderr).contains("--overwrite"));
            }
        }
    }
}
