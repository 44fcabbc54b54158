//! `smimezip status`: what it prints of a folder of exports, its exit codes, its JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{
    archive_of, copy_of_sample, expect, json_lines, key, part, path, run, test_keys, text,
};

const KINDS: [&str; 4] = ["z01", "z02", "z03", "zip"];

fn write_set(folder: &Path, stem: &str) {
    for kind in KINDS {
        std::fs::copy(part(kind), folder.join(format!("{stem}.{kind}.smime"))).unwrap();
    }
}

#[test]
fn a_folder_of_whole_and_broken_exports() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for stem in ["a", "b", "c", "d", "e", "f"] {
        write_set(folder.path(), stem);
    }
    std::fs::remove_file(at("b.z02.smime")).unwrap();
    std::fs::remove_file(at("c.zip.smime")).unwrap();
    std::fs::write(at("d.z03.smime"), "<html>").unwrap();
    std::fs::write(at("e.z01 (1).smime"), "another").unwrap();
    std::fs::copy(part("z01"), at("f.z01 - Kopie.smime")).unwrap();
    std::fs::write(at("plain.zip"), archive_of(&["x"])).unwrap();
    let status = ["status", path(folder.path()), "-k", &key(), "--retention", "30d"];
    let output = run(&status);
    expect(&output, 8, "f: copies, ignored: f.z01 - Kopie.smime");
    let printed = text(&output.stdout);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 9, "{printed}");
    assert!(lines[0].starts_with("SET    PARTS   SIZE"), "{printed}");
    for (line, begin, end) in [
        (1, "a      4 of 4  270.7 KiB", "complete"),
        (2, "b      3 of 4", "missing: b.z02.smime"),
        (3, "c      3 of ?", "still downloading: c.zip.smime"),
        (4, "d      4 of 4", "d.z03.smime: "),
        (5, "e      4 of 4", "conflicting: e.z01 (1).smime"),
        (6, "f      4 of 4", "complete"),
        (7, "plain  1 of 1", "complete"),
    ] {
        assert!(lines[line].starts_with(begin) && lines[line].contains(end), "{printed}");
    }
    assert!(lines[1].contains("serial ") && lines[1].contains("  fits  "), "{printed}");
    assert!(lines[1].contains("  29 days  ") || lines[1].contains("  30 days  "), "{printed}");
    assert_eq!(
        lines[8],
        "7 sets: 3 complete, 1 with parts missing, 1 still downloading, 1 with copies that differ, \
         1 damaged"
    );
    let json = run(&[&status[..], &["--json"]].concat());
    assert_eq!(json.status.code(), Some(8));
    let lines = json_lines(&json);
    assert_eq!(lines.len(), 7);
    assert_eq!((&lines[0]["type"], &lines[0]["verdict"]), (&"status".into(), &"complete".into()));
    assert_eq!(lines[0]["parts"], serde_json::json!([1, 2, 3, null]));
    assert_eq!(lines[1]["missing"], serde_json::json!(["b.z02.smime"]));
    assert_eq!(lines[3]["error"]["part"], "d.z03.smime");
    assert_eq!(lines[4]["conflicting"], serde_json::json!(["e.z01 (1).smime"]));
    assert_eq!(lines[5]["duplicates"], serde_json::json!(["f.z01 - Kopie.smime"]));
}

#[test]
fn a_page_in_the_place_of_a_plain_part_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let out = folder.path().join(format!("export.{kind}"));
        expect(&run(&["decrypt", path(&part(kind)), "-k", &key(), "-o", path(&out)]), 0, "");
    }
    let status = ["status", path(folder.path())];
    expect(&run(&status), 0, "");
    for (bytes, why) in [
        ("\u{feff}\n<!DOCTYPE html>\n<html><title>Sign in</title></html>\n", "<!DOCTYPE html>"),
        ("Error: the link has expired.\n", "the link has expired"),
        ("", "cut off"),
    ] {
        for kind in KINDS {
            let file = folder.path().join(format!("export.{kind}"));
            let right = std::fs::read(&file).unwrap();
            std::fs::write(&file, bytes).unwrap();
            let output = run(&status);
            expect(&output, 8, "");
            let shown = text(&output.stdout);
            let named = format!("damaged: export.{kind}: ");
            assert!(shown.contains(&named) && shown.contains(why), "{shown}");
            let inspected = run(&["inspect", path(folder.path())]);
            expect(&inspected, 3, "");
            assert_eq!(text(&inspected.stdout).matches("not encrypted").count(), 3);
            std::fs::write(&file, right).unwrap();
        }
    }
}

#[test]
fn exit_codes() {
    let folder = copy_of_sample();
    let here = path(folder.path());
    expect(&run(&["status", here, "-k", &key()]), 0, "");
    let without = run(&["status", here]);
    expect(&without, 8, "");
    assert!(text(&without.stdout).contains("not known without a key that fits"));
    let other = path(&test_keys().join("other.key.pem")).to_owned();
    let output = run(&["status", here, "-k", &other]);
    assert!(text(&output.stdout).contains("does not fit"), "{}", text(&output.stdout));
    expect(&output, 8, "");
    expect(&run(&["status", here, "--retention", "soon"]), 1, "no unit of a span of time");
    expect(&run(&["status", path(&folder.path().join("none"))]), 2, "");
    let empty = tempfile::tempdir().unwrap();
    expect(&run(&["status", path(empty.path())]), 3, "there is no part of an export here");
}

#[cfg(unix)]
#[test]
fn names_cannot_drive_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a\u{1b}[2J\u{202e}b.zip"), archive_of(&["x"])).unwrap();
    let output = run(&["status", path(folder.path())]);
    expect(&output, 0, "");
    assert!(text(&output.stdout).contains("a\\u{1b}[2J\\u{202e}b  1 of 1"));
}

#[cfg(unix)]
#[test]
fn a_folder_is_watched_until_it_is_stopped() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.zip"), archive_of(&["x"])).unwrap();
    let mut child = common::smimezip()
        .args(["status", path(folder.path()), "--watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |closing: &str| lines.by_ref().find(|it| it.as_ref().unwrap() == closing);
    assert!(until("1 set: 1 complete").is_some());
    std::fs::write(folder.path().join("b.zip"), archive_of(&["y"])).unwrap();
    assert!(until("2 sets: 2 complete").is_some());
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success() && child.wait().unwrap().success());
    // Nothing was printed without a change.
    assert_eq!(lines.count(), 0);
}
