//! `smimezip salvage`: what there is of a damaged export, in a folder that says that it is not all,
//! with a report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{NAME, copy_of_sample, expect, files, json_lines, key, path, run, sample, text};

type Files = BTreeMap<String, Vec<u8>>;

/// What is in the sample.
fn whole() -> Files {
    let out = tempfile::tempdir().unwrap();
    expect(&run(&["extract", path(&sample()), "-k", &key(), "-C", path(out.path())]), 0, "");
    files(out.path())
}

#[test]
fn what_is_right_is_extracted_and_the_report_names_the_rest() {
    let (folder, out, key) = (copy_of_sample(), tempfile::tempdir().unwrap(), key());
    std::fs::remove_file(folder.path().join(format!("{NAME}.zip.smime"))).unwrap();
    let third = folder.path().join(format!("{NAME}.z03.smime"));
    let bytes = std::fs::read(&third).unwrap();
    std::fs::write(&third, &bytes[..bytes.len() / 2]).unwrap();

    let salvage = ["salvage", path(folder.path()), "-k", &key, "-C", path(out.path())];
    let output = run(&salvage);
    expect(&output, 8, "the directory is missing");
    expect(&output, 8, &format!("missing: {NAME}.zip.smime"));
    expect(&output, 8, "z03.smime: cut off");
    let target = out.path().join(format!("{NAME}-not-complete"));
    let (found, all) = (files(&target.join("files")), whole());
    assert!(!found.is_empty() && found.len() < all.len());
    assert!(found.iter().all(|(name, bytes)| all.get(name) == Some(bytes)));
    let report = std::fs::read_to_string(target.join("REPORT.txt")).unwrap();
    assert!(report.starts_with(&format!("This is not the whole of {NAME}")), "{report}");
    for words in ["zip.smime", "z03.smime: cut off", "Not here:", "nobody knows how many"] {
        assert!(report.contains(words), "{words}: {report}");
    }

    // What is there already is neither replaced nor mixed with anything.
    expect(&run(&salvage), 7, "exists");
    assert!(files(&target.join("files")) == found);

    let other = tempfile::tempdir().unwrap();
    let json = run(&["salvage", path(&third), "-k", &key, "-C", path(other.path()), "--json"]);
    assert_eq!(json.status.code(), Some(8), "{}", text(&json.stderr));
    let lines = json_lines(&json);
    let line = |kind: &str| lines.iter().find(|line| line["type"] == kind).unwrap();
    let salvage = line("salvage");
    assert_eq!(salvage["has_directory"], false);
    assert_eq!(salvage["missing"], serde_json::json!([format!("{NAME}.zip.smime")]));
    assert_eq!(salvage["damaged"][0]["part"], format!("{NAME}.z03.smime"));
    let summary = line("summary");
    assert_eq!(summary["action"], "salvaged");
    assert_eq!(summary["files"], found.keys().filter(|name| !name.ends_with('/')).count());
}

#[test]
fn what_is_whole_is_found_by_its_directory() {
    let (out, key) = (tempfile::tempdir().unwrap(), key());
    let output = run(&["salvage", path(&sample()), "-k", &key, "-C", path(out.path())]);
    expect(&output, 0, "salvaged");
    let target = out.path().join(format!("{NAME}-not-complete"));
    assert!(files(&target.join("files")) == whole());
    let report = std::fs::read_to_string(target.join("REPORT.txt")).unwrap();
    assert!(report.starts_with("This is all that the directory of"), "{report}");
}

#[test]
fn nothing_is_left_where_nothing_is_found() {
    let (folder, out, key) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), key());
    std::fs::write(folder.path().join("export.zip"), vec![7; 10_000]).unwrap();
    let output = run(&["salvage", path(folder.path()), "-k", &key, "-C", path(out.path())]);
    expect(&output, 3, "no entry was found");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);

    let other = format!("{}/../smimezip/tests/data/keys/other.key.pem", env!("CARGO_MANIFEST_DIR"));
    let output = run(&["salvage", path(&sample()), "-k", &other, "-C", path(out.path())]);
    expect(&output, 4, "the key does not fit");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn of_several_exports_each_has_its_folder() {
    let (folder, out, key) = (copy_of_sample(), tempfile::tempdir().unwrap(), key());
    for kind in ["z01", "z02"] {
        let part = folder.path().join(format!("{NAME}.{kind}.smime"));
        std::fs::copy(&part, folder.path().join(format!("another.{kind}.smime"))).unwrap();
    }
    std::fs::write(folder.path().join("broken.zip"), b"no archive").unwrap();
    let output = run(&["salvage", path(folder.path()), "-k", &key, "-C", path(out.path())]);
    expect(&output, 8, "broken");
    for name in [NAME, "another"] {
        assert!(out.path().join(format!("{name}-not-complete/REPORT.txt")).exists(), "{name}");
    }
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 2);
}
