//! Certificates of nobody, not signed, with what is wrong with certificates.

#![allow(unreachable_pub, reason = "shared by textual inclusion")]

use std::time::{SystemTime, UNIX_EPOCH};

/// SEQUENCE of AlgorithmIdentifier: sha256WithRSAEncryption.
const SIGNATURE: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

/// One that exports can be sealed for, and others, each with the word for what is wrong with it.
pub fn certificates() -> Vec<(&'static str, Vec<u8>)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    // UTCTime has the years from 1950 to 2049.
    assert!(now < 2_400_000_000, "these certificates have expired");
    let (signing, encrypting) = (key_usage(7, 0x80), key_usage(5, 0x20));
    let ever = [b"200101000000Z", b"491231235959Z"];
    let other_key = tlv(0x30, &[ED25519.to_vec(), bits(&[7; 32])].concat());
    vec![
        ("good", certificate(ever, &rsa_key(2048), &encrypting)),
        ("expired", certificate([b"200101000000Z", b"210101000000Z"], &rsa_key(2048), &[])),
        ("not_yet_valid", certificate([b"490101000000Z", ever[1]], &rsa_key(2048), &[])),
        ("key_usage", certificate(ever, &rsa_key(2048), &signing)),
        ("weak_key", certificate(ever, &rsa_key(1024), &encrypting)),
        ("unsupported_key", certificate(ever, &other_key, &[])),
    ]
}

fn certificate(validity: [&[u8; 13]; 2], public_key: &[u8], extensions: &[u8]) -> Vec<u8> {
    let name = tlv(0x30, &tlv(0x31, &tlv(0x30, b"\x06\x03\x55\x04\x03\x0c\x05Maker")));
    let validity = validity.map(|time| tlv(0x17, time)).concat();
    let mut fields = tlv(0xa0, &[0x02, 1, 2]);
    fields.extend([0x02, 1, 9]);
    fields.extend_from_slice(SIGNATURE);
    fields.extend_from_slice(&name);
    fields.extend(tlv(0x30, &validity));
    fields.extend_from_slice(&name);
    fields.extend_from_slice(public_key);
    if !extensions.is_empty() {
        fields.extend(tlv(0xa3, &tlv(0x30, extensions)));
    }
    tlv(0x30, &[tlv(0x30, &fields), SIGNATURE.to_vec(), bits(&[1])].concat())
}

/// The extension keyUsage with these bits.
fn key_usage(unused: u8, usage: u8) -> Vec<u8> {
    let value = tlv(0x04, &[0x03, 2, unused, usage]);
    tlv(0x30, &[b"\x06\x03\x55\x1d\x0f\x01\x01\xff".to_vec(), value].concat())
}

/// The SubjectPublicKeyInfo of an RSA key with a modulus of so many bits.
fn rsa_key(size: usize) -> Vec<u8> {
    let modulus = [&[0][..], &vec![0xa5; size / 8]].concat();
    let key = tlv(0x30, &[tlv(0x02, &modulus), tlv(0x02, &[1, 0, 1])].concat());
    tlv(0x30, &[RSA.to_vec(), bits(&key)].concat())
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes].concat())
}

/// An element in definite length.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let size = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let head = match size {
        [0, short @ 0..=0x7f] => vec![tag, short],
        [0, long] => vec![tag, 0x81, long],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [&head, contents].concat()
}
