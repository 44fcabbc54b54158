//! `--include` and `--exclude` that select nothing, and names that no entry has: never a silent
//! success.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::{copy_of_sample, expect, json_lines, key, path, run, sample, text};

#[test]
fn a_selection_without_an_entry_exits_with_9() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (input, key) = (sample(), key());
    for selection in [
        &["-i", "*.jsn"][..],
        // `*` does not match `/`, and case counts.
        &["-i", "Customer-*"],
        &["-i", "interaction-*.json"],
        &["-i", "entities/{a,b}"],
        &["-x", "**"],
        &["-i", "entities", "-x", "entities"],
    ] {
        for command in ["list", "verify", "extract"] {
            let mut all = vec![command, path(&input), "-k", &key];
            all.extend_from_slice(selection);
            if command == "extract" {
                all.extend(["-C", path(&out)]);
            }
            let output = run(&all);
            expect(&output, 9, "no entry matches --include and --exclude");
            expect(&output, 9, "`smimezip list` shows the names");
            assert!(output.stdout.is_empty() && !out.exists(), "{all:?}");
            all.push("--json");
            let lines = json_lines(&run(&all));
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert_eq!((&lines[0]["type"], &lines[0]["exit_code"]), (&"error".into(), &9.into()));
        }
        let mut dry = vec!["extract", path(&input), "-k", &key, "-C", path(&out), "--dry-run"];
        dry.extend_from_slice(selection);
        expect(&run(&dry), 9, "no entry matches");
    }
}

#[test]
fn a_name_that_no_entry_has_exits_with_9() {
    let (input, key) = (sample(), key());
    let cat = |name: &str| run(&["cat", path(&input), name, "-k", &key]);
    expect(&cat("no such"), 9, "entry \"no such\": no entry of that name");
    expect(&cat("no such"), 9, "`smimezip list` shows the names");
    let output = cat("Customer-7f1f3a6c.json");
    expect(&output, 9, "no entry of that name; there is \"entities/Customer-7f1f3a6c.json\"");
    assert!(output.stdout.is_empty());
    expect(&cat("entities/"), 1, "is a folder");
}

#[test]
fn one_of_several_exports_with_a_match_is_enough() {
    let folder = copy_of_sample();
    // A second export without such entries.
    let archive = folder.path().join("other.zip");
    std::fs::write(&archive, common::archive_of(&["b.txt"])).unwrap();
    let (input, key) = (folder.path(), key());
    let output = run(&["list", path(input), "-k", &key, "-i", "*.txt"]);
    expect(&output, 0, "other: 1 file, 0 B");
    let listed = text(&output.stdout);
    assert!(listed.starts_with("other:\n") && listed.lines().count() == 2, "{listed}");
    let out = input.join("out");
    let extract = ["extract", path(input), "-k", &key, "-C", path(&out), "-i", "*.json"];
    let output = run(&extract);
    expect(&output, 0, "extracted 1 file");
    assert!(!text(&output.stderr).contains("other"));
    let verbose = run(&["verify", path(input), "-k", &key, "-i", "*.txt", "-v"]);
    expect(&verbose, 0, "verified 1 file");
    expect(&run(&["verify", path(input), "-k", &key, "-i", "*.png"]), 9, "no entry matches");
}
