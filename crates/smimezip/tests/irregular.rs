//! Messages whose lines or chunks are not of one length, and hold another number of bytes than
//! assumed: whoever reads them gets what is in them, and has to ask for nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{Read, Seek, SeekFrom};

use common::seal::{Outside, Shape, seal};
use common::{Tree, noise, read_tree, sample_keys, zips};
use smimezip::extract::save;
use smimezip::message::{Content, Envelope};
use smimezip::{Archive, ErrorKind, Export, ExtractOptions, Part};

/// Bytes before the chunks that are of another length.
const BEFORE: usize = 20_000;

/// Six chunks in the place of two: four more headers, and 16 bytes less than assumed.
fn sealed(data: &[u8], outside: Outside) -> Vec<u8> {
    let mut chunks = vec![1000; BEFORE / 1000];
    chunks.extend([330, 330, 330, 330, 330, 334]);
    chunks.extend(vec![1000; data.len() / 1000]);
    seal(data, &Shape { chunks, indefinite: true, outside, ..Shape::default() })
}

fn outsides() -> [Outside; 3] {
    [Outside::Binary, Outside::MimeBase64(64, "\n"), Outside::Pem("CMS")]
}

fn content(data: &[u8], outside: Outside) -> Content {
    let envelope = Envelope::open(sealed(data, outside)).unwrap();
    let content = envelope.unlock(&sample_keys()).unwrap();
    assert_eq!(content.size(), data.len() as u64 + 16, "it can be seen before it is read");
    content
}

#[test]
fn who_reads_forward_gets_all_of_it() {
    let data = noise(3, 60_000);
    for outside in outsides() {
        for size in [700, 100_000] {
            let mut content = content(&data, outside.clone());
            let (mut found, mut buffer) = (Vec::new(), vec![0; size]);
            loop {
                match content.read(&mut buffer).unwrap() {
                    0 => break,
                    count => found.extend_from_slice(&buffer[..count]),
                }
            }
            assert!(found == data, "{outside:?} {size}");
            assert_eq!(content.size(), data.len() as u64);
        }
    }
}

#[test]
fn who_read_elsewhere_before_gets_one_error() {
    let data = noise(3, 60_000);
    let mut content = content(&data, Outside::Binary);
    content.seek(SeekFrom::End(-100)).unwrap();
    content.read_exact(&mut [0; 10]).unwrap();
    content.seek(SeekFrom::Start(BEFORE as u64 - 100)).unwrap();
    let error = smimezip::Error::from(content.read_exact(&mut [0; 5000]).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{error}");
    let mut found = vec![0; 5000];
    assert_eq!(content.seek(SeekFrom::End(0)).unwrap(), data.len() as u64);
    content.seek(SeekFrom::Start(BEFORE as u64 - 100)).unwrap();
    content.read_exact(&mut found).unwrap();
    assert!(found == data[BEFORE - 100..][..5000]);
}

#[test]
fn a_file_gets_all_of_it() {
    let data = noise(3, 1_000_000);
    let folder = tempfile::tempdir().unwrap();
    for outside in outsides() {
        let path = folder.path().join(format!("{outside:?}").replace(['"', '\\', '/'], "-"));
        let content = content(&data, outside);
        save(&content, &path).unwrap();
        assert!(std::fs::read(&path).unwrap() == data);
    }
}

fn tree() -> Tree {
    (0..12).map(|number| (format!("file-{number:02}"), Some(noise(number, 9_000)))).collect()
}

/// An archive of two parts, of which `irregular` are.
fn archive(irregular: [bool; 2], outside: &Outside) -> Archive {
    let bytes = zips::archive(&tree(), |_| zip::CompressionMethod::Stored);
    let parts = zips::named(zips::split(&bytes, &[bytes.len() / 2 + 100]), ".smime");
    let seal_part = |(part, irregular): (Vec<u8>, bool)| {
        let regular = Shape { outside: outside.clone(), ..Shape::default() };
        if irregular { sealed(&part, outside.clone()) } else { seal(&part, &regular) }
    };
    let parts: Vec<_> = parts
        .into_iter()
        .zip(irregular)
        .map(|((name, part), irregular)| Part::new(name, seal_part((part, irregular))))
        .collect();
    assert_eq!(parts.len(), 2);
    Export::from_parts(parts).unwrap().unlock(&sample_keys()).unwrap()
}

fn each(check: impl Fn(&Archive, &str)) {
    for irregular in [[true, false], [false, true], [true, true]] {
        for outside in outsides() {
            check(&archive(irregular, &outside), &format!("{irregular:?} {outside:?}"));
        }
    }
}

#[test]
fn an_export_is_extracted_and_verified() {
    each(|archive, what| {
        for keep_going in [false, true] {
            let options = ExtractOptions::new().keep_going(keep_going);
            let report = archive.verify_with(&options, &mut ()).unwrap();
            assert_eq!((report.files, report.failed.len()), (12, 0), "{what}");
        }
    });
    each(|archive, what| {
        for keep_going in [false, true] {
            let out = tempfile::tempdir().unwrap();
            let options = ExtractOptions::new().keep_going(keep_going);
            archive.extract_with(out.path(), &options, &mut ()).unwrap();
            assert!(read_tree(out.path()) == tree(), "{what}");
        }
    });
}

#[test]
fn entries_are_read_and_extracted_in_any_order() {
    each(|archive, what| {
        let tree = tree();
        let last_first = archive.entries().iter().rev();
        for entry in last_first.chain(archive.entries()) {
            let mut found = Vec::new();
            archive.open_entry(entry).unwrap().read_to_end(&mut found).unwrap();
            assert!(tree[entry.raw_name()].as_ref() == Some(&found), "{what} {}", entry.raw_name());
        }
    });
    each(|archive, what| {
        for entry in archive.entries().iter().rev() {
            let out = tempfile::tempdir().unwrap();
            let options = ExtractOptions::default();
            archive.extract_entry_with(entry, out.path(), &options, &mut ()).unwrap();
            let found = std::fs::read(out.path().join(entry.raw_name())).unwrap();
            assert!(tree()[entry.raw_name()] == Some(found), "{what} {}", entry.raw_name());
        }
    });
}
