//! Row Z5: whatever zip we accept, however it was changed, 7-Zip, bsdtar and Python's zipfile read
//! the same files from it, unless they refuse it. And where two of them accept one and agree
//! although we refuse it, the reason is in a list here. The changes are drawn from a seed that is
//! printed: `SMIMEZIP_SEED` repeats a run, `SMIMEZIP_MUTATIONS` makes it longer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use common::odd::{self, Odd, field, unicode_path};
use common::zip_readers::{Files, Readers};
use common::{json_lines, noise, sha256, skipped};
use smimezip::error::{Damage, Unsupported};
use smimezip::zip::EntryKind;
use smimezip::{Archive, Error, ErrorKind, Part};
use zip::write::{FullFileOptions, SimpleFileOptions};
use zip::{CompressionMethod, ZipWriter};

/// Why we refuse what two of the others accept and read alike, and why that is right.
const REASONS: &[(&str, &str)] = &[
    // Readers that go from one local header to the next see another tree.
    ("local header and directory differ in the name", "they look at one of the two"),
    ("local header and directory differ in the method", "they look at one of the two"),
    ("local header and directory differ in the flags", "they look at one of the two"),
    ("local header and directory differ in sizes or CRC-32", "they look at one of the two"),
    ("local header and directory differ in the Unicode path", "they look at one of the two"),
    ("the data descriptor contradicts the directory", "they do not look at it"),
    ("it overlaps what follows it", "bytes are used twice"),
    ("unused bytes", "Accept::unused_bytes decides"),
    ("trailing bytes", "Accept::trailing_data decides"),
    ("it has no end record", "they take one whose comment is cut off"),
    ("the directory does not end at the end record", "they shift all places"),
    ("the end record says another number of parts", "they do not look at it"),
    ("the end record says two numbers of entries", "they look at one of the two"),
    ("the end record says another number of entries", "they do not count"),
    ("more entries than the directory has room for", "they do not count"),
    ("the entry's place is outside its part", "they do not look for parts"),
    ("the directory's place is outside its part", "they do not look for parts"),
    ("a zip64 field is too short", "they take what is there"),
    ("compressed data behind the end of the stream", "they stop where it ends"),
    ("size", "they stop where the data end, whatever size is declared"),
    ("a limit", "they do not look at how much is declared"),
    ("an unsafe name", "they make it safe, each in its own way, or not at all"),
    ("names in conflict", "the last one wins, where one does"),
    ("a special file", "they make a file of it, a link, or nothing"),
    ("an encrypted entry", "the flag is wrong, and they do not look at it"),
    ("the attributes say it is a folder, and it has data", "they make a folder without data"),
    ("the local header is longer than the entry", "they do not look at the local one"),
    ("compressed data", "they stop when they have what is declared"),
    ("another method", "they do not look at that of a folder"),
    ("CRC-32", "they do not look at that of an empty file"),
    ("several Unicode paths", "they take the first, or the last"),
    ("a Unicode path of an unknown version", "they do not look at the version"),
    ("a Unicode path that is not UTF-8", "they take the other name"),
    ("an empty Unicode path", "they take the other name"),
    ("an end record in the comment", "they take the last record"),
    ("more than one end record", "they take the last record"),
    ("a folder with contents", "they make a folder without its data"),
    ("a name that says it is UTF-8 and is not", "they guess"),
];

/// A generator of numbers that are the same for one seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// Archives of each form that is read: stored, deflated, with data descriptors, with zip64 fields,
/// with extra fields and comments.
fn originals() -> Vec<Vec<u8>> {
    let entries = [
        ("one.txt", b"first".to_vec()),
        ("two/three.json", json_lines(1, 12)),
        ("two/noise", noise(4, 200)),
        ("empty", Vec::new()),
    ];
    let mut made = Vec::new();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for large in [false, true] {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            let options = SimpleFileOptions::default().compression_method(method).large_file(large);
            writer.add_directory("two", options).unwrap();
            for (name, contents) in &entries {
                writer.start_file(*name, options).unwrap();
                writer.write_all(contents).unwrap();
            }
            made.push(writer.finish().unwrap().into_inner());
        }
        let mut writer = ZipWriter::new_stream(Vec::new());
        for (name, contents) in &entries {
            let options = SimpleFileOptions::default().compression_method(method);
            writer.start_file(*name, options).unwrap();
            writer.write_all(contents).unwrap();
        }
        made.push(writer.finish().unwrap().into_inner());
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in &entries {
        let mut options = FullFileOptions::default().with_file_comment("a comment");
        options.add_extra_field(0xfeed, [1, 2, 3], false).unwrap();
        writer.start_file(*name, options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.set_comment("of the whole").unwrap();
    made.push(writer.finish().unwrap().into_inner());
    made.extend(odd_originals());
    made
}

/// Archives that are odd and accepted, each in its own way.
fn odd_originals() -> Vec<Vec<u8>> {
    let (text, noise) = (json_lines(1, 12), noise(4, 200));
    let entries = || {
        [Odd::deflated("two/three.json", &text), Odd::new("noise", &noise), Odd::new("empty", b"")]
    };
    let made = |change: &dyn Fn(&mut Odd)| {
        let mut entries = entries();
        entries.iter_mut().for_each(change);
        odd::archive(&entries)
    };
    let announced = |entry: &mut Odd, here: bool, there: bool| {
        entry.local_flags = u16::from(here) << 3;
        entry.flags = u16::from(there) << 3;
    };
    let mut folder = vec![Odd::new("two", b"")];
    folder[0].attributes = 0o040_755 << 16;
    folder.extend(entries());
    vec![
        made(&|entry| announced(entry, true, true)),
        made(&|entry| {
            announced(entry, true, false);
            entry.local_sizes = [0; 3];
            entry.after = entry.descriptor(16);
        }),
        made(&|entry| announced(entry, false, true)),
        made(&|entry| {
            announced(entry, true, true);
            entry.local_sizes = [0, u32::MAX, u32::MAX];
            entry.local_extra = field(1, &[0; 16]);
            entry.after = entry.descriptor(24);
        }),
        made(&|entry| {
            let raw = entry.name.clone();
            entry.local_extra = unicode_path(1, &raw, &[&raw[..], "-日本".as_bytes()].concat());
            entry.extra = entry.local_extra.clone();
        }),
        odd::archive(&folder),
        made(&|entry| entry.attributes = u32::from(entry.size > 0) * (0o010_644 << 16)),
        [&odd::archive(&entries())[..], &[0; 40]].concat(),
    ]
}

/// Places of all records with this signature.
fn records(archive: &[u8], signature: &[u8]) -> Vec<usize> {
    (0..archive.len().saturating_sub(46))
        .filter(|at| archive[*at..].starts_with(signature))
        .collect()
}

/// Changes some bytes: anywhere, in headers, or alike in both headers of an entry, which is what
/// passes the comparison of the two.
fn mutate(archive: &mut Vec<u8>, chance: &mut Chance) {
    let (local, central) = (records(archive, b"PK\x03\x04"), records(archive, b"PK\x01\x02"));
    for _ in 0..=chance.below(3) {
        let length = archive.len();
        let value = match chance.below(3) {
            0 => chance.byte(),
            1 => 0xff,
            _ => 0,
        };
        match chance.below(6) {
            0 => archive[chance.below(length)] = value,
            1 => archive[length - 1 - chance.below(length.min(100))] ^= 1 << chance.below(8),
            2 => {
                let header = central[chance.below(central.len())];
                archive[header + chance.below(46)] = value;
            }
            3 => {
                let header = local[chance.below(local.len())];
                archive[header + chance.below(30)] = value;
            }
            // The fields that both headers have lie in the same order, two bytes apart.
            4 => {
                let entry = chance.below(local.len().min(central.len()));
                let field = 4 + chance.below(26);
                let value = archive[local[entry] + field] ^ (1 << chance.below(8));
                archive[local[entry] + field] = value;
                archive[central[entry] + field + 2] = value;
            }
            // And so do the names.
            _ => {
                let entry = chance.below(local.len().min(central.len()));
                let size = usize::from(archive[local[entry] + 26]).max(1);
                // The size itself may have been changed before.
                let at = chance.below(size.min(length - central[entry] - 46));
                let value = b"aZ/._-~ 0"[chance.below(9)];
                archive[local[entry] + 30 + at] = value;
                archive[central[entry] + 46 + at] = value;
            }
        }
    }
    match chance.below(20) {
        0 => archive.truncate(archive.len() - chance.below(30)),
        1 => archive.push(chance.byte()),
        2 => archive.insert(0, chance.byte()),
        _ => {}
    }
}

/// What we read, and the names of folders that end in no slash.
struct Ours {
    files: Files,
    folders: BTreeSet<String>,
}

fn ours(bytes: &[u8]) -> Result<Ours, Error> {
    let archive = Archive::open([Part::new("e.zip", bytes.to_vec())])?;
    archive.verify()?;
    let (mut files, mut folders) = (Files::new(), BTreeSet::new());
    for entry in archive.entries() {
        if entry.kind() == EntryKind::Folder {
            folders.insert(entry.raw_name().to_owned());
            continue;
        }
        let mut contents = Vec::new();
        archive.open_entry(entry).unwrap().read_to_end(&mut contents).unwrap();
        files.insert(entry.raw_name().to_owned(), sha256(&contents));
    }
    Ok(Ours { files, folders })
}

impl Ours {
    /// Whether another program reads the same files. What we call a folder may be an empty file
    /// there: nothing but attributes says what it is.
    fn agrees_with(&self, theirs: &Files) -> bool {
        let empty = sha256(b"");
        let mut theirs = theirs.clone();
        theirs.retain(|name, sum| !(self.folders.contains(name) && *sum == empty));
        theirs == self.files
    }
}

/// What an error says, in words that do not change with the archive.
fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Damaged(Damage::Record(what)) | ErrorKind::NotAnArchive(what) => what,
        ErrorKind::Damaged(Damage::UnusedBytes { .. }) => "unused bytes",
        ErrorKind::Damaged(Damage::TrailingBytes { .. }) => "trailing bytes",
        ErrorKind::Damaged(Damage::Crc { .. }) => "CRC-32",
        ErrorKind::Damaged(Damage::Size { .. }) => "size",
        ErrorKind::Damaged(Damage::Compressed) => "compressed data",
        ErrorKind::Unsupported(Unsupported::SpecialFile) => "a special file",
        ErrorKind::Unsupported(Unsupported::EncryptedEntry) => "an encrypted entry",
        ErrorKind::Unsupported(Unsupported::CompressionMethod { .. }) => "another method",
        ErrorKind::UnsafeName(_) => "an unsafe name",
        ErrorKind::NameConflict(_) => "names in conflict",
        ErrorKind::Truncated => "cut off",
        ErrorKind::Limit { .. } => "a limit",
        _ => "something else",
    }
}

/// What two of three accept and read alike.
fn is_accepted_by_two(readers: &mut Readers) -> Option<Files> {
    match readers.zipfile_and_libarchive() {
        [None, None] => None,
        [Some(one), Some(other)] if one == other => Some(one),
        // The third decides.
        both => readers.seven_zip().filter(|third| both.iter().flatten().any(|it| it == third)),
    }
}

#[test]
fn z5_three_readers_read_alike_what_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut readers) = Readers::new(folder.path()) else {
        return skipped("7z, bsdtar or python3 is not installed");
    };
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
    };
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    let seed = number("SMIMEZIP_SEED", u64::from_le_bytes(seed) >> 16);
    let mutations = number("SMIMEZIP_MUTATIONS", 300);
    println!("SMIMEZIP_SEED={seed} SMIMEZIP_MUTATIONS={mutations}");
    let originals = originals();
    for (nth, original) in originals.iter().enumerate() {
        let ours = ours(original).unwrap_or_else(|error| panic!("original {nth}: {error}"));
        readers.take(original);
        let [python, bsdtar] = readers.zipfile_and_libarchive();
        let theirs = [readers.seven_zip(), bsdtar, python];
        let accepted: Vec<_> = theirs.iter().flatten().collect();
        assert!(accepted.len() >= 2, "original {nth}");
        for theirs in accepted {
            assert!(ours.agrees_with(theirs), "original {nth}: {:?} {theirs:?}", ours.files);
        }
    }
    let mut chance = Chance(seed);
    let (mut same, mut accepted, mut alike) = (0_u64, 0_u64, [0_u64; 3]);
    let mut refused_alone: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unknown: BTreeMap<&str, String> = BTreeMap::new();
    for nth in 0..mutations {
        let original = &originals[chance.below(originals.len())];
        let mut bytes = original.clone();
        mutate(&mut bytes, &mut chance);
        if bytes == *original {
            same += 1;
            continue;
        }
        readers.take(&bytes);
        let keep = || {
            let kept = std::env::temp_dir().join(format!("smimezip-differential-{seed}-{nth}.zip"));
            std::fs::write(&kept, &bytes).unwrap();
            let changed: Vec<_> = (0..bytes.len().min(original.len()))
                .filter(|at| bytes[*at] != original[*at])
                .map(|at| format!("{at}: {:02x} -> {:02x}", original[at], bytes[at]))
                .collect();
            format!("{}: changed {changed:?}", kept.display())
        };
        match ours(&bytes) {
            Ok(ours) => {
                accepted += 1;
                let [python, bsdtar] = readers.zipfile_and_libarchive();
                let seven_zip = readers.seven_zip();
                let theirs = [("7-Zip", seven_zip), ("bsdtar", bsdtar), ("Python", python)];
                for ((name, theirs), alike) in theirs.into_iter().zip(&mut alike) {
                    let Some(theirs) = theirs else { continue };
                    *alike += 1;
                    let files = &ours.files;
                    assert!(
                        ours.agrees_with(&theirs),
                        "{}; ours {files:?}, {name}'s {theirs:?}",
                        keep()
                    );
                }
            }
            Err(error) => {
                let Some(theirs) = is_accepted_by_two(&mut readers) else { continue };
                let reason = reason(&error);
                *refused_alone.entry(reason).or_default() += 1;
                if !REASONS.iter().any(|(known, _)| *known == reason) {
                    unknown
                        .entry(reason)
                        .or_insert_with(|| format!("{}; {error}; others {theirs:?}", keep()));
                }
            }
        }
    }
    let refused = mutations - accepted - same;
    println!(
        "{mutations} mutations: {refused} refused, {accepted} accepted, and read alike by 7-Zip {}, \
         bsdtar {}, Python {}; {same} no change",
        alike[0], alike[1], alike[2]
    );
    for (reason, count) in refused_alone {
        println!("  {count} refused by us alone: {reason}");
    }
    assert!(unknown.is_empty(), "refused for a reason that is not in the list: {unknown:#?}");
    assert!(accepted * 100 >= mutations, "too few are accepted to compare anything");
}
