//! Bytes that belong to no entry: after the end of an archive, before its first entry, between
//! entries. Zeros at the end are accepted and reported; anything else is refused by number and
//! place unless the caller accepts it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::odd::{self, Odd};
use common::{Tree, has, json_lines, run_with, skipped, write_tree, zips};
use smimezip::error::Damage;
use smimezip::message::Accept;
use smimezip::zip::OddityKind;
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part, Report, UnlockOptions};

type Parts = Vec<(String, Vec<u8>)>;

fn verify(parts: Parts, options: &UnlockOptions) -> Result<Report, Error> {
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let archive = Export::from_parts(parts)?.unlock_with(&KeyRing::new(), options, &mut ())?;
    let mut all = 0;
    for entry in archive.entries() {
        all += std::io::copy(&mut archive.open_entry(entry)?, &mut std::io::sink())?;
    }
    let report = archive.verify()?;
    assert_eq!(report.bytes, all);
    Ok(report)
}

fn lone(bytes: Vec<u8>) -> Parts {
    vec![("e.zip".to_owned(), bytes)]
}

fn accepting(trailing_data: bool, unused_bytes: bool) -> UnlockOptions {
    let accept = Accept::new().trailing_data(trailing_data).unused_bytes(unused_bytes);
    UnlockOptions::new().accept(accept)
}

fn entries() -> Vec<Odd> {
    vec![
        Odd::deflated("a.json", &json_lines(1, 20)),
        Odd::new("b/c", b"some text"),
        Odd::new("empty", b""),
    ]
}

fn met(report: &Report) -> Vec<(OddityKind, u64)> {
    report.oddities.iter().map(|oddity| (oddity.kind(), oddity.count())).collect()
}

#[test]
fn z5_zeros_after_the_end_are_accepted_and_reported() {
    let good = odd::archive(&entries());
    for count in [1, 21, 22, 512, 10_240 - good.len(), 65_536, 1 << 20] {
        let padded = [&good[..], &vec![0; count]].concat();
        let report = verify(lone(padded), &UnlockOptions::new()).unwrap();
        assert_eq!(report.files, 3);
        assert_eq!(met(&report), [(OddityKind::TrailingZeros, count as u64)]);
    }
    // After the last part of a set, and of pieces.
    let mut parts = zips::named(zips::split(&good, &[100]), "");
    parts.last_mut().unwrap().1.extend([0; 700]);
    assert_eq!(
        met(&verify(parts, &UnlockOptions::new()).unwrap()),
        [(OddityKind::TrailingZeros, 700)]
    );
    let padded = [&good[..], &[0; 700]].concat();
    let pieces = (1..).zip(padded.chunks(100));
    let pieces = pieces.map(|(number, piece)| (format!("e.zip.{number:03}"), piece.to_vec()));
    assert_eq!(
        met(&verify(pieces.collect(), &UnlockOptions::new()).unwrap()),
        [(OddityKind::TrailingZeros, 700)]
    );
    // A comment of zeros is one.
    let mut comment = [&good[..], &[0; 30]].concat();
    comment[good.len() - 2] = 30;
    assert_eq!(met(&verify(lone(comment), &UnlockOptions::new()).unwrap()), []);
}

#[test]
fn what_bsdtar_and_dd_pad_is_accepted() {
    // `dd` pads each short read of a pipe, in the middle of the archive, unless told to wait.
    for (program, script) in [
        ("bsdtar", "bsdtar -c --format zip -f - tree | cat > e.zip"),
        ("bsdtar", "bsdtar -c -b 200 --format zip -f - tree | cat > e.zip"),
        ("zip", "zip -qr - tree | dd ibs=512 obs=512 iflag=fullblock conv=sync of=e.zip 2>&1"),
        ("zip", "zip -qr - tree | dd bs=1M iflag=fullblock conv=sync of=e.zip 2>&1"),
        ("zip", "zip -qr e.zip tree && truncate -s 3M e.zip"),
    ] {
        if !has(program) {
            return skipped(&format!("{program} is not installed"));
        }
        let folder = tempfile::tempdir().unwrap();
        let tree: Tree = [
            ("a".to_owned(), Some(b"first".to_vec())),
            ("b/c".to_owned(), Some(json_lines(2, 60))),
        ]
        .into();
        write_tree(&folder.path().join("tree"), &tree);
        run_with(folder.path(), "sh", &["-c", script], b"");
        let bytes = std::fs::read(folder.path().join("e.zip")).unwrap();
        let report = verify(lone(bytes), &UnlockOptions::new()).unwrap();
        let is_padded = report.oddities.iter().any(|it| it.kind() == OddityKind::TrailingZeros);
        assert!(report.files == 2 && is_padded, "{script}: {report:?}");
    }
}

#[test]
fn z5_other_bytes_after_the_end_are_refused_by_number_or_accepted() {
    let good = odd::archive(&entries());
    for trailing in
        [&b"\n"[..], b"-- \nA mailing list\n", &vec![7; 70_000], b"\0\0x", b"PK\x03\x04"]
    {
        let bytes = [&good[..], trailing].concat();
        let (count, end) = (trailing.len() as u64, good.len() as u64);
        for unused in [false, true] {
            let error = verify(lone(bytes.clone()), &accepting(false, unused)).unwrap_err();
            let ErrorKind::Damaged(Damage::TrailingBytes { count: found }) = error.kind() else {
                panic!("{error}")
            };
            assert_eq!((*found, error.offset(), error.part()), (count, Some(end), Some("e.zip")));
            let report = verify(lone(bytes.clone()), &accepting(true, unused)).unwrap();
            assert_eq!(met(&report), [(OddityKind::TrailingData, count)]);
        }
    }
    // After a set: in its last part.
    let mut parts = zips::named(zips::split(&good, &[100]), "");
    let (last, bytes) = parts.last_mut().unwrap();
    let (last, end) = (last.clone(), bytes.len() as u64);
    bytes.extend(b"more");
    let error = verify(parts.clone(), &UnlockOptions::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::TrailingBytes { count: 4 })));
    assert_eq!((error.part(), error.offset()), (Some(last.as_str()), Some(end)));
    let report = verify(parts, &accepting(true, false)).unwrap();
    assert_eq!(met(&report), [(OddityKind::TrailingData, 4)]);
}

#[test]
fn z5_a_second_archive_is_never_an_accepted_rest() {
    // Some readers take the first, some the last: 7-Zip and bsdtar read two trees.
    let (good, other) = (odd::archive(&entries()), odd::archive(&[Odd::new("evil", b"x")]));
    let mut in_comment = [&good[..], &other, b"rest"].concat();
    let size = u16::try_from(other.len() + 4).unwrap().to_le_bytes();
    in_comment[good.len() - 2..good.len()].copy_from_slice(&size);
    for bytes in [
        [&good[..], &other].concat(),
        [&good[..], &other, b"rest"].concat(),
        [&good[..], &other, &[0; 99]].concat(),
        [&good[..], &[0; 99], &other].concat(),
        in_comment,
    ] {
        for options in [
            UnlockOptions::new(),
            accepting(true, false),
            accepting(false, true),
            accepting(true, true),
        ] {
            verify(lone(bytes.clone()), &options).unwrap_err();
        }
    }
}

#[test]
fn z5_bytes_that_belong_to_no_entry_are_refused_by_number_or_accepted() {
    let dead = b"a file that was deleted";
    let count = dead.len() as u64;
    let mut between = entries();
    between[0].after = dead.to_vec();
    let between_at = 30 + 6 + between[0].data.len() as u64;
    let program = [b"MZ", &dead[..]].concat();
    let directory = {
        let bytes = odd::archive(&entries());
        bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap() as u64
    };
    for (what, bytes, count, at) in [
        ("in front, counted", odd::archive_with(dead, 0, &entries(), b""), count, 0),
        (
            "in front, not counted",
            odd::archive_with(&program, program.len(), &entries(), b""),
            count + 2,
            0,
        ),
        ("between", odd::archive(&between), count, between_at),
        ("before the directory", odd::archive_with(b"", 0, &entries(), dead), count, directory),
        ("in front of nothing", odd::archive_with(dead, 0, &[], b""), count, 0),
    ] {
        for trailing in [false, true] {
            let error = verify(lone(bytes.clone()), &accepting(trailing, false)).unwrap_err();
            let ErrorKind::Damaged(Damage::UnusedBytes { count: found }) = error.kind() else {
                panic!("{what}: {error}")
            };
            assert_eq!((*found, error.offset(), error.part()), (count, Some(at), Some("e.zip")));
        }
        let report = verify(lone(bytes), &accepting(false, true)).unwrap();
        assert_eq!(met(&report), [(OddityKind::UnusedBytes, count)], "{what}");
    }
}

#[test]
fn unused_bytes_of_all_places_are_counted_together() {
    let mut odd = entries();
    for entry in &mut odd {
        entry.after = vec![7; 13];
    }
    let bytes = odd::archive_with(b"before", 0, &odd, b"");
    assert_eq!(
        met(&verify(lone(bytes.clone()), &accepting(false, true)).unwrap()),
        [(OddityKind::UnusedBytes, 6 + 3 * 13)]
    );
    // In a set each is named in its part, whose offset is its own.
    let parts = zips::split(&odd::archive(&odd), &[150]);
    let error = verify(zips::named(parts.clone(), ""), &UnlockOptions::new()).unwrap_err();
    let ErrorKind::Damaged(Damage::UnusedBytes { count: 13 }) = error.kind() else {
        panic!("{error}")
    };
    let report = verify(zips::named(parts, ""), &accepting(false, true)).unwrap();
    assert_eq!(met(&report), [(OddityKind::UnusedBytes, 3 * 13)]);
    // A wrong descriptor is not accepted as unused bytes.
    odd[0].after = odd[0].descriptor(16);
    odd[0].after[5] ^= 1;
    assert!(verify(lone(odd::archive(&odd)), &accepting(true, true)).is_err());
}

#[test]
fn archives_that_extract_themselves_open_where_unused_bytes_are_accepted() {
    if !has("zip") || !has("python3") {
        return skipped("zip or python3 is not installed");
    }
    for (script, shifts) in [
        // The places as they were, and mended.
        ("zip -qr e.zip tree && { head -c 5000 /bin/sh; cat e.zip; } > x.zip", 5000),
        (
            "zip -qr e.zip tree && { head -c 5000 /bin/sh; cat e.zip; } > x.zip && zip -qA x.zip",
            5000,
        ),
        ("zip -qr e.zip tree && { printf '#!/bin/sh\\n'; cat e.zip; } > x.zip", 10),
        (
            "head -c 4096 /bin/sh > x.zip && \
             python3 -c 'import zipfile; zipfile.ZipFile(\"x.zip\", \"a\").write(\"tree/a\")'",
            4096,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let tree: Tree = [("a".to_owned(), Some(b"first".to_vec()))].into();
        write_tree(&folder.path().join("tree"), &tree);
        run_with(folder.path(), "sh", &["-c", script], b"");
        let bytes = std::fs::read(folder.path().join("x.zip")).unwrap();
        let error = verify(lone(bytes.clone()), &UnlockOptions::new()).unwrap_err();
        let is_unused = matches!(error.kind(), ErrorKind::Damaged(Damage::UnusedBytes { count }) if *count == shifts);
        assert!(is_unused, "{script}: {error}");
        let report = verify(lone(bytes), &accepting(false, true)).unwrap();
        assert_eq!((report.files, met(&report)), (1, vec![(OddityKind::UnusedBytes, shifts)]));
    }
}

#[test]
fn the_oddities_of_the_archive_are_known_when_it_is_open() {
    let bytes = [&odd::archive_with(b"before", 0, &entries(), b"")[..], &[0; 5]].concat();
    let archive = Archive::open_with([Part::new("e.zip", bytes)], &accepting(false, true)).unwrap();
    let texts: Vec<_> = archive.oddities().iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "zeros follow the end of the archive: 5 bytes",
            "bytes belong to no entry and were ignored: 6 bytes"
        ]
    );
}

#[test]
fn trailing_data_after_a_set_whose_directory_is_in_the_last_part() {
    let good = odd::archive(&entries());
    for first in [10, 60, 100] {
        for count in [4, 700] {
            let mut parts = zips::named(zips::split(&good, &[first, 1_000_000]), "");
            assert_eq!(parts.len(), 2);
            parts.last_mut().unwrap().1.extend(vec![b'-'; count]);
            let error = verify(parts.clone(), &UnlockOptions::new()).unwrap_err();
            let ErrorKind::Damaged(Damage::TrailingBytes { count: found }) = error.kind() else {
                panic!("{error}");
            };
            assert_eq!((*found, error.part()), (count as u64, Some("e.zip")));
            let report = verify(parts, &accepting(true, false)).unwrap();
            assert_eq!(met(&report), [(OddityKind::TrailingData, count as u64)]);
        }
    }
}
