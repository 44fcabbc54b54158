//! The program on Windows: patterns that its shell leaves to programs, what it has no file
//! descriptors for, where its history is.

#![cfg(windows)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::os::windows::process::CommandExt as _;

use common::{archive_of, copy_of_sample, expect, files, key, path, run, smimezip};

#[test]
fn a_pattern_of_parts_is_expanded_and_one_of_entries_is_not() {
    let folder = copy_of_sample();
    let in_folder = |arguments: &str| {
        smimezip().current_dir(folder.path()).raw_arg(arguments).output().unwrap()
    };
    let all = path(&folder.path().join("*.SMIME")).to_owned();
    expect(&run(&["verify", &all, "--key", &key()]), 0, "");
    let key = key();
    expect(&in_folder(&format!("extract *.smime --key \"{key}\" -C out")), 0, "extracted 6 files");
    expect(&in_folder(&format!("verify *.z0?.smime --key \"{key}\"")), 0, "");
    expect(&in_folder("verify nothing*.smime"), 2, "nothing*.smime");
    // A pattern for names of entries stays one.
    let only = format!("extract *.smime --key \"{key}\" -C some --include *");
    expect(&in_folder(&only), 0, "extracted");
    assert!(!files(&folder.path().join("some")).is_empty());
}

#[test]
fn a_file_descriptor_is_refused_by_name() {
    let sample = path(&common::sample()).to_owned();
    let output = run(&["verify", &sample, "--key", &key(), "--passin", "fd:3"]);
    expect(&output, 1, "cannot take fd:N on Windows");
}

#[test]
fn colours_are_there_when_they_are_wanted() {
    let failing = |color: &str, no_color: &str| {
        let mut command = smimezip();
        command.args(["verify", "nothing", "--color", color]).env("NO_COLOR", no_color);
        command.output().unwrap()
    };
    expect(&failing("always", ""), 2, "\u{1b}[31merror");
    for (color, no_color) in [("never", ""), ("auto", "1"), ("auto", "")] {
        assert!(!common::text(&failing(color, no_color).stderr).contains('\u{1b}'));
    }
}

#[test]
fn the_history_is_in_the_local_folder_of_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("e.zip");
    std::fs::write(&archive, archive_of(&["a"])).unwrap();
    let run = |arguments: &[&str]| {
        smimezip().env("LOCALAPPDATA", folder.path()).args(arguments).output().unwrap()
    };
    for _ in 0..3 {
        expect(&run(&["verify", path(&archive)]), 0, "");
    }
    assert!(folder.path().join("smimezip/history.jsonl").exists());
    let lines = common::text(&run(&["history", "--json"]).stdout);
    assert_eq!(lines.lines().count(), 3, "{lines}");
}

#[test]
fn names_that_windows_reads_in_its_own_way_are_refused_or_encoded() {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in
        ["CON", "nul.txt", "COM1.", "a:b", "C:name", "x.", "x ", "a\\b", "lpt9 .log"]
            .iter()
            .enumerate()
    {
        let archive = folder.path().join(format!("{number}.zip"));
        std::fs::write(&archive, archive_of(&[name, "good"])).unwrap();
        let out = folder.path().join(format!("out-{number}"));
        let extract = ["extract", path(&archive), "-C", path(&out)];
        expect(&run(&extract), 7, "unsafe");
        assert!(!out.exists(), "{name}");
        expect(&run(&[&extract[..], &["--names", "skip"]].concat()), 0, "extracted 1 file");
        assert_eq!(files(&out).into_keys().collect::<Vec<_>>(), ["good"], "{name}");
        let encoded = folder.path().join(format!("encoded-{number}"));
        let encode = ["extract", path(&archive), "-C", path(&encoded), "--names", "encode"];
        expect(&run(&encode), 0, "extracted 2 files");
        assert_eq!(files(&encoded).len(), 2, "{name}");
    }
    // An absolute name is refused whatever is chosen.
    let archive = folder.path().join("absolute.zip");
    std::fs::write(&archive, archive_of(&["C:/name", "good"])).unwrap();
    for names in ["refuse", "skip", "encode"] {
        let out = folder.path().join("absolute");
        let output = run(&["extract", path(&archive), "-C", path(&out), "--names", names]);
        expect(&output, 7, "absolute");
        assert!(!out.exists());
    }
}
