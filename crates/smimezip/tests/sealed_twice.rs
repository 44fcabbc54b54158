//! Exports whose parts were sealed twice: that is said, wherever one is opened, and nothing else is
//! taken for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::seal::{Outside, Shape, seal};
use common::{noise, sample_keys, zips};
use smimezip::error::Unsupported;
use smimezip::export::Verdict;
use smimezip::{Error, ErrorKind, Export, KeyRing, Part, UnlockOptions};

type Named = Vec<(String, Vec<u8>)>;

fn export(parts: &Named) -> Export {
    Export::from_parts(parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()))).unwrap()
}

fn archive() -> Vec<u8> {
    zips::stored(&[("a", &noise(1, 3_000)), ("b", &noise(2, 3_000))])
}

/// The archive in several parts, in pieces and in one, each part as it is sealed once.
fn sets(shape: &Shape) -> Vec<Named> {
    let archive = archive();
    let once = |parts: Named| {
        parts.into_iter().map(|(name, bytes)| (format!("{name}.smime"), seal(&bytes, shape)))
    };
    let split = zips::named(zips::split(&archive, &[2_500]), "");
    let pieces = (1..).zip(archive.chunks(2_500));
    let pieces = pieces.map(|(number, it)| (format!("e.zip.{number:03}"), it.to_vec())).collect();
    [split, pieces, vec![("e.zip".to_owned(), archive.clone())]]
        .into_iter()
        .map(|parts| once(parts).collect())
        .collect()
}

#[track_caller]
fn check(error: &Error, part: &str) {
    let is_it = matches!(error.kind(), ErrorKind::Unsupported(Unsupported::SealedTwice));
    assert!(is_it && error.to_string().contains("sealed twice"), "{error}");
    assert_eq!(error.part(), Some(part));
}

#[test]
fn it_is_said_wherever_an_export_is_opened() {
    let shapes = [
        Shape::default(),
        Shape { outside: Outside::Binary, ..Shape::default() },
        Shape { outside: Outside::Pem("CMS"), indefinite: true, ..Shape::default() },
    ];
    let (keys, options) = (sample_keys(), UnlockOptions::new());
    for shape in &shapes {
        for once in sets(shape) {
            assert!(export(&once).unlock(&keys).is_ok());
            let twice: Named =
                once.iter().map(|(name, it)| (name.clone(), seal(it, shape))).collect();
            let twice = export(&twice);
            let last = &once.last().unwrap().0;
            let error = twice.unlock(&keys).unwrap_err();
            let is_in_pieces = once.len() > 1 && !last.contains(".zip.smime");
            check(&error, if is_in_pieces { &once[0].0 } else { last });
            let status = twice.status(&keys, &options).unwrap();
            let Verdict::Damaged(error) = status.verdict() else { panic!("{status:?}") };
            check(error, last);
            check(&twice.salvage(&keys).unwrap_err(), &once[0].0);
            // Without the outer seal, which goes with the name's suffix, they are what they were.
            let inner: Named =
                once.iter().map(|(name, it)| (name.replace(".smime", ""), it.clone())).collect();
            assert!(export(&inner).unlock(&keys).is_ok());
        }
    }
}

#[test]
fn the_last_part_is_enough() {
    let mut parts = sets(&Shape::default()).swap_remove(0);
    let (name, last) = parts.last_mut().unwrap();
    let name = name.clone();
    *last = seal(last, &Shape::default());
    check(&export(&parts).unlock(&sample_keys()).unwrap_err(), &name);
}

#[test]
fn an_archive_of_messages_and_what_only_looks_like_one_are_not() {
    let (keys, shape) = (sample_keys(), Shape::default());
    let message = seal(b"a file that is a message", &shape);
    let archive = zips::stored(&[("message.p7m", &message)]);
    // Plain, too, and as the start of a part.
    let header = 4 + 30 + "message.p7m".len();
    let split = zips::split(&archive, &[header, message.len() + 40]);
    assert!(split[1].starts_with(&message[..40]));
    let sealed =
        |parts: Named| parts.into_iter().map(|(name, it)| (name + ".smime", seal(&it, &shape)));
    for parts in [vec![("e.zip".to_owned(), archive)], zips::named(split, "")] {
        assert!(export(&parts).unlock(&KeyRing::new()).is_ok());
        assert!(export(&sealed(parts).collect()).unlock(&keys).is_ok());
    }
    // No archive is in these.
    for content in [&b"a text"[..], &message[..message.len() / 2], b""] {
        let parts = vec![("e.zip.smime".to_owned(), seal(content, &shape))];
        let error = export(&parts).unlock(&keys).unwrap_err();
        assert!(!error.to_string().contains("twice"), "{error}");
    }
}
