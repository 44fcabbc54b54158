//! Row Z5, field by field: every field of every record of an archive is made to lie, in each way
//! that matters to a parser. A field is either named here as harmless, or a lie in it refuses the
//! archive.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use common::zips::{named, split};
use common::{limits, noise};
use smimezip::zip::EntryKind;
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part, UnlockOptions};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipWriter};

type Contents = BTreeMap<String, Vec<u8>>;

/// A record's signature, and its fields: name and size in bytes.
type Record = (&'static str, &'static [u8], &'static [(&'static str, usize)]);

const LOCAL: Record = (
    "local header",
    b"PK\x03\x04",
    &[
        ("signature", 4),
        ("version needed", 2),
        ("flags", 2),
        ("method", 2),
        ("time", 2),
        ("date", 2),
        ("CRC-32", 4),
        ("compressed size", 4),
        ("uncompressed size", 4),
        ("name size", 2),
        ("extra size", 2),
    ],
);
const CENTRAL: Record = (
    "central header",
    b"PK\x01\x02",
    &[
        ("signature", 4),
        ("version made by", 2),
        ("version needed", 2),
        ("flags", 2),
        ("method", 2),
        ("time", 2),
        ("date", 2),
        ("CRC-32", 4),
        ("compressed size", 4),
        ("uncompressed size", 4),
        ("name size", 2),
        ("extra size", 2),
        ("comment size", 2),
        ("disk", 2),
        ("internal attributes", 2),
        ("external attributes", 4),
        ("offset", 4),
    ],
);
const END: Record = (
    "end record",
    b"PK\x05\x06",
    &[
        ("signature", 4),
        ("disk", 2),
        ("disk of the directory", 2),
        ("entries here", 2),
        ("entries", 2),
        ("size of the directory", 4),
        ("offset of the directory", 4),
        ("comment size", 2),
    ],
);
const ZIP64_END: Record = (
    "zip64 end record",
    b"PK\x06\x06",
    &[
        ("signature", 4),
        ("size", 8),
        ("version made by", 2),
        ("version needed", 2),
        ("disk", 4),
        ("disk of the directory", 4),
        ("entries here", 8),
        ("entries", 8),
        ("size of the directory", 8),
        ("offset of the directory", 8),
    ],
);
const LOCATOR: Record =
    ("zip64 locator", b"PK\x06\x07", &[("signature", 4), ("disk", 4), ("offset", 8), ("disks", 4)]);
const DESCRIPTOR: Record = (
    "data descriptor",
    b"PK\x07\x08",
    &[("signature", 4), ("CRC-32", 4), ("compressed size", 4), ("uncompressed size", 4)],
);

/// Fields that tell nothing of the data: when a file was made, and for whom. A lie in them may be
/// accepted, with the right bytes.
const HARMLESS: [&str; 7] = [
    "version made by",
    "version needed",
    "time",
    "date",
    "internal attributes",
    "external attributes",
    // The bits for how hard the writer tried, and the one that announces a data descriptor, which
    // is there or not; all other bits are compared.
    "flags",
];

fn contents() -> Contents {
    [
        ("a", b"first".to_vec()),
        ("b/c", noise(3, 400)),
        ("b/zeros", vec![0; 3000]),
        ("empty", Vec::new()),
    ]
    .map(|(name, contents)| (name.to_owned(), contents))
    .into()
}

fn archive(large: bool) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in contents() {
        let options = SimpleFileOptions::default()
            .system(System::Unix)
            .compression_method(CompressionMethod::Deflated)
            .large_file(large);
        writer.start_file(name, options).unwrap();
        writer.write_all(&contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn streamed() -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, contents) in contents() {
        let options = SimpleFileOptions::default()
            .system(System::Unix)
            .compression_method(CompressionMethod::Deflated);
        writer.start_file(name, options).unwrap();
        writer.write_all(&contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The archive with zip64 end record and locator; the end record's fields escaped, or as they were.
fn with_zip64_end(archive: &[u8], escaped: bool) -> Vec<u8> {
    let (rest, end) = archive.split_at(archive.len() - 22);
    let number = |at: usize, size: usize| {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&end[at..at + size]);
        u64::from_le_bytes(bytes)
    };
    let mut out = rest.to_vec();
    out.extend(b"PK\x06\x06");
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (at, size) in [(8, 2), (10, 2), (12, 4), (16, 4)] {
        out.extend(number(at, size).to_le_bytes());
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend((rest.len() as u64).to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    let mut end = end.to_vec();
    if escaped {
        end[8..20].fill(0xff);
    }
    out.extend(end);
    out
}

/// The same with the last part of a set.
fn set_with_zip64_end(mut parts: Vec<Vec<u8>>, escaped: bool) -> Vec<Vec<u8>> {
    let count = u32::try_from(parts.len()).unwrap();
    let last = parts.last_mut().unwrap();
    let zip64 = with_zip64_end(last, escaped);
    let (record, locator) = (last.len() - 22, last.len() - 22 + 56);
    let directory_disk = [last[record + 6], last[record + 7], 0, 0];
    *last = zip64;
    last[record + 16..record + 20].copy_from_slice(&(count - 1).to_le_bytes());
    last[record + 20..record + 24].copy_from_slice(&directory_disk);
    last[locator + 4..locator + 8].copy_from_slice(&(count - 1).to_le_bytes());
    last[locator + 16..locator + 20].copy_from_slice(&count.to_le_bytes());
    if escaped {
        let end = last.len() - 22;
        last[end + 4..end + 8].fill(0xff);
    }
    parts
}

/// What is read from the parts, every byte of it verified.
fn read(parts: &[Vec<u8>]) -> Result<Contents, Error> {
    let parts = named(parts.to_vec(), "");
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let archive: Archive = Export::from_parts(parts)?.unlock(&KeyRing::new())?;
    archive.verify()?;
    let mut found = Contents::new();
    for entry in archive.entries().iter().filter(|entry| entry.kind() == EntryKind::File) {
        let mut contents = Vec::new();
        archive.open_entry(entry)?.read_to_end(&mut contents)?;
        found.insert(entry.raw_name().to_owned(), contents);
    }
    Ok(found)
}

/// Other values for a field of `size` bytes that holds `value`.
fn lies(value: u64, size: usize) -> Vec<u64> {
    let most = if size == 8 { u64::MAX } else { (1 << (8 * size)) - 1 };
    let mut lies = vec![
        0,
        1,
        2,
        value.wrapping_add(1) & most,
        value.wrapping_sub(1) & most,
        value ^ (most ^ (most >> 1)),
        most >> 1,
        most - 1,
        most,
    ];
    lies.sort_unstable();
    lies.dedup();
    lies.retain(|lie| *lie != value);
    lies
}

/// Makes every field of these records lie, in every part; the numbers of lies refused and accepted.
fn check(what: &str, parts: &[Vec<u8>], records: &[Record]) -> (usize, usize) {
    assert_eq!(read(parts).unwrap(), contents(), "{what} is good");
    let (mut refused, mut accepted) = (0, 0);
    for (part, bytes) in parts.iter().enumerate() {
        for (record, signature, fields) in records {
            for start in (0..bytes.len() - 3).filter(|at| bytes[*at..].starts_with(signature)) {
                let mut at = start;
                for (field, size) in *fields {
                    let Some(place) = bytes.get(at..at + size) else { break };
                    let mut number = [0; 8];
                    number[..*size].copy_from_slice(place);
                    let value = u64::from_le_bytes(number);
                    for lie in lies(value, *size) {
                        let mut parts = parts.to_vec();
                        parts[part][at..at + size].copy_from_slice(&lie.to_le_bytes()[..*size]);
                        let said =
                            format!("{what}, {record} at {start}, {field}: {value} -> {lie}");
                        match read(&parts) {
                            Err(_) => refused += 1,
                            Ok(found) => {
                                accepted += 1;
                                assert!(
                                    is_harmless(what, record, field, value, lie, bytes),
                                    "{said}"
                                );
                                assert_eq!(found, contents(), "{said}");
                            }
                        }
                    }
                    at += size;
                }
            }
        }
    }
    (refused, accepted)
}

fn is_harmless(what: &str, record: &str, field: &str, value: u64, lie: u64, bytes: &[u8]) -> bool {
    // What the empty file has, where the field has it not: zero bytes, two of them compressed.
    let is_true = (field == "compressed size" && lie == 2)
        || (field == "uncompressed size" && lie == 0 && value == u64::from(u32::MAX));
    match (record, field) {
        (_, "flags") => (value ^ lie) & !0b1110 == 0,
        ("local header" | "central header", "compressed size" | "uncompressed size") if is_true => {
            true
        }
        // Behind a descriptor, the local fields may be zero or escaped.
        ("local header", "CRC-32" | "compressed size" | "uncompressed size") => {
            has(bytes, DESCRIPTOR.1) && (lie == 0 || lie == u64::from(u32::MAX))
        }
        // In sets, zip4j writes anything there.
        (_, "entries here") if what.starts_with("a set") => true,
        // Escaped: the truth is in the zip64 end record.
        ("end record", field) if field != "comment size" && has(bytes, ZIP64_END.1) => {
            let is_escaped = lie == u64::from(u16::MAX) || lie == u64::from(u32::MAX);
            is_escaped || Some(lie) == zip64_value(field, bytes)
        }
        // Some writers count the disks from zero.
        ("zip64 locator", "disks") => lie == 0,
        _ => HARMLESS.contains(&field),
    }
}

/// What the zip64 end record has in the field of this name.
fn zip64_value(field: &str, bytes: &[u8]) -> Option<u64> {
    let mut at = bytes.windows(4).position(|it| it == ZIP64_END.1)?;
    for (name, size) in ZIP64_END.2 {
        if *name == field {
            let mut number = [0; 8];
            number[..*size].copy_from_slice(&bytes[at..at + size]);
            return Some(u64::from_le_bytes(number));
        }
        at += size;
    }
    None
}

fn has(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.windows(4).any(|it| it == signature)
}

#[test]
fn z5_every_field_that_lies_is_refused_or_named_harmless() {
    let plain = archive(false);
    let mut total = (0, 0);
    let mut add = |(refused, accepted): (usize, usize)| {
        total.0 += refused;
        total.1 += accepted;
    };
    add(check("an archive", std::slice::from_ref(&plain), &[LOCAL, CENTRAL, END]));
    add(check("a streamed archive", &[streamed()], &[LOCAL, CENTRAL, END, DESCRIPTOR]));
    add(check("an archive of zip64 entries", &[archive(true)], &[LOCAL, CENTRAL, END]));
    for escaped in [false, true] {
        let zip64 = with_zip64_end(&plain, escaped);
        add(check("an archive with zip64 ends", &[zip64], &[END, ZIP64_END, LOCATOR]));
    }
    let parts = split(&plain, &[300]);
    assert!(parts.len() >= 3);
    add(check("a set", &parts, &[LOCAL, CENTRAL, END]));
    for escaped in [false, true] {
        let zip64 = set_with_zip64_end(parts.clone(), escaped);
        add(check("a set with zip64 ends", &zip64, &[END, ZIP64_END, LOCATOR]));
    }
    println!("{} lies refused, {} harmless ones accepted", total.0, total.1);
    assert!(total.0 > 1000 && total.1 > 100);
}

#[test]
fn z5_bytes_between_records_are_refused() {
    let good = archive(false);
    let central = good.windows(4).position(|it| it == CENTRAL.1).unwrap();
    let end = good.len() - 22;
    let places = [("in front", 0), ("before the directory", central), ("before the end", end)];
    // Four bytes in front could be a set's marker, and are none.
    for ((what, at), count) in places.into_iter().flat_map(|place| [(place, 1), (place, 4)]) {
        let mut bytes = good.clone();
        bytes.splice(at..at, vec![0; count]);
        assert!(read(std::slice::from_ref(&bytes)).is_err(), "{what}");
        // The places may even be told right.
        let shift = |bytes: &mut Vec<u8>, at: usize| {
            let number = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            let number = number + u32::try_from(count).unwrap();
            bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        };
        if at <= central {
            let end = bytes.len() - 22;
            shift(&mut bytes, end + 16);
        }
        if at == 0 {
            let headers: Vec<_> =
                (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(CENTRAL.1)).collect();
            for header in headers {
                shift(&mut bytes, header + 42);
            }
        }
        assert!(read(&[bytes]).is_err(), "{what}, told right");
    }
    // Behind the end, and in a comment that is told.
    let behind = [&good[..], b"x"].concat();
    assert!(read(std::slice::from_ref(&behind)).is_err());
    let mut comment = behind;
    let size = comment.len() - 3;
    comment[size] = 1;
    assert_eq!(read(&[comment]).unwrap(), contents());
}

#[test]
fn z6_the_limits_on_the_directory_are_the_last_that_are_allowed() {
    let bytes = archive(false);
    let end = bytes.len() - 22;
    let size = u64::from(u32::from_le_bytes(bytes[end + 12..end + 16].try_into().unwrap()));
    let open = |change: &dyn Fn(&mut smimezip::Limits)| {
        let mut limits = limits();
        change(&mut limits);
        Archive::open_with(
            [Part::new("e.zip", bytes.clone())],
            &UnlockOptions::new().limits(&limits),
        )
        .map(|archive| archive.entries().len())
    };
    assert_eq!(open(&|limits| limits.directory = size).unwrap(), 4);
    assert_eq!(open(&|limits| limits.entries = 4).unwrap(), 4);
    for (error, name) in [
        (open(&|limits| limits.directory = size - 1).unwrap_err(), "directory"),
        (open(&|limits| limits.entries = 3).unwrap_err(), "entries"),
    ] {
        let is_limit =
            matches!(error.kind(), ErrorKind::Limit { limit, .. } if limit.name() == name);
        assert!(is_limit, "{error}");
    }
}

#[test]
fn pieces_of_an_archive_with_zip64_ends_open() {
    for escaped in [false, true] {
        let bytes = with_zip64_end(&archive(false), escaped);
        let pieces = (1..)
            .zip(bytes.chunks(300))
            .map(|(number, piece)| Part::new(format!("e.zip.{number:03}"), piece.to_vec()));
        let export = Export::from_parts(pieces).unwrap();
        let archive = export.unlock(&KeyRing::new()).unwrap();
        let report = archive.verify().unwrap();
        assert_eq!(report.files, 4);
    }
}
