//! Row Z5: whatever zip we accept, however it was changed, 7-Zip reads the same files from it. The changes
//! are drawn from a seed that is printed: `SMIMEZIP_SEED` repeats a run, `SMIMEZIP_MUTATIONS` makes it
//! longer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;

use common::{has, json_lines, limits, noise, read_tree, sha256, skipped};
use smimezip::{Archive, EntryKind, ExtractOptions, ReadAt, Silent};
use zip::write::{FullFileOptions, SimpleFileOptions};
use zip::{CompressionMethod, ZipWriter};

/// Contents' sums by name.
type Files = BTreeMap<String, String>;

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

    fn octet(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// Archives of each form that is read: stored, deflated, with data descriptors, with zip64 fields, with
/// extra fields and comments.
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
    made
}

/// Places of all records with this signature.
fn records(archive: &[u8], signature: &[u8]) -> Vec<usize> {
    (0..archive.len().saturating_sub(46))
        .filter(|at| archive[*at..].starts_with(signature))
        .collect()
}

/// Changes some octets: anywhere, in headers, or alike in both headers of an entry, which is what passes
/// the comparison of the two.
fn mutate(archive: &mut Vec<u8>, chance: &mut Chance) {
    let (local, central) = (records(archive, b"PK\x03\x04"), records(archive, b"PK\x01\x02"));
    for _ in 0..=chance.below(3) {
        let length = archive.len();
        let value = match chance.below(3) {
            0 => chance.octet(),
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
            // The fields that both headers have lie in the same order, two octets apart.
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
        1 => archive.push(chance.octet()),
        2 => archive.insert(0, chance.octet()),
        _ => {}
    }
}

/// What we read, if we accept it.
fn ours(octets: &[u8]) -> Option<Files> {
    let part: Arc<dyn ReadAt> = Arc::new(octets.to_vec());
    let archive = Archive::open(vec![("e.zip".into(), part)], &limits()).ok()?;
    archive.verify(&ExtractOptions::default(), &mut Silent).ok()?;
    let files = archive.entries().iter().filter(|entry| entry.kind() == EntryKind::File);
    Some(
        files
            .map(|entry| {
                let mut contents = Vec::new();
                archive.read(entry).unwrap().read_to_end(&mut contents).unwrap();
                // Every reader drops a leading dot.
                (entry.name().trim_start_matches("./").to_owned(), sha256(&contents))
            })
            .collect(),
    )
}

fn seven_zip(folder: &Path, octets: &[u8]) -> Result<Files, String> {
    let (file, out) = (folder.join("e.zip"), folder.join("out"));
    std::fs::write(&file, octets).unwrap();
    let _ = std::fs::remove_dir_all(&out);
    let (ok, text) = common::try_run(folder, "7z", &["x", "-y", "-oout", "e.zip"], b"");
    let text = String::from_utf8_lossy(&text).into_owned();
    let files = read_tree(&out)
        .into_iter()
        .filter_map(|(name, contents)| Some((name, sha256(&contents?))))
        .collect();
    if ok { Ok(files) } else { Err(text) }
}

#[test]
fn z5_whatever_is_accepted_7_zip_reads_alike() {
    if !has("7z") {
        return skipped("7z is not installed");
    }
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
    };
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    let seed = number("SMIMEZIP_SEED", u64::from_le_bytes(seed) >> 16);
    let mutations = number("SMIMEZIP_MUTATIONS", 2000);
    println!("SMIMEZIP_SEED={seed} SMIMEZIP_MUTATIONS={mutations}");
    let folder = tempfile::tempdir().unwrap();
    let originals = originals();
    for original in &originals {
        let files = ours(original).expect("an archive that was not changed");
        assert_eq!(seven_zip(folder.path(), original).unwrap(), files);
    }
    let mut chance = Chance(seed);
    let (mut same, mut accepted) = (0, 0);
    for nth in 0..mutations {
        let original = &originals[chance.below(originals.len())];
        let mut octets = original.clone();
        mutate(&mut octets, &mut chance);
        if octets == *original {
            same += 1;
            continue;
        }
        let Some(files) = ours(&octets) else { continue };
        accepted += 1;
        let theirs = seven_zip(folder.path(), &octets);
        if theirs.as_ref() != Ok(&files) {
            let kept = std::env::temp_dir().join(format!("smimezip-differential-{seed}-{nth}.zip"));
            std::fs::write(&kept, &octets).unwrap();
            let changed: Vec<_> = (0..octets.len().min(original.len()))
                .filter(|at| octets[*at] != original[*at])
                .map(|at| format!("{at}: {:02x} -> {:02x}", original[at], octets[at]))
                .collect();
            let kept = kept.display();
            panic!("{kept}: changed {changed:?}; ours {files:?}; 7-Zip's {theirs:?}");
        }
    }
    let refused = mutations - accepted - same;
    println!(
        "{mutations} mutations: {refused} refused, {accepted} accepted and alike, {same} no change"
    );
    assert!(accepted * 100 >= mutations, "too few are accepted to compare anything");
}
