//! What is found of exports that are cut, damaged or without their last part: all that lies in what
//! is there, right to the byte, and nothing that is of another archive or of two entries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use common::seal::{Outside, Shape, seal};
use common::{Tree, data, json_lines, noise, read_tree, sample, sample_keys, thorough, zips};
use smimezip::export::Salvage;
use smimezip::zip::Availability;
use smimezip::{Archive, ErrorKind, Export, ExtractOptions, Integrity, KeyRing, Part, Report};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

type Named = Vec<(String, Vec<u8>)>;

fn parts_of(parts: &[(String, Vec<u8>)]) -> impl Iterator<Item = Part> {
    parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()))
}

fn salvage(parts: &[(String, Vec<u8>)]) -> Salvage {
    let export = Export::from_parts(parts_of(parts)).unwrap();
    export.salvage(&sample_keys()).unwrap_or_else(|error| panic!("{error}"))
}

fn extract(salvage: &Salvage) -> (Tree, Report) {
    let out = tempfile::tempdir().unwrap();
    let report =
        salvage.extract_with(out.path(), &ExtractOptions::new().durable(false), &mut ()).unwrap();
    (read_tree(out.path()), report)
}

/// What is whole in these parts, which must all be right.
fn rescued(parts: &[(String, Vec<u8>)], whole: &Tree) -> BTreeSet<String> {
    rescued_of("", parts, whole)
}

/// The same, of `what`. What may be of another archive is right if it is not.
fn rescued_of(what: &str, parts: &[(String, Vec<u8>)], whole: &Tree) -> BTreeSet<String> {
    let salvage = salvage(parts);
    let (tree, report) = extract(&salvage);
    let files: BTreeMap<_, _> = tree.into_iter().filter(|(_, it)| it.is_some()).collect();
    assert_eq!(files.len() as u64, report.files);
    for (name, contents) in &files {
        assert!(whole.get(name) == Some(contents), "{what}: {name} is of no entry, or another");
    }
    let out = tempfile::tempdir().unwrap();
    salvage
        .extract_uncertain_with(out.path(), &ExtractOptions::new().durable(false), &mut ())
        .unwrap();
    let uncertain = read_tree(out.path()).into_iter().filter(|(_, it)| it.is_some());
    let right = uncertain.filter(|(name, contents)| whole.get(name) == Some(contents));
    files.into_keys().chain(right.map(|(name, _)| name)).collect()
}

/// Every set that is committed, in more than one part, with what it holds.
fn sets() -> Vec<(String, Named, Tree)> {
    let folders = std::fs::read_dir(data().join("sets")).unwrap().map(|it| it.unwrap().path());
    let folders = folders.filter(|it| it.is_dir()).chain([sample()]);
    let set = |folder: PathBuf| {
        let export = Export::discover(&folder).unwrap();
        let read =
            |part: &Part| (part.name().to_owned(), std::fs::read(part.path().unwrap()).unwrap());
        let parts: Named = export.parts().iter().map(read).collect();
        let out = tempfile::tempdir().unwrap();
        export.unlock(&sample_keys()).unwrap().extract(out.path()).unwrap();
        (folder.display().to_string(), parts, read_tree(out.path()))
    };
    folders.map(set).collect()
}

/// The files that lie in other parts than these.
fn files_without(parts: &Named, lost: &[usize]) -> BTreeSet<String> {
    let archive = Export::from_parts(parts_of(parts)).unwrap().unlock(&sample_keys()).unwrap();
    let lost: Vec<_> = lost.iter().map(|at| parts[*at].0.as_str()).collect();
    let is_there = |entry: &&smimezip::Entry| {
        entry.is_file() && !archive.parts_of(entry).any(|part| lost.contains(&part))
    };
    archive.entries().iter().filter(is_there).map(|it| it.raw_name().to_owned()).collect()
}

fn names(entries: &Archive) -> BTreeSet<&str> {
    entries.entries().iter().map(smimezip::Entry::raw_name).collect()
}

#[test]
fn s4_whatever_part_is_missing_all_files_in_the_others_are_found() {
    let mut sets = sets();
    let contents: Vec<_> = (0..40).map(|it| (format!("d/{it}"), noise(it, 3000))).collect();
    let entries: Vec<_> = contents.iter().map(|(name, it)| (name.as_str(), &it[..])).collect();
    let archive = zips::stored(&entries);
    let tree: Tree = contents.iter().map(|(name, it)| (name.clone(), Some(it.clone()))).collect();
    for size in [7_000, 9_999] {
        let parts = zips::named(zips::split(&archive, &[size]), "");
        sets.push((format!("parts of {size}"), parts, tree.clone()));
    }
    for (set, parts, tree) in sets {
        if parts.len() < 2 {
            continue;
        }
        for lost in 0..parts.len() {
            let mut rest = parts.clone();
            rest.remove(lost);
            let found = rescued(&rest, &tree);
            let expected = files_without(&parts, &[lost]);
            assert!(found.is_superset(&expected), "{set} without {lost}: {expected:?} {found:?}");
        }
        // The last and another.
        for lost in 0..parts.len() - 1 {
            let mut rest = parts.clone();
            rest.pop();
            rest.remove(lost);
            if rest.is_empty() {
                continue;
            }
            let found = rescued(&rest, &tree);
            let expected = files_without(&parts, &[lost, parts.len() - 1]);
            assert!(found.is_superset(&expected), "{set} without the last and {lost}");
        }
    }
}

fn shapes() -> Vec<Shape> {
    let outside = |outside| Shape { outside, ..Shape::default() };
    let chunks = |sizes: &[usize], outside| Shape {
        chunks: sizes.to_vec(),
        indefinite: true,
        outside,
        ..Shape::default()
    };
    vec![
        outside(Outside::Binary),
        outside(Outside::MimeBinary),
        outside(Outside::MimeBase64(64, "\n")),
        outside(Outside::MimeBase64(76, "\r\n")),
        outside(Outside::Pem("CMS")),
        chunks(&[1_000], Outside::Binary),
        chunks(&[1_024], Outside::MimeBase64(64, "\r\n")),
        chunks(&[10, 3_000, 17], Outside::Pem("PKCS7")),
    ]
}

#[test]
fn of_a_message_that_is_cut_all_files_before_the_cut_are_found() {
    let contents: Vec<_> = (0..30).map(|it| (format!("f{it:02}"), noise(it, 2_000))).collect();
    let entries: Vec<_> = contents.iter().map(|(name, it)| (name.as_str(), &it[..])).collect();
    let tree: Tree = contents.iter().map(|(name, it)| (name.clone(), Some(it.clone()))).collect();
    let archive = zips::stored(&entries);
    for shape in shapes() {
        let sealed = seal(&archive, &shape);
        for tenths in 1..10 {
            let cut = sealed.len() * tenths / 10 + tenths;
            let parts = [("e.zip.smime".to_owned(), sealed[..cut].to_vec())];
            let found = rescued(&parts, &tree);
            // Of the bytes that are there, less the head, all but the entry that is cut.
            let least = cut * archive.len() / sealed.len().max(archive.len()) / 2_100;
            assert!(found.len() + 2 >= least, "{shape:?} at {cut}: {} of {least}", found.len());
            let salvage = salvage(&parts);
            assert!(!salvage.has_directory() && salvage.damaged().len() == 1);
            assert_eq!(salvage.damaged()[0].part(), Some("e.zip.smime"));
            assert_eq!(salvage.archive().integrity(), Integrity::Checksummed);
        }
    }
}

#[test]
fn s4_damage_anywhere_costs_the_entries_that_it_hits() {
    let contents: Vec<_> = (0..30).map(|it| (format!("f{it:02}"), json_lines(it, 20))).collect();
    let tree: Tree = contents.iter().map(|(name, it)| (name.clone(), Some(it.clone()))).collect();
    let archive = zips::archive(&tree, |_| CompressionMethod::Deflated);
    let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    // Without the directory and with it.
    for end in [directory, archive.len()] {
        for at in (0..directory).step_by(97) {
            let mut damaged = archive[..end].to_vec();
            let to = (at + 40).min(directory);
            damaged[at..to].iter_mut().for_each(|byte| *byte ^= 0x55);
            let found = rescued(&[("e.zip".to_owned(), damaged)], &tree);
            // Forty bytes reach over no more than two of them.
            assert!(found.len() + 2 >= tree.len(), "{at} {end}: {}", found.len());
        }
        // A piece is missing from the middle, and all moves.
        for at in (4..directory - 700).step_by(501) {
            let mut damaged = archive[..end].to_vec();
            damaged.drain(at..at + 333);
            let found = rescued(&[("e.zip".to_owned(), damaged)], &tree);
            let lost: Vec<_> = tree.keys().filter(|it| !found.contains(*it)).collect();
            assert!(lost.len() <= 2, "{at} {end}: {lost:?}");
        }
        for head in [1, 40, 1_000, directory / 2] {
            let found = rescued(&[("e.zip".to_owned(), archive[head..end].to_vec())], &tree);
            let cut = files_before(&archive, head);
            assert_eq!(found.len() + cut, tree.len(), "{head} {end}");
        }
    }
}

/// How many entries begin before an offset.
fn files_before(archive: &[u8], offset: usize) -> usize {
    archive[..offset.min(archive.len())].windows(4).filter(|it| *it == b"PK\x03\x04").count().max(1)
}

/// An archive with one that is stored in it, written forward only if `streams`.
fn nested(streams: bool) -> (Vec<u8>, Tree) {
    let inner: Vec<_> = (0..20).map(|it| (format!("inner/{it}"), noise(it, 900))).collect();
    let inner: Vec<_> = inner.iter().map(|(name, it)| (name.as_str(), &it[..])).collect();
    let inner = zips::stored(&inner);
    let contents: Tree = [
        ("a.bin".to_owned(), Some(noise(50, 3_000))),
        ("backup.zip".to_owned(), Some(inner)),
        ("c.bin".to_owned(), Some(noise(51, 3_000))),
        ("d.bin".to_owned(), Some(noise(52, 3_000))),
    ]
    .into();
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut bytes = Vec::new();
    if streams {
        let mut writer = ZipWriter::new_stream(&mut bytes);
        for (name, contents) in &contents {
            writer.start_file(name.as_str(), options).unwrap();
            writer.write_all(contents.as_deref().unwrap()).unwrap();
        }
        writer.finish().unwrap();
        return (bytes, contents);
    }
    let mut writer = ZipWriter::new(Cursor::new(&mut bytes));
    for (name, contents) in &contents {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(contents.as_deref().unwrap()).unwrap();
    }
    writer.finish().unwrap();
    (bytes, contents)
}

#[test]
fn s4_entries_of_an_archive_in_the_archive_are_not_taken() {
    for streams in [false, true] {
        let (archive, tree) = nested(streams);
        let directory = archive.windows(10).rposition(|it| it.starts_with(b"PK\x01\x02")).unwrap();
        // `rescued` refuses whatever is not of the outer archive.
        for at in (0..archive.len()).step_by(thorough(61, 487)) {
            let mut damaged = archive.clone();
            damaged[at] ^= 0xff;
            // Nothing says of a name whether it is right.
            let is_name = |(start, name): (usize, &[u8])| {
                let header = damaged.get(start.wrapping_sub(30)..).unwrap_or_default();
                let is_header = header.starts_with(b"PK\x03\x04");
                is_header && (start..start + name.len()).contains(&at)
            };
            if damaged.windows(5).enumerate().any(is_name) {
                continue;
            }
            let what = format!("streams: {streams}, byte {at}");
            rescued_of(&what, &[("e.zip".to_owned(), damaged.clone())], &tree);
            damaged.truncate(directory);
            let what = format!("{what}, no directory");
            rescued_of(&what, &[("e.zip".to_owned(), damaged)], &tree);
        }
        for size in [2_000, 5_000, 9_000] {
            let parts = zips::named(zips::split(&archive, &[size]), "");
            for lost in 0..parts.len() {
                let mut rest = parts.clone();
                rest.remove(lost);
                let what = format!("streams: {streams}, {size} without {lost}");
                rescued_of(&what, &rest, &tree);
                if lost + 1 < parts.len() {
                    rest.pop();
                    rescued_of(&format!("{what} and the last"), &rest, &tree);
                }
            }
            for (nth, part) in parts.iter().enumerate() {
                let what = format!("streams: {streams}, {size}: part {nth} alone");
                let export = Export::from_parts(parts_of(std::slice::from_ref(part))).unwrap();
                if export.salvage(&sample_keys()).is_ok() {
                    rescued_of(&what, std::slice::from_ref(part), &tree);
                }
            }
        }
    }
}

#[test]
fn s4_of_two_entries_with_one_name_none_is_taken() {
    let archive = zips::stored(&[("one", b"1"), ("twice", b"2"), ("other", b"3")]);
    let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let mut archive = archive[..directory].to_vec();
    let other = archive.windows(5).position(|it| it == b"other").unwrap();
    archive[other..other + 5].copy_from_slice(b"twice");
    let salvage = salvage(&[("e.zip".to_owned(), archive)]);
    assert_eq!(salvage.ambiguous(), ["twice"]);
    let (tree, report) = extract(&salvage);
    assert_eq!((tree.into_keys().collect::<Vec<_>>(), report.files), (vec!["one".to_owned()], 1));
}

#[test]
fn of_two_entries_with_one_name_none_is_taken_with_a_directory_either() {
    let mut archive = zips::stored(&[("one", b"1"), ("twice", b"2"), ("other", b"3")]);
    for at in 0..archive.len() - 5 {
        if archive[at..].starts_with(b"other") {
            archive[at..at + 5].copy_from_slice(b"twice");
        }
    }
    let salvage = salvage(&[("e.zip".to_owned(), archive)]);
    assert!(salvage.has_directory());
    assert_eq!(salvage.ambiguous(), ["twice"]);
    assert_eq!(names(salvage.archive()), ["one"].into());
}

/// What damage made of a size or a name costs that entry alone.
#[test]
fn one_entry_that_cannot_be_keeps_no_other_from_being_found() {
    let archive = zips::stored(&[("a.txt", &noise(1, 900)), ("b.txt", b"b"), ("c.txt", b"c")]);
    let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let header = archive.windows(5).position(|it| it == b"b.txt").unwrap() - 30;
    let central = archive.windows(5).rposition(|it| it == b"b.txt").unwrap() - 46;
    let of = |archive: Vec<u8>| salvage(&[("e.zip".to_owned(), archive)]);
    let expect = |what: &str, archive: Vec<u8>| {
        let (tree, _) = extract(&of(archive));
        assert_eq!(tree.into_keys().collect::<Vec<_>>(), ["a.txt", "c.txt"], "{what}");
    };
    // The size of the contents, by its highest bit.
    let mut damaged = archive[..directory].to_vec();
    damaged[header + 25] |= 0x80;
    expect("a size in a local header", damaged);
    let mut damaged = archive.clone();
    damaged[central + 27] |= 0x80;
    expect("a size in the directory", damaged);
    for name in [b"/.txt", b"../ab"] {
        let mut damaged = archive[..directory].to_vec();
        damaged[header + 30..header + 35].copy_from_slice(name);
        expect("a name in a local header", damaged.clone());
        let salvage = of(damaged);
        assert_eq!(salvage.lost().len(), 1, "{:?}", salvage.lost());
    }
}

/// Each header says that nobody knows how long its data are.
#[test]
fn many_headers_that_lead_nowhere_are_not_followed_for_ever() {
    let mut bytes = Vec::new();
    for number in 0..60_000_u32 {
        let mut header = b"PK\x03\x04\x14\0\x08\0\0\0\0\0\0\0".to_vec();
        header.extend([0; 12]);
        header.extend([8, 0, 0, 0]);
        header.extend(format!("{number:08}").bytes());
        bytes.extend(header);
    }
    let export = Export::from_parts([Part::new("e.zip", bytes)]).unwrap();
    let salvage = export.salvage(&KeyRing::new()).unwrap();
    assert!(salvage.archive().entries().is_empty());
}

#[test]
fn without_its_last_part_an_entry_says_what_it_needs() {
    let archive = zips::stored(&[("a", &noise(1, 3_000)), ("b", &noise(2, 9_000))]);
    let parts = zips::named(zips::split(&archive, &[5_000]), "");
    let salvage = salvage(&parts[..2]);
    assert!(!salvage.has_directory());
    assert_eq!(salvage.missing().iter().map(ToString::to_string).collect::<Vec<_>>(), ["e.zip"]);
    assert_eq!(names(salvage.archive()), ["a", "b"].into());
    let [a, b] = salvage.archive().entries() else { panic!() };
    assert_eq!(salvage.archive().availability(a), Availability::Available);
    let Availability::Needs(needs) = salvage.archive().availability(b) else { panic!() };
    assert_eq!(needs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["e.zip"]);
    let (_, report) = extract(&salvage);
    assert_eq!((report.files, report.unavailable.len()), (1, 1));
}

/// A part that is cut is no worse than one that is not there.
#[test]
fn behind_a_part_that_is_cut_all_files_are_found() {
    for (set, parts, tree) in sets() {
        for lost in 0..parts.len().saturating_sub(2) {
            let mut rest = parts.clone();
            rest.pop();
            let expected = files_without(&parts, &[lost, parts.len() - 1]);
            let half = rest[lost].1.len() / 2;
            rest[lost].1.truncate(half);
            let Ok(_) = Export::from_parts(parts_of(&rest)).unwrap().salvage(&sample_keys()) else {
                continue;
            };
            let found = rescued(&rest, &tree);
            assert!(found.is_superset(&expected), "{set} cut {lost}: {expected:?} {found:?}");
        }
    }
}

#[test]
fn nothing_of_a_cut_authenticated_part_is_used() {
    let part = std::fs::read_dir(data().join("envelopes")).unwrap().map(|it| it.unwrap().path());
    let mut seen = 0;
    for path in part.filter(|it| it.to_string_lossy().contains("ktri-aes-128-gcm")) {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len() * 3 / 4);
        let export = Export::from_parts([Part::new("e.zip.smime", bytes)]).unwrap();
        let keys = KeyRing::from_file(data().join("keys/main.key.pem")).unwrap();
        let error = export.salvage(&keys).unwrap_err();
        assert_eq!(error.part(), Some("e.zip.smime"), "{}: {error}", path.display());
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn a_key_that_does_not_fit_is_said_as_ever() {
    let export = Export::discover(sample()).unwrap();
    let keys = KeyRing::from_file(data().join("keys/main.key.pem")).unwrap();
    let error = export.salvage(&keys).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
    let keys = KeyRing::from_file(data().join("keys/other.key.pem")).unwrap();
    let error = export.salvage(&keys).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoMatchingKey { .. } | ErrorKind::Decrypt));
}

#[test]
fn a_whole_export_is_found_by_its_directory() {
    for (set, parts, tree) in sets() {
        let salvage = salvage(&parts);
        assert!(salvage.has_directory() && salvage.damaged().is_empty(), "{set}");
        assert!(salvage.missing().is_empty() && salvage.lost().is_empty(), "{set}");
        assert!(extract(&salvage).0 == tree, "{set}");
    }
}

#[test]
fn empty_files_and_folders_that_only_the_directory_knows_are_right() {
    let contents = noise(1, 3_000);
    let of = |empty: &[&str]| {
        let mut entries: Vec<(&str, &[u8])> = vec![("first", &contents)];
        entries.extend(empty.iter().map(|name| (*name, &b""[..])));
        entries.push(("last", &contents));
        zips::stored(&entries)
    };
    let archive = of(&["empty", "folder/", "folder/empty"]);
    let headers = archive.windows(4).enumerate().filter(|(_, it)| *it == b"PK\x03\x04");
    let headers: Vec<_> = headers.map(|(at, _)| at).collect();
    // Their local headers are in a part that is missing, or damaged.
    let missing = zips::named(zips::split(&archive, &[headers[4] + 4]), "");
    let mut damaged = archive.clone();
    damaged[headers[1]..headers[4]].fill(0x5a);
    for parts in [missing[1..].to_vec(), vec![("e.zip".to_owned(), damaged)]] {
        let salvage = salvage(&parts);
        let (tree, report) = extract(&salvage);
        for (name, contents) in
            [("empty", Some(vec![])), ("folder", None), ("folder/empty", Some(vec![]))]
        {
            assert_eq!(tree.get(name), Some(&contents), "{name}: {:?}", tree.keys());
        }
        assert!(tree["last"].as_ref() == Some(&contents));
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        let archive = salvage.archive();
        let empty = archive.find("empty").unwrap();
        assert_eq!(archive.availability(empty), Availability::Available);
        assert_eq!(archive.parts_of(empty).count(), 0);
        assert_eq!(std::io::read_to_string(archive.open_entry(empty).unwrap()).unwrap(), "");
    }
    // One of several of one name may be the one that is not empty.
    let mut twice = of(&["empty", "emptz"]);
    let names: Vec<_> =
        twice.windows(5).enumerate().filter(|(_, it)| *it == b"emptz").map(|(at, _)| at).collect();
    for at in names {
        twice[at + 4] = b'y';
    }
    let parts = zips::named(zips::split(&twice, &[headers[1] + 4 + 2 * 35]), "");
    let ambiguous = &parts[1..];
    let salvage = salvage(ambiguous);
    assert_eq!(salvage.ambiguous(), ["empty"]);
    assert!(!extract(&salvage).0.contains_key("empty"));
}

/// Has the central header of an entry say that it is empty.
fn empty_in_directory(archive: &mut [u8], name: &str) {
    let name = archive.windows(name.len()).rposition(|it| it == name.as_bytes()).unwrap();
    let header = name - 46;
    assert!(archive[header..].starts_with(b"PK\x01\x02"));
    archive[header + 16..header + 28].fill(0);
}

/// What the directory alone says of an empty file is not taken where its local header is there and
/// says something else.
#[test]
fn s4_no_file_is_empty_because_the_directory_says_so_against_its_header() {
    let entries: [(&str, &[u8]); 3] =
        [("full.txt", b"something\n"), ("abc.txt", b""), ("real.txt", b"REAL CONTENT\n")];
    let archive = zips::stored(&entries);
    let mut zero = archive.clone();
    empty_in_directory(&mut zero, "real.txt");
    let mut name = archive.clone();
    let at = name.windows(7).rposition(|it| it == b"abc.txt").unwrap();
    name[at + 2] ^= 1;
    for (damaged, lost, why) in
        [(zero, "real.txt", "differ in sizes"), (name, "abb.txt", "differ in the name")]
    {
        let whole = entries.iter().map(|(name, it)| ((*name).to_owned(), Some(it.to_vec())));
        let mut whole: Tree = whole.collect();
        whole.remove(if lost == "abb.txt" { "abc.txt" } else { lost });
        let salvage = salvage(&[("e.zip".to_owned(), damaged)]);
        assert!(salvage.has_directory());
        let (tree, report) = extract(&salvage);
        assert!(tree == whole, "{lost}: {:?}", tree.keys());
        let [error] = &report.failed[..] else { panic!("{lost}: {:?}", report.failed) };
        assert_eq!(error.entry(), Some(lost));
        assert!(error.to_string().contains(why), "{error}");
    }
}

/// Where the local header leaves its values to a descriptor, that says whether it is empty.
#[test]
fn s4_no_file_is_empty_because_the_directory_says_so_against_its_descriptor() {
    let (archive, whole) = nested(true);
    for name in ["a.bin", "c.bin", "d.bin"] {
        let mut damaged = archive.clone();
        empty_in_directory(&mut damaged, name);
        let salvage = salvage(&[("e.zip".to_owned(), damaged)]);
        assert!(salvage.has_directory());
        let (tree, report) = extract(&salvage);
        let mut rest = whole.clone();
        rest.remove(name);
        assert!(tree == rest, "{name}: {:?}", tree.keys());
        assert_eq!(report.failed.len(), 1, "{:?}", report.failed);
        assert_eq!(report.failed[0].entry(), Some(name));
    }
}

/// A header that is there is compared though the part after it is missing.
#[test]
fn s4_no_file_is_empty_because_the_directory_says_so_where_its_rest_is_missing() {
    let contents = noise(1, 3_000);
    let mut archive = zips::stored(&[("first", b"1"), ("file", &contents), ("last", b"2")]);
    let right = zips::named(zips::split(&archive, &[1_000]), "");
    empty_in_directory(&mut archive, "file");
    let damaged = zips::named(zips::split(&archive, &[1_000]), "");
    assert_eq!(damaged.len(), 4);
    for parts in [right, damaged] {
        for lost in [1, 2] {
            let mut rest = parts.clone();
            rest.remove(lost);
            let salvage = salvage(&rest);
            assert!(salvage.has_directory());
            let (tree, report) = extract(&salvage);
            assert_eq!(tree.into_keys().collect::<Vec<_>>(), ["first", "last"], "{lost}");
            assert_eq!(report.unavailable.len(), 1, "{lost}: {:?}", report.failed);
        }
    }
}

/// Wherever in or before its local header the part is cut.
#[test]
fn an_empty_file_is_right_whose_local_header_is_cut_off() {
    let contents = noise(1, 3_000);
    let archive = zips::stored(&[("first", &contents), ("empty", b""), ("last", &contents)]);
    let second = archive.windows(4).rposition(|it| it == b"PK\x03\x04").unwrap() + 4;
    let parts = zips::split(&archive, &[second, 4_000]);
    let shape = Shape { outside: Outside::Binary, ..Shape::default() };
    let sealed: Vec<_> = parts.iter().map(|part| seal(part, &shape)).collect();
    for gone in 1..120 {
        let mut sealed = sealed.clone();
        let size = sealed[0].len() - gone;
        sealed[0].truncate(size);
        let salvage = salvage(&zips::named(sealed, ".smime"));
        assert!(salvage.has_directory() && salvage.damaged().len() == 1, "{gone}");
        let (tree, report) = extract(&salvage);
        assert_eq!(tree.get("empty"), Some(&Some(vec![])), "{gone}: {:?}", report.failed);
        assert!(tree["last"].as_ref() == Some(&contents), "{gone}");
    }
}

/// What servers answer, and what is shown of it.
const ANSWERS: [(&str, &str); 4] = [
    ("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n", "<!DOCTYPE html>"),
    ("{\"error\":\"AccessDenied\"}", "AccessDenied"),
    ("Error: session expired\n", "session expired"),
    (" \r\n\n", "white space"),
];

#[test]
fn an_answer_in_the_place_of_a_plain_part_is_unreadable() {
    let contents: Vec<_> = (0..40).map(|it| (format!("d/{it}"), noise(it, 3000))).collect();
    let entries: Vec<_> = contents.iter().map(|(name, it)| (name.as_str(), &it[..])).collect();
    let tree: Tree = contents.iter().map(|(name, it)| (name.clone(), Some(it.clone()))).collect();
    let archive = zips::stored(&entries);
    let split = zips::named(zips::split(&archive, &[30_000]), "");
    let pieces = |first: usize| -> Named {
        let pieces = archive.chunks(30_000).enumerate();
        pieces.map(|(nth, it)| (format!("e.zip.{:03}", nth + first), it.to_vec())).collect()
    };
    for parts in [split, pieces(1), pieces(0)] {
        for at in 0..parts.len() {
            for (answer, shown) in ANSWERS {
                let mut damaged = parts.clone();
                damaged[at].1 = answer.as_bytes().to_vec();
                let salvage = salvage(&damaged);
                let name = &parts[at].0;
                let [error] = salvage.damaged() else {
                    panic!("{name}, {answer:?}: {:?}", salvage.damaged());
                };
                assert_eq!(error.part(), Some(name.as_str()), "{error}");
                assert!(error.to_string().contains(shown), "{error}");
                let unreadable = salvage.archive().missing();
                assert_eq!(unreadable, [name.as_str()]);
                // As much is found as without it.
                let found = rescued(&damaged, &tree);
                damaged.remove(at);
                assert_eq!(found, rescued(&damaged, &tree));
            }
        }
    }
}

/// Parts that are whole are read, whatever they look like.
#[test]
fn a_part_that_is_a_text_of_a_file_is_no_answer() {
    let page = "<html><body>".to_owned() + &"All of this is a page. ".repeat(2_000);
    let header = 30 + "page.html".len();
    for size in [20_000, 20_000 + page.len() - 100] {
        let text = " ".repeat(size - header) + &page;
        let archive = zips::stored(&[("page.html", text.as_bytes())]);
        let pieces = archive.chunks(size).enumerate();
        let pieces: Named =
            pieces.map(|(nth, it)| (format!("e.zip.{nth:03}"), it.to_vec())).collect();
        assert!(pieces[1].1.starts_with(b"<html>"));
        let salvage = salvage(&pieces);
        assert!(salvage.damaged().is_empty(), "{:?}", salvage.damaged());
        assert!(extract(&salvage).0["page.html"].as_deref() == Some(text.as_bytes()));
    }
}
