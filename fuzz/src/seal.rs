//! Any bytes as a content, the options and the recipients to seal it with, and how it comes. What is
//! sealed must be opened again, at positions and forward, by each recipient alone.
//!
//! Keys and initialization vectors are drawn by chance, here alone: they change the ciphertext, and
//! must never change what is opened.

use std::io::Read;
use std::sync::LazyLock;

use smimezip::cms::ContentEncryptionAlgorithm as Algorithm;
use smimezip::keys::{Passphrase, Recipient};
use smimezip::message::{Columns, Decoder, Envelope, LineEnd, SealContainer, SealOptions, Sealer};
use smimezip::{Certificate, KeyRing};

/// Bytes before the content: cipher, container, recipients, whether the size is known, and two for
/// the sizes of the pieces.
const HEAD: usize = 6;

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

/// Recipients, each with the ring that opens what is sealed for it.
static RECIPIENTS: LazyLock<Vec<(Recipient, KeyRing)>> = LazyLock::new(|| {
    macro_rules! pair {
        ($name:literal) => {{
            let key =
                include_bytes!(concat!("../../crates/smimezip/tests/data/", $name, ".key.pem"));
            let certificate =
                include_bytes!(concat!("../../crates/smimezip/tests/data/", $name, ".cert.pem"));
            let certificate =
                Certificate::from_bytes(certificate).expect("a committed certificate");
            let recipient = Recipient::from_certificate_at_any_time(&certificate);
            (recipient.expect("a good key"), KeyRing::from_bytes(key).expect("a committed key"))
        }};
    }
    let mut all = vec![
        pair!("keys/main"),
        pair!("envelopes/keys/p256"),
        pair!("envelopes/keys/x25519"),
        pair!("envelopes/keys/mlkem768"),
    ];
    let (recipient, _) = all[0].clone();
    let identified = recipient.by_key_identifier().expect("a certificate with one");
    all.push((identified, all[0].1.clone()));
    let mut ring = KeyRing::new();
    ring.add_secret_key([7; 24], Some(b"shared".to_vec())).expect("a legal size");
    all.push((Recipient::from_secret_key([7; 24], *b"shared").expect("a legal size"), ring));
    let mut ring = KeyRing::new();
    ring.add_password(Passphrase::new("secret"));
    let recipient = Recipient::from_password(Passphrase::new("secret")).expect("not empty");
    all.push((recipient.with_iterations(1000).expect("enough"), ring));
    all
});

/// Seals what follows the head and opens it again.
pub fn run(bytes: &[u8]) {
    let Some((&[cipher, container, who, is_known, one, other], content)) =
        bytes.split_first_chunk::<HEAD>()
    else {
        return;
    };
    let chosen: Vec<_> =
        RECIPIENTS.iter().enumerate().filter(|(at, _)| who >> at & 1 == 1).map(|it| it.1).collect();
    let recipients: Vec<Recipient> = chosen.iter().map(|it| it.0.clone()).collect();
    let mut options = SealOptions::new()
        .content_encryption(CIPHERS[usize::from(cipher) % CIPHERS.len()].clone())
        .container(CONTAINERS[usize::from(container) % CONTAINERS.len()]);
    if is_known & 1 == 1 {
        options = options.known_size(content.len() as u64);
    }
    let pieces = [usize::from(one) + 1, usize::from(other) * 64 + 1];
    let Some(message) = seal(content, pieces, &recipients, &options) else {
        assert!(recipients.is_empty(), "what can be made was not");
        return;
    };
    for (recipient, ring) in chosen {
        let what = format!("{recipient}, {options:?}");
        assert!(at_positions(&message, ring) == content, "at positions: {what}");
        assert!(forward(&message, ring, pieces) == content, "forward: {what}");
    }
}

/// The message; `None` if nobody is to open it.
fn seal(
    content: &[u8],
    pieces: [usize; 2],
    recipients: &[Recipient],
    options: &SealOptions,
) -> Option<Vec<u8>> {
    let mut sealer = Sealer::new(recipients, options).ok()?;
    let mut message = Vec::new();
    let mut rest = content;
    for size in pieces.into_iter().cycle() {
        let (piece, later) = rest.split_at(rest.len().min(size));
        sealer.update(piece, &mut message).expect("no more than was said");
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    sealer.finish(&mut message).expect("no less than was said");
    Some(message)
}

fn at_positions(message: &[u8], keys: &KeyRing) -> Vec<u8> {
    let envelope = Envelope::open(message.to_vec()).expect("a message");
    let mut plaintext = Vec::new();
    let mut content = envelope.unlock(keys).expect("a key that fits");
    content.read_to_end(&mut plaintext).expect("as it was sealed");
    plaintext
}

/// Fed in pieces of the sizes in which the content came.
fn forward(message: &[u8], keys: &KeyRing, pieces: [usize; 2]) -> Vec<u8> {
    let mut decoder = Decoder::new(keys.clone());
    let mut plaintext = Vec::new();
    let mut output = [0; 777];
    let (mut rest, mut sizes) = (message, pieces.into_iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(1).min(rest.len());
        let done = decoder.process(&rest[..size], &mut output).expect("as it was sealed");
        plaintext.extend_from_slice(&output[..done.produced]);
        rest = &rest[done.consumed..];
    }
    loop {
        let count = decoder.finish(&mut output).expect("a whole message");
        if count == 0 {
            return plaintext;
        }
        plaintext.extend_from_slice(&output[..count]);
    }
}
