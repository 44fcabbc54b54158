//! `smimezip decrypt` of several messages to a folder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{NAME, copy_of_sample, expect, files, json_lines, key, path, run, smimezip, text};

const KINDS: [&str; 4] = ["z01", "z02", "z03", "zip"];

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

fn at(folder: &Path, kind: &str) -> String {
    path(&folder.join(format!("{NAME}.{kind}.smime"))).to_owned()
}

#[test]
fn each_is_written_under_its_name_without_the_suffix() {
    let (folder, key) = (copy_of_sample(), key());
    let parts = KINDS.map(|kind| at(folder.path(), kind));
    let out = folder.path().join("new/out");
    let mut decrypt = vec!["decrypt", "-k", &key, "-d", path(&out)];
    decrypt.extend(parts.iter().map(String::as_str));
    // A shell's patterns may name one twice.
    let twice = path(folder.path()).to_owned() + "/./" + &format!("{NAME}.z01.smime");
    decrypt.push(&twice);
    let output = run(&decrypt);
    expect(&output, 0, "4 messages: 4 decrypted\n");
    assert_eq!(names(&out), KINDS.map(|kind| format!("{NAME}.{kind}")));
    for (kind, part) in KINDS.iter().zip(&parts) {
        let alone = run(&["decrypt", part, "-k", &key, "-o", "-"]);
        assert!(alone.stdout == std::fs::read(out.join(format!("{NAME}.{kind}"))).unwrap());
    }
    // Nothing is replaced unless it is asked for.
    std::fs::write(out.join(format!("{NAME}.z02")), "mine").unwrap();
    std::fs::remove_file(out.join(format!("{NAME}.z03"))).unwrap();
    let output = run(&decrypt);
    expect(&output, 8, "4 messages: 1 decrypted, 3 a file is there\n");
    expect(&output, 8, "already exists: ");
    assert_eq!(std::fs::read(out.join(format!("{NAME}.z02"))).unwrap(), b"mine");
    assert!(out.join(format!("{NAME}.z03")).exists());
    expect(&run(&[&decrypt[..], &["--overwrite", "always"]].concat()), 0, "4 decrypted");
    assert_ne!(std::fs::read(out.join(format!("{NAME}.z02"))).unwrap(), b"mine");
    // One alone may go to a folder, too; several without one go here.
    let one = ["decrypt", &parts[0], "-k", &key, "-d", path(&out)];
    expect(&run(&one), 7, "already exists");
    let here = tempfile::tempdir().unwrap();
    let parts = KINDS.map(|kind| folder.path().join(format!("{NAME}.{kind}.smime")));
    let parts = parts.map(|part| part.canonicalize().unwrap());
    let key = Path::new(&key).canonicalize().unwrap();
    let output = smimezip()
        .args(["decrypt", "-k", path(&key)])
        .args(&parts)
        .current_dir(here.path())
        .output()
        .unwrap();
    expect(&output, 0, "4 messages: 4 decrypted");
    assert_eq!(names(here.path()).len(), 4);
}

#[test]
fn one_that_fails_does_not_keep_the_others_from_it() {
    let (folder, key) = (copy_of_sample(), key());
    let part = |kind: &str| at(folder.path(), kind);
    // Cut off, of another kind, and not there at all.
    let bytes = std::fs::read(part("z01")).unwrap();
    std::fs::write(part("z01"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(part("z03"), "<html>").unwrap();
    let (out, none) = (folder.path().join("out"), part("z09"));
    let parts = KINDS.map(part);
    let mut decrypt = vec!["decrypt", "-k", &key, "-d", path(&out), &none];
    decrypt.extend(parts.iter().map(String::as_str));
    let output = run(&decrypt);
    expect(&output, 8, "5 messages: 2 decrypted, ");
    expect(&output, 8, "z03.smime (no message)");
    expect(&output, 8, "z09.smime (not readable)");
    // What failed has left nothing.
    assert_eq!(names(&out), ["z02", "zip"].map(|kind| format!("{NAME}.{kind}")));
    let lines = json_lines(&run(&[&decrypt[..], &["--json", "--overwrite", "always"]].concat()));
    let last = lines.last().unwrap();
    assert_eq!((&last["type"], &last["decrypted"]), (&"messages".into(), &2.into()));
    assert_eq!(last["failed"].as_array().unwrap().len(), 3);
    assert_eq!(lines.iter().filter(|line| line["type"] == "error").count(), 3);
    assert_eq!(lines.iter().filter(|line| line["type"] == "file").count(), 2);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let (folder, other, key) = (copy_of_sample(), copy_of_sample(), key());
    let (one, two) = (at(folder.path(), "z01"), at(folder.path(), "z02"));
    let again = at(other.path(), "z01");
    let upper = path(&other.path().join("UPPER.SMIME")).to_owned();
    let lower = path(&folder.path().join("upper.p7m")).to_owned();
    let plain = path(&folder.path().join("plain.eml")).to_owned();
    let inner = path(&folder.path().join(format!("{NAME}.z01.smime.p7m"))).to_owned();
    for copy in [&upper, &lower, &plain, &inner] {
        std::fs::copy(&one, copy).unwrap();
    }
    let out = folder.path().join("out");
    let (here, out) = (path(folder.path()), path(&out));
    let cases: [(&[&str], &str); 6] = [
        (&[&two, &one, &again, "-d", out], "would be decrypted to one name"),
        (&[&two, &upper, &lower, "-d", out], "would be decrypted to one name"),
        (&[&two, &plain, "-d", out], "plain.eml has no name that ends in .smime or .p7m"),
        (&[&two, "-", "-d", out], "standard input is one message without a name"),
        (&[&one, &two, "-o", out], "-o names one file"),
        (&[&one, &two, "-o", out, "-d", out], "cannot be used with"),
    ];
    let before = files(folder.path());
    for (arguments, message) in cases {
        for more in [&[][..], &["--overwrite", "always"]] {
            expect(&run(&[&["decrypt", "-k", &key], arguments, more].concat()), 1, message);
        }
    }
    // A message that another would replace.
    let replaced = [&one, &inner, "-d", here, "--overwrite", "always"];
    let output = run(&[&["decrypt", "-k", &key], &replaced[..]].concat());
    expect(&output, 1, "which is to be decrypted, too");
    assert!(files(folder.path()) == before);
    let output = run(&["decrypt", "-k", &key, &one, &two, "-d", &plain]);
    expect(&output, 8, "already exists, and is no folder");
    assert!(text(&output.stderr).contains("2 messages: 2 "), "{}", text(&output.stderr));
}
