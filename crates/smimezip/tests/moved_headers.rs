//! Local headers, and sizes of them, that zip4j puts into the part after the one that its directory
//! names: opened where what it leaves behind proves it, and refused where anything of that is
//! otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::zips::{named, split};
use common::{has, json_lines, noise, read_tree, run, skipped, write_tree, zips};
use smimezip::zip::OddityKind;
use smimezip::{Archive, Error, Export, KeyRing, Part, Report};

type Parts = Vec<(String, Vec<u8>)>;

/// Names and contents of what the second part begins with.
const MOVED: &str = "moved.txt";

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    vec![("first.bin", noise(1, 900)), (MOVED, noise(2, 700)), ("last.bin", noise(3, 500))]
}

/// The place where the header of the nth entry stands in a split archive, from its start.
fn header(archive: &[u8], nth: usize) -> usize {
    let mut headers = archive.windows(4).enumerate().filter(|(_, it)| *it == b"PK\x03\x04");
    headers.nth(nth).unwrap().0 + 4
}

/// The archive in two parts, of which the second begins with the nth header.
fn cut_at(nth: usize) -> (Vec<Vec<u8>>, usize) {
    let contents = contents();
    let entries: Vec<_> = contents.iter().map(|(name, it)| (*name, it.as_slice())).collect();
    let archive = zips::stored(&entries);
    let cut = header(&archive, nth);
    let parts = split(&archive, &[cut, archive.len()]);
    assert_eq!(parts.len(), 2);
    (parts, cut)
}

/// Has the directory in the last part say that an entry starts at this place.
fn place(part: &mut [u8], name: &str, disk: u16, offset: usize) {
    let directory = part.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let found = part[directory..].windows(name.len()).position(|it| it == name.as_bytes());
    let central = directory + found.unwrap() - 46;
    part[central + 34..central + 36].copy_from_slice(&disk.to_le_bytes());
    let offset = u32::try_from(offset).unwrap();
    part[central + 42..central + 46].copy_from_slice(&offset.to_le_bytes());
}

/// Two parts: the local header of the second entry, without CRC-32 and compressed size, is at the
/// start of the second part, and the directory says that it is at the end of the first, where
/// `left` stands.
fn moved(left: impl Fn(&mut Vec<u8>)) -> Parts {
    let (mut parts, cut) = cut_at(1);
    let crc_and_sizes = parts[1][14..26].to_vec();
    parts[1][14..22].fill(0);
    let mut rest = [vec![0; 14], crc_and_sizes].concat();
    left(&mut rest);
    parts[0].extend(rest);
    place(&mut parts[1], MOVED, 0, cut);
    named(parts, "")
}

/// Two parts: of CRC-32 and sizes of the second entry, which the first part ends with, so many
/// bytes are at the start of the second part, and zeros after them as many as the first has bytes.
fn moved_values(bytes: usize, change: impl Fn(&mut Vec<u8>)) -> Parts {
    let (mut parts, _) = cut_at(2);
    let header = header(&parts[0][4..], 1);
    let values = parts[0][header + 14..header + 26].to_vec();
    // The size of the contents is known before they are written.
    if let Some(known) = bytes.checked_sub(4) {
        parts[0][header + 22 - known..header + 22].fill(0);
    }
    let zeros = vec![0; parts[0].len() - bytes];
    let mut left = [&values[12 - bytes..], &zeros].concat();
    change(&mut left);
    let directory = parts[1].windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let (before, end) = (left.len(), parts[1].len() - 22);
    place(&mut parts[1], "last.bin", 1, before);
    let offset = u32::try_from(directory + before).unwrap();
    parts[1][end + 16..end + 20].copy_from_slice(&offset.to_le_bytes());
    parts[1].splice(0..0, left);
    named(parts, "")
}

fn verify(parts: &Parts) -> Result<Report, Error> {
    let parts = parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    Archive::open(parts)?.verify()
}

#[test]
fn a_header_that_its_place_proves_is_found_in_the_next_part() {
    let report = verify(&moved(|_| {})).unwrap();
    assert_eq!(report.files, 3);
    let [oddity] = report.oddities.as_slice() else { panic!("{:?}", report.oddities) };
    assert_eq!((oddity.kind(), oddity.entry()), (OddityKind::MovedLocalHeader, Some(MOVED)));

    let parts = moved(|_| {}).into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let archive = Archive::open(parts).unwrap();
    let entry = archive.find(MOVED).unwrap();
    assert_eq!(archive.parts_of(entry).collect::<Vec<_>>(), ["e.z01", "e.zip"]);
    for (name, expected) in contents() {
        let mut found = Vec::new();
        std::io::copy(&mut archive.by_name(name).unwrap(), &mut found).unwrap();
        assert!(found == expected, "{name}");
    }
}

/// What is found without the directory, which was cut off.
fn salvaged(mut parts: Parts) -> (Vec<String>, Vec<String>) {
    let last = &mut parts.last_mut().unwrap().1;
    let directory = last.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    last.truncate(directory);
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let salvage = Export::from_parts(parts).unwrap().salvage(&KeyRing::new()).unwrap();
    assert!(!salvage.has_directory());
    let whole = |archive: &Archive| {
        let mut names = Vec::new();
        for entry in archive {
            let mut found = Vec::new();
            if std::io::copy(&mut archive.open_entry(entry).unwrap(), &mut found).is_ok() {
                let contents = contents();
                let right = contents.iter().find(|(name, _)| *name == entry.raw_name());
                assert!(found == right.unwrap().1, "{}", entry.raw_name());
                names.push(entry.raw_name().to_owned());
            }
        }
        names
    };
    (whole(salvage.archive()), whole(salvage.uncertain()))
}

#[test]
fn a_moved_header_is_found_without_a_directory_if_its_data_prove_it() {
    let (certain, uncertain) = salvaged(moved(|_| {}));
    assert_eq!(certain, ["first.bin", MOVED, "last.bin"]);
    assert!(uncertain.is_empty());
    let is_found = |parts| {
        let (certain, uncertain) = salvaged(parts);
        certain.iter().chain(&uncertain).any(|name| name == MOVED)
    };
    assert!(!is_found(moved(|left| left.push(0))), "a byte more");
    for at in 0..26 {
        assert!(!is_found(moved(|left| left[at] ^= 1)), "byte {at} is another");
    }
    // In the header: what is left of the sizes; and the data.
    for at in [14, 18, 22, 30 + MOVED.len() + 10] {
        let mut parts = moved(|_| {});
        parts[1].1[at] ^= 1;
        assert!(!is_found(parts), "byte {at} of the second part is another");
    }
}

#[test]
fn nothing_else_in_its_place_is_taken_for_it() {
    assert!(verify(&moved(|left| left.push(0))).is_err(), "a byte more");
    assert!(verify(&moved(|left| left.truncate(25))).is_err(), "a byte less");
    for at in 0..26 {
        assert!(verify(&moved(|left| left[at] ^= 1)).is_err(), "byte {at} is another");
    }
    // In the header: signature, flags, method, what is left of the sizes, name.
    for at in [0, 6, 8, 14, 18, 22, 26, 30] {
        let mut parts = moved(|_| {});
        parts[1].1[at] ^= 1;
        assert!(verify(&parts).is_err(), "byte {at} of the header is another");
    }
    let mut parts = moved(|_| {});
    parts[1].1[30 + MOVED.len() + 10] ^= 1;
    assert!(verify(&parts).is_err(), "a byte of the data is another");
}

#[test]
fn sizes_in_the_part_after_the_entry_prove_themselves() {
    for bytes in [0, 4, 8, 12] {
        let report = verify(&moved_values(bytes, |_| {}));
        let report = report.unwrap_or_else(|error| panic!("{bytes}: {error}"));
        let [oddity] = report.oddities.as_slice() else { panic!("{:?}", report.oddities) };
        assert_eq!((oddity.kind(), oddity.entry()), (OddityKind::MovedSizes, Some(MOVED)));
        for at in [0, bytes, 1_000] {
            let parts = moved_values(bytes, |left| left[at] ^= 1);
            assert!(verify(&parts).is_err(), "{bytes}: byte {at} is another");
        }
        let parts = moved_values(bytes, |left| left.push(0));
        assert!(verify(&parts).is_err(), "{bytes}: a byte more");
        let parts = moved_values(bytes, |left| left.truncate(left.len() - 1));
        assert!(verify(&parts).is_err(), "{bytes}: a byte less");
    }
    // A header without sizes, and nothing that has them.
    let parts = moved_values(8, |left| left[..8].fill(0));
    assert!(verify(&parts).is_err());
}

#[test]
fn every_set_of_zip4j_gives_its_files() {
    let jars = ["zip4j", "commons-compress"].map(|jar| format!("/usr/share/java/{jar}.jar"));
    if !has("java") || jars.iter().any(|jar| !Path::new(jar).exists()) {
        return skipped("java, zip4j or commons-compress");
    }
    let root = tempfile::tempdir().unwrap();
    let tree: common::Tree = (0..60)
        .map(|number| {
            let size = [100, 3_000, 6_000, 9_000][noise(number, 1)[0] as usize % 4];
            let is_noise = number % 3 > 0;
            let bytes = if is_noise { noise(number, size) } else { json_lines(number, size / 60) };
            (format!("file-{number:02}"), Some(bytes))
        })
        .collect();
    let folder = root.path().join("tree");
    std::fs::create_dir(&folder).unwrap();
    write_tree(&folder, &tree);
    let source = common::core().join("tests/tools/Sets.java");
    let archive = root.path().join("%.zip");
    let sizes: Vec<_> = (0..60).map(|step| (65_536 + 37 * step).to_string()).collect();
    let jars = jars.join(":");
    let mut all = vec!["-cp", &jars, source.to_str().unwrap(), "zip4j"];
    all.extend([folder.to_str().unwrap(), archive.to_str().unwrap()]);
    all.extend(sizes.iter().map(String::as_str));
    run(root.path(), "java", &all);

    let mut moved = 0;
    for size in &sizes {
        let part = root.path().join(format!("{size}.zip"));
        let archive = Export::discover(&part).unwrap().unlock(&KeyRing::new()).unwrap();
        let out = root.path().join(format!("out-{size}"));
        let report = archive.extract(&out).unwrap_or_else(|error| panic!("{size}: {error}"));
        assert!(read_tree(&out) == tree, "{size}");
        std::fs::remove_dir_all(&out).unwrap();
        let is_it = |kind| matches!(kind, OddityKind::MovedLocalHeader | OddityKind::MovedSizes);
        moved += report.oddities.iter().filter(|it| is_it(it.kind())).count();
    }
    println!("{moved} headers or sizes of {} sets were moved", sizes.len());
}
