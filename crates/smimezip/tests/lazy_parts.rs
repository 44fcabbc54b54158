//! Of a split archive that is not sealed, only the parts are opened that are needed: the last ones
//! for the directory, others for the entries in them. What was refused when all were opened at once
//! is refused all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{noise, zips};
use smimezip::error::{Category, Damage};
use smimezip::message::Accept;
use smimezip::zip::OddityKind;
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part, ReadAt, Report, UnlockOptions};

const FILES: usize = 100;
const FILE: usize = 10_000;
const PART: usize = 280_000;

/// A part that counts what it is asked for, and has no size while it is broken.
struct Counted {
    bytes: Vec<u8>,
    sizes: AtomicUsize,
    reads: AtomicUsize,
    is_broken: AtomicBool,
}

impl ReadAt for Counted {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.sizes.fetch_add(1, Ordering::Relaxed);
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(io::Error::other("no connection"));
        }
        self.bytes.size()
    }
}

type Named = Vec<(String, Vec<u8>)>;

struct Set(Vec<Arc<Counted>>);

impl Set {
    fn open(named: Named) -> (Self, Archive) {
        let mut sources = Vec::new();
        let mut parts = Vec::new();
        for (name, bytes) in named {
            let [sizes, reads] = [0; 2].map(AtomicUsize::new);
            let is_broken = AtomicBool::new(false);
            let source = Arc::new(Counted { bytes, sizes, reads, is_broken });
            parts.push(Part::new(name, Arc::clone(&source)));
            sources.push(source);
        }
        (Self(sources), Archive::open(parts).unwrap())
    }

    /// Which parts were asked for anything, and none for its size more than once.
    #[track_caller]
    fn asked(&self) -> Vec<usize> {
        assert!(self.0.iter().all(|it| it.sizes.load(Ordering::Relaxed) <= 1));
        let asked = |it: &Counted| [&it.sizes, &it.reads].map(|it| it.load(Ordering::Relaxed));
        (0..self.0.len()).filter(|at| asked(&self.0[*at]) != [0, 0]).collect()
    }
}

fn name(number: usize) -> String {
    format!("file {number:03}")
}

fn data(number: usize) -> Vec<u8> {
    noise(number as u64, FILE)
}

/// Four parts, the directory in the last.
fn parts() -> Named {
    let entries: Vec<_> = (0..FILES).map(|number| (name(number), data(number))).collect();
    let entries: Vec<_> = entries.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    let parts = zips::named(zips::split(&zips::stored(&entries), &[PART]), "");
    assert_eq!(parts.len(), 4);
    assert!(parts[3].1.len() > 70_000);
    parts
}

/// The first entry that lies in exactly these parts, and does not begin one.
fn entry_in(archive: &Archive, parts: &[&str]) -> usize {
    let lies = |number: &usize| {
        let entry = archive.find(&name(*number)).unwrap();
        archive.parts_of(entry).eq(parts.iter().copied())
    };
    (1..FILES).find(lies).unwrap()
}

fn read(archive: &Archive, number: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    archive.by_name(&name(number))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[test]
fn a_listing_opens_the_last_part_alone_and_an_entry_its_own() {
    let (set, archive) = Set::open(parts());
    assert_eq!(archive.entries().len(), FILES);
    assert!(archive.oddities().is_empty());
    let listed: Vec<_> = archive.entries().iter().map(|it| it.raw_name().to_owned()).collect();
    assert_eq!(listed, (0..FILES).map(name).collect::<Vec<_>>());
    let second = entry_in(&archive, &["e.z02"]);
    assert_eq!(set.asked(), [3]);
    assert!(read(&archive, second).unwrap() == data(second));
    assert_eq!(set.asked(), [1, 3]);
    let both = entry_in(&archive, &["e.z02", "e.z03"]);
    assert!(read(&archive, both).unwrap() == data(both));
    assert_eq!(set.asked(), [1, 2, 3]);
    let last = entry_in(&archive, &["e.zip"]);
    assert!(read(&archive, last).unwrap() == data(last));
    assert_eq!(set.asked(), [1, 2, 3]);
    let report = archive.verify().unwrap();
    assert_eq!((report.files, report.oddities), (FILES as u64, Vec::new()));
    assert_eq!(set.asked(), [0, 1, 2, 3]);
}

#[test]
fn one_entry_is_extracted_from_its_part_alone() {
    let (set, archive) = Set::open(parts());
    let out = tempfile::tempdir().unwrap();
    let number = entry_in(&archive, &["e.z03"]);
    archive.extract_entry(archive.find(&name(number)).unwrap(), out.path()).unwrap();
    assert!(std::fs::read(out.path().join(name(number))).unwrap() == data(number));
    assert_eq!(set.asked(), [2, 3]);
}

#[test]
fn a_part_that_does_not_answer_is_missed_only_where_it_is_needed() {
    let (set, archive) = Set::open(parts());
    set.0[0].is_broken.store(true, Ordering::Relaxed);
    let second = entry_in(&archive, &["e.z02"]);
    assert!(read(&archive, second).unwrap() == data(second));
    for error in [read(&archive, 0).unwrap_err(), archive.verify().unwrap_err()] {
        assert_eq!((error.category(), error.part()), (Category::Io, Some("e.z01")), "{error}");
    }
    // It is not held against the part.
    set.0[0].is_broken.store(false, Ordering::Relaxed);
    assert!(read(&archive, 0).unwrap() == data(0));
    assert_eq!(archive.verify().unwrap().files, FILES as u64);
}

#[test]
fn pieces_and_small_last_parts_open_as_well() {
    let whole: Vec<u8> = zips::stored(&[("file 000", &data(0)), ("file 001", &data(1))]);
    let pieces: Named =
        (1..).zip(whole.chunks(7000)).map(|(n, it)| (format!("e.zip.{n:03}"), it.into())).collect();
    let split = zips::named(zips::split(&whole, &[7000]), "");
    for named in [pieces, split] {
        let (_, archive) = Set::open(named);
        assert!(read(&archive, 1).unwrap() == data(1));
        assert_eq!(archive.verify().unwrap().files, 2);
    }
}

/// What becomes of a set whose parts are all opened before the directory is read.
fn at_once(named: &Named) -> Result<Report, Error> {
    let parts = named.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    Export::from_parts(parts)?.unlock(&KeyRing::new())?.verify()
}

fn open(named: &Named) -> Result<Archive, Error> {
    Archive::open(named.iter().map(|(name, bytes)| Part::new(name, bytes.clone())))
}

/// Whether both are right, or refused for the same reason and with the same part.
#[track_caller]
fn check_same(named: &Named, what: &str) -> bool {
    let (one, other) = (at_once(named), open(named).and_then(|archive| archive.verify()));
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!((one.files, one.oddities), (other.files, other.oddities), "{what}");
            true
        }
        // An export compares the count of parts with their names first.
        (Err(one), Err(_))
            if matches!(one.kind(), ErrorKind::IncompleteSet { .. } | ErrorKind::Limit { .. }) =>
        {
            false
        }
        (Err(one), Err(other)) => {
            let facts = |it: &Error| {
                let what = match it.kind() {
                    ErrorKind::Damaged(damage) => Some(*damage),
                    // An export knows that it is one, and so that its end is missing.
                    ErrorKind::NotAnArchive(_) | ErrorKind::Truncated => None,
                    other => panic!("{what}: {other:?}"),
                };
                (what, it.part().map(str::to_owned), it.entry().map(str::to_owned))
            };
            assert_eq!(facts(&one), facts(&other), "{what}: {one} / {other}");
            false
        }
        (one, other) => panic!("{what}: {one:?} / {other:?}"),
    }
}

#[test]
fn parts_of_another_size_are_refused_the_same() {
    for at in 0..4 {
        for change in [-5000_i32, -1, 1, 16, 5000] {
            let mut named = parts();
            let bytes = &mut named[at].1;
            let size = i32::try_from(bytes.len()).unwrap() + change;
            bytes.resize(usize::try_from(size).unwrap(), 7);
            assert!(!check_same(&named, &format!("part {at}, {change} bytes")));
        }
    }
}

#[test]
fn an_entry_whose_parts_are_of_another_size_is_refused_when_it_is_opened() {
    let mut named = parts();
    let archive = open(&named).unwrap();
    let both = entry_in(&archive, &["e.z01", "e.z02"]);
    let second = entry_in(&archive, &["e.z02"]);
    named[0].1.truncate(PART - 1);
    let (_, archive) = Set::open(named);
    let error = archive.by_name(&name(both)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::PartSize { .. })), "{error}");
    assert_eq!((error.part(), error.entry()), (Some("e.z01"), Some(name(both).as_str())));
    assert!(read(&archive, second).unwrap() == data(second));
}

#[test]
fn bytes_in_the_place_of_the_marker_are_refused_and_counted_the_same() {
    let mut named = parts();
    named[0].1[..4].copy_from_slice(b"none");
    assert!(!check_same(&named, "no marker"));
    let archive = open(&named).unwrap();
    assert!(read(&archive, 1).unwrap() == data(1));
    let error = archive.by_name(&name(0)).unwrap_err();
    let is_unused = matches!(error.kind(), ErrorKind::Damaged(Damage::UnusedBytes { count: 4 }));
    assert!(is_unused, "{error}");
    let options = UnlockOptions::new().accept(Accept::new().unused_bytes(true));
    let parts = named.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    let archive = Archive::open_with(parts, &options).unwrap();
    assert!(read(&archive, 0).unwrap() == data(0));
    let oddities = archive.verify().unwrap().oddities;
    let met: Vec<_> = oddities.iter().map(|it| (it.kind(), it.count())).collect();
    assert_eq!(met, [(OddityKind::UnusedBytes, 4)]);
    assert_eq!(archive.oddities(), oddities);
}

#[test]
fn what_the_directory_says_wrong_is_refused_the_same() {
    let (mut right, mut refused) = (0, 0);
    let named = parts();
    let is_header = |it: &[u8]| it == b"PK\x01\x02";
    let directory = named[3].1.windows(4).position(is_header).unwrap();
    let size = 46 + name(0).len();
    // Entries at the start, in the middle, over an end and at the end; and the end record.
    let headers = [0, 1, 26, 27, 28, 55, 56, 98, 99].map(|number| directory + number * size);
    let fields = [20, 21, 22, 28, 34, 35, 42, 43, 44, 45];
    let places = headers.iter().flat_map(|header| fields.map(|field| header + field));
    let end = directory + FILES * size;
    let places = places.chain((end..named[3].1.len()).filter(|at| *at < end + 22));
    for at in places {
        for bit in [0x01, 0x80] {
            let mut named = named.clone();
            named[3].1[at] ^= bit;
            if check_same(&named, &format!("byte {} of the directory", at - directory)) {
                right += 1;
            } else {
                refused += 1;
            }
        }
    }
    println!("{right} right, {refused} refused");
    assert!(refused > 150);
}

#[test]
fn a_second_end_record_before_the_last_part_is_refused_the_same() {
    // The last part is shorter than the longest comment, and all of it may be one.
    let data = noise(1, 100_000);
    let mut named = zips::named(zips::split(&zips::stored(&[("a", &data)]), &[60_000]), "");
    let last = named.len() - 1;
    let mut record = named[last].1[named[last].1.len() - 22..].to_vec();
    let comment = u16::try_from(named[last].1.len()).unwrap();
    record[20..].copy_from_slice(&comment.to_le_bytes());
    let before = &mut named[last - 1].1;
    let at = before.len() - record.len();
    before[at..].copy_from_slice(&record);
    assert!(!check_same(&named, "two end records"));
}
