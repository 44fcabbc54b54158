//! Parts that are not sealed may hold any bytes: whether one looks like a message decides nothing.
//! What is a message and does not open is reported as such, if the set makes no archive without it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;

use common::seal::{Outside, Shape, seal};
use common::{case, limits, noise, read_tree, sample_keys, sha256, zips};
use smimezip::error::Category;
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part, UnlockOptions};

type Parts = Vec<(String, Vec<u8>)>;

fn unlock(parts: &Parts, keys: &KeyRing) -> Result<Archive, Error> {
    let parts = parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    Export::from_parts(parts)?.unlock(keys)
}

/// The starts of parts that make a reader suspect a message.
fn suspicious() -> Vec<Vec<u8>> {
    let der = Shape { outside: Outside::Binary, ..Shape::default() };
    let pem = Shape { outside: Outside::Pem("CMS"), ..Shape::default() };
    let base64 = Shape { outside: Outside::Base64(64, "\n"), ..Shape::default() };
    let mut starts: Vec<Vec<u8>> = [
        &b"Key: value\nno colon in this line\n"[..],
        b"{\"id\": 1}\n{\"id\": 2}\n",
        b"From somebody Mon Jan  1\n",
        b"MIME-Version: 1.0\n\n",
        b"Content-Type: application/pkcs7-mime\nno colon\n",
        b"Content-Type: multipart/signed; boundary=x\n\n--x\n",
        b"-----BEGIN CMS-----\nMIIB",
        b"-----BEGIN PKCS7-----\nno base64 *\n",
        b"-----BEGIN PRIVATE KEY-----\n",
        b"MIIBAgYJKoZIhvcNAQcDoIIB",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80",
        b"\x30\x82\xff\xff\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
        b"\xef\xbb\xbf<!DOCTYPE html>\n",
        b"\0\0\0\0",
        b"PK\x05\x06",
        b"",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    for shape in [Shape::default(), der, pem, base64] {
        let message = seal(b"a message inside the archive", &shape);
        // All of it, which more bytes follow, and what a cut left of it.
        starts.push(message[..message.len() / 2].to_vec());
        starts.push(message);
    }
    starts
}

/// A stored file in which `start` stands at byte 700, and the archive's byte where that is.
fn archive_with(start: &[u8]) -> (Vec<u8>, Vec<u8>, usize) {
    let contents = [&[b'x'; 700], start, &[b'y'; 700]].concat();
    let archive = zips::stored(&[("file", &contents)]);
    (contents, archive, 30 + 4 + 700)
}

/// Such an archive as `.zip.001 …` and as `.z01 … .zip`, cut so that the second part begins with
/// `start`.
fn sets_with(start: &[u8]) -> (Vec<u8>, [Parts; 2]) {
    let (contents, archive, cut) = archive_with(start);
    let pieces = [&archive[..cut], &archive[cut..]];
    let pieces: Parts =
        (1..).zip(pieces).map(|(n, it)| (format!("e.zip.{n:03}"), it.to_vec())).collect();
    let split = zips::split(&archive, &[cut + 4]);
    assert!(split[1].starts_with(start));
    (contents, [pieces, zips::named(split, "")])
}

fn check(archive: &Archive, contents: &[u8]) {
    let mut found = Vec::new();
    archive.by_name("file").unwrap().read_to_end(&mut found).unwrap();
    assert!(found == contents);
}

#[test]
fn any_bytes_may_begin_a_part_that_is_not_sealed() {
    let keys = sample_keys();
    for start in suspicious() {
        let (contents, sets) = sets_with(&start);
        for set in sets {
            let shown = String::from_utf8_lossy(&start[..start.len().min(40)]);
            for keys in [&keys, &KeyRing::new()] {
                let archive = unlock(&set, keys).unwrap_or_else(|error| panic!("{shown}: {error}"));
                check(&archive, &contents);
            }
            // Any of the others may be sealed.
            for sealed in 0..set.len() {
                let mut set = set.clone();
                if set[sealed].1.starts_with(&start) && !start.is_empty() {
                    continue;
                }
                set[sealed].1 = seal(&set[sealed].1, &Shape::default());
                set[sealed].0.push_str(".smime");
                check(&unlock(&set, &keys).unwrap(), &contents);
            }
        }
    }
}

#[test]
fn the_cases_are_extracted() {
    let sums =
        [("colon", "notes.txt", 1233), ("json", "data.json", 1220), ("mixed", "notes.txt", 1233)];
    for (name, file, size) in sums {
        let folder = case("set-plain-piece-like-a-header");
        let keys = KeyRing::from_file(folder.join("key.pem")).unwrap();
        let archive = Export::discover(folder.join(name)).unwrap().unlock(&keys).unwrap();
        let out = tempfile::tempdir().unwrap();
        archive.extract(out.path()).unwrap();
        let tree = read_tree(out.path());
        assert_eq!(tree.len(), 1);
        let contents = tree[file].as_ref().unwrap();
        assert_eq!(contents.len(), size);
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.contains(&sha256(contents)), "{name}");
    }
}

#[test]
fn random_sets_of_plain_parts_open() {
    for seed in 0..200 {
        let contents = noise(seed, 3000);
        let archive = zips::stored(&[("file", &contents)]);
        for size in [97, 700] {
            let split = zips::named(zips::split(&archive, &[size]), "");
            check(&unlock(&split, &sample_keys()).unwrap(), &contents);
            let pieces: Parts = (1..)
                .zip(archive.chunks(size))
                .map(|(n, it)| (format!("e.zip.{n:03}"), it.to_vec()))
                .collect();
            check(&unlock(&pieces, &sample_keys()).unwrap(), &contents);
        }
    }
}

#[test]
fn a_sealed_part_without_a_suffix_is_opened_or_its_key_is_missed() {
    let (contents, sets) = sets_with(b"nothing special");
    let file = common::data().join("keys/other.key.pem");
    let other = KeyRing::from_file(file).unwrap();
    for set in sets {
        for at in 0..set.len() {
            for outside in [
                Outside::Binary,
                Outside::MimeBase64(64, "\r\n"),
                Outside::Base64(76, "\n"),
                Outside::Pem("PKCS7"),
                Outside::MimeBinary,
            ] {
                let shape = Shape { outside, ..Shape::default() };
                let mut set = set.clone();
                set[at].1 = seal(&set[at].1, &shape);
                check(&unlock(&set, &sample_keys()).unwrap(), &contents);
                for keys in [&other, &KeyRing::new()] {
                    let error = unlock(&set, keys).err().unwrap();
                    assert_eq!(error.category(), Category::Key, "{error}");
                    assert_eq!(error.part(), Some(set[at].0.as_str()), "{error}");
                }
                let nobody = unlock(&set, &KeyRing::new()).err().unwrap();
                assert!(matches!(nobody.kind(), ErrorKind::NoMatchingKey { .. }), "{nobody}");
                // Cut off, it is still a message, and no archive.
                let half = set[at].1.len() / 2;
                set[at].1.truncate(half);
                let error = unlock(&set, &sample_keys()).err().unwrap();
                assert_eq!(error.category(), Category::Damaged, "{error}");
                assert_eq!(error.part(), Some(set[at].0.as_str()), "{error}");
            }
        }
    }
}

#[test]
fn a_part_that_is_named_as_sealed_must_be() {
    let (_, sets) = sets_with(b"Key: value\n");
    for mut set in sets {
        set[1].0.push_str(".smime");
        let error = unlock(&set, &sample_keys()).err().unwrap();
        assert_eq!(error.part(), Some(set[1].0.as_str()), "{error}");
    }
}

#[test]
fn whether_a_key_is_needed_is_known_without_one() {
    let (_, sets) = sets_with(b"Content-Type: application/pkcs7-mime\n\nMIIB");
    let needs = |set: &Parts| {
        let parts = set.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
        Export::from_parts(parts).unwrap().needs_key().unwrap()
    };
    for set in sets {
        assert!(!needs(&set));
        for at in 0..set.len() {
            let mut by_content = set.clone();
            by_content[at].1 = seal(&set[at].1, &Shape::default());
            assert!(needs(&by_content));
            by_content[at].0.push_str(".p7m");
            assert!(needs(&by_content));
        }
    }
}

#[test]
fn the_limit_on_parts_holds_for_every_kind_of_set() {
    let archive = zips::stored(&[("file", &noise(1, 3000))]);
    let pieces: Parts = (1..)
        .zip(archive.chunks(100))
        .map(|(n, it)| (format!("e.zip.{n:03}"), it.to_vec()))
        .collect();
    let split = zips::named(zips::split(&archive, &[100]), "");
    for set in [pieces, split] {
        let count = set.len();
        let open = |allowed: usize| {
            let mut limits = limits();
            limits.parts = allowed.try_into().unwrap();
            let parts = set.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
            Export::from_parts(parts).unwrap().unlock_with(
                &KeyRing::new(),
                &UnlockOptions::new().limits(&limits),
                &mut (),
            )
        };
        assert!(open(count).is_ok());
        let error = open(count - 1).err().unwrap();
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::Limit { limit: smimezip::Limit::Parts, .. }), "{error}");
    }
}

#[test]
fn a_zip_that_stores_a_message_is_not_that_message() {
    let inner = zips::stored(&[("inner", b"what is sealed")]);
    for outside in [Outside::Pem("CMS"), Outside::Base64(64, "\n"), Outside::Binary] {
        let message = seal(&inner, &Shape { outside, ..Shape::default() });
        let stored = [&b"\n"[..], &message].concat();
        let outer = zips::stored(&[("file", &stored)]);
        for name in ["e.zip", "e.zip.001", "mail"] {
            let set = vec![(name.to_owned(), outer.clone())];
            for keys in [sample_keys(), KeyRing::new()] {
                check(&unlock(&set, &keys).unwrap(), &stored);
            }
        }
    }
}
