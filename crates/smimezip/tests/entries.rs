//! What an archive says of its entries, and how one of them is come by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ::zip::CompressionMethod;
use common::zips::{Exact, archive as zip_of, exact, split};
use common::{has, noise, run_with, sample, sample_keys, skipped};
use smimezip::error::NameProblem;
use smimezip::{Archive, Entry, ErrorKind, Export, ExtractOptions, Integrity, Part, ReadAt};

/// An archive of files, each with its number as contents, and folders.
fn archive(names: &[&str]) -> Archive {
    let contents: Vec<_> = (0..names.len()).map(|number| number.to_string()).collect();
    let entries: Vec<_> = names
        .iter()
        .zip(&contents)
        .map(|(name, contents)| {
            Exact::new(name, if name.ends_with('/') { b"" } else { contents.as_bytes() })
        })
        .collect();
    Archive::open([Part::new("e.zip", exact(&entries))]).unwrap()
}

#[test]
fn z1_a_path_is_given_for_what_extraction_takes_and_for_nothing_else() {
    let long = "x".repeat(256);
    for name in [
        "a",
        "a/b.json",
        "./a",
        "folder/",
        "./",
        "ä/日本.txt",
        "...a",
        "%41",
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a\\b",
        "C:a",
        "C:/a",
        "a/nul.txt",
        "a.",
        "a\nb",
        "a/.",
        "././a/",
        "/",
        "~",
        &long,
    ] {
        let archive = archive(&[name, "good"]);
        let entry = &archive.entries()[0];
        assert_eq!(entry.raw_name(), name);
        let taken = archive.dry_run("does-not-exist", &ExtractOptions::default());
        match (entry.path(), taken) {
            (Ok(path), Ok(_)) => {
                assert_eq!(Path::new("out").join(&path), Path::new("out").join(path.as_str()));
                assert_eq!(path.to_string(), path.into_owned().as_str());
            }
            (Err(ours), Err(its)) => {
                assert!(matches!(ours.kind(), ErrorKind::UnsafeName(_)), "{name:?}: {ours}");
                assert_eq!(ours.to_string(), its.to_string(), "{name:?}");
                assert_eq!(ours.entry(), Some(name));
            }
            (ours, its) => panic!("{name:?}: {ours:?}, extraction says {its:?}"),
        }
    }
}

#[test]
fn a_path_is_the_name_without_what_says_nothing() {
    let archive = archive(&["./a/b/", "./c.txt", "./", "../up"]);
    let paths = archive.entries()[..3].iter().map(|entry| entry.path().unwrap().to_string());
    assert_eq!(paths.collect::<Vec<_>>(), ["a/b", "c.txt", "."]);
    let up = archive.entries()[3].path().unwrap_err();
    assert!(matches!(up.kind(), ErrorKind::UnsafeName(NameProblem::Climbs)), "{up}");
}

#[test]
fn files_and_folders_are_distinguished() {
    let archive = archive(&["a/", "a/b"]);
    let kinds = |it: &Entry| (it.is_folder(), it.is_file());
    assert_eq!(
        archive.entries().iter().map(kinds).collect::<Vec<_>>(),
        [(true, false), (false, true)]
    );
}

/// `bytes` encrypted for the sample's key; `None` without openssl.
fn sealed(bytes: &[u8], cipher: &str) -> Option<Arc<dyn ReadAt>> {
    if !has("openssl") {
        skipped("openssl");
        return None;
    }
    let certificate = sample().join("certificate.pem");
    let arguments = ["cms", "-encrypt", "-binary", cipher, "-outform", "DER"];
    let arguments = [&arguments[..], &[certificate.to_str().unwrap()]].concat();
    Some(Arc::new(run_with(Path::new("."), "openssl", &arguments, bytes)))
}

#[test]
fn an_archive_is_as_sure_as_its_weakest_part() {
    let tree = [("a", Some(noise(1, 200_000)))].map(|(name, it)| (name.to_owned(), it)).into();
    let parts = split(&zip_of(&tree, |_| CompressionMethod::Stored), &[70_000, 70_000]);
    let integrity = |ciphers: [Option<&str>; 3]| {
        let part = |(number, (bytes, cipher)): (usize, (&Vec<u8>, Option<&str>))| {
            let name = if number == 2 { "e.zip".into() } else { format!("e.z0{}", number + 1) };
            let part = match cipher {
                Some(cipher) => sealed(bytes, cipher)?,
                None => Arc::new(bytes.clone()),
            };
            Some(Part::new(name, part))
        };
        let parts: Option<Vec<_>> = parts.iter().zip(ciphers).enumerate().map(part).collect();
        let export = Export::from_parts(parts?).unwrap();
        Some(export.unlock(&sample_keys()).unwrap().integrity())
    };
    let (gcm, cbc) = (Some("-aes-256-gcm"), Some("-aes-256-cbc"));
    for (ciphers, right) in [
        ([None, None, None], Integrity::Checksummed),
        ([gcm, gcm, gcm], Integrity::Authenticated),
        ([gcm, cbc, gcm], Integrity::Checksummed),
        ([gcm, None, gcm], Integrity::Checksummed),
        ([gcm, gcm, None], Integrity::Checksummed),
        ([cbc, cbc, cbc], Integrity::Checksummed),
    ] {
        let Some(found) = integrity(ciphers) else { continue };
        assert_eq!(found, right, "{ciphers:?}");
    }
    assert_eq!(archive(&["a"]).integrity(), Integrity::Checksummed);
}

fn text(reader: impl Read) -> String {
    std::io::read_to_string(reader).unwrap()
}

#[test]
fn an_entry_is_found_by_its_exact_name() {
    let names: Vec<String> = (0..1000).map(|number| format!("f{}", (number * 7) % 1000)).collect();
    let archive = archive(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (number, name) in names.iter().enumerate() {
        let found = archive.find(name).unwrap();
        assert!(std::ptr::eq(found, &raw const archive.entries()[number]));
        assert_eq!(text(archive.by_name(name).unwrap()), number.to_string());
    }
    for name in ["", "f", "F1", "f1000", "f1/", "zzz"] {
        assert!(archive.find(name).is_none(), "{name}");
        let error = archive.by_name(name).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoSuchEntry), "{error}");
        assert_eq!(error.entry(), Some(name));
    }
    let mut left = names.iter();
    for entry in &archive {
        assert_eq!(left.next().map(String::as_str), Some(entry.raw_name()));
    }
}

#[test]
fn of_entries_with_one_name_the_first_is_found_and_each_is_open() {
    let archive = archive(&["b", "a", "a", "a"]);
    assert_eq!(text(archive.by_name("a").unwrap()), "1");
    let contents =
        archive.entries().iter().map(|it| text(archive.open_entry(&it.clone()).unwrap()));
    assert_eq!(contents.collect::<Vec<_>>(), ["0", "1", "2", "3"]);
}

#[test]
fn an_entry_of_another_archive_is_refused() {
    let (ours, others) = (archive(&["a", "b"]), archive(&["x", "a", "b"]));
    let folder = tempfile::tempdir().unwrap();
    for entry in &others {
        let error = ours.open_entry(entry).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
        assert!(error.to_string().contains("an entry of another archive"), "{error}");
        let error = ours.extract_entry(entry, folder.path()).unwrap_err();
        assert!(error.to_string().contains("an entry of another archive"), "{error}");
    }
    drop(ours.open_entry(&ours.entries()[1].clone()).unwrap());
}

#[test]
fn what_an_archive_shows_for_debugging_is_short() {
    let archive = archive(&["a", "b"]);
    let shown = format!("{archive:?}");
    assert!(shown.starts_with("Archive { entries: 2, integrity: Checksummed"), "{shown}");
    assert!(format!("{:?}", archive.by_name("a").unwrap()).contains("EntryReader"));
    let keys = format!("{:?}", sample_keys());
    assert!(keys.starts_with("KeyRing([\"RSA, ") && keys.len() < 200, "{keys}");
    let passphrase = smimezip::Passphrase::from("hunter2");
    assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
    let key = smimezip::keys::ContentEncryptionKey::new(vec![0x41; 32]);
    assert_eq!(format!("{key:?}"), "ContentEncryptionKey(..)");
    let shown = format!("{:?}", sample_keys().private_keys().next().unwrap());
    assert!(shown.starts_with("PrivateKey(RSA, ") && shown.ends_with(" bits)"), "{shown}");
}
