//! `inspect` says what is there: never that a page or an empty file is a part, and by its exit code
//! whether something is missing or cannot be read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{NAME, copy_of_sample, expect, json_lines, key, part, path, run, sample, text};

/// The sample's parts, decrypted.
fn plain_set() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["z01", "z02", "z03", "zip"] {
        let out = folder.path().join(format!("{NAME}.{kind}"));
        let output = run(&["decrypt", path(&part(kind)), "-k", &key(), "-o", path(&out)]);
        expect(&output, 0, "");
    }
    folder
}

#[track_caller]
fn state_of(folder: &Path, part: &str) -> (i32, String) {
    let output = run(&["inspect", path(folder), "--json"]);
    let export = &json_lines(&output)[0];
    let parts = export["parts"].as_array().unwrap();
    let found = parts.iter().find(|found| found["name"] == part).unwrap();
    (output.status.code().unwrap(), found["state"].as_str().unwrap().to_owned())
}

/// What a download folder holds instead of a part.
const NO_PARTS: [(&str, &[u8]); 7] = [
    ("an empty file", b""),
    ("a page", b"<!DOCTYPE html>\n<html><head><title>Session expired</title></head></html>\n"),
    ("XML", b"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>\n"),
    ("JSON", b"{\"error\": \"forbidden\", \"status\": 403}\n"),
    ("a line", b"Error: the link has expired.\n"),
    ("two lines", b"Forbidden\nplease sign in\n"),
    ("noise", &[0x5a; 500]),
];

#[test]
fn what_is_no_part_is_not_said_to_be_one() {
    for (what, bytes) in NO_PARTS {
        let folder = copy_of_sample();
        let name = format!("{NAME}.z02.smime");
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        let output = run(&["inspect", path(folder.path())]);
        let shown = text(&output.stdout);
        assert!(!shown.contains("not encrypted"), "{what}: {shown}");
        let (code, state) = state_of(folder.path(), &name);
        assert_eq!((code, &*state), (3, "unreadable"), "{what}: {shown}");
        // With the key as well.
        let output = run(&["inspect", path(folder.path()), "-k", &key()]);
        assert!(!text(&output.stdout).contains("not encrypted"), "{what}");
        assert_eq!(output.status.code(), Some(3), "{what}");
    }
}

#[test]
fn a_plain_set_is_known_by_what_it_is() {
    let folder = plain_set();
    let output = run(&["inspect", path(folder.path())]);
    expect(&output, 0, "");
    assert_eq!(text(&output.stdout).matches("not encrypted").count(), 4);
    assert!(!text(&output.stdout).contains("with --key only"));
    // The last part decides, as it must have the end record.
    for (what, bytes) in NO_PARTS {
        let folder = plain_set();
        let name = format!("{NAME}.zip");
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        let (code, state) = state_of(folder.path(), &name);
        assert_eq!((code, &*state), (3, "unreadable"), "{what}");
    }
}

#[test]
fn a_page_under_the_name_of_a_plain_part_is_no_part() {
    // The others are sealed, and without a key nobody sees whether all of them make an archive.
    let folder = copy_of_sample();
    std::fs::remove_file(folder.path().join(format!("{NAME}.z02.smime"))).unwrap();
    let name = format!("{NAME}.z02");
    std::fs::write(folder.path().join(&name), "<html><title>Sign in</title></html>").unwrap();
    assert_eq!(state_of(folder.path(), &name), (3, "unreadable".to_owned()));
    // A part that really begins so is known by the archive that it belongs to.
    let output = run(&["decrypt", path(&part("z02")), "-k", &key(), "-o", "-"]);
    std::fs::write(folder.path().join(&name), output.stdout).unwrap();
    assert_eq!(state_of(folder.path(), &name), (0, "plain".to_owned()));
}

#[test]
fn an_unfinished_download_is_said() {
    let folder = copy_of_sample();
    let (name, unfinished) = (format!("{NAME}.z02.smime"), format!("{NAME}.z02.smime.crdownload"));
    std::fs::rename(folder.path().join(&name), folder.path().join(&unfinished)).unwrap();
    for more in [&[][..], &["-k", &key()]] {
        let output = run(&[&["inspect", path(folder.path())], more].concat());
        assert_eq!(output.status.code(), Some(6));
        let shown = text(&output.stdout);
        assert!(shown.contains(&format!("missing: {name}")), "{shown}");
        assert!(shown.contains(&format!("still being downloaded: {unfinished}")), "{shown}");
    }
    let output = run(&["verify", path(folder.path()), "-k", &key(), "--json"]);
    let error = &json_lines(&output)[0];
    assert_eq!(error["unfinished"], serde_json::json!([unfinished]), "{error}");
}

#[test]
fn missing_parts_exit_with_6() {
    for plain in [false, true] {
        let folder = if plain { plain_set() } else { copy_of_sample() };
        let seal = if plain { "" } else { ".smime" };
        let (first, last) = (format!("{NAME}.z01{seal}"), format!("{NAME}.z03{seal}"));
        std::fs::remove_file(folder.path().join(&first)).unwrap();
        let output = run(&["inspect", path(folder.path())]);
        assert_eq!(output.status.code(), Some(6), "{}", text(&output.stdout));
        assert!(text(&output.stdout).contains(&format!("missing: {first}")));
        // What lies after the last part that is here, a key shows; or the last part, if it is
        // plain.
        std::fs::remove_file(folder.path().join(&last)).unwrap();
        let output = run(&["inspect", path(folder.path()), "-k", &key(), "--json"]);
        let export = &json_lines(&output)[0];
        assert_eq!(output.status.code(), Some(6), "{export}");
        assert_eq!(export["missing"], serde_json::json!([first, last]), "{export}");
    }
    // Nobody can know more without a key, and that is said.
    let folder = copy_of_sample();
    std::fs::remove_file(folder.path().join(format!("{NAME}.z03.smime"))).unwrap();
    let output = run(&["inspect", path(folder.path())]);
    expect(&output, 0, "");
    let shown = text(&output.stdout);
    assert!(shown.contains(&format!("whether parts follow {NAME}.z02.smime is seen")), "{shown}");
    let output = run(&["inspect", path(&sample()), "-k", &key()]);
    expect(&output, 0, "");
    assert!(!text(&output.stdout).contains("with --key only"));
}

#[test]
fn a_key_and_a_certificate_are_not_said_to_be_parts() {
    for file in ["key.pem", "certificate.pem"] {
        let output = run(&["inspect", path(&sample().join(file))]);
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{shown}");
        assert!(!shown.contains("not encrypted"), "{shown}");
    }
}

#[test]
fn copies_are_said_to_be_ignored_or_used() {
    let folder = copy_of_sample();
    let at = |name: &str| folder.path().join(format!("{NAME}{name}"));
    std::fs::copy(at(".z01.smime"), at(".z01 (1).smime")).unwrap();
    std::fs::rename(at(".z02.smime"), at(".z02 (1).smime")).unwrap();
    for more in [&[][..], &["-k", &key()]] {
        let output = run(&[&["inspect", path(folder.path())], more].concat());
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{shown}");
        let ignored = format!("  the same as the part, and ignored: {NAME}.z01 (1).smime\n");
        assert!(shown.contains(&ignored), "{shown}");
        let used = format!("taken as the part, which is not there: {NAME}.z02 (1).smime\n");
        assert!(shown.contains(&used), "{shown}");
        assert_eq!(shown.contains("  all parts are here\n"), !more.is_empty(), "{shown}");
    }
    // A copy that differs is neither.
    std::fs::copy(at(".z03.smime"), at(".z01 (1).smime")).unwrap();
    let output = run(&["inspect", path(folder.path()), "--json"]);
    let export = &json_lines(&output)[0];
    assert_eq!((output.status.code(), &export["ignored"]), (Some(6), &serde_json::json!([])));
    assert_eq!(export["duplicates"], serde_json::json!([format!("{NAME}.z01 (1).smime")]));
}
