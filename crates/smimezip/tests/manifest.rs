//! Manifests: made with the parts, all or none; what was cut, changed or lost on the way is named
//! without a key; and of a text that somebody else made nothing is believed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Write;
use std::path::PathBuf;

use common::sinks::MemorySink;
use common::{noise, sample, sha256};
use smimezip::build::{BuildOptions, EntryAttributes, FolderSink};
use smimezip::error::Damage;
use smimezip::export::{ExportBuilder, Manifest, ManifestContents, ManifestReport};
use smimezip::keys::Recipient;
use smimezip::parts::{PartName, SetName};
use smimezip::{Certificate, Error, ErrorKind, Export, Limit, Limits, UnlockOptions};

struct Place {
    _temporary: tempfile::TempDir,
    outbox: PathBuf,
}

/// An export in four parts, with its manifest.
fn made(contents: ManifestContents, read_back: bool) -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let (tree, outbox) = (temporary.path().join("tree"), temporary.path().join("outbox"));
    let folder = tree.join("folder");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("noise"), noise(7, 200_000)).unwrap();
    std::fs::write(tree.join("Größe.txt"), "a note").unwrap();
    builder(contents).read_back(read_back).build_folder(&tree, &outbox, &mut ()).unwrap();
    Place { _temporary: temporary, outbox }
}

fn builder(contents: ManifestContents) -> ExportBuilder {
    let file = std::fs::read(sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&file).unwrap();
    ExportBuilder::new(SetName::new("e").unwrap())
        .recipient(Recipient::from_certificate_at_any_time(&certificate).unwrap())
        .build_options(&BuildOptions::new().part_size(65_536))
        .manifest(contents)
}

fn text(place: &Place) -> String {
    std::fs::read_to_string(place.outbox.join("e.manifest.json")).unwrap()
}

fn read(text: &str) -> Result<Manifest, Error> {
    Manifest::read(text.as_bytes(), &Limits::default())
}

fn verify(place: &Place) -> ManifestReport {
    let export = Export::discover_all(&place.outbox).unwrap().pop();
    let options = UnlockOptions::new().threads(2);
    read(&text(place)).unwrap().verify(export.as_ref(), &options, &mut ()).unwrap()
}

#[test]
fn it_names_every_part_as_it_is() {
    let place = made(ManifestContents::Parts, true);
    let manifest = read(&text(&place)).unwrap();
    assert_eq!((manifest.name().stem(), manifest.entries()), ("e", None));
    let names: Vec<_> = manifest.parts().iter().map(|part| part.name().to_string()).collect();
    assert_eq!(names, ["e.z01.smime", "e.z02.smime", "e.z03.smime", "e.zip.smime"]);
    let mut size = 0;
    for part in manifest.parts() {
        let bytes = std::fs::read(place.outbox.join(part.name().to_string())).unwrap();
        let digest: Vec<_> = part.sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((part.size(), digest.concat()), (bytes.len() as u64, sha256(&bytes)));
        size += part.size();
    }
    assert_eq!(manifest.size(), size);
    assert_eq!(manifest.to_json(), text(&place));
    assert_eq!(std::fs::read_dir(&place.outbox).unwrap().count(), 5);
    let report = verify(&place);
    assert!(report.is_intact() && (report.parts, report.bytes) == (4, size), "{report:?}");
}

#[test]
fn it_names_the_files_if_that_is_asked_for() {
    for read_back in [true, false] {
        let place = made(ManifestContents::Entries, read_back);
        let manifest = read(&text(&place)).unwrap();
        let found: Vec<_> = manifest.entries().unwrap().iter().collect();
        let names: Vec<_> = found.iter().map(|it| (it.path(), it.size())).collect();
        assert_eq!(names, [("Größe.txt", 6), ("folder/noise", 200_000)]);
        let archive = Export::discover(&place.outbox).unwrap();
        let archive = archive.unlock(&common::sample_keys()).unwrap();
        for entry in found {
            assert_eq!(archive.find(entry.path()).unwrap().crc32(), entry.crc32());
        }
        assert_eq!(read(&manifest.to_json()).unwrap(), manifest);
    }
}

#[test]
fn what_is_wrong_with_the_parts_is_named() {
    let place = made(ManifestContents::Parts, true);
    let part = |name: &str| place.outbox.join(name);
    let change = |name: &str, how: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = std::fs::read(part(name)).unwrap();
        how(&mut bytes);
        std::fs::write(part(name), bytes).unwrap();
    };
    change("e.z01.smime", &|bytes| bytes.truncate(bytes.len() - 1));
    change("e.z02.smime", &|bytes| bytes[50_000] ^= 1);
    std::fs::remove_file(part("e.zip.smime")).unwrap();
    std::fs::copy(part("e.z03.smime"), part("e.z04.smime")).unwrap();
    let report = verify(&place);
    assert!(!report.is_intact() && report.parts == 1);
    assert_eq!((report.missing.len(), &report.extra[..]), (1, &["e.z04.smime".to_owned()][..]));
    assert_eq!(report.missing[0], "e.zip.smime");
    let damaged: Vec<_> = report.damaged.iter().map(|it| (it.part().unwrap(), it.kind())).collect();
    let [(first, short), (second, changed)] = damaged[..] else { panic!("{damaged:?}") };
    assert_eq!([first, second], ["e.z01.smime", "e.z02.smime"]);
    assert!(matches!(short, ErrorKind::Damaged(Damage::PartSize { .. })), "{short}");
    assert!(matches!(changed, ErrorKind::Damaged(Damage::Sha256)), "{changed}");
    let nothing = read(&text(&place)).unwrap().verify(None, &UnlockOptions::new(), &mut ());
    assert_eq!(nothing.unwrap().missing.len(), 4);
}

#[test]
fn copies_that_stand_in_for_parts_are_these_parts() {
    let place = made(ManifestContents::Parts, false);
    let at = |name: &str| place.outbox.join(name);
    for (part, copy) in [("e.z01.smime", "e.z01 (1).smime"), ("e.zip.smime", "e (1).zip.smime")] {
        std::fs::rename(at(part), at(copy)).unwrap();
        let report = verify(&place);
        assert!(report.is_intact() && report.parts == 4, "{copy}: {report:?}");
    }
    // What is in it counts as ever; and beside the part it is not looked at.
    std::fs::copy(at("e.z02.smime"), at("e.z01 (1).smime")).unwrap();
    let report = verify(&place);
    assert_eq!((report.damaged[0].part(), report.parts), (Some("e.z01 (1).smime"), 3));
    std::fs::rename(at("e.z01 (1).smime"), at("e.z03 (1).smime")).unwrap();
    let report = verify(&place);
    assert_eq!((report.missing[0].to_string(), report.parts), ("e.z01.smime".into(), 3));
    assert!(report.damaged.is_empty() && report.extra.is_empty(), "{report:?}");
}

#[test]
fn nothing_of_a_text_is_believed() {
    let digest = "ab".repeat(32);
    let part = |name: &str| format!(r#"{{"name":"{name}","size":7,"sha256":"{digest}"}}"#);
    let of = |set: &str, bytes: u64, parts: &str, more: &str| {
        format!(r#"{{"version":1,"set":"{set}","bytes":{bytes},"parts":[{parts}]{more}}}"#)
    };
    let (one, last) = (part("e.z01.smime"), part("e.zip.smime"));
    let both = format!("{one}, {last}");
    let good = of("e", 14, &both, "");
    assert_eq!(read(&good).unwrap().parts().len(), 2);
    // Other orders of fields, and other spaces, mean the same.
    let other =
        format!("\n{{ \"parts\" :[{both}],\"bytes\":14,\t\"set\":\"\\u0065\",\"version\":1}}\n");
    assert_eq!(read(&other).unwrap(), read(&good).unwrap());
    let entry = |path: &str| {
        let entry = format!(r#"{{"path":"{path}","size":1,"crc32":"00000001"}}"#);
        of("e", 14, &both, &format!(r#","entries":[{entry}]"#))
    };
    assert_eq!(read(&entry("a/b")).unwrap().entries().unwrap()[0].path(), "a/b");
    let damaged = [
        "",
        "null",
        "[]",
        "{}",
        &good[..good.len() - 1],
        &format!("{good}{good}"),
        &good.replace("\"version\":1", "\"version\":2"),
        &good.replace("\"version\":1,", ""),
        &good.replace("\"version\":1", "\"version\":1,\"version\":1"),
        &good.replace("\"version\":1", "\"version\":1,\"signed\":true"),
        &good.replace("\"bytes\":14", "\"bytes\":13"),
        &good.replace("\"bytes\":14", "\"bytes\":1.4e1"),
        &good.replace("\"size\":7,", "\"size\":18446744073709551615,"),
        &good.replacen("\"size\":7", "\"size\":\"7\"", 1),
        &good.replacen("\"size\":7", "\"size\":7,\"size\":7", 1),
        &good.replacen("abab", "ABAB", 1),
        &good.replacen("abab", "ab", 1),
        &of("e", 0, "", ""),
        &of("", 14, &both, ""),
        &of("f", 14, &both, ""),
        &of("e", 14, &format!("{last}, {one}"), ""),
        &of("e", 14, &format!("{one}, {one}"), ""),
        &of("e", 14, &format!("{last}, {last}"), ""),
        &of("e", 7, &one, ""),
        &of("e", 14, &format!("{}, {last}", part("e.z02.smime")), ""),
        &of("e", 7, &part("e.zip"), ""),
        &of("e", 7, &part("E.zip.smime"), ""),
        &of("../e", 7, &part("../e.zip.smime"), ""),
        &of("/e", 7, &part("/e.zip.smime"), ""),
        &of(r"..\\e", 7, &part(r"..\\e.zip.smime"), ""),
        &of("a/../e", 7, &part("a/../e.zip.smime"), ""),
        &of("e:x", 7, &part("e:x.zip.smime"), ""),
        &of(r"\u001b[2J", 7, &part(r"\u001b[2J.zip.smime"), ""),
        &of("e", 14, &both, r#","entries":{}"#),
        &of("e", 14, &both, r#","entries":null"#),
        &entry("a").replace("00000001", "1"),
        &"[".repeat(1 << 20),
        &"{\"parts\":[".repeat(1 << 17),
        &"{\"set\":{\"set\":".repeat(1 << 17),
    ]
    .map(read);
    for (number, result) in damaged.into_iter().enumerate() {
        let error = result.expect_err(&number.to_string());
        assert!(
            matches!(error.kind(), ErrorKind::Damaged(Damage::Manifest(_))),
            "{number}: {error}"
        );
    }
    let invalid = Manifest::read(&b"{\"version\":1,\"set\":\"\xff\""[..], &Limits::default());
    assert_eq!(invalid.unwrap_err().offset(), Some(20));
    for path in ["../a", "/a", "a//b", "a\\\\b", "nul", "", "C:/a", "a\\u0000", "a/./b"] {
        let error = read(&entry(path)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)), "{path}: {error}");
    }
    let twice = entry("a").replace("}]}", r#"},{"path":"A","size":1,"crc32":"00000001"}]}"#);
    assert!(matches!(read(&twice).unwrap_err().kind(), ErrorKind::NameConflict(_)));
    for (limit, value) in [(Limit::Parts, 1), (Limit::Entries, 0), (Limit::Directory, 100)] {
        let limits = Limits::new().with(limit, value);
        let error = Manifest::read(entry("a").as_bytes(), &limits).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: it, .. } if *it == limit));
    }
}

#[test]
fn no_change_of_one_byte_is_overlooked_or_panics() {
    let text = text(&made(ManifestContents::Entries, true));
    let manifest = read(&text).unwrap();
    for at in 0..text.len() {
        for byte in [b'"', b'}', b'0', b'\\', b' ', 0x80] {
            let mut bytes = text.clone().into_bytes();
            if std::mem::replace(&mut bytes[at], byte) == byte {
                continue;
            }
            // Another manifest, an error, or the same where only a space was changed.
            if let Ok(other) = Manifest::read(&bytes[..], &Limits::default()) {
                let was_space = text.as_bytes()[at].is_ascii_whitespace();
                assert_eq!(other == manifest, was_space, "{at}: {byte}");
            }
        }
    }
}

#[test]
fn a_sink_that_takes_parts_only_makes_nothing() {
    let sink = MemorySink::default();
    for contents in [ManifestContents::Parts, ManifestContents::Entries] {
        let mut archive = builder(contents).writer(sink.clone()).unwrap();
        let mut entry = archive.begin_file("a", &EntryAttributes::new()).unwrap();
        entry.write_all(b"a").unwrap();
        entry.finish().unwrap();
        let error = archive.finish().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
        assert!(sink.parts().is_none());
    }
}

#[test]
fn it_is_published_with_the_parts_or_none_is() {
    let temporary = tempfile::tempdir().unwrap();
    let outbox = temporary.path().join("outbox");
    std::fs::create_dir(&outbox).unwrap();
    let name = PartName::parse("e.zip.smime").unwrap();
    for is_in_the_way in [true, false] {
        let options = BuildOptions::new().digests(true);
        let sink = FolderSink::new(&outbox, &name, &options).unwrap();
        let mut archive = builder(ManifestContents::Parts).writer(sink).unwrap();
        let mut entry = archive.begin_file("a", &EntryAttributes::new()).unwrap();
        entry.write_all(b"a").unwrap();
        entry.finish().unwrap();
        let manifest = outbox.join("e.manifest.json");
        if is_in_the_way {
            std::fs::write(&manifest, "of somebody else").unwrap();
            let error = archive.finish().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
            assert_eq!(std::fs::read_dir(&outbox).unwrap().count(), 1);
            assert_eq!(std::fs::read(&manifest).unwrap(), b"of somebody else");
            std::fs::remove_file(&manifest).unwrap();
        } else {
            let built = archive.finish().unwrap();
            let text = std::fs::read_to_string(&manifest).unwrap();
            assert_eq!(Manifest::of(&built).unwrap().to_json(), text);
        }
    }
}
