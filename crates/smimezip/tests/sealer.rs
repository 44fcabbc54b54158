//! What the sealer makes: opened at positions and forward, whatever the cipher, the container, the
//! size and how it came; and what it refuses. Whom it is for is in `recipients.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Read, Write};
use std::time::SystemTime;

use common::{noise, sample, sample_keys};
use proptest::prelude::*;
use smimezip::cms::ContentEncryptionAlgorithm as Algorithm;
use smimezip::keys::Recipient;
use smimezip::message::{
    Columns, Decryptor, Envelope, LineEnd, SealContainer, SealOptions, SealedWriter, Sealer,
};
use smimezip::{Certificate, Error, ErrorKind, Integrity, KeyRing};

const CIPHERS: [Algorithm; 7] = [
    Algorithm::Aes128Cbc,
    Algorithm::Aes192Cbc,
    Algorithm::Aes256Cbc,
    Algorithm::Aes128Gcm,
    Algorithm::Aes192Gcm,
    Algorithm::Aes256Gcm,
    Algorithm::ChaCha20Poly1305,
];

const CONTAINERS: [SealContainer; 7] = [
    SealContainer::MimeBase64 { columns: Columns::C64, line_end: LineEnd::Lf },
    SealContainer::MimeBase64 { columns: Columns::C64, line_end: LineEnd::CrLf },
    SealContainer::MimeBase64 { columns: Columns::C76, line_end: LineEnd::Lf },
    SealContainer::MimeBase64 { columns: Columns::C76, line_end: LineEnd::CrLf },
    SealContainer::MimeBinary,
    SealContainer::Pem,
    SealContainer::Binary,
];

/// Around blocks, groups of blocks, lines, chunks and pieces.
const SIZES: [usize; 29] = [
    0, 1, 15, 16, 17, 47, 48, 49, 56, 57, 58, 63, 64, 65, 127, 128, 1000, 4079, 4080, 4081, 4095,
    4096, 4097, 8191, 8192, 8193, 65_535, 65_536, 65_537,
];

fn recipient() -> Recipient {
    let file = std::fs::read(sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&file).unwrap();
    Recipient::from_certificate(&certificate, SystemTime::now()).unwrap()
}

/// Seals `content` that comes in pieces of these sizes in turn.
fn seal(
    content: &[u8],
    pieces: &[usize],
    recipients: &[Recipient],
    options: &SealOptions,
) -> Vec<u8> {
    let mut sealer = Sealer::new(recipients, options).unwrap();
    let mut message = Vec::new();
    let mut rest = content;
    for size in pieces.iter().cycle() {
        let (piece, later) = rest.split_at(rest.len().min(*size));
        sealer.update(piece, &mut message).unwrap();
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    sealer.finish(&mut message).unwrap();
    message
}

fn at_positions(message: &[u8], keys: &KeyRing) -> Result<(Vec<u8>, Integrity), Error> {
    let mut content = Envelope::open(message.to_vec())?.unlock(keys)?;
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    Ok((bytes, content.integrity()))
}

fn forward(message: &[u8], keys: &KeyRing) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    Decryptor::new(message, keys.clone()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// That `message` holds `content`, whichever way it is opened.
fn check(message: &[u8], content: &[u8], algorithm: &Algorithm, what: &str) {
    let keys = sample_keys();
    let (opened, integrity) =
        at_positions(message, &keys).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(opened == content, "{what}");
    assert_eq!(integrity == Integrity::Authenticated, algorithm.is_authenticated(), "{what}");
    assert!(forward(message, &keys).unwrap() == content, "{what}");
}

#[test]
fn every_cipher_in_every_container_at_every_edge() {
    let recipient = [recipient()];
    let content = noise(5, 70_000);
    for (number, size) in SIZES.iter().enumerate() {
        for (at, algorithm) in CIPHERS.iter().enumerate() {
            for is_known in [false, true] {
                // All containers for each cipher and each size, though not all three at once.
                let container = CONTAINERS[(number + at) % CONTAINERS.len()];
                let options =
                    SealOptions::new().content_encryption(algorithm.clone()).container(container);
                let options = if is_known { options.known_size(*size as u64) } else { options };
                let message = seal(&content[..*size], &[1 << 20], &recipient, &options);
                let what = format!("{size} {algorithm} {container:?} {is_known}");
                check(&message, &content[..*size], algorithm, &what);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_content_in_any_pieces(
        seed in any::<u64>(),
        size in prop_oneof![0_usize..300, 0_usize..10_000, 0_usize..200_000],
        pieces in prop::collection::vec(
            prop_oneof![0_usize..70, 1_usize..5000, 60_000_usize..70_000], 1..5
        ).prop_filter("some progress", |pieces| pieces.iter().sum::<usize>() > 10),
        algorithm in prop::sample::select(CIPHERS.to_vec()),
        container in prop::sample::select(CONTAINERS.to_vec()),
        is_known in any::<bool>(),
    ) {
        let content = noise(seed, size);
        let options =
            SealOptions::new().content_encryption(algorithm.clone()).container(container);
        let options = if is_known { options.known_size(size as u64) } else { options };
        let message = seal(&content, &pieces, &[recipient()], &options);
        check(&message, &content, &algorithm, "any");
    }
}

#[test]
fn what_is_made_has_the_lines_and_the_header_that_were_asked_for() {
    let content = noise(1, 1000);
    for (columns, line_end, width, end) in [
        (Columns::C64, LineEnd::Lf, 64, "\n"),
        (Columns::C76, LineEnd::Lf, 76, "\n"),
        (Columns::C64, LineEnd::CrLf, 64, "\r\n"),
        (Columns::C76, LineEnd::CrLf, 76, "\r\n"),
    ] {
        let container = SealContainer::MimeBase64 { columns, line_end };
        let options = SealOptions::new().container(container);
        let message = String::from_utf8(seal(&content, &[7], &[recipient()], &options)).unwrap();
        let (header, body) = message.split_once(&format!("{end}{end}")).unwrap();
        assert_eq!(
            header.split(end).collect::<Vec<_>>(),
            [
                "MIME-Version: 1.0",
                "Content-Disposition: attachment; filename=\"smime.p7m\"",
                "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; \
                 name=\"smime.p7m\"",
                "Content-Transfer-Encoding: base64",
            ]
        );
        let lines: Vec<&str> = body.strip_suffix(end).unwrap().split(end).collect();
        let (last, full) = lines.split_last().unwrap();
        assert!(full.len() > 10 && full.iter().all(|line| line.len() == width));
        assert!(!last.is_empty() && last.len() <= width && !body.contains(&format!("{end}{end}")));
    }
    for (algorithm, label) in [(Algorithm::Aes256Cbc, "PKCS7"), (Algorithm::Aes256Gcm, "CMS")] {
        let options =
            SealOptions::new().content_encryption(algorithm).container(SealContainer::Pem);
        let message = String::from_utf8(seal(&content, &[7], &[recipient()], &options)).unwrap();
        assert!(message.starts_with(&format!("-----BEGIN {label}-----\n")));
        assert!(message.ends_with(&format!("\n-----END {label}-----\n")));
    }
    let options = SealOptions::new().content_encryption(Algorithm::Aes256Gcm);
    let message = String::from_utf8(seal(&content, &[7], &[recipient()], &options)).unwrap();
    assert!(message.contains("smime-type=authEnveloped-data"));
}

#[test]
fn keys_vectors_and_padding_are_new_for_each_message() {
    let options = SealOptions::new().container(SealContainer::Binary).known_size(100);
    let one = seal(&[7; 100], &[100], &[recipient()], &options);
    let two = seal(&[7; 100], &[100], &[recipient()], &options);
    assert_eq!(one.len(), two.len());
    let same = one.iter().zip(&two).filter(|(one, two)| one == two).count();
    // The frame and the recipient's name are the same; of 256 + 16 + 112 bytes, few are by chance.
    assert!(one.len() - same > 360, "{same} of {}", one.len());
}

#[test]
fn a_size_that_was_announced_is_kept() {
    for algorithm in [Algorithm::Aes256Cbc, Algorithm::Aes256Gcm] {
        let options = SealOptions::new().content_encryption(algorithm).known_size(100);
        let mut sealer = Sealer::new(&[recipient()], &options).unwrap();
        let mut message = Vec::new();
        sealer.update(&[0; 99], &mut message).unwrap();
        let error = sealer.finish(&mut message).unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
        assert!(error.to_string().contains("100 bytes of content were announced, and 99 came"));

        let mut sealer = Sealer::new(&[recipient()], &options).unwrap();
        sealer.update(&[0; 100], &mut message).unwrap();
        for more in [&[0][..], b""] {
            let error = sealer.update(more, &mut message).err();
            assert_eq!(error.map(|it| it.code()), (!more.is_empty()).then_some("invalid_argument"));
            if more.len() == 1 {
                break;
            }
        }
        // It sticks.
        assert!(sealer.update(b"", &mut message).is_err());
        assert!(sealer.finish(&mut message).is_err());
    }
    let too_much = SealOptions::new().content_encryption(Algorithm::Aes256Gcm).known_size(1 << 36);
    assert_eq!(Sealer::new(&[recipient()], &too_much).unwrap_err().code(), "unsupported");
    let too_much = SealOptions::new().known_size(u64::MAX);
    assert_eq!(Sealer::new(&[recipient()], &too_much).unwrap_err().code(), "invalid_argument");
    // What no memory holds can be announced.
    let large = SealOptions::new().container(SealContainer::Binary).known_size(1 << 40);
    let mut message = Vec::new();
    Sealer::new(&[recipient()], &large).unwrap().update(b"1", &mut message).unwrap();
    assert_eq!(message[..2], [0x30, 0x86]);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let error = Sealer::new(&[], &SealOptions::new()).unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    for algorithm in [Algorithm::DesEde3Cbc, Algorithm::Aes128Ccm, Algorithm::Aes256Ccm] {
        let options = SealOptions::new().content_encryption(algorithm.clone());
        let error = Sealer::new(&[recipient()], &options).unwrap_err();
        assert_eq!(error.code(), "unsupported");
        assert!(error.to_string().contains(&format!("sealing with {algorithm}")), "{error}");
    }
}

/// A sink that takes so many bytes, a few at a time.
struct Narrow(usize, Vec<u8>);

impl Write for Narrow {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.1.len() % 3 == 1 && buf.len() % 2 == 1 {
            self.1.push(buf[0]);
            return Ok(1);
        }
        let room = self.0.saturating_sub(self.1.len()).min(buf.len()).min(700);
        if room == 0 {
            return Err(io::Error::other("no room"));
        }
        self.1.extend_from_slice(&buf[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_fails_at_any_byte_is_an_error_that_sticks() {
    let content = noise(3, 150_000);
    let write = |room: usize| {
        let sink = Narrow(room, Vec::new());
        let mut writer = SealedWriter::new(sink, &[recipient()], &SealOptions::new()).unwrap();
        let written = writer.write_all(&content);
        if written.is_err() {
            assert!(writer.write(b"more").is_err() && writer.flush().is_err());
        }
        (written.is_ok(), writer.finish())
    };
    let (is_written, sink) = write(usize::MAX);
    assert!(is_written);
    let message = sink.unwrap().1;
    assert!(at_positions(&message, &sample_keys()).unwrap().0 == content);
    for room in (0..message.len() - 800).step_by(9973).chain([0, 1, 100]) {
        let error = write(room).1.err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{room}: {error}");
    }
    // What was dropped unfinished is cut off.
    for cut in (0..message.len()).step_by(7919) {
        assert!(forward(&message[..cut], &sample_keys()).is_err(), "{cut}");
    }
}
