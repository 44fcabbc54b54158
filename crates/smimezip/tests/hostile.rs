//! Archives made to do harm, and somebody who interferes while they are extracted: special files,
//! bombs, names that collide, folders swapped for links, cancellation at any moment, parts that go
//! missing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{Tree, json_lines, limits, noise, read_tree, thorough, tree, zips};
use smimezip::error::{Category, Unsupported};
use smimezip::extract::Links;
#[cfg(unix)]
use smimezip::extract::Overwrite;
use smimezip::{
    Archive, CancelToken, Error, ErrorKind, Export, ExtractOptions, KeyRing, Limits, Part,
    UnlockOptions,
};
use zip::CompressionMethod;

fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Archive, Error> {
    Archive::open_with([Part::new("e.zip", bytes)], &UnlockOptions::new().limits(limits))
}

/// The error of opening or extracting, after which nothing may be there.
fn refused(bytes: Vec<u8>, limits: &Limits) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let error = open(bytes, limits)
        .and_then(|archive| archive.extract(&out))
        .map(|report| panic!("accepted: {report:?}"))
        .unwrap_err();
    assert!(read_tree(folder.path()).is_empty(), "something was left behind after {error}");
    error
}

/// One entry of an archive written by hand, so that its fields can lie.
#[derive(Clone)]
struct Raw {
    name: String,
    /// Of the central header: mode and type in its upper half.
    attributes: u32,
    method: u16,
    crc: u32,
    compressed: u32,
    uncompressed: u32,
    /// Where the central header says the local one is.
    offset: u32,
}

impl Raw {
    fn fields(&self, out: &mut Vec<u8>) {
        out.extend(b"\x14\0\0\x08");
        out.extend(self.method.to_le_bytes());
        out.extend(b"\0\0\x21\0");
        for number in [self.crc, self.compressed, self.uncompressed] {
            out.extend(number.to_le_bytes());
        }
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend([0, 0]);
    }

    fn local(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04".to_vec();
        self.fields(&mut out);
        out.extend(self.name.as_bytes());
        out
    }

    fn central(&self) -> Vec<u8> {
        let mut out = b"PK\x01\x02\x14\x03".to_vec();
        self.fields(&mut out);
        out.extend([0; 6]);
        out.extend(self.attributes.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend(self.name.as_bytes());
        out
    }
}

/// `data`, and after it a directory of these entries.
fn with_directory(mut data: Vec<u8>, entries: &[Raw]) -> Vec<u8> {
    let start = u32::try_from(data.len()).unwrap();
    for entry in entries {
        data.extend(entry.central());
    }
    let size = u32::try_from(data.len()).unwrap() - start;
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    data.extend(b"PK\x05\x06\0\0\0\0");
    data.extend([count, count].concat());
    data.extend(size.to_le_bytes());
    data.extend(start.to_le_bytes());
    data.extend([0, 0]);
    data
}

/// An archive of empty stored entries with these names and attributes.
fn empty_entries(entries: &[(&str, u32)]) -> Vec<u8> {
    let (mut data, mut raws) = (Vec::new(), Vec::new());
    for (name, attributes) in entries {
        let raw = Raw {
            name: (*name).to_owned(),
            attributes: *attributes,
            method: 0,
            crc: 0,
            compressed: 0,
            uncompressed: 0,
            offset: u32::try_from(data.len()).unwrap(),
        };
        data.extend(raw.local());
        raws.push(raw);
    }
    with_directory(data, &raws)
}

#[test]
fn z2_each_special_kind_is_refused_or_left_out() {
    let kinds = [
        ("symbolic link", 0o120_777_u32),
        ("FIFO", 0o010_644),
        ("character device", 0o020_644),
        ("block device", 0o060_644),
        ("socket", 0o140_644),
    ];
    for (what, mode) in kinds {
        let bytes = empty_entries(&[("special", mode << 16), ("file", 0o100_644 << 16)]);
        let error = refused(bytes.clone(), &limits());
        let special = matches!(error.kind(), ErrorKind::Unsupported(Unsupported::SpecialFile));
        assert!(special, "{what}: {error}");
        assert_eq!(error.entry(), Some("special"), "{what}");
        let folder = tempfile::tempdir().unwrap();
        let options = ExtractOptions::new().links(Links::Skip);
        let archive = open(bytes, &limits()).unwrap();
        let report = archive.extract_with(folder.path(), &options, &mut ()).unwrap();
        assert_eq!((report.files, report.skipped.len()), (1, 1), "{what}");
        assert_eq!(read_tree(folder.path()).keys().collect::<Vec<_>>(), ["file"], "{what}");
    }
}

#[cfg(unix)]
#[test]
fn z2_no_special_bits_are_set() {
    use std::os::unix::fs::PermissionsExt;
    let bytes = empty_entries(&[
        ("setuid", 0o104_755 << 16),
        ("setgid", 0o102_755 << 16),
        ("sticky", 0o101_755 << 16),
        ("folder/", 0o047_777 << 16),
        ("unreadable", 0o100_000 << 16),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let archive = open(bytes, &limits()).unwrap();
    archive.extract(folder.path()).unwrap();
    for name in ["setuid", "setgid", "sticky", "folder", "unreadable"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7000, 0, "{name}: {mode:o}");
        // The owner can read what they extracted.
        assert_eq!(mode & 0o600, 0o600, "{name}: {mode:o}");
    }
}

#[test]
fn z4_sixty_pairs_that_cannot_exist_together_refuse_the_archive() {
    let mut pairs: Vec<(String, String)> = Vec::new();
    // The same but for case, in names, folders and endings; the same twice.
    for name in ["a", "readme.txt", "ä", "ö/ü", "x/y/z", "д", "ſ", "ﬁ", "ß", "ω"] {
        pairs.push((name.into(), name.into()));
        pairs.push((name.into(), name.to_uppercase()));
    }
    // Composed and decomposed.
    for (one, other) in [
        ("é", "e\u{301}"),
        ("Å", "\u{212b}"),
        ("ñ", "n\u{303}"),
        ("ö", "o\u{308}"),
        ("각", "\u{1100}\u{1161}\u{11a8}"),
        ("ế", "ê\u{301}"),
    ] {
        pairs.push((one.into(), other.into()));
        pairs.push((format!("d/{one}"), format!("d/{other}")));
        pairs.push((format!("{one}/x"), format!("{other}/x")));
        pairs.push((one.into(), other.to_uppercase()));
    }
    // A file where another entry needs a folder, in either order, and in other letters.
    for (file, below) in [("a", "a/b"), ("x/y", "x/y/z"), ("Ä", "ä/b"), ("d", "D/e/f")] {
        pairs.push((file.into(), below.into()));
        pairs.push((below.into(), file.into()));
        pairs.push((file.into(), format!("{}/", below.split_at(file.len()).0)));
        pairs.push((format!("top/{file}"), format!("top/{below}")));
    }
    pairs.retain(|(one, other)| one != other || !one.is_empty());
    assert!(pairs.len() >= 60, "{}", pairs.len());
    for (one, other) in &pairs {
        let bytes = empty_entries(&[(one, 0o100_644 << 16), (other, 0o100_644 << 16)]);
        let bytes = if other.ends_with('/') {
            empty_entries(&[(one, 0o100_644 << 16), (other, 0o040_755 << 16)])
        } else {
            bytes
        };
        let error = refused(bytes, &limits());
        assert!(matches!(error.kind(), ErrorKind::NameConflict(_)), "{one:?} {other:?}: {error}");
    }
}

#[test]
fn z6_overlap_bombs_are_refused_with_nothing_written() {
    // Five megabytes of zeros in five kilobytes.
    let kernel = zips::archive(&[("k".to_owned(), Some(vec![0; 5_000_000]))].into(), |_| {
        CompressionMethod::Deflated
    });
    let crc = u32::from_le_bytes(kernel[14..18].try_into().unwrap());
    let compressed = u32::from_le_bytes(kernel[18..22].try_into().unwrap());
    let data = &kernel[31..31 + usize::try_from(compressed).unwrap()];
    let raw = |number: usize, size: u32, offset: usize| Raw {
        name: format!("f{number:04}"),
        attributes: 0,
        method: 8,
        crc,
        compressed: size,
        uncompressed: 5_000_000,
        offset: u32::try_from(offset).unwrap(),
    };
    // A thousand entries in one place.
    let first = raw(0, compressed, 0);
    let bytes = [first.local(), data.to_vec()].concat();
    let entries: Vec<_> = (0..1000).map(|number| raw(number, compressed, 0)).collect();
    let bomb = with_directory(bytes, &entries);
    assert!(bomb.len() < 70_000, "{}", bomb.len());
    let error = refused(bomb, &limits());
    assert_eq!(error.category(), Category::Damaged, "{error}");
    // Each entry's data hold the headers of all that follow, in the manner of quoted overlaps.
    let (mut bytes, mut entries) = (Vec::new(), Vec::new());
    let header = first.local().len();
    for number in 0..1000 {
        let behind = u32::try_from((999 - number) * header).unwrap() + compressed;
        let entry = raw(number, behind, bytes.len());
        bytes.extend(entry.local());
        entries.push(entry);
    }
    bytes.extend(data);
    let error = refused(with_directory(bytes, &entries), &limits());
    assert_eq!(error.category(), Category::Damaged, "{error}");
    assert!(error.entry().is_some(), "{error}");
}

#[test]
fn z6_free_space_is_checked_before_anything_is_written() {
    // Declared: more than any disk here has.
    let raw = Raw {
        name: "huge".into(),
        attributes: 0,
        method: 8,
        crc: 0,
        compressed: 2,
        uncompressed: u32::MAX - 1,
        offset: 0,
    };
    let mut bytes = Vec::new();
    let mut entries = Vec::new();
    for number in 0..60_000 {
        let entry = Raw {
            name: format!("{number:05}"),
            offset: u32::try_from(bytes.len()).unwrap(),
            ..raw.clone()
        };
        bytes.extend(entry.local());
        bytes.extend([3, 0]);
        entries.push(entry);
    }
    let mut trusting = limits();
    trusting.ratio = u64::MAX;
    let error = refused(with_directory(bytes, &entries), &trusting);
    assert!(matches!(error.kind(), ErrorKind::NoSpace { .. }), "{error}");
}

/// Somebody swaps a folder of the destination for a link to elsewhere and back, all the time.
#[cfg(unix)]
#[test]
fn z3_a_folder_swapped_for_a_link_leads_nowhere() {
    let extractions = thorough(10_000, 1_000);
    let in_memory = Path::new("/dev/shm");
    let folder = if in_memory.is_dir() { in_memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(folder).unwrap();
    let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
    std::fs::create_dir_all(out.join("a/b")).unwrap();
    std::fs::create_dir_all(elsewhere.join("b")).unwrap();
    let tree: Tree = [("a/b/one", "1"), ("a/two", "2")]
        .map(|(name, contents)| (name.to_owned(), Some(contents.as_bytes().to_vec())))
        .into();
    let archive = open(zips::archive(&tree, |_| CompressionMethod::Stored), &limits()).unwrap();
    let options = ExtractOptions::new().threads(1).durable(false).overwrite(Overwrite::Always);
    let stop = AtomicBool::new(false);
    let (mut done, mut failed) = (0, 0);
    let swaps = std::thread::scope(|scope| {
        let swapper = scope.spawn(|| {
            let (folder, aside) = (out.join("a"), out.join("aside"));
            let mut swaps = 0_usize;
            while !stop.load(Ordering::Relaxed) {
                std::fs::rename(&folder, &aside).unwrap();
                // A whole new folder may have been published in between.
                let _ = std::os::unix::fs::symlink(&elsewhere, &folder);
                let _ = std::fs::remove_file(&folder);
                while std::fs::rename(&aside, &folder).is_err() {
                    let _ = std::fs::remove_dir_all(&folder);
                }
                swaps += 1;
            }
            swaps
        });
        for _ in 0..extractions {
            match archive.extract_with(&out, &options, &mut ()) {
                Ok(_) => done += 1,
                Err(_) => failed += 1,
            }
        }
        stop.store(true, Ordering::Relaxed);
        swapper.join().unwrap()
    });
    println!("{extractions} extractions, {done} done, {failed} refused; {swaps} swaps");
    assert!(swaps > extractions / 10 && failed > 0 && done > 0, "{swaps} {failed} {done}");
    let found = read_tree(&elsewhere);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["b"], "something escaped");
}

#[test]
fn f6_cancelling_at_any_moment_leaves_nothing() {
    let tree: Tree = (0..30)
        .map(|n| (format!("d/{n}"), Some(json_lines(n, 6000))))
        .chain([("large".to_owned(), Some(noise(3, 12_000_000)))])
        .collect();
    let archive = open(zips::archive(&tree, |_| CompressionMethod::Deflated), &limits()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (mut cancelled, mut late) = (0, Duration::ZERO);
    let count = thorough(60, 20);
    for (nth, number) in (0..60_u64).step_by(60 / count).zip(noise(5, count)) {
        let cancel = CancelToken::new();
        let threads = 1 + usize::from(number) % 3;
        let options = ExtractOptions::new().threads(threads).durable(false).cancel(&cancel);
        let when = Duration::from_micros(u64::from(number) * nth * 10);
        let result = std::thread::scope(|scope| {
            let canceller = scope.spawn(move || {
                std::thread::sleep(when);
                cancel.cancel();
                Instant::now()
            });
            let result = archive.extract_with(&out, &options, &mut ());
            let returned = Instant::now();
            late = late.max(returned.saturating_duration_since(canceller.join().unwrap()));
            result
        });
        match result {
            Ok(_) => {
                assert!(read_tree(&out) == with_folder(&tree));
                std::fs::remove_dir_all(&out).unwrap();
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
                cancelled += 1;
            }
        }
        assert!(read_tree(folder.path()).is_empty(), "{when:?}");
    }
    println!("{cancelled} of {count} were cancelled, the slowest {late:?} after it was asked for");
    assert!(cancelled > count / 6);
    // Not a measure of speed: a machine may be busy. Unheard, it would take the whole extraction.
    assert!(late < Duration::from_secs(5), "{late:?}");
    let cancel = CancelToken::new();
    cancel.cancel();
    let options = ExtractOptions::new().cancel(&cancel);
    let error = archive.extract_with(&out, &options, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}

fn with_folder(tree: &Tree) -> Tree {
    let mut tree = tree.clone();
    tree.insert("d".into(), None);
    tree
}

/// The error of finding and unlocking the set that the file at `path` is a part of.
fn found(path: &Path) -> Error {
    let export = Export::discover(path);
    export.and_then(|export| export.unlock(&KeyRing::new())).err().unwrap()
}

#[test]
fn s1_every_part_removed_duplicate_or_renamed_is_named() {
    let archive = zips::archive(&tree(), |_| CompressionMethod::Deflated);
    let parts = zips::named(zips::split(&archive, &[45_000]), "");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, bytes) in &parts {
        std::fs::write(path(name), bytes).unwrap();
    }
    let export = Export::discover(path("e.z01")).unwrap();
    assert!(export.unlock(&KeyRing::new()).unwrap().find("empty folder/").is_some());
    for (at, (name, bytes)) in parts.iter().enumerate() {
        let other = &parts[(at + 1) % parts.len()].0;
        std::fs::rename(path(name), path("elsewhere")).unwrap();
        let error = found(&path(other));
        let missing = matches!(error.kind(), ErrorKind::IncompleteSet { missing, .. }
            if missing.iter().any(|it| it.to_string() == *name));
        // Without the last part nobody knows how many there are.
        assert!(missing, "{name} removed: {error}");
        // Under another number it is missing in one place and there twice, or too many, in another.
        let wrong = format!("e.z{:02}", parts.len() + 3);
        std::fs::rename(path("elsewhere"), path(&wrong)).unwrap();
        let error = found(&path(other));
        assert!(matches!(error.kind(), ErrorKind::IncompleteSet { .. }), "{name}: {error}");
        assert!(error.to_string().contains(name), "{name} renamed: {error}");
        std::fs::rename(path(&wrong), path(name)).unwrap();
        // A browser's second download.
        let (stem, ending) = name.split_once('.').unwrap();
        let copy = format!("{stem} (1).{ending}");
        std::fs::write(path(&copy), [&bytes[..], b"more"].concat()).unwrap();
        let error = found(&path(other));
        let duplicates = matches!(error.kind(), ErrorKind::IncompleteSet { duplicates, .. }
            if duplicates.contains(&copy));
        assert!(duplicates, "{copy}: {error}");
        std::fs::remove_file(path(&copy)).unwrap();
    }
}

/// What may stand where an entry wants to go.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Planted {
    File,
    Folder,
    Link,
    DanglingLink,
    Fifo,
}

#[cfg(unix)]
#[test]
fn f3_whatever_stands_at_any_name_stays() {
    if !common::has("mkfifo") {
        return common::skipped("mkfifo is not installed");
    }
    let tree: Tree = [("one", "1"), ("a/two", "2"), ("a/b/three", "3")]
        .map(|(name, contents)| (name.to_owned(), Some(contents.as_bytes().to_vec())))
        .into();
    let archive = open(zips::archive(&tree, |_| CompressionMethod::Stored), &limits()).unwrap();
    let kinds =
        [Planted::File, Planted::Folder, Planted::Link, Planted::DanglingLink, Planted::Fifo];
    for name in ["one", "a", "a/two", "a/b", "a/b/three"] {
        for kind in kinds {
            for overwrite in [Overwrite::Never, Overwrite::Skip, Overwrite::Always] {
                check_planted(&archive, &tree, name, kind, overwrite);
            }
        }
    }
}

#[cfg(unix)]
fn check_planted(archive: &Archive, tree: &Tree, name: &str, kind: Planted, overwrite: Overwrite) {
    let folder = tempfile::tempdir().unwrap();
    let (out, secret) = (folder.path().join("out"), folder.path().join("secret"));
    std::fs::write(&secret, "mine").unwrap();
    let path = out.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    match kind {
        Planted::File => std::fs::write(&path, "mine").unwrap(),
        Planted::Folder => std::fs::create_dir(&path).unwrap(),
        Planted::Link => std::os::unix::fs::symlink(&secret, &path).unwrap(),
        Planted::DanglingLink => std::os::unix::fs::symlink("nowhere", &path).unwrap(),
        Planted::Fifo => {
            common::run(folder.path(), "mkfifo", &[path.to_str().unwrap()]);
        }
    }
    let kind_before = std::fs::symlink_metadata(&path).unwrap().file_type();
    let options = ExtractOptions::new().durable(false).overwrite(overwrite);
    let result = archive.extract_with(&out, &options, &mut ());
    let what = format!("{kind:?} at {name}, {overwrite:?}: {result:?}");
    let is_file = tree.contains_key(name);
    let replaced = match (kind, is_file, overwrite) {
        // A folder that is there is the one the entries go to.
        (Planted::Folder, false, _) => {
            assert!(result.is_ok(), "{what}");
            return;
        }
        (Planted::File, true, Overwrite::Always) => true,
        (Planted::File, true, Overwrite::Skip) => {
            assert_eq!(result.as_ref().unwrap().skipped.len(), 1, "{what}");
            false
        }
        _ => {
            let exists = matches!(result.as_ref().map_err(Error::kind), Err(ErrorKind::Exists(_)));
            assert!(exists, "{what}");
            false
        }
    };
    assert_eq!(std::fs::symlink_metadata(&path).unwrap().file_type(), kind_before, "{what}");
    if kind == Planted::File {
        let contents = std::fs::read(&path).unwrap();
        assert_eq!(contents != b"mine", replaced, "{what}");
    }
    assert_eq!(std::fs::read(&secret).unwrap(), b"mine", "{what}");
    assert!(!folder.path().join("nowhere").exists() && !out.join("nowhere").exists(), "{what}");
}
