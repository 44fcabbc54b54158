//! Sets of which parts are missing: what can be read is said by the directory alone, exactly, and
//! extracted right; the rest is named with the parts that it needs, and nothing of it is published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Tree, data, noise, read_tree, sample, sample_keys, zips};
use smimezip::message::Envelope;
use smimezip::parts::{PartName, Position};
use smimezip::zip::Availability;
use smimezip::{
    Archive, Entry, Error, ErrorKind, Export, ExtractOptions, Part, ReadAt, UnlockOptions,
};

type Named = Vec<(String, Vec<u8>)>;

/// A part that counts what is read of it.
struct Counted {
    bytes: Vec<u8>,
    reads: AtomicUsize,
}

impl ReadAt for Counted {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }
}

/// Every split set that is committed, and one of many small parts, whose last has the end record
/// and little else. Their parts are in order, the last is the last.
fn sets() -> BTreeMap<PathBuf, Named> {
    let folders = std::fs::read_dir(data().join("sets")).unwrap().map(|it| it.unwrap().path());
    let mut sets = BTreeMap::new();
    for folder in folders.filter(|it| it.is_dir()).chain([sample()]) {
        let export = Export::discover(&folder).unwrap();
        let read =
            |part: &Part| (part.name().to_owned(), std::fs::read(part.path().unwrap()).unwrap());
        let parts: Named = export.parts().iter().map(read).collect();
        let is_split = export.parts().last().unwrap().position() == Position::Last;
        if is_split && parts.len() > 1 {
            sets.insert(folder, parts);
        }
    }
    assert!(sets.len() >= 5, "{:?}", sets.keys());
    let entries: Vec<_> = (0..40).map(|it| (format!("d/{it}"), noise(it, 3000))).collect();
    let entries: Vec<_> = entries.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    let parts = zips::named(zips::split(&zips::stored(&entries), &[7000]), "");
    sets.insert("small parts".into(), parts);
    sets
}

fn options() -> UnlockOptions {
    UnlockOptions::new().incomplete(true)
}

fn unlock(parts: &[(String, Vec<u8>)], options: &UnlockOptions) -> Result<Archive, Error> {
    let parts = parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    Export::from_parts(parts)?.unlock_with(&sample_keys(), options, &mut ())
}

/// The same parts decrypted, under their names.
fn plain(parts: &Named) -> Named {
    let plain = |(name, bytes): &(String, Vec<u8>)| {
        if !PartName::parse(name).unwrap().is_sealed() {
            return (name.clone(), bytes.clone());
        }
        let content = Envelope::open(bytes.clone()).unwrap().unlock(&sample_keys()).unwrap();
        let mut plaintext = vec![0; usize::try_from(content.size()).unwrap()];
        let mut done = 0;
        while done < plaintext.len() {
            done += content.read_at(&mut plaintext[done..], done as u64).unwrap();
        }
        (name.clone(), plaintext)
    };
    parts.iter().map(plain).collect()
}

/// The names of the parts that reading each entry of the complete set touches.
fn touched(parts: &Named) -> Vec<BTreeSet<String>> {
    let counted = |(_, bytes): &(String, Vec<u8>)| {
        Arc::new(Counted { bytes: bytes.clone(), reads: AtomicUsize::new(0) })
    };
    let parts = plain(parts);
    let sources: Vec<_> = parts.iter().map(counted).collect();
    let named = parts.iter().zip(&sources);
    let archive = Archive::open(named.map(|((name, _), it)| Part::new(name, Arc::clone(it))));
    let archive = archive.unwrap();
    archive.verify().unwrap();
    let of_entry = |entry| {
        for source in &sources {
            source.reads.store(0, Ordering::Relaxed);
        }
        io::copy(&mut archive.open_entry(entry).unwrap(), &mut io::sink()).unwrap();
        let names = parts.iter().zip(&sources);
        let names = names.filter(|(_, it)| it.reads.load(Ordering::Relaxed) > 0);
        names.map(|((name, _), _)| name.clone()).collect()
    };
    archive.entries().iter().map(of_entry).collect()
}

/// Which of the parts has the start of the directory, as the end record says.
fn directory_part(parts: &Named) -> usize {
    let (_, last) = plain(&parts[parts.len() - 1..].to_vec()).pop().unwrap();
    let at = last.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    usize::from(u16::from_le_bytes([last[at + 6], last[at + 7]]))
}

fn missing(error: &Error) -> Vec<String> {
    match error.kind() {
        ErrorKind::IncompleteSet { missing, .. } => missing.iter().map(named).collect(),
        _ => panic!("{error}"),
    }
}

fn named(name: &PartName) -> String {
    name.to_string()
}

fn needs(archive: &Archive, entry: &Entry) -> Vec<String> {
    match archive.availability(entry) {
        Availability::Available => Vec::new(),
        Availability::Needs(parts) => {
            assert!(!parts.is_empty());
            parts.iter().map(named).collect()
        }
    }
}

/// The files of a folder.
fn files(folder: &Path) -> Tree {
    read_tree(folder).into_iter().filter(|(_, contents)| contents.is_some()).collect()
}

#[test]
fn s1_of_an_incomplete_set_comes_exactly_what_needs_no_missing_part() {
    for (set, parts) in sets() {
        let set = set.display();
        let (touched, directory) = (touched(&parts), directory_part(&parts));
        let whole = unlock(&parts, &options()).unwrap();
        assert!(whole.missing().is_empty());
        let folder = tempfile::tempdir().unwrap();
        whole.extract(folder.path()).unwrap();
        let all = files(folder.path());
        for lost in 0..parts.len() {
            let mut rest = parts.clone();
            let (name, _) = rest.remove(lost);
            assert_eq!(missing(&unlock(&rest, &UnlockOptions::new()).unwrap_err()), [&*name]);
            let archive = match unlock(&rest, &options()) {
                Ok(archive) => archive,
                Err(error) => {
                    assert!(lost >= directory, "{set} without {name}: {error}");
                    assert_eq!(missing(&error), [&*name], "{set}");
                    continue;
                }
            };
            assert!(lost < directory, "{set} without {name}");
            assert_eq!(archive.missing().iter().map(named).collect::<Vec<_>>(), [&*name]);
            let (mut expected, mut unavailable) = (all.clone(), Vec::new());
            for (entry, touched) in archive.entries().iter().zip(&touched) {
                if !touched.contains(&name) {
                    assert_eq!(archive.availability(entry), Availability::Available, "{set}");
                    let mut bytes = Vec::new();
                    archive.open_entry(entry).unwrap().read_to_end(&mut bytes).unwrap();
                    let right = expected.get(entry.raw_name());
                    assert!(entry.is_folder() || right == Some(&Some(bytes)), "{set}");
                    continue;
                }
                assert_eq!(needs(&archive, entry), [&*name], "{set}");
                expected.remove(entry.raw_name());
                unavailable.push(entry.raw_name().to_owned());
                let error = archive.open_entry(entry).unwrap_err();
                assert_eq!(
                    (missing(&error), error.entry()),
                    (vec![name.clone()], Some(entry.raw_name()))
                );
            }
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let refused = archive.extract(&out).unwrap_err();
            assert_eq!(missing(&refused), [&*name], "{set}");
            assert_eq!(missing(&archive.verify().unwrap_err()), [&*name], "{set}");
            assert!(read_tree(folder.path()).is_empty(), "{set} without {name}");
            let available = ExtractOptions::new().available(true);
            let report = archive.extract_with(&out, &available, &mut ()).unwrap();
            assert!(files(&out) == expected, "{set} without {name}");
            assert_eq!(report.files, expected.len() as u64, "{set}");
            let names: Vec<_> = report.unavailable.iter().map(|it| it.name.clone()).collect();
            assert_eq!(names, unavailable, "{set} without {name}");
            assert!(report.unavailable.iter().all(|it| it.parts.iter().map(named).eq([&*name])));
        }
    }
}

#[test]
fn by_the_last_part_alone_each_entry_names_the_parts_that_reading_it_touches() {
    for (set, parts) in sets() {
        let set = set.display();
        let (last, others) = parts.split_last().unwrap();
        let directory = directory_part(&parts);
        let archive = match unlock(std::slice::from_ref(last), &options()) {
            Ok(archive) => archive,
            Err(error) => {
                assert!(directory < others.len(), "{set}: {error}");
                let names: Vec<_> = others.iter().map(|(name, _)| name.clone()).collect();
                assert_eq!(missing(&error), names, "{set}");
                continue;
            }
        };
        let entries = archive.entries().iter().zip(touched(&parts));
        for (entry, mut touched) in entries {
            touched.remove(&last.0);
            let needs: BTreeSet<_> = needs(&archive, entry).into_iter().collect();
            assert_eq!(needs, touched, "{set}: {}", entry.raw_name());
        }
    }
}

#[test]
fn what_is_damaged_is_refused_though_parts_are_missing() {
    let parts = sets().remove(Path::new("small parts")).unwrap();
    let mut rest = parts;
    rest.remove(0);
    let middle = rest[2].1.len() / 2;
    rest[2].1[middle] ^= 1;
    let archive = unlock(&rest, &options()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let available = ExtractOptions::new().available(true);
    let error = archive.extract_with(folder.path(), &available, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{error}");
    assert!(read_tree(folder.path()).is_empty());
    let both = available.keep_going(true);
    let report = archive.extract_with(folder.path(), &both, &mut ()).unwrap();
    assert_eq!(report.failed.len(), 1);
    assert!(!report.unavailable.is_empty());
    assert_eq!(files(folder.path()).len() as u64, report.files);
}

/// The pieces that are committed, those of an archive that are cut at each of many sizes, and a
/// zip64 archive.
fn pieces() -> BTreeMap<String, Named> {
    let export = Export::discover(data().join("sets/7-zip-pieces")).unwrap();
    let read = |part: &Part| (part.name().to_owned(), std::fs::read(part.path().unwrap()).unwrap());
    let mut all = BTreeMap::from([("7-Zip".into(), export.parts().iter().map(read).collect())]);
    let entries: Vec<_> = (0..12).map(|it| (format!("d/{it}"), noise(it, 900))).collect();
    let entries: Vec<_> = entries.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    let archive = zips::stored(&entries);
    // Of the last sizes the directory, then the end record lies in the last two.
    for size in [1000, 1500, 3500, archive.len() - 400, archive.len() - 10] {
        all.insert(size.to_string(), cut(&archive, &[size]));
    }
    all.insert("zip64".into(), cut(&with_zip64(&archive), &[1500]));
    all
}

/// Pieces of these sizes, the last of which is repeated.
fn cut(archive: &[u8], sizes: &[usize]) -> Named {
    let (mut pieces, mut rest) = (Named::new(), archive);
    while !rest.is_empty() {
        let size = sizes.get(pieces.len()).or(sizes.last()).unwrap();
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        pieces.push((format!("e.zip.{:03}", pieces.len() + 1), piece.to_vec()));
        rest = after;
    }
    pieces
}

/// The same archive with zip64 records at its end, whose plain one has no numbers.
fn with_zip64(archive: &[u8]) -> Vec<u8> {
    let (rest, end) = archive.split_at(archive.len() - 22);
    let at = |at: usize, size: usize| {
        let mut number = [0; 8];
        number[..size].copy_from_slice(&end[at..at + size]);
        number
    };
    let mut bytes = [rest, b"PK\x06\x06", &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat();
    for number in [at(8, 2), at(10, 2), at(12, 4), at(16, 4)] {
        bytes.extend(number);
    }
    bytes.extend([b"PK\x06\x07", &[0; 4][..], &(rest.len() as u64).to_le_bytes()].concat());
    bytes.extend([&1_u32.to_le_bytes()[..], b"PK\x05\x06", &[0; 4], &[0xff; 12], &[0; 2]].concat());
    bytes
}

/// The numbers of the pieces that have bytes of each entry, and the first that has some of the
/// directory or what follows it.
fn lies_in(pieces: &Named) -> (Vec<Vec<usize>>, usize) {
    let all: Vec<u8> = pieces.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let piece_of = |position: usize| {
        let mut end = 0;
        pieces.iter().position(|(_, bytes)| {
            end += bytes.len();
            position < end
        })
    };
    let archive = Archive::open([Part::new("e.zip", all.clone())]).unwrap();
    let directory = all.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    // Entries stand as the directory lists them, each after its local header's signature.
    let mut starts = Vec::new();
    for entry in archive.entries() {
        let local = |at: &usize| {
            let name = entry.raw_name().as_bytes();
            all[*at..].starts_with(b"PK\x03\x04") && all[at + 30..].starts_with(name)
        };
        starts.push((0..directory).find(local).unwrap());
    }
    let pieces = |start: usize| {
        let end = starts.iter().copied().filter(|it| *it > start).min().unwrap_or(directory);
        (piece_of(start).unwrap()..=piece_of(end - 1).unwrap()).collect()
    };
    (starts.iter().map(|start| pieces(*start)).collect(), piece_of(directory).unwrap())
}

#[test]
fn pieces_with_gaps_give_exactly_what_needs_none_that_is_missing() {
    for (set, pieces) in pieces() {
        let (lies_in, directory) = lies_in(&pieces);
        let whole = unlock(&pieces, &options()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        whole.extract(folder.path()).unwrap();
        let all = files(folder.path());
        let last = pieces.len() - 1;
        let mut losses: Vec<BTreeSet<usize>> = (0..=last).map(|it| [it].into()).collect();
        losses.extend((0..last).map(|it| [it, (it + 2).min(last - 1)].into()));
        losses.extend((0..last).map(|it| (0..=it).collect()));
        losses.extend((0..last).map(|it| (0..last).filter(|other| *other != it).collect()));
        for lost in losses.into_iter().filter(|it| !it.is_empty()) {
            let names = |at: &BTreeSet<usize>| -> Vec<String> {
                at.iter().map(|at| pieces[*at].0.clone()).collect()
            };
            let context = format!("{set} without {lost:?}");
            let kept = pieces.iter().enumerate().filter(|(at, _)| !lost.contains(at));
            let rest: Named = kept.map(|(_, piece)| piece.clone()).collect();
            let archive = match unlock(&rest, &options()) {
                Ok(archive) => archive,
                Err(error) => {
                    assert!(lost.iter().any(|it| *it >= directory), "{context}: {error}");
                    let strict = unlock(&rest, &UnlockOptions::new()).unwrap_err();
                    assert_eq!(error.to_string(), strict.to_string(), "{context}");
                    continue;
                }
            };
            assert!(lost.iter().all(|it| *it < directory), "{context}");
            let refused = unlock(&rest, &UnlockOptions::new()).unwrap_err();
            assert_eq!(missing(&refused), names(&lost), "{context}");
            let missing: Vec<_> = archive.missing().iter().map(named).collect();
            assert_eq!(missing, names(&lost), "{context}");
            let (mut expected, mut unavailable) = (all.clone(), 0);
            for (entry, lies_in) in archive.entries().iter().zip(&lies_in) {
                let lacks = lies_in.iter().copied().filter(|it| lost.contains(it)).collect();
                assert_eq!(needs(&archive, entry), names(&lacks), "{context}");
                if !lacks.is_empty() {
                    expected.remove(entry.raw_name());
                    unavailable += 1;
                    assert!(archive.open_entry(entry).is_err(), "{context}");
                }
            }
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            archive.extract(&out).unwrap_err();
            assert!(read_tree(folder.path()).is_empty(), "{context}");
            let available = ExtractOptions::new().available(true).durable(false);
            let verified = archive.verify_with(&available, &mut ()).unwrap();
            let report = archive.extract_with(&out, &available, &mut ()).unwrap();
            assert!(files(&out) == expected, "{context}");
            assert_eq!(report.files, expected.len() as u64, "{context}");
            assert_eq!(report.unavailable.len(), unavailable, "{context}");
            assert_eq!(verified.files, report.files, "{context}");
        }
    }
}

#[test]
fn of_pieces_with_gaps_each_entry_names_those_that_reading_it_touches() {
    for (set, pieces) in pieces() {
        let (of_whole, last) = (touched(&pieces), pieces.len() - 1);
        let (_, directory) = lies_in(&pieces);
        let mut losses: Vec<BTreeSet<usize>> = (0..last).map(|it| [it].into()).collect();
        // By the last piece alone, and all but every other.
        losses.extend([(0..last).collect(), (0..last).step_by(2).collect()]);
        let mut opened = 0;
        for lost in losses {
            let sources: Vec<_> = pieces
                .iter()
                .enumerate()
                .filter(|(at, _)| !lost.contains(at))
                .map(|(_, (name, bytes))| {
                    let reads = AtomicUsize::new(0);
                    (name, Arc::new(Counted { bytes: bytes.clone(), reads }))
                })
                .collect();
            let parts = sources.iter().map(|(name, it)| Part::new(*name, Arc::clone(it)));
            let export = Export::from_parts(parts).unwrap();
            let unlocked = export.unlock_with(&sample_keys(), &options(), &mut ());
            // Where the directory is not whole, nothing is known.
            let is_known = lost.iter().all(|it| *it < directory);
            assert_eq!(unlocked.is_ok(), is_known, "{set} without {lost:?}");
            let Ok(archive) = unlocked else { continue };
            opened += 1;
            for (entry, touched) in archive.entries().iter().zip(&of_whole) {
                let context = format!("{set} without {lost:?}: {}", entry.raw_name());
                let named: BTreeSet<_> = archive.parts_of(entry).map(str::to_owned).collect();
                assert_eq!(named, *touched, "{context}");
                let needed = lost.iter().map(|at| pieces[*at].0.clone());
                let needed: BTreeSet<_> = needed.filter(|it| touched.contains(it)).collect();
                assert!(needs(&archive, entry).into_iter().eq(needed.clone()), "{context}");
                for (_, source) in &sources {
                    source.reads.store(0, Ordering::Relaxed);
                }
                let reader = archive.open_entry(entry);
                assert_eq!(reader.is_ok(), needed.is_empty(), "{context}");
                if let Ok(mut reader) = reader {
                    io::copy(&mut reader, &mut io::sink()).unwrap();
                    let read =
                        sources.iter().filter(|(_, it)| it.reads.load(Ordering::Relaxed) > 0);
                    let read: BTreeSet<_> = read.map(|(name, _)| (*name).clone()).collect();
                    assert_eq!(read, *touched, "{context}");
                }
            }
        }
        assert_eq!(opened > 0, directory > 0, "{set}");
    }
}

#[test]
fn pieces_whose_sizes_are_not_known_are_refused_as_ever() {
    let entries: Vec<_> = (0..12).map(|it| (format!("d/{it}"), noise(it, 900))).collect();
    let entries: Vec<_> = entries.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    let archive = zips::stored(&entries);
    let unequal = cut(&archive, &[1000, 2000, 3000]);
    // The last one is larger than the others.
    let larger = cut(&archive, &[1000, 1000, 1000, 1 << 20]);
    // Something stands before the archive, or after it.
    let before = cut(&[&[b'x'; 100][..], &archive].concat(), &[1500]);
    let after = cut(&[&archive[..], &[b'x'; 100]].concat(), &[1500]);
    // The first piece has the number 0.
    let mut from_zero = cut(&archive, &[1500]);
    for (at, (name, _)) in from_zero.iter_mut().enumerate() {
        *name = format!("e.zip.{at:03}");
    }
    from_zero.remove(0);
    for (what, pieces) in [
        ("unequal", unequal),
        ("larger", larger),
        ("before", before),
        ("after", after),
        ("from zero", from_zero),
    ] {
        let mut rest = pieces;
        rest.remove(1);
        let strict = unlock(&rest, &UnlockOptions::new()).unwrap_err();
        let lenient = unlock(&rest, &options()).unwrap_err();
        assert_eq!(lenient.to_string(), strict.to_string(), "{what}");
        assert!(matches!(strict.kind(), ErrorKind::IncompleteSet { .. }), "{what}: {strict}");
    }
}

/// Sizes that differ so that their sum is as if they did not: the entries that lie elsewhere are
/// refused as damaged, and nothing else comes of them.
#[test]
fn pieces_that_only_seem_to_be_of_one_size_give_nothing_wrong() {
    let entries: Vec<_> = (0..12).map(|it| (format!("d/{it}"), noise(it, 900))).collect();
    let entries: Vec<_> = entries.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    let mut pieces = cut(&zips::stored(&entries), &[1000, 2000, 3000, 2000]);
    pieces.remove(2);
    pieces.remove(0);
    let archive = unlock(&pieces, &options()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = ExtractOptions::new().available(true).keep_going(true);
    let report = archive.extract_with(folder.path(), &options, &mut ()).unwrap();
    assert!(!report.failed.is_empty());
    for (name, bytes) in files(folder.path()) {
        let (_, right) = entries.iter().find(|(it, _)| *it == name).unwrap();
        assert!(bytes.as_deref() == Some(right), "{name}");
    }
}
