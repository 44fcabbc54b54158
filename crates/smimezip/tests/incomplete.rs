//! Sets of which parts are missing: what can be read is said by the directory alone, exactly, and
//! extracted right; the rest is named with the parts that it needs, and nothing of it is published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Tree, data, noise, read_tree, sample, sample_keys, zips};
use smimezip::message::Envelope;
use smimezip::parts::{PartName, Position};
use smimezip::zip::Availability;
use smimezip::{Archive, Error, ErrorKind, Export, ExtractOptions, Part, ReadAt, UnlockOptions};

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

fn needs(archive: &Archive, entry: &smimezip::Entry) -> Vec<String> {
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

#[test]
fn without_their_last_part_or_of_pieces_sets_are_refused_as_ever() {
    let pieces = data().join("sets/7-zip-pieces");
    let export = Export::discover(&pieces).unwrap();
    for lost in 0..export.parts().len() {
        let kept = export.parts().iter().enumerate().filter(|(at, _)| *at != lost);
        let rest = Export::from_parts(kept.map(|(_, part)| part.clone())).unwrap();
        let strict = rest.unlock(&sample_keys()).unwrap_err().to_string();
        let lenient = rest.unlock_with(&sample_keys(), &options(), &mut ()).unwrap_err();
        assert_eq!(lenient.to_string(), strict);
    }
}
