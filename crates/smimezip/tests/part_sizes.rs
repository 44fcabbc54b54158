//! A part that was cut, emptied or padded is named, with the size that it has and should have; and
//! sets whose parts differ in size open all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::seal::{Outside, Shape, seal};
use common::{data, has, noise, run, sample_keys, skipped, zips};
use smimezip::error::Damage;
use smimezip::{Error, ErrorKind, Export, KeyRing, Part, Report};

type Parts = Vec<(String, Vec<u8>)>;

fn verify(parts: &Parts) -> Result<Report, Error> {
    let parts = parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    let archive = Export::from_parts(parts)?.unlock(&sample_keys())?;
    archive.verify()
}

/// Small and large files, of which some reach over several parts.
fn archive() -> Vec<u8> {
    let contents: Vec<_> = [300, 40_000, 20, 7_000, 90_000, 5, 12_000, 800]
        .iter()
        .zip(1..)
        .map(|(size, seed)| (format!("file {seed}"), noise(seed, *size)))
        .collect();
    let entries: Vec<_> =
        contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zips::stored(&entries)
}

fn pieces(archive: &[u8], sizes: &[usize], first: u32) -> Parts {
    let (mut rest, mut parts) = (archive, Vec::new());
    for (size, number) in sizes.iter().cycle().zip(first..) {
        let (piece, behind) = rest.split_at(rest.len().min(*size));
        parts.push((format!("e.zip.{number:03}"), piece.to_vec()));
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    parts
}

fn split(archive: &[u8], sizes: &[usize]) -> Parts {
    zips::named(zips::split(archive, sizes), "")
}

/// Every change of a part's size, but for the last part, whose end record tells.
fn damages(part: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let half = part.len() / 2;
    vec![
        ("cut by one", part[..part.len() - 1].to_vec()),
        ("cut by 40", part[..part.len() - 40].to_vec()),
        ("cut in half", part[..half].to_vec()),
        ("emptied", Vec::new()),
        ("padded by one", [part, &[0]].concat()),
        ("padded with zeros", [part, &[0; 512]].concat()),
        ("a line end appended", [part, b"\r\n"].concat()),
        ("a page appended", [part, &noise(1, 4096)].concat()),
    ]
}

#[track_caller]
fn check(what: &str, parts: &Parts, at: usize, right: usize, sealed: bool) {
    let actual = parts[at].1.len() as u64;
    let mut set = parts.clone();
    if sealed {
        let shape = Shape { outside: Outside::Binary, ..Shape::default() };
        for (name, bytes) in &mut set {
            name.push_str(".smime");
            *bytes = seal(bytes, &shape);
        }
    }
    let error = verify(&set).expect_err(what);
    assert_eq!(error.part(), Some(set[at].0.as_str()), "{what}: {error}");
    let ErrorKind::Damaged(damage) = error.kind() else { panic!("{what}: {error}") };
    assert_eq!(*damage, Damage::PartSize { expected: right as u64, actual }, "{what}: {error}");
}

#[test]
fn s2_the_part_of_another_size_is_named() {
    let archive = archive();
    for size in [10_000, 33_000, 60_000] {
        for good in
            [pieces(&archive, &[size], 1), pieces(&archive, &[size], 0), split(&archive, &[size])]
        {
            assert!(verify(&good).is_ok());
            assert!(good.len() > 2);
            for at in 0..good.len() - 1 {
                for (what, damaged) in damages(&good[at].1) {
                    let mut parts = good.clone();
                    parts[at].1 = damaged;
                    let what = format!("{size} {} {what}", good[at].0);
                    check(&what, &parts, at, good[at].1.len(), false);
                }
            }
            let mut parts = good.clone();
            parts[1].1.truncate(777);
            check("sealed", &parts, 1, good[1].1.len(), true);
        }
    }
}

#[test]
fn of_two_parts_the_first_is_named() {
    let archive = archive();
    let size = archive.len() - 3_000;
    for good in [pieces(&archive, &[size], 1), split(&archive, &[size])] {
        assert_eq!(good.len(), 2);
        for (what, damaged) in damages(&good[0].1) {
            let mut parts = good.clone();
            parts[0].1 = damaged;
            if what == "emptied" && good[0].0.ends_with("z01") {
                // Nothing is left that says how long it was; the directory says something of it.
                let error = verify(&parts).unwrap_err();
                assert_eq!(error.part(), Some("e.z01"), "{error}");
                let ErrorKind::Damaged(damage) = error.kind() else { panic!("{error}") };
                assert!(matches!(damage, Damage::PartTooShort { actual: 0, .. }), "{error}");
                continue;
            }
            if what == "cut in half" && good[0].0.ends_with("z01") {
                let error = verify(&parts).unwrap_err();
                assert_eq!(error.part(), Some("e.z01"), "{error}");
                assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{error}");
                continue;
            }
            check(what, &parts, 0, good[0].1.len(), false);
        }
    }
}

#[test]
fn sets_of_uneven_parts_open_and_their_damage_is_named_by_the_directory() {
    let names: Vec<_> = (0..60).map(|number| format!("file {number}")).collect();
    let contents = noise(1, 3_000);
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), contents.as_slice())).collect();
    let archive = zips::stored(&entries);
    for sizes in [&[9_000, 30_000, 21_000][..], &[50_000, 4_000], &[7_300, 8_299, 6_298, 40_000]] {
        assert!(verify(&pieces(&archive, sizes, 1)).is_ok());
        let good = split(&archive, sizes);
        assert!(verify(&good).is_ok());
        let mut named = 0;
        for at in 0..good.len() - 1 {
            for (what, damaged) in damages(&good[at].1) {
                let mut parts = good.clone();
                parts[at].1 = damaged;
                let error = verify(&parts).expect_err(what);
                // Of an entry over many parts of any sizes nobody can tell which is to blame.
                if let ErrorKind::Damaged(Damage::PartSize { expected, actual }) = error.kind() {
                    assert_eq!(error.part(), Some(good[at].0.as_str()), "{what}: {error}");
                    assert_eq!(*expected, good[at].1.len() as u64, "{what}: {error}");
                    assert_eq!(*actual, parts[at].1.len() as u64, "{what}: {error}");
                    named += 1;
                }
            }
        }
        assert!(named > 8, "{sizes:?}: {named}");
    }
}

#[test]
fn other_damage_of_an_uneven_set_blames_no_part_for_its_size() {
    let archive = archive();
    let good = split(&archive, &[9_000, 30_000, 21_000]);
    for at in 0..good.len() {
        let mut parts = good.clone();
        let middle = parts[at].1.len() / 2;
        parts[at].1[middle..middle + 30].fill(0x55);
        let error = verify(&parts).unwrap_err();
        let ErrorKind::Damaged(damage) = error.kind() else { panic!("{error}") };
        assert!(!matches!(damage, Damage::PartSize { .. } | Damage::SetSize { .. }), "{error}");
    }
}

#[test]
fn several_damaged_pieces_and_swapped_ones() {
    let archive = archive();
    let good = pieces(&archive, &[20_000], 1);
    let mut parts = good.clone();
    parts[1].1.truncate(100);
    parts[3].1.push(0);
    check("two", &parts, 1, 20_000, false);
    let mut swapped = good.clone();
    let last = swapped.len() - 1;
    let (one, other) = swapped.split_at_mut(last);
    std::mem::swap(&mut one[2].1, &mut other[0].1);
    let error = verify(&swapped).unwrap_err();
    assert!(error.part().is_some(), "{error}");
}

#[test]
fn a_last_piece_that_is_cut_off_is_named_and_a_missing_one_too() {
    let archive = archive();
    for first in [0, 1] {
        let good = pieces(&archive, &[20_000], first);
        let last = good.len() - 1;
        for left in [0, 1, 1_000, good[last].1.len() - 1] {
            let mut parts = good.clone();
            parts[last].1.truncate(left);
            let error = verify(&parts).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Truncated), "{error}");
            assert_eq!(error.part(), Some(good[last].0.as_str()));
        }
        let error = verify(&good[..last].to_vec()).unwrap_err();
        let ErrorKind::IncompleteSet { missing, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(*missing, [good[last].0.as_str()]);
    }
    // Without the piece 0 the others begin at 1, as others do.
    let error = verify(&pieces(&archive, &[20_000], 0)[1..].to_vec()).unwrap_err();
    let ErrorKind::IncompleteSet { missing, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*missing, ["e.zip.000"]);
}

#[test]
fn a_last_part_that_is_cut_off_is_named() {
    let good = split(&archive(), &[30_000]);
    let last = good.len() - 1;
    for left in [1, 100, good[last].1.len() - 1] {
        let mut parts = good.clone();
        parts[last].1.truncate(left);
        let error = verify(&parts).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Truncated), "{error}");
        assert_eq!(error.part(), Some("e.zip"));
    }
}

/// The parts in a folder, each with its name.
fn read(folder: &std::path::Path) -> Parts {
    let mut parts: Parts = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .filter(|(name, _)| name.starts_with("e.z"))
        .collect();
    parts.sort();
    parts
}

#[test]
fn parts_of_other_programs_are_named_too() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, size) in [(1, 400), (2, 300_000), (3, 90), (4, 150_000), (5, 70_000)] {
        std::fs::write(folder.path().join(format!("file {seed}")), noise(seed, size)).unwrap();
    }
    let mut tried = 0;
    for (program, arguments) in [
        ("7z", &["a", "-v100k", "-tzip", "out/e.zip", "file 1", "file 2", "file 3", "file 4"][..]),
        ("zip", &["-s", "64k", "out/e.zip", "file 1", "file 2", "file 3", "file 4", "file 5"]),
    ] {
        if !has(program) {
            skipped(&format!("{program} is not there"));
            continue;
        }
        let out = folder.path().join("out");
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir(&out).unwrap();
        run(folder.path(), program, arguments);
        let good = read(&out);
        assert!(good.len() > 3 && verify(&good).is_ok(), "{program}");
        for at in 0..good.len() - 1 {
            for (what, damaged) in damages(&good[at].1) {
                let mut parts = good.clone();
                parts[at].1 = damaged;
                let what = format!("{program} {} {what}", good[at].0);
                check(&what, &parts, at, good[at].1.len(), false);
                tried += 1;
            }
        }
    }
    println!("{tried} damaged parts were named");
}

#[test]
fn committed_sets_of_every_producer_name_the_part_that_was_cut() {
    for name in ["info-zip-split", "7-zip-pieces", "zip4j", "commons", "commons-straddle"] {
        let good = read(&data().join("sets").join(name));
        let parts = good.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
        assert!(Export::from_parts(parts).unwrap().unlock(&KeyRing::new()).is_ok());
        for at in 0..good.len() - 1 {
            let mut parts = good.clone();
            let half = parts[at].1.len() / 2;
            parts[at].1.truncate(half);
            let error = verify(&parts).expect_err(name);
            assert_eq!(error.part(), Some(good[at].0.as_str()), "{name} {at}: {error}");
        }
    }
}
