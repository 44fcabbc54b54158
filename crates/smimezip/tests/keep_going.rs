//! `keep_going` where bytes of a part are damaged in whatever layer: the entries that hold them
//! fail, all others are extracted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeSet;

use common::seal::{Outside, Shape, seal};
use common::{Tree, noise, read_tree, sample_keys, zips};
use smimezip::error::Category;
use smimezip::{ErrorKind, Export, ExtractOptions, Part, ReadAt, Report};

const FILES: u64 = 20;

fn tree() -> Tree {
    let mut tree: Tree = (0..FILES)
        .map(|number| (format!("file-{number:02}"), Some(noise(number + 1, 9000))))
        .collect();
    tree.insert("folder".into(), None);
    tree
}

fn extract(part: &[u8], threads: usize) -> (Report, Tree) {
    let export = Export::from_parts([Part::new("e.zip.smime", part.to_vec())]).unwrap();
    let options = ExtractOptions::new().keep_going(true).durable(false).threads(threads);
    let folder = tempfile::tempdir().unwrap();
    let archive = export.unlock(&sample_keys()).unwrap();
    let report = archive.extract_with(folder.path(), &options, &mut ()).unwrap();
    (report, read_tree(folder.path()))
}

/// The part opens, at most two entries beside each other are lost, and the others are right.
#[track_caller]
fn loses_two_at_most(part: &[u8], what: &str) -> Vec<ErrorKind> {
    let threads = if part.len().is_multiple_of(2) { 1 } else { 3 };
    let (report, found) = extract(part, threads);
    let failed: BTreeSet<_> =
        report.failed.iter().map(|error| error.entry().unwrap().to_owned()).collect();
    assert!((1..=2).contains(&failed.len()), "{what}: {:?}", report.failed);
    assert_eq!(report.files + failed.len() as u64, FILES, "{what}");
    let mut expected = tree();
    expected.retain(|name, _| !failed.contains(name));
    assert!(found == expected, "{what}: {failed:?}");
    report.failed.iter().map(|error| error.kind().clone()).collect()
}

fn archive() -> Vec<u8> {
    zips::archive(&tree(), |_| zip::CompressionMethod::Stored)
}

#[test]
fn a_byte_in_base64_costs_the_entries_it_is_in() {
    for outside in [
        Outside::MimeBase64(64, "\n"),
        Outside::MimeBase64(76, "\r\n"),
        Outside::Pem("CMS"),
        Outside::Base64(1 << 30, ""),
    ] {
        let good = seal(&archive(), &Shape { outside: outside.clone(), ..Shape::default() });
        for byte in *b"*=\0 \n\t\x80-AZ" {
            for share in [1, 5, 8] {
                let mut part = good.clone();
                let mut at = part.len() * share / 10;
                while !part[at].is_ascii_alphanumeric() || part[at] == byte {
                    at += 1;
                }
                part[at] = byte;
                let what = format!("{outside:?} {byte:#x} at {at}");
                for kind in loses_two_at_most(&part, &what) {
                    let damaged = smimezip::Error::new(kind).category() == Category::Damaged;
                    assert!(damaged, "{what}");
                }
            }
        }
    }
}

#[test]
fn a_line_end_that_is_lost_costs_the_entries_beside_it() {
    let outside = Outside::MimeBase64(64, "\n");
    let good = seal(&archive(), &Shape { outside, ..Shape::default() });
    for byte in *b"A\0*" {
        let mut part = good.clone();
        let middle = part.len() / 2;
        let at = part[middle..].iter().position(|it| *it == b'\n').unwrap() + middle;
        part[at] = byte;
        loses_two_at_most(&part, &format!("{byte:#x}"));
    }
}

#[test]
fn a_chunk_that_breaks_the_rules_costs_the_entries_beside_it() {
    for outside in [Outside::Binary, Outside::MimeBase64(64, "\n")] {
        for chunk in [1000, 4096] {
            let shape = Shape {
                chunks: vec![chunk],
                indefinite: true,
                outside: Outside::Binary,
                ..Shape::default()
            };
            let good = seal(&archive(), &shape);
            // The header of a chunk in the middle: 04 82 xx xx.
            let size = u16::try_from(chunk).unwrap().to_be_bytes();
            let header = [4, 0x82, size[0], size[1]];
            let middle = good.len() / 2;
            let at = good[middle..].windows(4).position(|it| it == header).unwrap() + middle;
            for (within, byte) in
                [(0, 5), (0, 0x24), (0, 0), (1, 0x83), (1, 0x80), (2, 0xff), (3, 9)]
            {
                let mut part = good.clone();
                part[at + within] = byte;
                let part = common::seal::outside(&part, &outside);
                loses_two_at_most(&part, &format!("{outside:?} {chunk} {within} {byte:#x}"));
            }
        }
    }
}

#[test]
fn a_damaged_folder_costs_itself_only() {
    let good = archive();
    let name = good.windows(7).position(|it| it == b"folder/").unwrap();
    let mut bytes = good;
    // The method in its local header.
    bytes[name - 30 + 8] = 8;
    let part = seal(&bytes, &Shape::default());
    let (report, found) = extract(&part, 2);
    assert_eq!((report.files, report.folders, report.failed.len()), (FILES, 0, 1));
    assert_eq!(report.failed[0].entry(), Some("folder/"));
    let mut expected = tree();
    expected.remove("folder");
    assert!(found == expected);
}

#[test]
fn what_is_not_of_an_entry_ends_the_call() {
    struct Broken(Vec<u8>, u64);

    impl ReadAt for Broken {
        fn read_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
            let count = self.0.read_at(buf, offset)?;
            if (offset..offset + count as u64).contains(&self.1) {
                return Err(std::io::Error::other("the disk is broken here"));
            }
            Ok(count)
        }

        fn size(&self) -> std::io::Result<u64> {
            Ok(self.0.len() as u64)
        }
    }

    let sealed = seal(&archive(), &Shape::default());
    let middle = sealed.len() as u64 / 2;
    let export = Export::from_parts([Part::new("e.zip.smime", Broken(sealed, middle))]).unwrap();
    let options = ExtractOptions::new().keep_going(true);
    let error = export.unlock(&sample_keys()).unwrap().verify_with(&options, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
}
