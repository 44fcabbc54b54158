//! Archives without a directory, whose local headers are of the less common forms: what is found of
//! them is right, and nothing else is found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{Cursor, Write as _};

use common::{Tree, json_lines, noise, read_tree, zips};
use smimezip::{Export, ExtractOptions, KeyRing, Part};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn tree() -> Tree {
    let file = |it: u64| if it.is_multiple_of(2) { noise(it, 700) } else { json_lines(it, 12) };
    (0..9).map(|it| (format!("file {it}"), Some(file(it)))).collect()
}

/// The bytes before the directory.
fn without_directory(archive: &[u8]) -> Vec<u8> {
    let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    archive[..directory].to_vec()
}

fn found(bytes: Vec<u8>) -> Tree {
    let export = Export::from_parts([Part::new("e.zip", bytes)]).unwrap();
    let salvage = export.salvage(&KeyRing::new()).unwrap();
    let out = tempfile::tempdir().unwrap();
    salvage.extract_with(out.path(), &ExtractOptions::new().durable(false), &mut ()).unwrap();
    // Behind a lost head nothing is certain.
    salvage
        .extract_uncertain_with(out.path(), &ExtractOptions::new().durable(false), &mut ())
        .unwrap();
    read_tree(out.path())
}

/// The tree as entries that are written forward only, with descriptors.
fn streamed(tree: &Tree) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut bytes = Vec::new();
    let mut writer = ZipWriter::new_stream(&mut bytes);
    for (name, contents) in tree {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(contents.as_deref().unwrap()).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

#[test]
fn zip64_fields_in_local_headers_are_read() {
    let tree = tree();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    for (name, contents) in &tree {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(contents.as_deref().unwrap()).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    assert!(archive.windows(4).any(|it| it == [1, 0, 16, 0]), "no zip64 field");
    let archive = without_directory(&archive);
    assert!(found(archive.clone()) == tree);
    // The first entry is cut.
    let mut rest = tree;
    rest.pop_first();
    assert!(found(archive[40..].to_vec()) == rest);
}

#[test]
fn descriptors_without_signature_are_found() {
    let tree = tree();
    let archive = without_directory(&streamed(&tree));
    let mut unsigned = Vec::new();
    let mut signatures = 0;
    let mut at = 0;
    while at < archive.len() {
        if archive[at..].starts_with(b"PK\x07\x08") {
            signatures += 1;
            at += 4;
        } else {
            unsigned.push(archive[at]);
            at += 1;
        }
    }
    assert_eq!(signatures, tree.len());
    assert!(found(archive) == tree);
    assert!(found(unsigned.clone()) == tree);
    let mut rest = tree;
    rest.pop_first();
    assert!(found(unsigned[1..].to_vec()) == rest);
}

#[test]
fn of_names_that_differ_only_in_case_each_file_is_one_of_them() {
    let entries: [(&str, &[u8]); 3] = [("Read.me", b"one"), ("READ.ME", b"two"), ("c", b"three")];
    let whole: Tree = entries.map(|(name, it)| (name.to_owned(), Some(it.to_vec()))).into();
    let found = found(without_directory(&zips::stored(&entries)));
    assert!(found.contains_key("c"), "{found:?}");
    assert!(found.iter().all(|(name, contents)| whole.get(name) == Some(contents)), "{found:?}");
}
