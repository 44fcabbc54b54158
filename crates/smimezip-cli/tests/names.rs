//! Names that are not safe on every platform: refused, left out or encoded; and what is odd in an
//! archive: both said, to a person and in JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{archive_of, expect, files, json_lines, path, run, text};
use serde_json::json;

/// Archives of empty files: names that are unsafe somewhere, and what becomes of them.
const UNSAFE: [(&str, &str); 6] = [
    ("call 10:30.wav", "call 10%3A30.wav"),
    ("notes./x.txt", "notes%2E/x.txt"),
    ("trailing ", "trailing%20"),
    ("AUX.txt", "%41UX.txt"),
    ("back\\slash", "back%5Cslash"),
    ("a\u{1b}[31mred", "a%1B[31mred"),
];

fn write(folder: &Path, name: &str, names: &[&str]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, archive_of(names)).unwrap();
    path(&file).to_owned()
}

fn found(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[test]
fn unsafe_names_are_refused_with_both_ways_out() {
    for (name, _) in UNSAFE {
        let folder = tempfile::tempdir().unwrap();
        let archive = write(folder.path(), "e.zip", &["good.txt", name]);
        let out = folder.path().join("out");
        for command in
            [&["verify", &archive][..], &["extract", &archive, "-C", path(&out), "--dry-run"]]
        {
            expect(&run(command), 7, "unsafe name");
        }
        let output = run(&["extract", &archive, "-C", path(&out)]);
        expect(
            &output,
            7,
            "--names skip leaves such entries out, --names encode gives them safe names",
        );
        expect(&output, 7, "another download gives the same");
        assert!(!out.exists());
    }
}

#[test]
fn unsafe_names_are_left_out() {
    for (name, _) in UNSAFE {
        let folder = tempfile::tempdir().unwrap();
        let archive = write(folder.path(), "e.zip", &["good.txt", name]);
        let out = folder.path().join("out");
        let skip = ["--names", "skip"];
        let output = run(&[&["extract", &archive, "-C", path(&out)], &skip[..]].concat());
        expect(&output, 0, "(its name is not safe on every platform)");
        expect(&output, 0, "extracted 1 file, 0 B");
        assert!(!text(&output.stderr).contains('\u{1b}'));
        assert_eq!(found(&out), ["good.txt"]);
        let lines = json_lines(&run(&[&["verify", &archive, "--json"], &skip[..]].concat()));
        assert_eq!(lines[0]["skipped"], json!([{ "name": name, "reason": "unsafe-name" }]));
        assert_eq!((&lines[0]["files"], &lines[0]["renamed"]), (&json!(1), &json!([])));
    }
}

#[test]
fn unsafe_names_are_encoded_and_both_names_said() {
    for (name, safe) in UNSAFE {
        let folder = tempfile::tempdir().unwrap();
        let archive = write(folder.path(), "e.zip", &["good.txt", name]);
        let out = folder.path().join("out");
        let encode = ["--names", "encode"];
        let extract = [&["extract", &archive, "-C", path(&out)], &encode[..]].concat();
        expect(&run(&[&extract[..], &["-n"]].concat()), 0, "would extract 2 files");
        assert!(!out.exists());
        let output = run(&[&extract[..], &["-v"]].concat());
        expect(&output, 0, &format!("to \"{safe}\""));
        expect(&output, 0, "renamed: \"");
        assert!(out.join(safe).exists(), "{:?}", found(&out));
        let output = run(&[&["verify", &archive], &encode[..]].concat());
        expect(&output, 0, "renamed: 1 entry; --verbose");
        let lines = json_lines(&run(&[&["verify", &archive, "--json"], &encode[..]].concat()));
        assert_eq!(lines[0]["renamed"], json!([{ "name": name, "path": safe }]));
    }
    // Names that are one on some file system get a number.
    let folder = tempfile::tempdir().unwrap();
    let archive = write(folder.path(), "e.zip", &["a.txt", "A.txt", "\u{e9}", "e\u{301}"]);
    let out = folder.path().join("out");
    let extract = ["extract", &archive, "-C", path(&out)];
    expect(&run(&extract), 7, "--names encode numbers names that collide");
    expect(&run(&[&extract[..], &["--names", "encode"]].concat()), 0, "extracted 4 files");
    let names = found(&out);
    assert!(names.contains(&"A (2).txt".to_owned()), "{names:?}");
    assert_eq!(names.len(), 4);
}

#[test]
fn what_leads_outside_is_refused_whatever_is_chosen() {
    for name in ["../evil", "/evil", "a/../../evil", "\\evil", "C:\\evil"] {
        for names in ["refuse", "skip", "encode"] {
            let folder = tempfile::tempdir().unwrap();
            let archive = write(folder.path(), "e.zip", &["good.txt", name]);
            let out = folder.path().join("out");
            let output = run(&["extract", &archive, "-C", path(&out), "--names", names]);
            expect(&output, 7, "unsafe name");
            expect(&output, 7, "is refused whatever is chosen");
            assert!(!text(&output.stderr).contains("--names"), "{}", text(&output.stderr));
            assert_eq!(found(folder.path()), ["e.zip"]);
        }
    }
}

#[test]
fn many_entries_left_out_are_counted_unless_more_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..50).map(|number| format!("call {number}:00.wav")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let archive = write(folder.path(), "e.zip", &names);
    let verify = ["verify", &archive, "--names", "skip"];
    let output = run(&verify);
    expect(&output, 0, "left out: 50 entries (its name is not safe on every platform); --verbose");
    assert_eq!(text(&output.stderr).lines().count(), 2);
    let output = run(&[&verify[..], &["-v"]].concat());
    assert!(text(&output.stderr).lines().count() > 50);
}

#[test]
fn oddities_are_said_to_who_asks_and_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write(folder.path(), "e.zip", &["./a.txt", "./b.txt", "c.txt"]);
    let quiet = run(&["verify", &archive]);
    expect(&quiet, 0, "verified 3 files");
    assert!(!text(&quiet.stderr).contains("accepted"));
    let said = "accepted: a name begins with ./: \"./a.txt\" and 1 more";
    let out = folder.path().join("out");
    expect(&run(&["verify", &archive, "-v"]), 0, said);
    expect(&run(&["extract", &archive, "-C", path(&out), "-v", "-n"]), 0, said);
    expect(&run(&["extract", &archive, "-C", path(&out), "-v"]), 0, said);
    assert_eq!(found(&out), ["a.txt", "b.txt", "c.txt"]);
    let lines = json_lines(&run(&["verify", &archive, "--json"]));
    let oddity = json!({
        "kind": "leading-dot",
        "message": "a name begins with ./: \"./a.txt\" and 1 more",
        "count": 2,
        "entry": "./a.txt",
    });
    assert_eq!(lines[0]["oddities"], json!([oddity]));
    // The names on standard output are the archive's, and nothing else is there.
    let output = run(&["list", &archive, "-v"]);
    assert_eq!(text(&output.stdout).lines().count(), 3);
}
