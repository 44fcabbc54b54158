//! Keys that live elsewhere, and cannot always be asked: what keeps them from answering is what is
//! said, and never "wrong key" (row R9 of the order in `unlock`). And encrypted keys of RSA with
//! another number of zeros.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Read};
use std::sync::Arc;

use common::seal::{
    Recipient, Shape, content_info, enveloped_data, recipient, recipient_info_with, sample_key,
};
use common::{data, limits, noise, sample};
use rsa::Pkcs1v15Encrypt;
use rsa::traits::PublicKeyParts;
use smimezip::cms::RecipientInfo;
use smimezip::keys::{ContentEncryptionKey, RecipientKey};
use smimezip::message::{Decryptor, Envelope};
use smimezip::{Error, ErrorKind, KeyRing, Limit, UnlockOptions};

type Answer = Result<ContentEncryptionKey, Error>;
type Door = fn(usize) -> Answer;

/// A key behind a door that is closed in some way.
struct Elsewhere(Door);

impl RecipientKey for Elsewhere {
    fn unwrap_key(
        &self,
        _: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        Some((self.0)(size))
    }
}

fn offline(_: usize) -> Answer {
    let text = "the key service at hsm.example does not answer";
    Err(io::Error::new(io::ErrorKind::TimedOut, text).into())
}

fn refuses(_: usize) -> Answer {
    Err(ErrorKind::Decrypt.into())
}

#[allow(clippy::unnecessary_wraps, reason = "one of several answers")]
fn wrong(size: usize) -> Answer {
    Ok(ContentEncryptionKey::new(vec![9; size]))
}

fn cancelled(_: usize) -> Answer {
    Err(ErrorKind::Cancelled.into())
}

fn ring(doors: &[Door], key: Option<&str>) -> KeyRing {
    let mut ring = KeyRing::new();
    for door in doors {
        ring.add_key(Box::new(Elsewhere(*door)));
    }
    if let Some(key) = key {
        ring.add_file(data().join("keys").join(key), &mut || None, &limits()).unwrap();
    }
    ring
}

/// Opens at positions and forward; both must say the same.
fn open(message: &[u8], ring: KeyRing, options: &UnlockOptions) -> Result<Vec<u8>, Error> {
    let ring = Arc::new(ring);
    let read = |source: &mut dyn Read| {
        let mut plaintext = Vec::new();
        source.read_to_end(&mut plaintext).map(|_| plaintext).map_err(Error::from)
    };
    let at_positions = Envelope::open_with(message.to_vec(), options)
        .and_then(|envelope| envelope.unlock(&ring))
        .and_then(|mut content| read(&mut content));
    let forward = read(&mut Decryptor::with_options(message, Arc::clone(&ring), options));
    match (&at_positions, &forward) {
        (Ok(one), Ok(other)) => assert!(one == other),
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        (one, other) => panic!("{:?} and {:?}", one.as_ref().err(), other.as_ref().err()),
    }
    at_positions
}

fn message(name: &str) -> Vec<u8> {
    std::fs::read(data().join("envelopes").join(name)).unwrap()
}

#[test]
fn a_key_that_cannot_be_asked_is_never_a_wrong_key() {
    for name in ["openssl-ktri-aes-256-cbc-der", "openssl-ktri-aes-256-gcm-der"] {
        let message = message(name);
        for doors in [
            &[offline as Door][..],
            &[offline, refuses],
            &[refuses, offline],
            &[offline, wrong],
            &[wrong, offline],
            &[wrong, refuses, offline, wrong],
        ] {
            for key in [None, Some("other.key.pem")] {
                let error = open(&message, ring(doors, key), &UnlockOptions::new()).unwrap_err();
                let ErrorKind::Io(inner) = error.kind() else { panic!("{name}: {error}") };
                assert_eq!(inner.kind(), io::ErrorKind::TimedOut);
                assert!(format!("{error:#}").contains("hsm.example"), "{error:#}");
            }
        }
        // Another key that opens is all that is needed.
        for doors in [&[offline as Door][..], &[offline, refuses], &[refuses, offline]] {
            open(&message, ring(doors, Some("main.key.pem")), &UnlockOptions::new()).unwrap();
        }
        let error =
            open(&message, ring(&[wrong, refuses], None), &UnlockOptions::new()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
        let error = open(&message, ring(&[offline, cancelled, wrong], None), &UnlockOptions::new())
            .unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    }
}

#[test]
fn a_key_that_cannot_be_asked_goes_before_a_limit() {
    let recipients: Vec<_> = (0..20).map(|serial| Recipient { serial, ..recipient() }).collect();
    let message = content_info(b"text", &Shape::default(), &recipients);
    let error = open(&message, ring(&[offline], None), &UnlockOptions::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    let error = open(&message, ring(&[refuses], None), &UnlockOptions::new()).unwrap_err();
    let limit = Limit::PrivateKeyOperations;
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: it, .. } if *it == limit), "{error}");
}

/// Encrypts until the number has so many zeros at its start.
fn encrypted_with_zeros(key: &rsa::PublicKey, cek: &[u8], zeros: usize) -> Vec<u8> {
    let mut rng = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    loop {
        let encrypted = key.encrypt(&mut rng, Pkcs1v15Encrypt, cek).unwrap();
        if encrypted[..zeros].iter().all(|byte| *byte == 0) && encrypted[zeros] != 0 {
            return encrypted;
        }
    }
}

#[test]
fn an_encrypted_key_with_zeros_left_out_or_added_opens() {
    let key = sample_key();
    let shape = Shape::default();
    let cek = noise(5, shape.cipher.key_size());
    let vector = vec![1; shape.cipher.block_size()];
    let sealed = shape.cipher.encrypt(&cek, &vector, b"what is inside");
    let whole = |encrypted: &[u8]| {
        enveloped_data(&recipient_info_with(1, encrypted, false), &shape, &vector, &sealed)
    };
    let keys = || {
        let mut ring = KeyRing::new();
        ring.add_file(sample().join("key.pem"), &mut || None, &limits()).unwrap();
        ring
    };
    let encrypted = encrypted_with_zeros(&key.to_public_key(), &cek, 1);
    let ordinary = encrypted_with_zeros(&key.to_public_key(), &cek, 0);
    for encrypted in [
        encrypted.clone(),
        encrypted[1..].to_vec(),
        [&[0; 5][..], &encrypted].concat(),
        [&[0][..], &ordinary].concat(),
        [&[0; 300][..], &ordinary].concat(),
    ] {
        assert_eq!(
            open(&whole(&encrypted), keys(), &UnlockOptions::new()).unwrap(),
            b"what is inside"
        );
        let envelope = Envelope::open(whole(&encrypted)).unwrap();
        let size = envelope.recipient_infos()[0].modulus_bits().unwrap();
        assert!(size >= key.n().bit_width() as usize, "{size}");
    }
    // What is lost is lost, in the one way in which everything is.
    let short = &ordinary[1..];
    let beyond = vec![0xff; ordinary.len()];
    for encrypted in [short, &beyond] {
        let error = open(&whole(encrypted), keys(), &UnlockOptions::new()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
    }
    for encrypted in [&ordinary[9..], &[&[1][..], &ordinary].concat()] {
        let error = open(&whole(encrypted), keys(), &UnlockOptions::new()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoMatchingKey { .. }), "{error}");
    }
}
