//! Manifests: `seal --manifest`, `verify --manifest` without a key, and what `inspect` makes of
//! one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::PathBuf;

use common::{expect, files, json_lines, key, path, run, sample, text};

/// An export in three parts or more with its manifest.
struct Place {
    _temporary: tempfile::TempDir,
    tree: PathBuf,
    outbox: PathBuf,
    manifest: String,
}

fn place(more: &[&str]) -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let (tree, outbox) = (temporary.path().join("tree"), temporary.path().join("outbox"));
    std::fs::create_dir(&tree).unwrap();
    let mut number = 1_u32;
    let noise = std::iter::repeat_with(|| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number.to_be_bytes()[0]
    });
    std::fs::write(tree.join("noise"), noise.take(180_000).collect::<Vec<_>>()).unwrap();
    let to = path(&sample().join("certificate.pem")).to_owned();
    let place = ["seal", path(&tree), "--to", &to, "-o", path(&outbox), "--name", "e"];
    expect(&run(&[&place[..], &["--split", "64K"], more].concat()), 0, "sealed 1 file");
    let manifest = path(&outbox.join("e.manifest.json")).to_owned();
    Place { _temporary: temporary, tree, outbox, manifest }
}

#[test]
fn parts_are_checked_without_a_key() {
    let place = place(&["--manifest"]);
    assert_eq!(files(&place.outbox).len(), 4);
    let verify = || run(&["verify", "--manifest", &place.manifest]);
    expect(&verify(), 0, "e: 3 of 3 parts as the manifest says");
    let moved = place.outbox.with_file_name("moved.json");
    std::fs::copy(&place.manifest, &moved).unwrap();
    let elsewhere = run(&["verify", "--manifest", path(&moved), path(&place.outbox)]);
    expect(&elsewhere, 0, "3 of 3 parts");
    // Cut, changed, lost.
    let part = |kind: &str| place.outbox.join(format!("e.{kind}.smime"));
    let mut bytes = std::fs::read(part("z02")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(part("z02"), &bytes).unwrap();
    expect(&verify(), 5, "e.z02.smime: damaged: SHA-256 is another");
    let cut = std::fs::File::options().write(true).open(part("z01")).unwrap();
    cut.set_len(100).unwrap();
    drop(cut);
    std::fs::remove_file(part("zip")).unwrap();
    let output = verify();
    expect(&output, 5, "e.z01.smime: damaged: the part has 100 bytes and should have");
    for said in ["e.z02.smime", "e.zip.smime", "only 0 of 3 parts", "fetch"] {
        expect(&output, 5, said);
    }
    let line = &json_lines(&run(&["verify", "--manifest", &place.manifest, "--json"]))[0];
    assert_eq!((&line["intact"], &line["missing"][0]), (&0.into(), &"e.zip.smime".into()));
    for kind in ["z01", "z02"] {
        std::fs::remove_file(part(kind)).unwrap();
    }
    expect(&verify(), 6, "e.z01.smime");
}

#[test]
fn a_copy_that_stands_in_for_a_part_is_that_part() {
    let place = place(&["--manifest"]);
    let (part, copy) = (place.outbox.join("e.z02.smime"), place.outbox.join("e.z02 (1).smime"));
    std::fs::rename(&part, &copy).unwrap();
    let verify = || run(&["verify", "--manifest", &place.manifest]);
    expect(&verify(), 0, "e: 3 of 3 parts as the manifest says");
    expect(&verify(), 0, "e.z02 (1).smime is a copy by its name, and is taken as the part");
    let output = run(&["inspect", path(&place.outbox), "--json"]);
    let export = &json_lines(&output)[0];
    assert_eq!((output.status.code(), &export["extra"]), (Some(0), &serde_json::json!([])));
    assert_eq!(export["stand_ins"], serde_json::json!(["e.z02 (1).smime"]));
    // It is compared as the part would be.
    std::fs::copy(place.outbox.join("e.zip.smime"), &copy).unwrap();
    expect(&verify(), 5, "e.z02 (1).smime: damaged: ");
    let output = run(&["inspect", path(&place.outbox), "--json"]);
    assert_eq!(json_lines(&output)[0]["resized"], serde_json::json!(["e.z02 (1).smime"]));
}

#[test]
fn entries_are_named_if_that_is_asked_for_only() {
    for (flag, is_named) in [("--manifest", false), ("--manifest=entries", true)] {
        let place = place(&[flag, "--no-read-back"]);
        let text = std::fs::read_to_string(&place.manifest).unwrap();
        assert_eq!(text.contains("{\"path\": \"noise\", \"size\": 180000, "), is_named, "{text}");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&json["version"], json["parts"].as_array().unwrap().len()), (&1.into(), 3));
        expect(&run(&["verify", path(&place.outbox), "-k", &key()]), 0, "verified 1 file");
    }
}

#[test]
fn inspect_sees_the_end_of_the_set() {
    let place = place(&["--manifest"]);
    let inspect = || run(&["inspect", path(&place.outbox)]);
    let output = inspect();
    expect(&output, 0, "");
    let said = text(&output.stdout);
    assert!(said.contains("the manifest beside them names 3 in all"), "{said}");
    assert!(!said.contains("whether parts follow"), "{said}");
    let cut = place.outbox.join("e.z01.smime");
    std::fs::File::options().write(true).open(cut).unwrap().set_len(70_000).unwrap();
    std::fs::remove_file(place.outbox.join("e.z02.smime")).unwrap();
    let output = inspect();
    expect(&output, 5, "");
    let said = text(&output.stdout);
    assert!(said.contains("another size than the manifest says: e.z01.smime"), "{said}");
    assert!(said.contains("missing: e.z02.smime"), "{said}");
    std::fs::write(&place.manifest, "{\"version\": 1, \"set\": \"../e\"}").unwrap();
    let output = inspect();
    let said = text(&output.stdout);
    assert!(said.contains("the manifest beside them is of no use"), "{said}");
    expect(&run(&["verify", "--manifest", &place.manifest]), 5, "lacks a field");
}

#[test]
fn one_that_is_there_is_in_the_way() {
    let place = place(&["--manifest"]);
    let to = path(&sample().join("certificate.pem")).to_owned();
    for kind in ["z01", "z02", "zip"] {
        std::fs::remove_file(place.outbox.join(format!("e.{kind}.smime"))).unwrap();
    }
    let (tree, outbox) = (path(&place.tree), path(&place.outbox));
    let output = run(&["seal", tree, "--to", &to, "-o", outbox, "--name", "e"]);
    expect(&output, 7, "already exists");
    expect(&output, 7, "e.manifest.json");
    let manifests = ["verify", "--manifest", &place.manifest, "a", "b"];
    expect(&run(&manifests), 1, "name one INPUT");
    expect(&run(&["verify"]), 1, "INPUT");
    expect(&run(&["verify", "--manifest", "nowhere"]), 2, "nowhere: ");
}

#[test]
fn a_manifest_that_belongs_to_nothing_here_is_said() {
    let place = place(&["--manifest=entries"]);
    let written = std::fs::read_to_string(&place.manifest).unwrap();
    std::fs::write(&place.manifest, written.replace("\"noise\"", "\"../noise\"")).unwrap();
    let output = run(&["verify", "--manifest", &place.manifest]);
    expect(&output, 7, "no export has such a file");
    assert!(!text(&output.stderr).contains("--names"), "{}", text(&output.stderr));
    let other = written.replace("\"e\"", "\"f\"").replace("\"e.", "\"f.");
    std::fs::write(&place.manifest, other).unwrap();
    let output = run(&["inspect", path(&place.outbox)]);
    expect(&output, 5, "");
    let said = text(&output.stdout);
    assert!(said.contains("is that of another export"), "{said}");
}

#[test]
fn it_may_name_more_parts_than_are_opened_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let digest = "0".repeat(64);
    let part = |number: u32| {
        let end = if number == 10_001 { "zip".to_owned() } else { format!("z{number:02}") };
        format!(r#"{{"name": "e.{end}.smime", "size": 1, "sha256": "{digest}"}}"#)
    };
    let parts: Vec<_> = (1..=10_001).map(part).collect();
    let parts = parts.join(",");
    let text = format!(r#"{{"version": 1, "set": "e", "bytes": 10001, "parts": [{parts}]}}"#);
    let manifest = folder.path().join("e.manifest.json");
    std::fs::write(&manifest, text).unwrap();
    let verify = ["verify", "--manifest", path(&manifest)];
    expect(&run(&verify), 6, "only 0 of 10001 parts as the manifest says");
    let fewer = run(&[&verify[..], &["--limit", "parts=10000"]].concat());
    expect(&fewer, 7, "limit reached: parts, allowed 10000");
}
