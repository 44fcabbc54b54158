//! Key files for tests, and messages that they should open.

use std::io::Read;
use std::path::{Path, PathBuf};

use smimezip::message::Envelope;
use smimezip::{Error, KeyRing, Passphrase, internals};

use super::{data, limits, sha256};

/// SHA-256 of the plaintext that most messages of `data/cases` for key files have.
pub const PLAINTEXT: &str = "90a2c7449dfe45b6863a04a628c0bd1be1c53aca42d17755127a4da07809fcca";

/// A folder of `data/cases`.
pub fn case(name: &str) -> PathBuf {
    data().join("cases").join(name)
}

/// A ring with what is in `file`.
pub fn add(file: &[u8], passphrase: Option<&str>) -> Result<KeyRing, Error> {
    let mut ring = KeyRing::new();
    ring.add(file, &mut || passphrase.map(Passphrase::new), &limits()).map(|()| ring)
}

/// The bytes of a file.
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// SHA-256 of what `keys` open a message to.
pub fn plaintext(message: &Path, keys: &KeyRing) -> Result<String, Error> {
    let mut content = Envelope::open_file(message)?.unlock(keys)?;
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext).map_err(Error::from)?;
    Ok(sha256(&plaintext))
}

/// The committed key of that name opens its committed message.
pub fn opens_main(keys: &KeyRing) {
    let message = data().join("envelopes/openssl-ktri-aes-256-cbc-der");
    Envelope::open_file(message).unwrap().unlock(keys).unwrap();
}

/// Base64 in one line.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            let shift = 18 - 6 * at;
            text.push(if at > three.len() { '=' } else { ALPHABET[number >> shift & 63].into() });
        }
    }
    text
}

/// A PEM object.
pub fn pem(label: &str, bytes: &[u8]) -> Vec<u8> {
    let text = base64(bytes);
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|it| std::str::from_utf8(it).unwrap()).collect();
    let body = lines.join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
}

/// The bytes of the only object of a PEM file.
pub fn der(path: &Path) -> Vec<u8> {
    internals::pem(&read(path)).unwrap().remove(0).2
}

/// An element of ASN.1.
pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    super::seal::tlv(tag, contents)
}
