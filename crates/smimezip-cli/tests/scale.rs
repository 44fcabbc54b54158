//! A folder of 200 exports, ten of which are broken, each in its own way: one command extracts the
//! others, and says of all of them what became of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{archive_of, expect, files, json_lines, key, path, run, sample, test_keys, text};
use serde_json::json;

const ALL: usize = 200;

/// What is broken: the export's name, what is done to its parts, why it is not extracted, the exit
/// code for that alone, and what is said to whoever reads.
type Broken = (&'static str, fn(&Path), &'static str, u64, &'static str);

const BROKEN: [Broken; 10] = [
    ("another-key", for_another_key, "not decrypted", 4, "the message is for issuer CN=other"),
    ("copies-differ", with_another_copy, "incomplete", 6, "copies-differ.z01 (1).smime"),
    ("cut-part", cut, "damaged", 5, "cut-part.z01.smime"),
    ("directory", with_damaged_directory, "damaged", 5, "directory.zip.smime"),
    ("downloading", as_download, "incomplete", 6, "downloading.z01.smime.crdownload"),
    ("empty-part", |z01| write(z01, b""), "no archive", 3, "empty-part.z01.smime"),
    ("garbage", with_garbage, "damaged", 5, "garbage.z01.smime"),
    ("no-last", without_last, "incomplete", 6, "missing: no-last.zip.smime"),
    ("no-part", |z01| std::fs::remove_file(z01).unwrap(), "incomplete", 6, "no-part.z01.smime"),
    ("page", |z01| write(z01, PAGE), "no archive", 3, "page.z01.smime"),
];

const PAGE: &[u8] = b"<!DOCTYPE html><html><title>Sign in</title></html>\n";

fn write(file: &Path, bytes: &[u8]) {
    std::fs::write(file, bytes).unwrap();
}

fn changed(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(file).unwrap();
    change(&mut bytes);
    write(file, &bytes);
}

/// The other part of the export whose first one this is.
fn last_of(z01: &Path) -> std::path::PathBuf {
    path(z01).replace(".z01.smime", ".zip.smime").into()
}

fn cut(z01: &Path) {
    changed(z01, |bytes| bytes.truncate(bytes.len() / 2));
}

fn with_garbage(z01: &Path) {
    changed(z01, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 500].fill(0x07);
    });
}

fn without_last(z01: &Path) {
    std::fs::remove_file(last_of(z01)).unwrap();
}

fn as_download(z01: &Path) {
    std::fs::rename(z01, format!("{}.crdownload", path(z01))).unwrap();
}

fn with_another_copy(z01: &Path) {
    let copy = path(z01).replace(".z01.smime", ".z01 (1).smime");
    std::fs::copy(last_of(z01), copy).unwrap();
}

fn for_another_key(z01: &Path) {
    let (folder, certificate) = (z01.parent().unwrap(), test_keys().join("other.cert.pem"));
    for part in [z01, &last_of(z01)] {
        std::fs::remove_file(part).unwrap();
    }
    seal(folder, "another-key", path(&certificate));
}

/// One part, in which the directory's first header is none.
fn with_damaged_directory(z01: &Path) {
    std::fs::remove_file(z01).unwrap();
    let mut archive = archive_of(&["a", "b"]);
    let at = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    archive[at] ^= 1;
    let plain = z01.with_file_name("directory.tmp");
    write(&plain, &archive);
    let (sealed, to) = (last_of(z01), sample().join("certificate.pem"));
    let encrypt = ["encrypt", path(&plain), "--to", path(&to), "-o", path(&sealed)];
    expect(&run(&[&encrypt[..], &["--overwrite", "always"]].concat()), 0, "");
    std::fs::remove_file(plain).unwrap();
}

/// Seals a tree of two files to two parts.
fn seal(folder: &Path, stem: &str, certificate: &str) {
    let tree = tempfile::tempdir().unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let noise: Vec<u8> = noise.take(9000).flatten().collect();
    std::fs::create_dir(tree.path().join("recordings")).unwrap();
    write(&tree.path().join("recordings/1.raw"), &noise);
    write(&tree.path().join("note.txt"), b"a note");
    let outbox = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
    let seal = ["seal", path(tree.path()), "--to", certificate, "-o", path(outbox.path())];
    expect(&run(&[&seal[..], &["--split", "64K", "--name", stem]].concat()), 0, "");
    for kind in ["z01", "zip"] {
        let name = format!("{stem}.{kind}.smime");
        std::fs::rename(outbox.path().join(&name), folder.join(&name)).unwrap();
    }
}

/// The folder, and what each export that is whole has.
fn downloads(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::create_dir(folder).unwrap();
    seal(folder, "export-000", path(&sample().join("certificate.pem")));
    let stems = (1..ALL - BROKEN.len()).map(|nth| format!("export-{nth:03}"));
    let broken = BROKEN.iter().map(|(stem, ..)| (*stem).to_owned());
    for stem in stems.chain(broken) {
        for kind in ["z01", "zip"] {
            let part = folder.join(format!("export-000.{kind}.smime"));
            std::fs::copy(part, folder.join(format!("{stem}.{kind}.smime"))).unwrap();
        }
    }
    for (stem, break_it, ..) in BROKEN {
        break_it(&folder.join(format!("{stem}.z01.smime")));
    }
    let whole = folder.with_file_name("whole");
    let any = folder.join("export-000.z01.smime");
    expect(&run(&["extract", path(&any), "-k", &key(), "-C", path(&whole)]), 0, "2 files");
    files(&whole)
}

#[test]
fn of_200_exports_those_190_are_extracted_that_can_be() {
    let place = tempfile::tempdir().unwrap();
    let (folder, out) = (place.path().join("downloads"), place.path().join("out"));
    let whole = downloads(&folder);
    let here = files(&folder);
    let key = key();
    let extract = ["extract", path(&folder), "-k", &key, "-C", path(&out), "--no-sync"];

    let output = run(&extract);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{message}");
    // One table at the end: a line for each that is not there, then one for all.
    let lines: Vec<&str> = message.lines().collect();
    let (table, closing) = (&lines[lines.len() - BROKEN.len() - 1..], lines[lines.len() - 1]);
    for ((stem, _, why, ..), line) in BROKEN.iter().zip(table) {
        assert_eq!(*line, format!("not extracted: {stem} ({why})"), "{message}");
    }
    let counts = "1 not decrypted, 4 incomplete, 3 damaged, 2 no archive";
    let closing_of_all =
        format!("200 exports: 190 extracted, {counts}; below {}, in ", out.display());
    assert!(closing.starts_with(&closing_of_all), "{message}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("not extracted: ")).count(), 10);
    for (stem, .., said) in BROKEN {
        assert!(lines.iter().any(|line| line.contains(said)), "{stem}: {message}");
        assert!(!out.join(stem).exists(), "{stem}");
    }
    let tree = files(&out);
    assert_eq!(tree.len(), 190 * (whole.len() + 1));
    for nth in 0..190 {
        assert_eq!(files(&out.join(format!("export-{nth:03}"))), whole, "{nth}");
    }
    assert!(files(&folder) == here, "the parts are as they were");

    // Once more, for a program: what is there is, what is broken is still.
    let output = run(&[&extract[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(8));
    let lines = json_lines(&output);
    assert_eq!(lines.iter().filter(|line| line["type"] == "batch").count(), 1);
    let failed = BROKEN
        .map(|(stem, _, why, code, _)| json!({ "export": stem, "why": why, "exit_code": code }));
    let mut batch = lines.last().unwrap().clone();
    assert!(batch["duration_ms"].take().is_u64());
    assert_eq!(
        batch,
        json!({
            "type": "batch",
            "schema": 1,
            "exports": 200,
            "extracted": 0,
            "already_complete": 190,
            "no_match": 0,
            "in_part": [],
            "failed": failed,
            "waiting": [],
            "target": out.display().to_string(),
            "duration_ms": null,
        })
    );
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((of("summary"), of("error"), lines.len()), (190, 10, 201));
}
