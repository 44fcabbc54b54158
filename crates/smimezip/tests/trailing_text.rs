//! Text after a whole message is trailing data, whatever it is; a hole is invalid base64 at its
//! first byte; a cut is a cut. The same is said of a file and of a stream.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;
use std::sync::Arc;

use common::seal::{Cipher, Outside, Shape, seal};
use common::{case, noise, sample_keys, sha256};
use smimezip::error::Category;
use smimezip::message::{Accept, Decoder, Decryptor, Envelope};
use smimezip::{Error, ErrorKind, KeyRing, UnlockOptions, internals};

fn from_file(message: &[u8], keys: &KeyRing, options: &UnlockOptions) -> Result<Vec<u8>, Error> {
    let mut plaintext = Vec::new();
    let mut content = Envelope::open_with(message.to_vec(), options)?.unlock(keys)?;
    content.read_to_end(&mut plaintext).map_err(Error::from)?;
    Ok(plaintext)
}

fn from_stream(
    message: &[u8],
    keys: &Arc<KeyRing>,
    options: &UnlockOptions,
) -> Result<Vec<u8>, Error> {
    let mut plaintext = Vec::new();
    Decryptor::with_options(message, Arc::clone(keys), options)
        .read_to_end(&mut plaintext)
        .map_err(Error::from)?;
    Ok(plaintext)
}

/// From a stream that comes in pieces.
fn in_pieces(
    message: &[u8],
    size: usize,
    keys: &Arc<KeyRing>,
    options: &UnlockOptions,
) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::with_options(Arc::clone(keys), options);
    let mut plaintext = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    for piece in message.chunks(size) {
        let mut piece = piece;
        while !piece.is_empty() {
            let done = decoder.process(piece, &mut buffer)?;
            plaintext.extend_from_slice(&buffer[..done.produced]);
            piece = &piece[done.consumed..];
        }
    }
    loop {
        match decoder.finish(&mut buffer)? {
            0 => return Ok(plaintext),
            count => plaintext.extend_from_slice(&buffer[..count]),
        }
    }
}

/// What every way of reading says.
fn all_ways(
    message: &[u8],
    keys: &Arc<KeyRing>,
    options: &UnlockOptions,
) -> Vec<Result<Vec<u8>, Error>> {
    let mut found = vec![
        from_file(message, keys, options),
        from_file(message, keys, &internals::scanning(options.clone())),
        from_stream(message, keys, options),
    ];
    found.extend([1, 61, 1000].map(|size| in_pieces(message, size, keys, options)));
    found
}

fn accepting() -> UnlockOptions {
    UnlockOptions::new().accept(Accept::new().trailing_data(true))
}

#[test]
fn the_cases_are_distinguished() {
    let folder = case("message-text-behind-base64");
    let keys = Arc::new(KeyRing::from_file(folder.join("key.pem")).unwrap());
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let read = |name: &str| std::fs::read(folder.join(format!("{name}.smime"))).unwrap();
    for (name, bytes) in [("boundary", 15), ("list-footer", 49), ("dot", 2), ("zeros", 37)] {
        let message = read(name);
        for found in all_ways(&message, &keys, &UnlockOptions::new()) {
            let error = found.unwrap_err();
            let ErrorKind::TrailingData { count } = error.kind() else { panic!("{name}: {error}") };
            assert_eq!(*count, bytes, "{name}");
            assert_eq!(error.offset(), Some(message.len() as u64 - bytes), "{name}");
            assert_eq!(error.category(), Category::Damaged);
        }
        for found in all_ways(&message, &keys, &accepting()) {
            let payload = found.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(String::from_utf8_lossy(&payload).lines().count(), 20);
            assert!(readme.contains(&sha256(&payload)), "{name}");
        }
    }
    for options in [UnlockOptions::new(), accepting()] {
        let hole = read("hole");
        let first = hole.iter().position(|byte| *byte == 0).unwrap() as u64;
        for found in all_ways(&hole, &keys, &options) {
            let error = found.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Malformed("invalid base64")), "{error}");
            assert_eq!(error.offset(), Some(first));
        }
        for found in all_ways(&read("cut"), &keys, &options) {
            let error = found.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Truncated), "{error}");
        }
    }
}

fn shapes() -> Vec<Shape> {
    let outsides = [
        Outside::MimeBase64(64, "\n"),
        Outside::MimeBase64(76, "\r\n"),
        Outside::Base64(64, "\r\n"),
        Outside::Base64(1_000_000, "\n"),
    ];
    let mut shapes = Vec::new();
    for outside in outsides {
        for (chunks, indefinite) in [(vec![], false), (vec![], true), (vec![100], true)] {
            let outside = outside.clone();
            shapes.push(Shape { cipher: Cipher::Aes256, chunks, indefinite, outside });
        }
    }
    shapes
}

const FOOTERS: [&str; 12] = [
    "--=_boundary--\n",
    "--=_boundary\r\nContent-Type: text/plain\r\n\r\nhello\r\n--=_boundary--\r\n",
    "_______________________________\nlist@example.org\n",
    ".\r\n",
    "\0\0\0\0\0\0\0",
    "With kind regards",
    "AAAA",
    "AAA",
    "AAAA\nAAAA\nAAAA\n",
    "====",
    "-- \nsignature\n",
    "*",
];

#[test]
fn text_after_a_message_is_trailing_data_from_a_file_and_a_stream() {
    let keys = Arc::new(sample_keys());
    for (shape, size) in shapes().into_iter().zip([500, 501, 517, 502].into_iter().cycle()) {
        let plaintext = noise(size as u64, size);
        let message = seal(&plaintext, &shape);
        let message = message.trim_ascii_end();
        for (footer, between) in FOOTERS.iter().zip(["\n", "\r\n\r\n"].into_iter().cycle()) {
            let what = format!("{shape:?} {size} {footer:?}");
            let text = [message, between.as_bytes(), footer.as_bytes()].concat();
            let place = (message.len() + between.len()) as u64;
            for found in all_ways(&text, &keys, &UnlockOptions::new()) {
                let error = found.expect_err(&what);
                let ErrorKind::TrailingData { count } = error.kind() else {
                    panic!("{what}: {error}")
                };
                let found = (*count, error.offset());
                assert_eq!(found, (footer.len() as u64, Some(place)), "{what}");
            }
            for found in all_ways(&text, &keys, &accepting()) {
                assert!(found.expect(&what) == plaintext, "{what}");
            }
        }
    }
}

#[test]
fn bytes_after_a_binary_message_are_counted_alike() {
    let keys = Arc::new(sample_keys());
    let plaintext = noise(3, 500);
    for outside in [Outside::Binary, Outside::MimeBinary] {
        for indefinite in [false, true] {
            let outside = outside.clone();
            let shape = Shape { indefinite, outside, ..Shape::default() };
            let message = seal(&plaintext, &shape);
            for after in [&b"\n"[..], b"\r\n.\r\n", &[0; 512], &noise(7, 5000)] {
                let text = [&message, after].concat();
                for found in all_ways(&text, &keys, &UnlockOptions::new()) {
                    let error = found.unwrap_err();
                    let ErrorKind::TrailingData { count } = error.kind() else { panic!("{error}") };
                    let found = (*count, error.offset());
                    assert_eq!(found, (after.len() as u64, Some(message.len() as u64)));
                }
                for found in all_ways(&text, &keys, &accepting()) {
                    assert!(found.unwrap() == plaintext);
                }
            }
        }
    }
}

#[test]
fn holes_and_cuts_are_what_they_are() {
    let keys = Arc::new(sample_keys());
    let plaintext = noise(5, 6000);
    for shape in shapes() {
        let message = seal(&plaintext, &shape);
        for (at, filler) in [(4000, 0), (6001, b'*'), (8020, 0xff)] {
            for size in [1, 70, 101] {
                let mut text = message.clone();
                text[at..at + size].fill(filler);
                for options in [UnlockOptions::new(), accepting()] {
                    for found in all_ways(&text, &keys, &options) {
                        let error = found.expect_err("a hole");
                        let what = format!("{shape:?} {at} {size} {filler}: {error}");
                        assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{what}");
                        assert_eq!(error.offset(), Some(at as u64), "{what}");
                    }
                }
            }
        }
        let whole = message.trim_ascii_end().len();
        for left in [whole - 1, whole - 2, whole - 101, 3000, 900] {
            for options in [UnlockOptions::new(), accepting()] {
                for found in all_ways(&message[..left], &keys, &options) {
                    let error = found.expect_err("a cut");
                    let kind = error.kind();
                    assert!(matches!(kind, ErrorKind::Truncated), "{shape:?} {left}: {error}");
                }
            }
        }
    }
}
