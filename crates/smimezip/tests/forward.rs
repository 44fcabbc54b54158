//! The forward-only way agrees with the positional one on every message, however it is cut into
//! pieces; and what is fed forward is refused as strictly.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Read};
use std::sync::Arc;

use common::seal::{Cipher, Outside, Shape, seal};
use common::{data, limits, noise, sample_keys, thorough};
use proptest::prelude::*;
use smimezip::message::{Accept, Decoder, Decryptor, Envelope, InnerLayers};
use smimezip::{Error, ErrorKind, Integrity, KeyRing, Limit, Limits, UnlockOptions, internals};

/// Decodes `message` given in pieces of `input` bytes, into buffers of `output`.
fn decode(
    message: &[u8],
    keys: &Arc<KeyRing>,
    options: &UnlockOptions,
    input: usize,
    output: usize,
) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::with_options(Arc::clone(keys), options);
    let mut plaintext = Vec::new();
    let mut buffer = vec![0; output];
    for piece in message.chunks(input) {
        let mut piece = piece;
        while !piece.is_empty() {
            let done = decoder.process(piece, &mut buffer)?;
            assert!(done.consumed + done.produced > 0, "no progress");
            plaintext.extend_from_slice(&buffer[..done.produced]);
            piece = &piece[done.consumed..];
        }
    }
    assert!(decoder.integrity().is_none());
    loop {
        match decoder.finish(&mut buffer)? {
            0 => break,
            count => plaintext.extend_from_slice(&buffer[..count]),
        }
    }
    assert_eq!(decoder.integrity(), Some(Integrity::None));
    Ok(plaintext)
}

fn at_a_position(message: &[u8], keys: &KeyRing) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut content =
        Envelope::open_with(message.to_vec(), &internals::scanning(UnlockOptions::new()))?
            .unlock(keys)?;
    content.read_to_end(&mut bytes).map_err(Error::from)?;
    Ok(bytes)
}

fn vectors() -> Vec<(String, Vec<u8>)> {
    let mut vectors: Vec<_> = std::fs::read_dir(data().join("vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("SHA256SUMS"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    vectors.sort();
    vectors
}

fn keys(names: &[&str]) -> Arc<KeyRing> {
    let mut ring = KeyRing::new();
    for name in names {
        ring.add_file(data().join("keys").join(name), &mut || None, &limits()).unwrap();
    }
    Arc::new(ring)
}

#[test]
fn every_vector_both_ways_in_three_chunkings() {
    let vectors = vectors();
    assert!(vectors.len() >= 27);
    let mut opened = 0;
    // Without a certificate, several candidates have to be selected from.
    let rings = [keys(&["main.bundle.pem"]), keys(&["other.key.pem", "main.key.pem"])];
    for ((name, message), keys) in
        vectors.iter().flat_map(|vector| rings.iter().map(move |keys| (vector, keys)))
    {
        let expected = at_a_position(message, keys);
        for (input, output) in [(1, 7), (1000, 4096), (usize::MAX, 1 << 20)] {
            let found = decode(message, keys, &UnlockOptions::new(), input, output);
            match (&expected, found) {
                (Ok(expected), Ok(found)) => {
                    assert!(*expected == found, "{name} by {input}");
                    opened += 1;
                }
                (Err(expected), Err(found)) => {
                    assert_eq!(expected.to_string(), found.to_string(), "{name} by {input}");
                }
                (expected, found) => {
                    panic!("{name} by {input}: {:?} but {:?}", expected.as_ref().err(), found.err())
                }
            }
        }
    }
    assert!(opened >= 2 * 3 * 24);
}

fn shapes() -> impl Strategy<Value = Shape> {
    let cipher = prop_oneof![
        Just(Cipher::Aes128),
        Just(Cipher::Aes192),
        Just(Cipher::Aes256),
        Just(Cipher::TripleDes)
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n")];
    let outside = prop_oneof![
        Just(Outside::Binary),
        Just(Outside::MimeBinary),
        (4_usize..100, end.clone()).prop_map(|(columns, end)| Outside::MimeBase64(columns, end)),
        (4_usize..100, end).prop_map(|(columns, end)| Outside::Base64(columns, end)),
        Just(Outside::Pem("CMS")),
    ];
    let chunks = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(1_usize..5000, 1..4),
        Just(vec![1000]),
    ];
    (cipher, chunks, any::<bool>(), outside).prop_map(|(cipher, chunks, indefinite, outside)| {
        Shape { cipher, chunks, indefinite, outside }
    })
}

#[test]
fn any_shape_in_any_pieces() {
    let keys = Arc::new(sample_keys());
    proptest!(ProptestConfig::with_cases(96), |(
        shape in shapes(), size in 0_usize..40_000, input in 1_usize..70_000,
        output in 1_usize..70_000,
    )| {
        let plaintext = noise(11, size);
        let message = seal(&plaintext, &shape);
        let found = decode(&message, &keys, &UnlockOptions::new(), input, output).unwrap();
        prop_assert!(found == plaintext);
    });
}

#[test]
fn c9_no_cut_message_is_complete() {
    let keys = Arc::new(sample_keys());
    for outside in [Outside::Binary, Outside::MimeBase64(64, "\n"), Outside::Pem("CMS")] {
        let shape = Shape { chunks: vec![100], indefinite: true, outside, ..Shape::default() };
        let message = seal(&noise(3, 500), &shape);
        let whole = message.trim_ascii_end().len();
        for cut in (0..whole).step_by(thorough(1, 3)) {
            let found = decode(&message[..cut], &keys, &UnlockOptions::new(), 4096, 4096);
            assert!(found.is_err(), "{:?} cut at {cut} of {whole}", shape.outside);
        }
    }
}

#[test]
fn data_after_the_message_are_refused() {
    let keys = Arc::new(sample_keys());
    for outside in [Outside::Binary, Outside::MimeBase64(64, "\n")] {
        let shape = Shape { outside, ..Shape::default() };
        let mut message = seal(&noise(3, 500), &shape);
        message.extend_from_slice(b"AAAA");
        let error = decode(&message, &keys, &UnlockOptions::new(), 4096, 4096).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TrailingData { count: 4 }), "{error}");
    }
    // However many, they are counted and not collected.
    let mut message = seal(&noise(3, 500), &Shape { outside: Outside::Binary, ..Shape::default() });
    message.resize(message.len() + 3 * 1024 * 1024, 0);
    let error = decode(&message, &keys, &UnlockOptions::new(), 4096, 4096).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TrailingData { count: 0x0030_0000 }), "{error}");
    let accepting = UnlockOptions::new().accept(Accept::new().trailing_data(true));
    assert!(decode(&message, &keys, &accepting, 4096, 4096).unwrap() == noise(3, 500));
}

#[test]
fn input_after_the_end_is_refused() {
    let message = seal(&noise(3, 10), &Shape::default());
    let mut decoder = Decoder::new(sample_keys());
    let mut buffer = [0; 100];
    decoder.process(&message, &mut buffer).unwrap();
    while decoder.finish(&mut buffer).unwrap() > 0 {}
    let error = decoder.process(b"more", &mut buffer).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    assert_eq!(decoder.finish(&mut buffer).unwrap(), 0);
}

#[test]
fn layers_inside_are_not_passed_over_in_silence() {
    let message = seal(&noise(3, 10), &Shape::default());
    let options = UnlockOptions::new().inner_layers(InnerLayers::all());
    let mut decoder = Decoder::with_options(sample_keys(), &options);
    let error = decoder.process(&message, &mut [0; 100]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    let mut decryptor = Decryptor::with_options(&message[..], sample_keys(), &options);
    let error = Error::from(decryptor.read_to_end(&mut Vec::new()).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
}

#[test]
fn c4_a_wrong_key_is_reported_at_the_end() {
    let wrong = keys(&["main.key.pem"]);
    let message = seal(&noise(3, 100_000), &Shape::default());
    let error = decode(&message, &wrong, &UnlockOptions::new(), 4096, 4096).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
}

#[test]
fn c6_a_large_head_fed_by_the_byte_is_refused_in_time() {
    // A set of recipients without an end: more and more bytes, never complete.
    let mut message =
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\x00\x31\x80"
            .to_vec();
    while message.len() < 2 << 20 {
        message.extend_from_slice(&[0xa9, 0x81, 0xfc]);
        message.resize(message.len() + 0xfc, 5);
    }
    let keys = Arc::new(sample_keys());
    let many = UnlockOptions::new().limits(&Limits::new().with(Limit::Recipients, u64::MAX));
    let error = decode(&message, &keys, &many, 1, 16).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Structure, .. }), "{error}");
    let error = decode(&message, &keys, &UnlockOptions::new(), 1, 16).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Recipients, .. }), "{error}");
}

/// Gives a few bytes at a time, interrupts, and fails at the end if asked to.
struct Source {
    message: Vec<u8>,
    position: usize,
    interrupted: bool,
    fails: bool,
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let rest = &self.message[self.position..];
        if rest.is_empty() && self.fails {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let count = rest.len().min(buf.len()).min(777);
        buf[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }
}

#[test]
fn a_decryptor_reads_from_a_pipe() {
    let plaintext = noise(3, 300_000);
    let message = seal(&plaintext, &Shape::default());
    let source =
        |fails| Source { message: message.clone(), position: 0, interrupted: false, fails };
    let mut decryptor = Decryptor::new(source(false), sample_keys());
    let mut bytes = Vec::new();
    decryptor.read_to_end(&mut bytes).unwrap();
    assert!(bytes == plaintext);
    assert_eq!(decryptor.read(&mut [0; 10]).unwrap(), 0);
    assert_eq!(decryptor.decoder().recipient_infos().unwrap().len(), 1);
    assert_eq!(decryptor.decoder().container().unwrap().to_string(), "S/MIME, base64");
    let algorithm = decryptor.decoder().content_encryption_algorithm().unwrap().to_string();
    assert_eq!(algorithm, "AES-256-CBC");

    let mut decryptor = Decryptor::new(source(true), sample_keys());
    let error = decryptor.read_to_end(&mut bytes).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    for _ in 0..3 {
        assert_eq!(
            decryptor.read(&mut [0; 10]).unwrap_err().kind(),
            io::ErrorKind::ConnectionReset
        );
    }
}

/// A stream with bad habits: short, interrupted, and broken at a byte.
struct Unsteady<'a> {
    rest: &'a [u8],
    turn: u8,
    broken_after: usize,
}

impl Read for Unsteady<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.turn = self.turn.wrapping_mul(5).wrapping_add(7);
        if self.turn.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.broken_after == 0 {
            return Err(io::Error::other("the pipe is broken here"));
        }
        let most = buf.len().min(usize::from(self.turn % 64) + 1).min(self.broken_after);
        let count = self.rest.read(&mut buf[..most])?;
        self.broken_after -= count;
        Ok(count)
    }
}

#[test]
fn f4_a_stream_that_breaks_at_any_byte_is_an_error_that_sticks() {
    let data = noise(6, 700);
    let shape = Shape { chunks: vec![100], indefinite: true, ..Shape::default() };
    let message = seal(&data, &shape);
    let keys = Arc::new(sample_keys());
    let open = |broken_after| {
        let source = Unsteady { rest: &message, turn: 1, broken_after };
        Decryptor::new(source, Arc::clone(&keys))
    };
    let mut whole = Vec::new();
    open(usize::MAX).read_to_end(&mut whole).unwrap();
    assert!(whole == data, "short and interrupted reads change nothing");
    let text = |read: io::Result<usize>| format!("{:#}", Error::from(read.unwrap_err()));
    for at in (0..message.len()).step_by(3) {
        let mut decryptor = open(at);
        let mut found = Vec::new();
        let first = text(decryptor.read_to_end(&mut found));
        assert!(first.contains("the pipe is broken here"), "{at}: {first}");
        assert!(data.starts_with(&found), "{at}");
        for _ in 0..3 {
            assert_eq!(text(decryptor.read(&mut [0; 10])), first);
        }
    }
}
