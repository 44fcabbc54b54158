//! Exports that were sealed twice: every command says so, and its advice leads to what is in them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::{NAME, expect, files, json_lines, key, part, path, run, sample, test_keys, text};

const KINDS: [&str; 4] = ["z01", "z02", "z03", "zip"];

#[test]
fn it_is_said_and_the_advice_leads_on() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let (twice, once) = (at("twice"), at("once"));
    std::fs::create_dir(&twice).unwrap();
    let other = path(&test_keys().join("other.key.pem")).to_owned();
    let certificate = path(&test_keys().join("other.cert.pem")).to_owned();
    for kind in KINDS {
        let to = twice.join(format!("{NAME}.{kind}.smime"));
        let output = run(&["encrypt", path(&part(kind)), "--to", &certificate, "-o", path(&to)]);
        expect(&output, 0, "");
    }
    let (folder, out) = (path(&twice), at("out"));
    let commands: [&[&str]; 4] =
        [&["list"], &["verify"], &["extract", "-C", path(&out)], &["salvage", "-C", path(&out)]];
    for command in commands {
        let arguments = [command, &[folder, "-k", &other]].concat();
        let output = run(&arguments);
        expect(&output, 3, "sealed twice");
        expect(&output, 3, "smimezip decrypt FILES -d FOLDER");
        let json = json_lines(&run(&[&arguments[..], &["--json"]].concat()));
        assert_eq!(json[0]["code"], "unsupported");
        assert!(!out.exists());
    }
    let output = run(&["status", folder, "-k", &other]);
    expect(&output, 8, "");
    assert!(text(&output.stdout).contains("sealed twice"), "{}", text(&output.stdout));
    let output = run(&["inspect", folder, "-k", &other]);
    assert_eq!(text(&output.stdout).matches("sealed twice").count(), 4);
    let export = &json_lines(&run(&["inspect", folder, "-k", &other, "--json"]))[0];
    assert_eq!(export["parts"][3]["sealed_twice"], true);
    let whole = run(&["inspect", path(&sample()), "-k", &key()]);
    assert!(!text(&whole.stdout).contains("twice"), "{}", text(&whole.stdout));

    let messages: Vec<String> =
        KINDS.iter().map(|kind| path(&twice.join(format!("{NAME}.{kind}.smime"))).into()).collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let decrypt = [&["decrypt"], &messages[..], &["-k", &other, "-d", path(&once)]].concat();
    expect(&run(&decrypt), 0, "");
    expect(&run(&["extract", path(&once), "-k", &key(), "-C", path(&out)]), 0, "6 files");
    assert!(files(&out).len() >= 6);
}
