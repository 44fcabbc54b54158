//! Exports whose parts were sealed twice: that is said, wherever one is opened, and nothing else is
//! taken for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::seal::{Outside, Shape, seal};
use common::{noise, sample_keys, zips};
use smimezip::error::Unsupported;
use smimezip::export::Verdict;
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part, UnlockOptions};

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

/// A set of which only some parts are sealed twice: salvage says so, and does without these.
#[test]
fn of_a_part_alone_it_is_said_by_salvage() {
    let contents: Vec<_> = (0..9).map(|it| (format!("f{it}"), noise(it, 1_000))).collect();
    let entries: Vec<_> = contents.iter().map(|(name, it)| (name.as_str(), &it[..])).collect();
    let parts = zips::named(zips::split(&zips::stored(&entries), &[2_500]), "");
    let shape = Shape::default();
    let once: Named =
        parts.iter().map(|(name, it)| (format!("{name}.smime"), seal(it, &shape))).collect();
    for at in 0..once.len() {
        let mut some = once.clone();
        some[at].1 = seal(&once[at].1, &shape);
        let salvage = export(&some).salvage(&sample_keys()).unwrap();
        let [error] = salvage.damaged() else { panic!("{at}: {:?}", salvage.damaged()) };
        check(error, &once[at].0);
        let unreadable: Vec<_> =
            salvage.archive().missing().iter().map(ToString::to_string).collect();
        assert_eq!(unreadable, [once[at].0.as_str()]);
        // As if it were not there.
        some.remove(at);
        let without = export(&some).salvage(&sample_keys()).unwrap();
        let names = |archive: &Archive| -> Vec<String> {
            archive.entries().iter().map(|it| it.raw_name().to_owned()).collect()
        };
        assert!(!names(salvage.archive()).is_empty() || !names(salvage.uncertain()).is_empty());
        assert_eq!(names(salvage.archive()), names(without.archive()), "{at}");
        assert_eq!(names(salvage.uncertain()), names(without.uncertain()), "{at}");
    }
}

/// The message goes on in the next part, or other bytes follow it.
#[test]
fn a_part_that_begins_with_a_file_which_is_a_message_is_read_by_salvage() {
    let keys = sample_keys();
    let header = 4 + 30 + "message.p7m".len();
    for shape in [
        Shape::default(),
        Shape { outside: Outside::Binary, ..Shape::default() },
        Shape { outside: Outside::Pem("CMS"), indefinite: true, ..Shape::default() },
        Shape { chunks: vec![100], indefinite: true, outside: Outside::Binary, ..Shape::default() },
    ] {
        let message = seal(&noise(1, 2_000), &shape);
        let archive = zips::stored(&[("message.p7m", &message), ("other", b"other")]);
        for size in [message.len() / 2, message.len() / 64 * 48, message.len() + 40] {
            let split = zips::split(&archive, &[header, size, 1 << 20]);
            assert!(split[1].starts_with(&message[..40]));
            let sealed = zips::named(split, ".smime").into_iter();
            let sealed = sealed.map(|(name, it)| (name, seal(&it, &shape))).collect();
            let salvage = export(&sealed).salvage(&keys).unwrap();
            assert!(salvage.damaged().is_empty(), "{shape:?} {size}: {:?}", salvage.damaged());
            let mut read = Vec::new();
            let mut entry = salvage.archive().by_name("message.p7m").unwrap();
            std::io::copy(&mut entry, &mut read).unwrap();
            assert!(read == message, "{shape:?}");
        }
    }
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
