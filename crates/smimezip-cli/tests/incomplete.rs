//! Exports of which parts are missing: `list` marks what cannot be read, `which` names what is to
//! be downloaded, `extract --available` gives what can be had.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{NAME, copy_of_sample, expect, files, json_lines, key, path, run, sample, text};
use tempfile::TempDir;

fn name(kind: &str) -> String {
    format!("{NAME}.{kind}.smime")
}

/// The sample without some of its parts.
fn without(kinds: &[&str]) -> TempDir {
    let folder = copy_of_sample();
    for kind in kinds {
        std::fs::remove_file(folder.path().join(name(kind))).unwrap();
    }
    folder
}

fn last_alone() -> TempDir {
    without(&["z01", "z02", "z03"])
}

/// The parts of each entry of the complete sample.
fn parts() -> Vec<(String, BTreeSet<String>)> {
    let lines = json_lines(&run(&["list", path(&sample()), "-k", &key(), "--json"]));
    let entry = |line: &serde_json::Value| {
        assert_eq!(line["missing"], serde_json::json!([]));
        let parts = line["parts"].as_array().unwrap().iter();
        let parts = parts.map(|it| it.as_str().unwrap().to_owned()).collect();
        (line["name"].as_str().unwrap().to_owned(), parts)
    };
    lines.iter().filter(|it| it["type"] == "entry").map(entry).collect()
}

fn which(folder: &Path, more: &[&str]) -> Vec<String> {
    let key = key();
    let output = run(&[&["which", path(folder)][..], more, &["-k", &key]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn a_list_needs_the_last_part_alone_and_marks_the_rest() {
    let (folder, key, parts) = (last_alone(), key(), parts());
    let list = ["list", path(folder.path()), "-k", &key];
    let output = run(&list);
    expect(&output, 0, "3 parts missing");
    expect(&output, 0, "`smimezip which` names the parts");
    let shown = text(&output.stdout);
    assert_eq!(shown.lines().count(), parts.len(), "{shown}");
    for ((entry, parts), line) in parts.iter().zip(shown.lines()) {
        let missing: Vec<_> = parts.iter().filter(|it| **it != name("zip")).cloned().collect();
        assert!(line.contains(&**entry), "{line}");
        let mark = format!("  (missing {})", missing.join(", "));
        assert_eq!(line.ends_with(&mark), !missing.is_empty(), "{line}");
    }
    let lines = json_lines(&run(&[&list[..], &["--json"]].concat()));
    for ((entry, parts), line) in parts.iter().zip(&lines) {
        let missing: Vec<_> = parts.iter().filter(|it| **it != name("zip")).collect();
        assert_eq!(
            (&line["name"], &line["missing"]),
            (&entry[..].into(), &serde_json::json!(missing))
        );
    }
    // The complete one is listed as ever.
    let complete = run(&["list", path(&sample()), "-k", &key]);
    assert!(!text(&complete.stdout).contains("(missing"));
    assert!(!text(&complete.stderr).contains("missing"));
}

#[test]
fn which_names_what_is_to_be_downloaded() {
    let folder = last_alone();
    let all = ["z01", "z02", "z03", "zip"].map(name);
    assert_eq!(which(folder.path(), &[]), all[..3]);
    assert_eq!(which(folder.path(), &["--all"]), all);
    for (entry, mut parts) in parts() {
        let missing: Vec<_> = parts.iter().filter(|it| **it != name("zip")).cloned().collect();
        let entry = entry.trim_end_matches('/');
        assert_eq!(which(folder.path(), &[entry]), missing);
        parts.insert(name("zip"));
        assert_eq!(which(folder.path(), &[entry, "--all"]), parts.into_iter().collect::<Vec<_>>());
    }
    assert!(which(&sample(), &[]).is_empty());
    let (path, key) = (path(folder.path()), key());
    expect(&run(&["which", path, "no such", "-k", &key]), 9, "no entry matches");
    expect(&run(&["which", path, "[", "-k", &key]), 1, "");
    let lines = json_lines(&run(&["which", path, "--all", "-k", &key, "--json"]));
    assert_eq!(lines.len(), 4);
    for (line, name) in lines.iter().zip(&all) {
        assert_eq!((&line["type"], &line["name"]), (&"part".into(), &name[..].into()));
        assert_eq!(
            (&line["export"], &line["is_missing"]),
            (&NAME.into(), &(name != &all[3]).into())
        );
    }
}

#[test]
fn what_can_be_had_is_extracted_only_if_that_is_asked_for() {
    let key = key();
    for lost in ["z01", "z02", "z03"] {
        let folder = without(&[lost]);
        let target = tempfile::tempdir().unwrap();
        let out = target.path().join("out");
        let extract = ["extract", path(folder.path()), "-k", &key, "-C", path(&out)];
        let output = run(&extract);
        expect(&output, 6, &format!("missing: {}", name(lost)));
        expect(&output, 6, "fetch the missing parts into the same folder");
        expect(&output, 6, "by --available");
        assert!(files(target.path()).is_empty());
        let unavailable: Vec<_> =
            parts().into_iter().filter(|(_, parts)| parts.contains(&name(lost))).collect();
        assert!(!unavailable.is_empty());
        let dry = run(&[&extract[..], &["--available", "--dry-run"]].concat());
        expect(&dry, 8, "would extract");
        assert!(files(target.path()).is_empty());
        let output = run(&[&extract[..], &["--available"]].concat());
        expect(&output, 8, " not available\n");
        for (entry, _) in &unavailable {
            let line = format!("not available: {entry} (missing {})", name(lost));
            expect(&output, 8, &line);
        }
        for (entry, _) in parts().iter().filter(|(entry, _)| !entry.ends_with('/')) {
            let is_there = !unavailable.iter().any(|(other, _)| other == entry);
            assert_eq!(out.join(entry).exists(), is_there, "{entry} without {lost}");
        }
        // Once the part is there, the rest is extracted.
        std::fs::copy(sample().join(name(lost)), folder.path().join(name(lost))).unwrap();
        let more = ["--available", "--overwrite", "skip"];
        expect(&run(&[&extract[..], &more].concat()), 0, "extracted ");
    }
}

#[test]
fn json_has_the_entries_with_the_parts_that_they_need() {
    let (folder, key) = (without(&["z02"]), key());
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-k", &key, "-C", path(&out), "--available"];
    let output = run(&[&extract[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(8));
    let lines = json_lines(&output);
    let unavailable = lines[0]["unavailable"].as_array().unwrap();
    assert!(!unavailable.is_empty());
    for entry in unavailable {
        assert!(entry["name"].is_string());
        assert_eq!(entry["parts"], serde_json::json!([name("z02")]));
    }
    assert_eq!(lines[0]["failed"], serde_json::json!([]));
}

#[test]
fn what_can_be_had_is_verified_only_if_that_is_asked_for() {
    let (folder, key, lost) = (without(&["z02"]), key(), name("z02"));
    let verify = ["verify", path(folder.path()), "-k", &key];
    let output = run(&verify);
    expect(&output, 6, &format!("missing: {lost}"));
    expect(&output, 6, "or verify what does not need them by --available");
    let verify = [&verify[..], &["--available"]].concat();
    let output = run(&verify);
    expect(&output, 8, "verified ");
    let unavailable: Vec<_> =
        parts().into_iter().filter(|(_, parts)| parts.contains(&lost)).collect();
    for (entry, _) in &unavailable {
        expect(&output, 8, &format!("not available: {entry} (missing {lost})\n"));
    }
    let lines = json_lines(&run(&[&verify[..], &["--json"]].concat()));
    assert_eq!(lines[0]["action"], "verified");
    assert_eq!(lines[0]["unavailable"].as_array().unwrap().len(), unavailable.len());
    for entry in lines[0]["unavailable"].as_array().unwrap() {
        assert_eq!(entry["parts"], serde_json::json!([&lost]));
    }
    // Only what is asked for counts.
    let (entry, _) = parts().into_iter().find(|(_, parts)| !parts.contains(&lost)).unwrap();
    expect(&run(&[&verify[..], &["--include", &entry]].concat()), 0, "verified ");
    // What is there must be right all the same.
    let z01 = folder.path().join(name("z01"));
    let mut bytes = std::fs::read(&z01).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&z01, bytes).unwrap();
    assert_eq!(run(&verify).status.code(), Some(5));
    expect(&run(&["verify", path(&sample()), "-k", &key, "--available"]), 0, "verified 6 files");
    expect(&run(&["verify", "--manifest", "m", "--available"]), 1, "cannot be used with");
}

#[test]
fn an_entry_whose_parts_are_there_is_written_out() {
    let key = key();
    for lost in ["z01", "z02", "z03"] {
        let folder = without(&[lost]);
        for (entry, parts) in parts().iter().filter(|(entry, _)| !entry.ends_with('/')) {
            let output = run(&["cat", path(folder.path()), entry, "-k", &key]);
            if parts.contains(&name(lost)) {
                expect(&output, 6, &format!("missing: {}", name(lost)));
                expect(&output, 6, entry);
                expect(&output, 6, "fetch the missing parts");
                assert!(output.stdout.is_empty());
            } else {
                let whole = run(&["cat", path(&sample()), entry, "-k", &key]);
                assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
                assert!(output.stdout == whole.stdout, "{entry} without {lost}");
            }
        }
        let output = run(&["cat", path(folder.path()), "no such", "-k", &key]);
        expect(&output, 9, "no such");
    }
}

/// Pieces that were cut after the archive was made, which its directory knows nothing of.
#[test]
fn pieces_with_a_gap_give_what_can_be_had() {
    let pieces = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pieces = pieces.join("../smimezip/tests/data/sets/7-zip-pieces");
    let folder = tempfile::tempdir().unwrap();
    for nth in [1, 3, 4] {
        let name = format!("e.zip.00{nth}");
        std::fs::copy(pieces.join(&name), folder.path().join(&name)).unwrap();
    }
    let any = folder.path().join("e.zip.001");
    let out = folder.path().join("out");
    let output = run(&["extract", path(&any), "-C", path(&out)]);
    expect(&output, 6, "missing: e.zip.002");
    assert_eq!(which(folder.path(), &[]), ["e.zip.002"]);
    let list = text(&run(&["list", path(&any)]).stdout);
    assert!(list.contains("(missing e.zip.002)\n"), "{list}");
    let output = run(&["extract", path(&any), "-C", path(&out), "--available"]);
    expect(&output, 8, "(missing e.zip.002)\n");
    let whole = tempfile::tempdir().unwrap();
    expect(&run(&["extract", path(&pieces), "-C", path(whole.path())]), 0, "");
    let (some, all) = (files(&out), files(whole.path()));
    assert!(!some.is_empty() && some.len() < all.len());
    assert!(some.iter().all(|(name, bytes)| all[name] == *bytes));
}

#[test]
fn an_unfinished_download_is_a_missing_part() {
    let folder = without(&["z02"]);
    let download = folder.path().join(format!("{}.crdownload", name("z02")));
    std::fs::write(download, "half of it").unwrap();
    assert_eq!(which(folder.path(), &[]), [name("z02")]);
}

#[test]
fn without_the_last_part_nothing_is_known() {
    let (folder, key) = (without(&["zip"]), key());
    for command in [&["list"][..], &["which"], &["extract", "--available"]] {
        let output = run(&[command, &[path(folder.path()), "-k", &key]].concat());
        expect(&output, 6, &format!("missing: {}", name("zip")));
        assert!(!text(&output.stderr).contains("--available"), "{}", text(&output.stderr));
    }
}

/// A copy by its name stands for the first part, and the second is missing: what each entry needs
/// goes by the places, whatever the files are called.
#[test]
fn a_copy_that_stands_in_keeps_its_place() {
    let (folder, key) = (without(&["z02"]), key());
    let copy = format!("{NAME}.z01 (1).smime");
    std::fs::rename(folder.path().join(name("z01")), folder.path().join(copy)).unwrap();
    assert_eq!(which(folder.path(), &[]), [name("z02")]);
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-k", &key, "-C", path(&out), "--available"];
    expect(&run(&extract), 8, " not available\n");
    let whole = tempfile::tempdir().unwrap();
    expect(&run(&["extract", path(&sample()), "-k", &key, "-C", path(whole.path())]), 0, "");
    let (some, all) = (files(&out), files(whole.path()));
    assert!(some.len() > 5 && some.iter().all(|(name, bytes)| all[name] == *bytes));
    // Two of them, in a batch: both are there in part.
    std::fs::write(folder.path().join("a.zip"), common::archive_of(&["x"])).unwrap();
    let output = run(&[&extract[..4], &["-C", path(whole.path()), "--available"]].concat());
    expect(&output, 8, &format!("extracted in part: {NAME}\n"));
    expect(&output, 8, "2 exports: 1 extracted, 1 in part; below ");
}
