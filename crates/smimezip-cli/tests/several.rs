//! Several exports that go to one folder, planned together, all or none; and to a folder each,
//! where one that fails does not keep the others from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{
    NAME, archive_of, copy_of_sample, expect, files, json_lines, key, part, path, run, text,
};

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
        let extract = ["extract", path(folder.path()), "-C", path(&out), "--together"];
        for more in [&[][..], &["--dry-run"]] {
            let output = run(&[&extract[..], more].concat());
            expect(&output, 7, "another export has \"");
            expect(&output, 7, "without --together each export gets a folder of its own");
            assert!(!out.exists(), "{:?}", found(&out));
        }
        let lines = json_lines(&run(&[&extract[..], &["--json"]].concat()));
        assert_eq!((lines.len(), &lines[0]["exit_code"]), (1, &7.into()));
        // Each to its own folder, nothing collides.
        let output = run(&extract[..4]);
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
        let output = run(&["extract", path(folder.path()), "-C", path(out.path()), "--together"]);
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
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(&out), "--together"];
    let output = run(&extract);
    expect(&output, 0, &format!("{NAME}: extracted 6 files"));
    expect(&output, 0, "other: extracted 2 files");
    assert!(out.join("entities/x").exists() && out.join("entities/archive").exists());
}

/// Windows has no files of such names.
#[cfg(unix)]
#[test]
fn folders_have_safe_and_different_names() {
    let (one, two) = (
        downloads(&[("e.zip", &["a"]), ("E.zip", &["b"]), ("nul.zip", &["c"])]),
        downloads(&[("e.zip", &["d"]), ("10:30.zip", &["e"])]),
    );
    let target = tempfile::tempdir().unwrap();
    let out = target.path().join("out");
    let inputs = ["extract", path(one.path()), path(two.path()), "-C", path(&out)];
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
    expect(&run(&again), 0, "nul: already complete: 1 file, 0 B");
}

#[test]
fn what_a_killed_run_left_is_not_in_the_way_of_several() {
    let folder = downloads(&[("one.zip", &["a"]), ("two.zip", &["b"])]);
    let out = tempfile::tempdir().unwrap();
    // It had moved `a`, and was killed before it moved the rest.
    let staging = out.path().join(".smimezip-0123456789abcdef");
    std::fs::create_dir_all(staging.join("tree")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&staging, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    std::fs::create_dir(staging.join("replaced")).unwrap();
    std::fs::write(staging.join("lock"), "").unwrap();
    std::fs::write(staging.join("journal"), "a\0b\0").unwrap();
    std::fs::write(staging.join("tree/b"), "").unwrap();
    std::fs::write(out.path().join("a"), "").unwrap();
    let extract = ["extract", path(folder.path()), "-C", path(out.path()), "--together"];
    expect(&run(&[&extract[..], &["-n"]].concat()), 0, "one: already complete: 1 file");
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
                let extract = ["extract", input, "-C", path(&target), "--together"];
                let output = run(&[&extract[..], more].concat());
                expect(&output, 7, "already exists, and is no folder");
                expect(&output, 7, "choose another folder by -C");
                assert!(!text(&output.stderr).contains("--overwrite"));
            }
        }
    }
}

/// A download folder with many exports, some of which are broken, each in its own way.
#[test]
fn each_export_that_can_be_extracted_is() {
    let folder = copy_of_sample();
    let at = |name: &str| folder.path().join(name);
    for nth in 0..40 {
        let name = format!("good-{nth:02}.zip");
        std::fs::write(at(&name), archive_of(&["a", &format!("b/{nth}")])).unwrap();
    }
    let good = archive_of(&["a", "b"]);
    std::fs::write(at("cut.zip"), &good[..good.len() - 10]).unwrap();
    std::fs::write(at("unsafe.zip"), archive_of(&["a:b"])).unwrap();
    std::fs::write(at("page.zip.smime"), "<!DOCTYPE html><title>Sign in</title>").unwrap();
    std::fs::write(at("lonely.z01.smime"), std::fs::read(part("z01")).unwrap()).unwrap();
    std::fs::write(at("headless.z02"), "PK").unwrap();
    let out = tempfile::tempdir().unwrap();
    std::fs::create_dir(out.path().join("good-07")).unwrap();
    std::fs::write(out.path().join("good-07/a"), "mine").unwrap();
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())];

    let output = run(&extract);
    let message = text(&output.stderr);
    let last = message.lines().last().unwrap();
    assert!(last.starts_with("46 exports: 40 extracted, "), "{message}");
    for shown in ["2 incomplete", "1 other files are there", "1 refused", "no archive"] {
        assert!(last.contains(shown), "{shown}: {message}");
    }
    assert_eq!(output.status.code(), Some(8), "{message}");
    assert!(message.contains("not extracted: lonely (incomplete)\n"), "{message}");
    assert_eq!(std::fs::read(out.path().join("good-07/a")).unwrap(), b"mine");
    assert_eq!(found(&out.path().join("good-07")), ["a"]);
    assert!(out.path().join("good-39/b/39").exists());
    assert!(out.path().join(NAME).join("entities/Customer-7f1f3a6c.json").exists());
    for broken in ["cut", "unsafe", "page", "lonely", "headless"] {
        assert!(!out.path().join(broken).exists(), "{broken}");
    }

    // Once more: nothing is left to do but what failed.
    let lines = json_lines(&run(&[&extract[..], &["--json"]].concat()));
    let batch = lines.last().unwrap();
    assert_eq!((&batch["type"], &batch["exports"]), (&"batch".into(), &46.into()));
    assert_eq!((&batch["extracted"], &batch["already_complete"]), (&0.into(), &40.into()));
    let failed = batch["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 6, "{batch}");
    let why = |export: &str| {
        let failure = failed.iter().find(|it| it["export"] == export).unwrap();
        (failure["why"].as_str().unwrap().to_owned(), failure["exit_code"].as_u64().unwrap())
    };
    assert_eq!(why("good-07"), ("other files are there".to_owned(), 7));
    assert_eq!(why("lonely"), ("incomplete".to_owned(), 6));
    assert_eq!(lines.iter().filter(|line| line["type"] == "error").count(), 6);
    let complete = lines.iter().filter(|line| line["action"] == "already complete").count();
    assert_eq!(complete, 40);
}

#[test]
fn what_is_there_is_complete_only_if_all_of_it_is() {
    let folder = copy_of_sample();
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(&out)];
    expect(&run(&extract), 0, "extracted 6 files");
    for more in [&[][..], &["--dry-run"], &["--include", "**/*.json"]] {
        let output = run(&[&extract[..], more].concat());
        expect(&output, 0, &format!("{NAME}: already complete: "));
    }
    let tree = files(&out);
    let (name, contents) = tree.iter().find(|(_, contents)| contents.len() > 1000).unwrap();
    let file = out.join(name);
    // Another byte, a byte less, no file, a link to the same bytes.
    let mut changed = contents.clone();
    changed[500] ^= 1;
    for bytes in [Some(&changed[..]), Some(&contents[1..]), None] {
        match bytes {
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        expect(&run(&extract), 7, "already exists");
        std::fs::write(&file, contents).unwrap();
        expect(&run(&extract), 0, "already complete");
    }
    #[cfg(unix)]
    {
        let elsewhere = folder.path().join("elsewhere");
        std::fs::rename(&file, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
        expect(&run(&extract), 7, "already exists");
    }
}

/// What one export's failure is for all that follow.
#[test]
fn a_pattern_that_matches_nowhere_is_a_failure_of_all() {
    let folder = downloads(&[("one.zip", &["a"]), ("two.zip", &["b"])]);
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-C", path(&out), "--include"];
    expect(&run(&[&extract[..], &["a"]].concat()), 0, "2 exports: 1 extracted, 1 no match");
    expect(&run(&[&extract[..], &["c"]].concat()), 9, "no entry matches");
    assert_eq!(found(&out), ["one", "one/a"]);
}

/// Names that drive a terminal, or turn the order of what is shown. Windows has no files of such
/// names.
#[cfg(unix)]
#[test]
fn names_from_outside_are_never_printed_raw() {
    let folder = downloads(&[("e\u{1b}]0;x\u{7}\u{202e}.zip", &["a\u{61c}\u{9b}31m"])]);
    let is_raw = |c: char| c.is_control() && c != '\n' || "\u{61c}\u{202e}".contains(c);
    let inputs = path(folder.path());
    for arguments in [
        &["list", inputs][..],
        &["list", inputs, "--long"],
        &["list", inputs, "--json"],
        &["verify", inputs],
        &["status", inputs],
        &["status", inputs, "--json"],
        &["extract", inputs, "-C", inputs],
        &["extract", inputs, "--no\u{202e}such"],
        &["\u{1b}[31m"],
        &["inspect", inputs],
    ] {
        let output = run(arguments);
        for shown in [&output.stdout, &output.stderr] {
            let shown = text(shown);
            assert!(!shown.chars().any(is_raw), "{arguments:?}: {shown:?}");
        }
        for line in text(&output.stdout).lines().filter(|_| arguments.contains(&"--json")) {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(value.to_string().contains('\u{202e}'), "{value}");
        }
    }
}
