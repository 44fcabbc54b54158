//! `smimezip salvage`: what there is of a damaged export, in a folder that says that it is not all,
//! with a report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;

use common::{
    NAME, archive_of, copy_of_sample, expect, files, json_lines, key, path, run, sample, test_keys,
    text,
};

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
    let is_file = |name: &&String| target.join("files").join(name).is_file();
    assert_eq!(summary["files"], found.keys().filter(is_file).count());
}

#[test]
fn a_part_that_cannot_be_read_is_not_said_to_be_missing() {
    let (folder, out, key) = (copy_of_sample(), tempfile::tempdir().unwrap(), key());
    let lost = format!("{NAME}.z01.smime");
    std::fs::remove_file(folder.path().join(&lost)).unwrap();
    // One is no message, as a copy by its name; one is for another key.
    let (copy, other) = (format!("{NAME}.z02 (1).smime"), format!("{NAME}.z03.smime"));
    std::fs::remove_file(folder.path().join(format!("{NAME}.z02.smime"))).unwrap();
    std::fs::write(folder.path().join(&copy), "<html>expired</html>").unwrap();
    let certificate = path(&test_keys().join("other.cert.pem")).to_owned();
    let (plain, to) = (out.path().join("z03"), folder.path().join(&other));
    expect(&run(&["decrypt", path(&to), "-k", &key, "-o", path(&plain)]), 0, "");
    let seal = ["encrypt", path(&plain), "--to", &certificate, "-o", path(&to)];
    expect(&run(&[&seal[..], &["--authenticated", "--overwrite", "always"]].concat()), 0, "");

    let salvage = ["salvage", path(folder.path()), "-k", &key, "-C", path(out.path())];
    let output = run(&salvage);
    expect(&output, 8, &format!("missing: {lost}\n"));
    expect(&output, 8, &format!("unreadable: {copy}, {other}\n"));
    let said = text(&output.stderr);
    assert!(!said.contains(&format!("missing {other}")), "{said}");
    assert!(said.contains(&format!("unreadable {copy}")), "{said}");
    assert!(!said.contains(&format!("{NAME}.z02.smime")), "{said}");
    let file = out.path().join(format!("{NAME}-not-complete/REPORT.txt"));
    let report = std::fs::read_to_string(file).unwrap();
    for words in [
        format!("Parts that are missing: {lost}\n"),
        format!("Unreadable: {copy}: not an S/MIME or CMS message"),
        format!("Unreadable: {other}: "),
        format!(": missing {lost}"),
        format!("unreadable {copy}"),
    ] {
        assert!(report.contains(&words), "{words}: {report}");
    }
    assert!(!report.contains(&format!("{NAME}.z02.smime")), "{report}");
    let other_out = tempfile::tempdir().unwrap();
    let json = ["salvage", path(folder.path()), "-k", &key, "-C", path(other_out.path()), "--json"];
    let lines = json_lines(&run(&json));
    let line = lines.iter().find(|line| line["type"] == "salvage").unwrap();
    assert_eq!(line["missing"], serde_json::json!([lost]));
    assert_eq!(line["unreadable"], serde_json::json!([copy, other]));
    let summary = lines.iter().find(|line| line["type"] == "summary").unwrap();
    let unavailable = summary["unavailable"].as_array().unwrap();
    let needed = unavailable.iter().flat_map(|it| it["parts"].as_array().unwrap());
    let needed: Vec<_> = needed.map(|it| it.as_str().unwrap()).collect();
    assert!(needed.contains(&copy.as_str()), "{needed:?}");
    assert!(!needed.contains(&format!("{NAME}.z02.smime").as_str()), "{needed:?}");
}

#[test]
fn parts_that_are_no_parts_are_unreadable_and_said_to_be() {
    let key = key();
    // One part alone is sealed twice.
    let folder = copy_of_sample();
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    let (once, twice) = (common::part("z02"), folder.path().join(format!("{NAME}.z02.smime")));
    let seal = ["encrypt", path(&once), "--to", &certificate, "-o", path(&twice)];
    expect(&run(&[&seal[..], &["--overwrite", "always"]].concat()), 0, "");
    // A page stands in the place of a piece that is not sealed.
    let pieces = tempfile::tempdir().unwrap();
    let archive = archive_of(&["a", "b", "c", "d"]);
    for (nth, piece) in (1..).zip(archive.chunks(archive.len() / 4)) {
        std::fs::write(pieces.path().join(format!("e.zip.{nth:03}")), piece).unwrap();
    }
    std::fs::write(pieces.path().join("e.zip.002"), "<html>expired</html>").unwrap();
    for (folder, name, part, why) in [
        (&folder, NAME, format!("{NAME}.z02.smime"), "sealed twice"),
        (&pieces, "e", "e.zip.002".to_owned(), "expired"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let output = run(&["salvage", path(folder.path()), "-k", &key, "-C", path(out.path())]);
        expect(&output, 8, why);
        expect(&output, 8, &format!("unreadable: {part}\n"));
        let report = out.path().join(format!("{name}-not-complete/REPORT.txt"));
        let report = std::fs::read_to_string(report).unwrap();
        assert!(report.contains(&format!("Unreadable: {part}: ")), "{report}");
    }
}

#[test]
fn a_name_that_is_never_written_is_said_with_advice_for_salvage() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["../evil", "/etc/evil", "/.txt"] {
        let archive = archive_of(&[name, "good"]);
        // Without the directory.
        let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
        std::fs::write(folder.path().join("e.zip"), &archive[..directory]).unwrap();
        let target = out.path().join("e-not-complete");
        let output = run(&["salvage", path(folder.path()), "-C", path(out.path())]);
        expect(&output, 8, "such an entry is left out in any case");
        let said = text(&output.stderr);
        for no in ["smimezip cat", "--names", "is refused"] {
            assert!(!said.contains(no), "{name}: {said}");
        }
        assert_eq!(files(&target.join("files")).keys().collect::<Vec<_>>(), ["good"]);
        std::fs::remove_dir_all(&target).unwrap();
    }
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
