//! The state of sets in a folder, seen cheaply; and copies of parts beside them or in their place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{sample, sample_keys, zips};
use smimezip::export::{SetStatus, Verdict};
use smimezip::{ErrorKind, Export, KeyRing, Part, UnlockOptions};

const KINDS: [&str; 4] = ["z01", "z02", "z03", "zip"];

fn sample_part(kind: &str) -> Vec<u8> {
    std::fs::read(
        sample().join(format!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.{kind}.smime")),
    )
    .unwrap()
}

/// Writes the sample under another name.
fn write_set(folder: &Path, stem: &str) {
    for kind in KINDS {
        std::fs::write(folder.join(format!("{stem}.{kind}.smime")), sample_part(kind)).unwrap();
    }
}

fn set() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_set(folder.path(), "e");
    folder
}

fn status(folder: &Path, keys: &KeyRing) -> SetStatus {
    Export::discover(folder).unwrap().status(keys, &UnlockOptions::new()).unwrap()
}

#[test]
fn two_hundred_sets_of_which_ten_are_broken() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..200 {
        write_set(folder.path(), &format!("e{number:03}"));
    }
    let at = |name: &str| folder.path().join(name);
    std::fs::remove_file(at("e010.z02.smime")).unwrap();
    std::fs::remove_file(at("e020.zip.smime")).unwrap();
    std::fs::rename(at("e030.z03.smime"), at("e030.z03.smime.crdownload")).unwrap();
    std::fs::write(at("e040.z01.smime"), "").unwrap();
    std::fs::write(at("e050.zip.smime"), "<html>gone</html>").unwrap();
    std::fs::write(at("e060.z01 (1).smime"), "another").unwrap();
    std::fs::write(at("e070.z04.smime"), sample_part("z01")).unwrap();
    std::fs::write(at("e080.z02.smime"), &sample_part("z02")[..1000]).unwrap();
    std::fs::write(at("e090.z02.smime"), "").unwrap();
    std::fs::write(at("e090.z02.smime.part"), "some").unwrap();
    std::fs::remove_file(at("e100.z01.smime")).unwrap();
    // Copies that are the same, beside the original or in its place, break nothing.
    std::fs::write(at("e110.z02 - Copy.smime"), sample_part("z02")).unwrap();
    std::fs::rename(at("e120.z02.smime"), at("e120.z02-1.smime")).unwrap();
    let exports = Export::discover_all(folder.path()).unwrap();
    let all = SetStatus::of_all(&exports, &sample_keys(), &UnlockOptions::new()).unwrap();
    assert_eq!(all.len(), 200);
    let broken: Vec<_> = all
        .iter()
        .filter(|it| !it.is_complete())
        .map(|it| (it.name(), it.verdict().code()))
        .collect();
    assert_eq!(
        broken,
        [
            ("e010", "missing"),
            ("e020", "still_downloading"),
            ("e030", "still_downloading"),
            ("e040", "damaged"),
            ("e050", "damaged"),
            ("e060", "conflicting"),
            ("e070", "conflicting"),
            ("e080", "damaged"),
            ("e090", "still_downloading"),
            ("e100", "missing"),
        ]
    );
    let of = |number: usize| &all[number];
    assert!(matches!(of(10).verdict(), Verdict::Missing(parts) if *parts == ["e010.z02.smime"]));
    assert!(matches!(of(60).verdict(), Verdict::Conflicting(names)
        if *names == ["e060.z01 (1).smime"]));
    assert!(matches!(of(80).verdict(), Verdict::Damaged(error)
        if error.part() == Some("e080.z02.smime")));
    assert!(matches!(of(90).verdict(), Verdict::StillDownloading { missing, files }
        if *missing == ["e090.z02.smime"] && *files == ["e090.z02.smime.part"]));
    assert_eq!(of(110).duplicates(), ["e110.z02 - Copy.smime"]);
    assert_eq!(of(120).stand_ins(), ["e120.z02-1.smime"]);
    let whole = of(0);
    let size: usize = KINDS.iter().map(|kind| sample_part(kind).len()).sum();
    assert_eq!((whole.total(), whole.parts().len()), (Some(4), 4));
    assert_eq!((whole.bytes(), whole.key_fits()), (size as u64, Some(true)));
    assert!(whole.created().is_some());
    assert_eq!(whole.recipients().len(), 1);
}

#[test]
fn without_a_key_that_fits_nobody_knows_how_many_there_are() {
    let folder = set();
    let other = KeyRing::from_file(common::data().join("keys/other.key.pem")).unwrap();
    for (keys, fits) in [(KeyRing::new(), None), (other, Some(false))] {
        let found = status(folder.path(), &keys);
        assert!(matches!(found.verdict(), Verdict::NoKey), "{found:?}");
        assert_eq!((found.total(), found.key_fits()), (None, fits));
    }
    // What is missing by the names shows all the same.
    std::fs::remove_file(folder.path().join("e.z02.smime")).unwrap();
    assert_eq!(status(folder.path(), &KeyRing::new()).verdict().code(), "missing");
}

#[test]
fn plain_sets_need_no_key() {
    for name in ["info-zip-split", "7-zip-pieces"] {
        let folder = common::data().join("sets").join(name);
        for export in Export::discover_all(&folder).unwrap() {
            let found = export.status(&KeyRing::new(), &UnlockOptions::new()).unwrap();
            assert!(found.is_complete(), "{found:?}");
            assert_eq!(found.key_fits(), None);
            let total = u32::try_from(export.parts().len()).unwrap();
            assert_eq!(found.total(), Some(total));
        }
    }
}

/// What a server answers, and what is shown of it.
const ANSWERS: [(&str, &str); 7] = [
    ("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n", "<!DOCTYPE html>"),
    ("\u{feff}\r\n <HTML lang=\"de\"><body>Abgelaufen</body>", "<HTML lang"),
    ("{\"error\":\"AccessDenied\"}", "AccessDenied"),
    ("Error: session expired\n", "session expired"),
    ("HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden"),
    (" \r\n\n", "white space"),
    ("", "cut off"),
];

#[test]
fn an_answer_in_the_place_of_a_plain_part_is_damage() {
    for name in ["info-zip-split", "7-zip-pieces"] {
        let all = Export::discover_all(common::data().join("sets").join(name)).unwrap();
        for export in all.iter().filter(|export| export.parts().len() > 1) {
            for at in 0..export.parts().len() {
                for (answer, shown) in ANSWERS {
                    let parts = export.parts().iter().enumerate().map(|(number, part)| {
                        let bytes = std::fs::read(part.path().unwrap()).unwrap();
                        let bytes = if number == at { answer.as_bytes().to_vec() } else { bytes };
                        Part::new(part.name(), bytes)
                    });
                    let export = Export::from_parts(parts).unwrap();
                    let status = export.status(&KeyRing::new(), &UnlockOptions::new()).unwrap();
                    let Verdict::Damaged(error) = status.verdict() else {
                        panic!("{name}, part {at}, {answer:?}: {status:?}");
                    };
                    assert_eq!(error.part(), Some(export.parts()[at].name()));
                    assert!(error.to_string().contains(shown), "{at}: {error}");
                }
            }
        }
    }
}

#[test]
fn a_text_that_is_part_of_a_file_is_no_answer() {
    // The second part is nothing but a text, which begins as a page does.
    let page = "<html><body>".to_owned() + &"All of this is a page. ".repeat(2_000);
    let header = 4 + 30 + "page.html".len();
    let before = " ".repeat(20_000 - header);
    let archive = zips::stored(&[("page.html", (before + &page).as_bytes())]);
    let parts = zips::named(zips::split(&archive, &[20_000]), "");
    assert!(parts[1].1.starts_with(b"<html>") && parts.len() > 2);
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let status = Export::from_parts(parts).unwrap();
    let status = status.status(&KeyRing::new(), &UnlockOptions::new()).unwrap();
    assert!(status.is_complete(), "{status:?}");
}

/// The pieces of an archive whose names count from this number.
fn pieces_from(first: usize, archive: &[u8], size: usize) -> Vec<(String, Vec<u8>)> {
    let pieces = archive.chunks(size).enumerate();
    pieces.map(|(nth, it)| (format!("e.zip.{:03}", nth + first), it.to_vec())).collect()
}

#[test]
fn pieces_of_a_text_are_complete_whether_they_count_from_one_or_zero() {
    let header = 30 + "page.html".len();
    let page = "<html><body>".to_owned() + &"All of this is a page. ".repeat(2_000);
    let whole = " ".repeat(20_000 - header) + &page;
    // All but the start of the last piece is in the one before it.
    let end = " ".repeat(60_000 - header) + &page[..1_000];
    let table = "a,b,c\n".repeat(20_000);
    for (contents, size) in [(whole, 20_000), (end, 60_000), (table, 30_000)] {
        let archive = zips::stored(&[("page.html", contents.as_bytes())]);
        for first in [0, 1] {
            let pieces = pieces_from(first, &archive, size);
            assert!(pieces.len() > 1);
            let parts = pieces.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
            let export = Export::from_parts(parts).unwrap();
            let status = export.status(&KeyRing::new(), &UnlockOptions::new()).unwrap();
            assert!(status.is_complete(), "{size}, from {first}: {status:?}");
            let archive = export.unlock(&KeyRing::new()).unwrap();
            let read = std::io::read_to_string(archive.by_name("page.html").unwrap()).unwrap();
            assert!(read == contents);
        }
    }
}

#[test]
fn an_answer_among_pieces_that_count_from_zero_is_damage() {
    let archive = zips::stored(&[("file", &common::noise(1, 100_000))]);
    let pieces = pieces_from(0, &archive, 30_000);
    for at in 0..pieces.len() {
        for (answer, shown) in ANSWERS {
            let mut pieces = pieces.clone();
            pieces[at].1 = answer.as_bytes().to_vec();
            let name = pieces[at].0.clone();
            let parts = pieces.into_iter().map(|(name, bytes)| Part::new(name, bytes));
            let export = Export::from_parts(parts).unwrap();
            let status = export.status(&KeyRing::new(), &UnlockOptions::new()).unwrap();
            let Verdict::Damaged(error) = status.verdict() else {
                panic!("{name}, {answer:?}: {status:?}");
            };
            assert_eq!(error.part(), Some(name.as_str()));
            assert!(error.to_string().contains(shown), "{name}: {error}");
        }
    }
}

#[test]
fn equal_copies_are_ignored_and_different_ones_refused_by_name() {
    for copy in ["e.z02 (1).smime", "e.z02.smime (1)", "Copy of e.z02.smime", "e (1).z02.smime"] {
        let folder = set();
        let path = folder.path().join(copy);
        let mut bytes = sample_part("z02");
        std::fs::write(&path, &bytes).unwrap();
        let export = Export::discover(folder.path()).unwrap();
        assert_eq!(export.duplicates(), [copy]);
        assert!(export.conflicting().unwrap().is_empty());
        assert!(!export.unlock(&sample_keys()).unwrap().entries().is_empty());
        // Of the same size, and another in the middle.
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(export.conflicting().unwrap(), [copy]);
        let error = Export::discover(folder.path()).unwrap().unlock(&sample_keys()).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::IncompleteSet { duplicates, .. } if *duplicates == [copy]),
            "{error}"
        );
        // Alone, it is the part.
        std::fs::write(&path, sample_part("z02")).unwrap();
        std::fs::remove_file(folder.path().join("e.z02.smime")).unwrap();
        let export = Export::discover(folder.path()).unwrap();
        assert_eq!(export.stand_ins(), [copy]);
        assert!(!export.unlock(&sample_keys()).unwrap().entries().is_empty());
    }
}

#[test]
fn of_two_that_a_caller_gives_for_one_place_equal_ones_are_one() {
    let part = |kind: &str, bytes: Vec<u8>| Part::new(format!("e.{kind}.smime"), bytes);
    let whole = || KINDS.iter().map(|kind| part(kind, sample_part(kind)));
    let (name, keys) = ("e.z02.smime", sample_keys());
    let equal = Export::from_parts(whole().chain([part("z02", sample_part("z02"))])).unwrap();
    assert_eq!((equal.parts().len(), equal.duplicates()), (4, vec![name.to_owned()]));
    assert!(equal.conflicting().unwrap().is_empty());
    assert!(!equal.unlock(&keys).unwrap().entries().is_empty());
    assert!(equal.status(&keys, &UnlockOptions::new()).unwrap().is_complete());
    // Whichever comes first.
    let other = || part("z02", sample_part("z03"));
    for parts in [
        whole().chain([other()]).collect::<Vec<_>>(),
        [other()].into_iter().chain(whole()).collect(),
    ] {
        let export = Export::from_parts(parts).unwrap();
        assert_eq!(export.conflicting().unwrap(), [name]);
        for error in [export.unlock(&keys).unwrap_err(), export.salvage(&keys).unwrap_err()] {
            assert!(
                matches!(error.kind(), ErrorKind::IncompleteSet { duplicates, .. } if *duplicates == [name]),
                "{error}"
            );
        }
    }
}

#[test]
fn a_status_can_be_cancelled() {
    let token = smimezip::CancelToken::new();
    token.cancel();
    let folder = set();
    let exports = Export::discover_all(folder.path()).unwrap();
    let options = UnlockOptions::new().cancel(&token);
    let error = SetStatus::of_all(&exports, &KeyRing::new(), &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}
