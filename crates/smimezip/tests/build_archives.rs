//! Archives that are made entry by entry: opened again by ourselves they give what was put in, in
//! parts of any size; sinks that fail leave nothing; what cannot be made is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, SystemTime};

use common::sinks::MemorySink;
use common::{Tree, json_lines, noise, tree};
use proptest::prelude::*;
use smimezip::build::{ArchiveWriter, BuildOptions, Built, EntryAttributes};
use smimezip::parts::{EitherSink, PartName, PartSink};
use smimezip::zip::Modified;
use smimezip::{Archive, CancelToken, Error, ErrorKind, Limit, Limits, UnlockOptions};

const SMALLEST: u64 = 65_536;

fn name() -> PartName {
    PartName::parse("e.zip").unwrap()
}

/// Writes `tree` in pieces of `piece` bytes.
fn write<S: PartSink>(
    sink: S,
    tree: &Tree,
    options: &BuildOptions,
    piece: usize,
) -> Result<Built, Error> {
    let mut archive = ArchiveWriter::new(sink, &name(), options)?;
    for (name, contents) in tree {
        let attributes = EntryAttributes::new();
        match contents {
            None => archive.add_folder(name, &attributes)?,
            Some(contents) => {
                let mut entry = archive.begin_file(name, &attributes)?;
                for piece in contents.chunks(piece) {
                    entry.write_all(piece)?;
                }
                entry.finish()?;
            }
        }
    }
    archive.finish()
}

/// What an archive has, everything verified.
fn read(sink: &MemorySink) -> Tree {
    let archive = Archive::open(sink.to_open()).unwrap();
    assert_eq!(archive.verify().unwrap().oddities, []);
    let mut tree = Tree::new();
    for entry in &archive {
        let path = entry.path().unwrap().as_str().to_owned();
        let contents = entry.is_file().then(|| {
            let mut contents = Vec::new();
            std::io::copy(&mut archive.open_entry(entry).unwrap(), &mut contents).unwrap();
            contents
        });
        assert!(tree.insert(path, contents).is_none());
    }
    tree
}

/// Checks that no record of the archive lies across two parts, and that the parts are named, cut
/// and marked as they should be.
fn check_parts(parts: &[(String, Vec<u8>)], size: Option<u64>) {
    let (last, others) = parts.split_last().unwrap();
    assert_eq!(last.0, "e.zip");
    assert!(size.is_none_or(|size| last.1.len() as u64 <= size));
    assert_eq!(parts[0].1.starts_with(b"PK\x07\x08"), !others.is_empty());
    let at = |bytes: &[u8], at: usize| {
        usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
    };
    let offset = |bytes: &[u8], at: usize| {
        usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap()
    };
    let end = &last.1[last.1.len() - 22..];
    assert!(end.starts_with(b"PK\x05\x06"));
    assert_eq!(at(end, 4), parts.len() - 1);
    for ((part, bytes), number) in others.iter().zip(1..) {
        assert_eq!(*part, format!("e.z{number:02}"));
        let missing = size.unwrap() - bytes.len() as u64;
        // No record here is larger; and the directory is in one part if it fits.
        let most = if number == at(end, 6) && offset(end, 16) == 0 { offset(end, 12) } else { 0 };
        assert!(missing < 200 + most as u64, "{part} has {missing} bytes too few");
    }
    // The headers of the directory one after the other, up to the end record; those that are here
    // are counted.
    let (mut disk, mut place, mut here) = (at(end, 6), offset(end, 16), 0);
    loop {
        if place == parts[disk].1.len() {
            (disk, place, here) = (disk + 1, 0, 0);
        }
        let header = &parts[disk].1[place..];
        if header.starts_with(b"PK\x05\x06") {
            break;
        }
        assert!(header.starts_with(b"PK\x01\x02") && header.len() >= 46);
        let size = 46 + at(header, 28) + at(header, 30) + at(header, 32);
        assert!(header.len() >= size, "a header of the directory across two parts");
        let local = &parts[at(header, 34)].1[offset(header, 42)..];
        assert!(local.starts_with(b"PK\x03\x04") && local.len() >= 30);
        assert!(local.len() >= 30 + at(local, 26) + at(local, 28), "a header across two parts");
        (place, here) = (place + size, here + 1);
    }
    assert_eq!(at(end, 8), here);
}

#[test]
fn a_tree_comes_back_from_parts_of_many_sizes() {
    let tree = tree();
    let mut counts = BTreeMap::new();
    let sizes = (0..24).map(|step| SMALLEST + step * 2_963).chain([180_000, 200_000, 250_000]);
    for size in sizes.map(Some).chain([None, Some(1 << 30)]) {
        for threads in [1, 3] {
            let sink = MemorySink::default();
            let mut options = BuildOptions::new().threads(threads);
            options = size.map_or(options.clone(), |size| options.part_size(size));
            let built = write(sink.clone(), &tree, &options, 7_777).unwrap();
            let parts = sink.parts().unwrap();
            assert_eq!(built.parts.len(), parts.len());
            assert!(built.parts.iter().zip(&parts).all(|(one, other)| one.name() == &*other.0));
            check_parts(&parts, size);
            assert_eq!(read(&sink), tree, "{size:?}");
            *counts.entry(parts.len()).or_insert(0) += 1;
        }
    }
    assert!(counts.len() > 2, "{counts:?}");
}

/// Parts of one size, and a first entry of every size around it, so that each record of those after
/// it comes to lie at each distance from the part's end.
#[test]
fn z5_each_record_at_each_distance_from_the_end_of_a_part() {
    let mut seen = std::collections::BTreeSet::new();
    let bytes = noise(1, 70_000);
    let large = noise(2, 140_000);
    for distance in 0..330 {
        let sink = MemorySink::default();
        let options = BuildOptions::new().part_size(SMALLEST).threads(1).level(0);
        let mut archive = ArchiveWriter::new(sink.clone(), &name(), &options).unwrap();
        let first = usize::try_from(SMALLEST).unwrap() - distance;
        for (name, contents) in
            [("first", &bytes[..first]), ("second", &bytes[..10]), ("large", &large[..])]
        {
            let mut entry = archive.begin_file(name, &EntryAttributes::new()).unwrap();
            entry.write_all(contents).unwrap();
            entry.finish().unwrap();
        }
        archive.add_folder("folder", &EntryAttributes::new()).unwrap();
        archive.finish().unwrap();
        let parts = sink.parts().unwrap();
        assert!(parts[..parts.len() - 1].iter().all(|(_, bytes)| bytes.len() as u64 <= SMALLEST));
        seen.insert(parts[0].1.len());
        let tree = read(&sink);
        assert_eq!(tree["first"].as_deref(), Some(&bytes[..first]));
        assert_eq!(tree["large"].as_deref(), Some(&large[..]));
    }
    assert!(seen.len() > 30, "{seen:?}");
}

/// The directory and the end records at each distance, where one part may be enough or not.
#[test]
fn an_archive_is_one_plain_part_as_long_as_it_fits() {
    let bytes = noise(1, 70_000);
    let mut plain = 0;
    for size in 65_300..65_560 {
        let sink = MemorySink::default();
        let options = BuildOptions::new().part_size(SMALLEST).threads(1);
        let tree = Tree::from([("x".to_owned(), Some(bytes[..size].to_vec()))]);
        write(sink.clone(), &tree, &options, size).unwrap();
        let parts = sink.parts().unwrap();
        // A local header, a header of the directory, an end record, and the marker there may be.
        let fits = size + 31 + 47 + 22 + 4 <= 65_536;
        assert_eq!(parts.len(), if fits { 1 } else { 2 }, "{size}");
        assert_eq!(parts[0].1.starts_with(b"PK\x03\x04"), fits);
        plain += usize::from(fits);
        assert_eq!(read(&sink), tree);
    }
    assert!((50..210).contains(&plain));
}

/// Longer than what is kept in memory: both first parts are written, and one is dropped.
#[test]
fn the_first_part_is_written_in_two_ways_until_it_is_known() {
    let tree = Tree::from([("x".to_owned(), Some(noise(1, 900_000)))]);
    for (size, parts, begins) in [(1_000_000, 1, *b"PK\x03\x04"), (800_000, 2, *b"PK\x07\x08")] {
        let sink = MemorySink::default();
        write(sink.clone(), &tree, &BuildOptions::new().part_size(size), 10_000).unwrap();
        let made = sink.parts().unwrap();
        assert_eq!((made.len(), &made[0].1[..4]), (parts, &begins[..]));
        assert_eq!(sink.counts(), (0, 2, 1));
        assert_eq!(read(&sink), tree);
    }
    let sink = MemorySink::default();
    write(sink.clone(), &tree, &BuildOptions::new(), 10_000).unwrap();
    assert_eq!(sink.counts(), (0, 1, 0));
}

#[test]
fn more_than_999_parts() {
    let tree = Tree::from([
        ("a".to_owned(), Some(noise(1, 40_000_000))),
        ("b".to_owned(), Some(noise(2, 26_000_000))),
    ]);
    let sink = MemorySink::default();
    let options = BuildOptions::new().part_size(SMALLEST).level(0);
    write(sink.clone(), &tree, &options, 1 << 20).unwrap();
    let parts = sink.parts().unwrap();
    assert!(parts.len() > 1_000, "{}", parts.len());
    assert_eq!((&*parts[98].0, &*parts[99].0, &*parts[999].0), ("e.z99", "e.z100", "e.z1000"));
    check_parts(&parts, Some(SMALLEST));
    assert_eq!(read(&sink), tree);
}

#[test]
fn more_entries_than_two_bytes_count() {
    let limits = Limits::new().with(Limit::Entries, 100_000);
    for size in [None, Some(SMALLEST), Some(1_000_000)] {
        let sink = MemorySink::default();
        let options = BuildOptions::new();
        let options = size.map_or(options.clone(), |size| options.part_size(size));
        let mut archive = ArchiveWriter::new(sink.clone(), &name(), &options).unwrap();
        for number in 0..70_000 {
            let file = format!("{}/{number}", number % 100);
            archive.begin_file(&file, &EntryAttributes::new()).unwrap().finish().unwrap();
        }
        assert_eq!(archive.finish().unwrap().files, 70_000);
        let options = UnlockOptions::new().limits(&limits);
        let archive = Archive::open_with(sink.to_open(), &options).unwrap();
        assert_eq!((archive.entries().len(), archive.oddities()), (70_000, Vec::new()));
        if size != Some(SMALLEST) {
            assert_eq!(archive.verify().unwrap().files, 70_000);
        }
    }
}

#[test]
fn the_same_bytes_each_time_with_any_number_of_threads_and_any_pieces() {
    let mut tree = tree();
    tree.insert("large".into(), Some([json_lines(5, 9_000), noise(3, 300_000)].concat()));
    let mut made = Vec::new();
    for (threads, piece) in [(1, 1 << 20), (1, 1_000), (2, 262_144), (7, 262_145), (0, 65_000)] {
        let sink = MemorySink::default();
        let options = BuildOptions::new().part_size(100_000).threads(threads).level(9);
        write(sink.clone(), &tree, &options, piece).unwrap();
        made.push(sink.parts().unwrap());
    }
    assert!(made[0].len() > 5);
    assert!(made.iter().all(|parts| *parts == made[0]));
}

#[test]
fn f1_a_sink_that_fails_at_any_byte_leaves_nothing() {
    let tree = tree();
    let whole = MemorySink::default();
    let options = BuildOptions::new().part_size(SMALLEST).threads(2);
    write(whole.clone(), &tree, &options, 10_000).unwrap();
    let size: usize = whole.parts().unwrap().iter().map(|(_, bytes)| bytes.len()).sum();
    let mut tried = 0;
    for after in (0..size as u64).step_by(997).chain(size as u64 - 30..size as u64) {
        let sink = MemorySink::failing(after);
        let error = write(sink.clone(), &tree, &options, 10_000).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
        assert!(error.part().is_some_and(|part| part.starts_with("e.z")), "{error:#}");
        assert!(sink.parts().is_none());
        assert_eq!(sink.counts().0, 0, "a part is left open");
        tried += 1;
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn what_cannot_be_made_is_refused() {
    let refused = |options: &BuildOptions, name: &str| {
        let name = PartName::parse(name).unwrap();
        let error = ArchiveWriter::new(MemorySink::default(), &name, options).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
        error.to_string()
    };
    for size in [0, 1, 65_535, 1 << 32, u64::MAX] {
        let text = refused(&BuildOptions::new().part_size(size), "e.zip");
        assert!(text.contains(&size.to_string()) && text.contains("65536"), "{text}");
    }
    refused(&BuildOptions::new().level(10), "e.zip");
    for name in ["../e.zip", "a/b.zip", "a:b.zip", "a\\b.zip", "\u{1}.zip"] {
        assert!(refused(&BuildOptions::new(), name).contains("safe"));
    }
}

#[test]
fn z4_names_that_an_extraction_would_refuse_are_refused() {
    let sink = MemorySink::default();
    let mut archive = ArchiveWriter::new(sink.clone(), &name(), &BuildOptions::new()).unwrap();
    let plain = EntryAttributes::new();
    archive.begin_file("a/b", &plain).unwrap().finish().unwrap();
    archive.add_folder("a/", &plain).unwrap();
    for (name, code) in [
        ("../x", "unsafe_name"),
        ("/x", "unsafe_name"),
        ("nul.txt", "unsafe_name"),
        ("x/", "unsafe_name"),
        ("", "unsafe_name"),
        ("A/B", "name_conflict"),
        ("a/b", "name_conflict"),
        ("a/b/c", "name_conflict"),
        ("a", "name_conflict"),
    ] {
        let error = archive.begin_file(name, &plain).unwrap_err();
        assert_eq!((error.code(), error.entry()), (code, Some(name)));
    }
    assert_eq!(archive.add_folder("a", &plain).unwrap_err().code(), "name_conflict");
    let built = archive.finish().unwrap();
    assert_eq!((built.files, built.folders), (1, 1));
    assert_eq!(read(&sink).len(), 2);
}

#[test]
fn what_is_not_finished_or_too_long_or_cancelled_comes_to_nothing() {
    let sink = MemorySink::default();
    let make = |options: &BuildOptions| ArchiveWriter::new(sink.clone(), &name(), options).unwrap();
    let mut archive = make(&BuildOptions::new());
    drop(archive.begin_file("x", &EntryAttributes::new()).unwrap());
    assert_eq!(archive.finish().unwrap_err().entry(), Some("x"));

    let mut archive = make(&BuildOptions::new());
    let mut entry = archive.begin_file("x", &EntryAttributes::new().max_size(5)).unwrap();
    entry.write_all(b"12345").unwrap();
    let error = Error::from(entry.write_all(b"6").unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    assert!(entry.finish().is_err() && archive.finish().is_err());

    let token = CancelToken::new();
    let mut archive = make(&BuildOptions::new().cancel(&token));
    let mut entry = archive.begin_file("x", &EntryAttributes::new()).unwrap();
    entry.write_all(&noise(1, 300_000)).unwrap();
    token.cancel();
    let error = Error::from(entry.write_all(&noise(2, 300_000)).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    drop(entry);
    assert!(matches!(archive.finish().unwrap_err().kind(), ErrorKind::Cancelled));
    assert!(sink.parts().is_none() && sink.counts().0 == 0);
}

/// As callers do that cannot keep a borrow of the archive.
#[test]
fn entries_are_written_without_a_borrow_of_the_archive() {
    let sink = MemorySink::default();
    let mut archive = ArchiveWriter::new(sink.clone(), &name(), &BuildOptions::new()).unwrap();
    let plain = EntryAttributes::new();
    let is_misuse = |outcome: Result<(), Error>| {
        matches!(outcome.unwrap_err().kind(), ErrorKind::InvalidArgument(_))
    };
    assert!(is_misuse(archive.write_entry(b"")) && is_misuse(archive.end_entry()));
    let mut expected = Tree::new();
    for file in ["a", "b"] {
        let contents = noise(u64::from(file.as_bytes()[0]), 700_000);
        archive.begin_entry(file, &plain).unwrap();
        assert_eq!(archive.open_entry(), Some(file));
        let (one, two) = contents.split_at(300_001);
        archive.write_entry(one).unwrap();
        assert!(is_misuse(archive.begin_entry("c", &plain)));
        assert!(is_misuse(archive.add_folder("d", &plain)));
        archive.write_entry(b"").unwrap();
        archive.write_entry(two).unwrap();
        archive.end_entry().unwrap();
        assert_eq!(archive.open_entry(), None);
        expected.insert(file.to_owned(), Some(contents));
    }
    archive.add_folder("d", &plain).unwrap();
    expected.insert("d".to_owned(), None);
    let built = archive.finish().unwrap();
    assert_eq!((built.files, built.folders, built.bytes), (2, 1, 1_400_000));
    assert_eq!(read(&sink), expected);

    let sink = MemorySink::default();
    let mut archive = ArchiveWriter::new(sink.clone(), &name(), &BuildOptions::new()).unwrap();
    archive.begin_entry("a", &plain).unwrap();
    assert_eq!(archive.finish().unwrap_err().entry(), Some("a"));
    assert!(sink.parts().is_none());
}

/// A program that chooses a sink when it runs.
#[test]
fn one_type_for_two_kinds_of_sinks() {
    let tree = tree();
    for kind in [EitherSink::Left, EitherSink::Right] {
        let kept = MemorySink::default();
        write(kind(kept.clone()), &tree, &BuildOptions::new(), 1000).unwrap();
        assert_eq!(read(&kept), tree);
    }
}

#[test]
fn times_and_permissions() {
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    for reproducible in [false, true] {
        let sink = MemorySink::default();
        let options = BuildOptions::new().reproducible(reproducible);
        let mut archive = ArchiveWriter::new(sink.clone(), &name(), &options).unwrap();
        let file = EntryAttributes::new().modified(at(1_795_391_999)).permissions(0o104_740);
        archive.begin_file("file", &file).unwrap().finish().unwrap();
        let late = EntryAttributes::new().modified(at(1 << 33)).permissions(0o600);
        archive.begin_file("late", &late).unwrap().finish().unwrap();
        archive.add_folder("folder", &EntryAttributes::new()).unwrap();
        archive.finish().unwrap();
        let archive = Archive::open(sink.to_open()).unwrap();
        let found = |name: &str| {
            let entry = archive.find(name).unwrap();
            let year = match entry.modified() {
                Modified::Local(time) => Some(time.year()),
                _ => None,
            };
            (entry.permissions(), year)
        };
        if reproducible {
            assert_eq!(found("file"), (Some(0o755), Some(1980)));
            assert_eq!(found("late"), (Some(0o644), Some(1980)));
        } else {
            assert_eq!(found("file"), (Some(0o740), None));
            let time = archive.find("file").unwrap().modified();
            assert_eq!(time, Modified::Instant(at(1_795_391_999)));
            assert_eq!(found("late"), (Some(0o600), Some(2107)));
        }
        assert_eq!(found("folder/"), (Some(0o755), Some(1980)));
    }
}

fn contents() -> impl Strategy<Value = Vec<u8>> {
    let sizes = prop_oneof![0..200_usize, 130_000..132_000_usize, 0..400_000_usize];
    (sizes, any::<u64>(), 0..3).prop_map(|(size, seed, kind)| match kind {
        0 => noise(seed, size),
        1 => json_lines(seed, size / 50),
        _ => noise(seed, size / 9 + 1).repeat(9),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_in_parts_of_any_size_comes_back(
        files in proptest::collection::btree_map("[a-f]{1,3}(/[g-k]{1,20}){0,2}", contents(), 0..12),
        size in proptest::option::of(SMALLEST..400_000),
        level in 0..=9_u32,
        threads in 1..4_usize,
        piece in 1_000..300_000_usize,
    ) {
        let mut tree = Tree::new();
        for (path, contents) in files {
            // A file where another's folder must be is refused elsewhere.
            let below = format!("{path}/");
            if !tree.keys().any(|it: &String| it.starts_with(&below) || path.starts_with(&format!("{it}/"))) {
                tree.insert(path, Some(contents));
            }
        }
        let sink = MemorySink::default();
        let mut options = BuildOptions::new().level(level).threads(threads);
        options = size.map_or(options.clone(), |size| options.part_size(size));
        write(sink.clone(), &tree, &options, piece).unwrap();
        prop_assert_eq!(read(&sink), tree);
    }
}
