//! What real writers make of flags, sizes and counts although the standard says otherwise: accepted
//! and reported where directory, sizes and CRC-32 determine every byte, refused where something is
//! left to guess.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::odd::{self, Odd, case, field, met, open, read, record, sums};
use common::{json_lines, limits, noise, sha256, zips};
use smimezip::error::Damage;
use smimezip::zip::OddityKind;
use smimezip::{Error, ErrorKind, Export, KeyRing, Limit, Part};

const ALPHA: &str = "93691657138b74dfe4ba3aee89de2ec4f4689ddb5fdd6363bbb306386ad9e20e";
const BETA: &str = "4b4217b5a3ca43fda940eba4df7f22ab40e04816aeb2e70ef026dbfc03685ee7";

#[test]
fn bit_3_without_a_descriptor_as_writers_leave_it() {
    use OddityKind::{DataDescriptorFlag as Flag, NoDataDescriptor as Missing};
    let differs = "zip-bit3-differs";
    let missing = "zip-descriptor-flag-without-descriptor";
    let files = sums(&[("a.txt", ALPHA), ("b.txt", BETA)]);
    for (folder, name, expected) in [
        (differs, "local-flag-with-descriptor", vec![(Flag, 2)]),
        (differs, "local-flag-no-descriptor", vec![(Missing, 2), (Flag, 2)]),
        (differs, "central-flag-no-descriptor", vec![(Missing, 2), (Flag, 2)]),
        (missing, "sizes-told", vec![(Missing, 2)]),
        (missing, "stored-sizes-told", vec![(Missing, 2)]),
        (missing, "sizes-zero", vec![(Missing, 2)]),
    ] {
        for name in [format!("{name}.zip"), format!("{name}.zip.smime")] {
            let found = case(folder, &name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(found, (files.clone(), expected.clone()), "{name}");
        }
    }
    let mut files = sums(&[("docs/a.txt", ALPHA), ("docs/b.txt", BETA)]);
    files.insert("docs/".into(), None);
    for name in ["streamer.zip", "streamer.zip.smime"] {
        assert_eq!(case(missing, name).unwrap(), (files.clone(), vec![(Missing, 2)]), "{name}");
    }
}

/// What a local header can say of the sizes, and the zip64 field it can have.
const LOCAL_SIZES: [&str; 7] =
    ["right", "zero", "escaped", "zip64 zeros", "zip64 right", "zip64 of 8", "zip64 of 0"];

fn set_local_sizes(entry: &mut Odd, what: &str) {
    let [crc, compressed, size] = entry.sizes();
    let zeros = [0; 16];
    let right = [u64::from(size).to_le_bytes(), u64::from(compressed).to_le_bytes()].concat();
    let (sizes, zip64) = match what {
        "right" => ([crc, compressed, size], None),
        "zero" => ([0; 3], None),
        "escaped" => ([0, u32::MAX, u32::MAX], None),
        "zip64 zeros" => ([0, u32::MAX, u32::MAX], Some(&zeros[..])),
        "zip64 right" => ([crc, u32::MAX, u32::MAX], Some(&right[..])),
        "zip64 of 8" => ([crc, u32::MAX, u32::MAX], Some(&right[..8])),
        "zip64 of 0" => ([crc, u32::MAX, u32::MAX], Some(&right[..0])),
        other => panic!("{other}"),
    };
    entry.local_sizes = sizes;
    entry.local_extra = zip64.map(|data| field(1, data)).unwrap_or_default();
}

#[test]
fn z5_bit_3_is_a_hint_and_no_promise() {
    let text = json_lines(1, 9);
    let mut folder = Odd::new("folder/", b"");
    folder.attributes = 0o040_755 << 16;
    let kinds = [
        folder,
        Odd::new("empty", b""),
        Odd::deflated("empty too", b""),
        Odd::new("stored", &text),
        Odd::deflated("deflated", &text),
    ];
    let (mut accepted, mut refused) = (0, 0);
    for kind in kinds {
        for sizes in LOCAL_SIZES {
            for (here, there) in [(false, false), (false, true), (true, false), (true, true)] {
                for form in [0, 12, 16, 20, 24] {
                    let mut entry = kind.clone();
                    set_local_sizes(&mut entry, sizes);
                    entry.local_flags = u16::from(here) << 3;
                    entry.flags = u16::from(there) << 3;
                    if form != 0 {
                        entry.after = entry.descriptor(form);
                    }
                    // Sizes may be left out where the local header says so; where a zip64 field has
                    // not all that is escaped, too. Zeros may be right.
                    let is_right = match sizes {
                        "right" | "zip64 right" | "zip64 of 8" | "zip64 of 0" => true,
                        "zero" | "zip64 zeros" => entry.sizes() == [0; 3],
                        _ => false,
                    };
                    let name = String::from_utf8(entry.name.clone()).unwrap();
                    let what = format!("{name}: {sizes}, {here} {there}, descriptor of {form}");
                    let found = read(&[entry, Odd::new("next", b"next")]);
                    if !is_right && !here {
                        refused += 1;
                        let error = found.unwrap_err();
                        assert!(record(&error).contains("sizes"), "{what}: {error}");
                        assert_eq!(error.entry(), Some(name.as_str()), "{what}");
                        continue;
                    }
                    accepted += 1;
                    let (found, met) = found.unwrap_or_else(|error| panic!("{what}: {error}"));
                    let expected = if name.ends_with("ed") { &text[..] } else { b"" };
                    let expected = (!name.ends_with('/')).then(|| sha256(expected));
                    assert_eq!(found[&name], expected, "{what}");
                    assert_eq!(found["next"], Some(sha256(b"next")), "{what}");
                    let mut odd = Vec::new();
                    if (here || there) && form == 0 {
                        odd.push((OddityKind::NoDataDescriptor, 1));
                    }
                    if here != there || (!here && form != 0) {
                        odd.push((OddityKind::DataDescriptorFlag, 1));
                    }
                    if matches!(sizes, "zip64 of 8" | "zip64 of 0") {
                        odd.push((OddityKind::LocalZip64Field, 1));
                    }
                    assert_eq!(met, odd, "{what}");
                }
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > 500 && refused > 50);
}

#[test]
fn z5_whatever_follows_the_data_is_a_right_descriptor_or_refused() {
    for base in [Odd::new("e", b"some text"), Odd::deflated("e", b"some text"), Odd::new("e", b"")]
    {
        for flags in [0, 8] {
            let base = Odd { local_flags: flags, flags, ..base.clone() };
            // The next header: its place is known, even where it could be taken for a descriptor.
            let after = |bytes: Vec<u8>| read(&[Odd { after: bytes, ..base.clone() }]);
            for form in [12, 16, 20, 24] {
                for at in 0..form {
                    let mut wrong = base.descriptor(form);
                    wrong[at] ^= 0x10;
                    let error = after(wrong).unwrap_err();
                    assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{form} {at}: {error}");
                    assert!(error.offset().is_some(), "{form} {at}: {error}");
                }
                let error = after([&base.descriptor(form)[..], &[7; 3]].concat()).unwrap_err();
                assert!(is_unused(&error, 3), "{error}");
            }
            for count in (1..=11).chain([13, 25, 70_000]) {
                let error = after(vec![7; count]).unwrap_err();
                assert!(is_unused(&error, count as u64), "{error}");
                let end = 30 + 1 + base.data.len() as u64;
                assert_eq!((error.part(), error.offset()), (Some("e.zip"), Some(end)));
            }
        }
    }
}

fn is_unused(error: &Error, count: u64) -> bool {
    matches!(error.kind(), ErrorKind::Damaged(Damage::UnusedBytes { count: found }) if *found == count)
}

/// An archive of so many empty files, and no zip64 record.
fn many(count: usize) -> Vec<u8> {
    let entry = |at: usize| Odd::new(&format!("d{:02}/f{at:05}", at % 100), b"");
    odd::archive(&(0..count).map(entry).collect::<Vec<_>>())
}

#[test]
fn z5_more_than_65_535_entries_are_counted_modulo_65_536() {
    for count in [65_535, 65_536, 65_600, 131_073] {
        let archive = open(&many(count), &limits()).unwrap();
        assert_eq!(archive.entries().len(), count);
        let expected: &[_] = if count > 65_535 { &[(OddityKind::EntryCount, 1)] } else { &[] };
        let found: Vec<_> = archive.oddities().iter().map(|it| (it.kind(), it.count())).collect();
        assert_eq!(found, expected);
    }
    let bytes = many(65_600);
    let report = open(&bytes, &limits()).unwrap().verify().unwrap();
    assert_eq!((report.files, met(&report)), (65_600, vec![(OddityKind::EntryCount, 1)]));
    // Cut into a set of parts.
    let parts = zips::named(zips::split(&bytes, &[1_000_000]), "");
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let archive = Export::from_parts(parts).unwrap().unlock(&KeyRing::new()).unwrap();
    assert_eq!(archive.entries().len(), 65_600);
    assert_eq!(archive.oddities()[0].kind(), OddityKind::EntryCount);
    // The limit holds for those that are there, not for those that are said.
    for (entries, allowed) in [(65_600, true), (65_599, false), (64, false), (63, false)] {
        let mut tight = limits();
        tight.entries = entries;
        match open(&bytes, &tight) {
            Ok(_) => assert!(allowed, "{entries}"),
            Err(error) => {
                let is_limit =
                    matches!(error.kind(), ErrorKind::Limit { limit: Limit::Entries, .. });
                assert!(is_limit && !allowed, "{entries}: {error}");
            }
        }
    }
}

#[test]
fn z5_a_count_that_is_not_congruent_is_refused() {
    for (count, said) in
        [(65_600, 65_u16), (65_600, 63), (65_536, 1), (3, 2), (3, 4), (3, 0), (0, 1)]
    {
        let mut bytes = many(count);
        let end = bytes.len() - 22;
        bytes[end + 8..end + 10].copy_from_slice(&said.to_le_bytes());
        bytes[end + 10..end + 12].copy_from_slice(&said.to_le_bytes());
        let error = open(&bytes, &limits()).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::Record(_))), "{count}: {error}");
    }
    // Two counts.
    let mut bytes = many(65_600);
    let end = bytes.len() - 22;
    bytes[end + 8] ^= 1;
    assert!(open(&bytes, &limits()).is_err());
}

/// The archive with zip64 end record and locator, and `said` in the end record.
fn with_zip64_end(archive: &[u8], count: u64, said: u16) -> Vec<u8> {
    let (rest, end) = archive.split_at(archive.len() - 22);
    let mut out = rest.to_vec();
    out.extend(b"PK\x06\x06");
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    for at in [12, 16] {
        out.extend(&end[at..at + 4]);
        out.extend([0; 4]);
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend((rest.len() as u64).to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    let mut end = end.to_vec();
    end[8..10].copy_from_slice(&said.to_le_bytes());
    end[10..12].copy_from_slice(&said.to_le_bytes());
    out.extend(end);
    out
}

#[test]
fn z5_beside_a_zip64_record_the_short_count_is_escaped_or_modulo_65_536() {
    let bytes = many(65_600);
    for (said, is_odd) in [(0xffff, false), (64, true)] {
        let archive = open(&with_zip64_end(&bytes, 65_600, said), &limits()).unwrap();
        assert_eq!(archive.entries().len(), 65_600);
        assert_eq!(!archive.oddities().is_empty(), is_odd);
    }
    // The long count is exact.
    for (count, said) in [(65_600, 65), (64, 64), (131_136, 64), (65_601, 0xffff)] {
        let error = open(&with_zip64_end(&bytes, count, said), &limits()).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::Record(_))), "{count}: {error}");
    }
}

#[test]
fn noise_for_compressed_data_ends_in_an_error() {
    for seed in 0..1000 {
        for method in [8, 9] {
            let data = noise(seed, 1 + usize::try_from(seed % 90).unwrap());
            let entry = Odd { method, size: 1 << 20, ..Odd::new("e", &data) };
            let entry = Odd { local_sizes: entry.sizes(), ..entry };
            assert!(matches!(read(&[entry]).unwrap_err().kind(), ErrorKind::Damaged(_)), "{seed}");
        }
    }
}
