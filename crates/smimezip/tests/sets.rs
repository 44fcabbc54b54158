//! Committed archives and split sets of every producer; `data/make.sh` made them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::{data, read_tree, sha256};
use smimezip::zip::EntryKind;
use smimezip::{Export, KeyRing};

const SETS: [&str; 8] = [
    "info-zip-split",
    "info-zip-streamed",
    "7-zip-pieces",
    "7-zip-deflate64",
    "7-zip-stored",
    "zip4j",
    "commons",
    "commons-straddle",
];

fn sums(file: &Path) -> BTreeMap<String, String> {
    std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect()
}

#[test]
fn every_set_gives_its_files_from_any_part() {
    for name in SETS {
        let folder = data().join("sets").join(name);
        let own = folder.join("SHA256SUMS");
        let common = data().join("sets/SHA256SUMS");
        let mut expected = sums(if own.exists() { &own } else { &common });
        if name.starts_with("7-zip") || name == "info-zip-streamed" {
            expected.remove("noise.raw");
        }
        for entry in std::fs::read_dir(&folder).unwrap() {
            let part = entry.unwrap().path();
            if part == own {
                continue;
            }
            let out = tempfile::tempdir().unwrap();
            let archive = Export::discover(&part)
                .and_then(|export| export.unlock(&KeyRing::new()))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            archive.extract(out.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found: BTreeMap<_, _> = read_tree(out.path())
                .into_iter()
                .filter_map(|(name, contents)| Some((name, sha256(&contents?))))
                .collect();
            assert!(found == expected, "{name} from {}", part.display());
            assert!(out.path().join("empty folder").is_dir(), "{name}");
        }
    }
}

#[test]
fn times_are_kept() {
    let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(1_773_500_966);
    for name in ["info-zip-split", "7-zip-stored"] {
        let out = tempfile::tempdir().unwrap();
        let archive = Export::discover(data().join("sets").join(name))
            .unwrap()
            .unlock(&KeyRing::new())
            .unwrap();
        archive.extract(out.path()).unwrap();
        for path in ["deep/er/ä.txt", "deep/lines.json", "empty folder", "deep", "deep/er"] {
            let found = out.path().join(path).metadata().unwrap().modified().unwrap();
            assert_eq!(found, expected, "{name} {path}");
        }
    }
}

#[test]
fn entries_are_described() {
    let archive = Export::discover(data().join("sets/info-zip-split"))
        .unwrap()
        .unlock(&KeyRing::new())
        .unwrap();
    let folder = archive.find("deep/er/").unwrap();
    assert_eq!(folder.kind(), EntryKind::Folder);
    let noise = archive.find("noise.raw").unwrap();
    assert_eq!((noise.kind(), noise.size()), (EntryKind::File, 66_000));
    assert_eq!(noise.permissions(), Some(0o644));
    assert!(archive.find("Noise.raw").is_none());
}

#[test]
fn the_zip_crate_is_of_the_same_opinion() {
    for name in ["7-zip-stored", "7-zip-deflate64", "info-zip-streamed"] {
        let file = data().join("sets").join(name).join("e.zip");
        let archive = Export::discover(&file).unwrap().unlock(&KeyRing::new()).unwrap();
        let mut theirs = zip::ZipArchive::new(std::fs::File::open(&file).unwrap()).unwrap();
        assert_eq!(theirs.len(), archive.entries().len(), "{name}");
        for entry in archive.entries() {
            let (mut ours, mut expected) = (Vec::new(), Vec::new());
            archive.open_entry(entry).unwrap().read_to_end(&mut ours).unwrap();
            theirs.by_name(entry.raw_name()).unwrap().read_to_end(&mut expected).unwrap();
            assert!(ours == expected, "{name}: {}", entry.raw_name());
        }
    }
}
