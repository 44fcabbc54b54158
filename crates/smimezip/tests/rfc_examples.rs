//! The example messages of the standards themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;

use common::{data, limits};
use smimezip::message::{Decryptor, Envelope};
use smimezip::{Error, ErrorKind, Integrity, KeyRing};

fn open(name: &str, keys: &KeyRing) -> Result<Vec<u8>, Error> {
    let path = data().join("rfc").join(name);
    let mut content = Envelope::open_file(&path)?.unlock(keys)?;
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).map_err(Error::from)?;
    Ok(bytes)
}

fn keys(names: &[&str]) -> KeyRing {
    let mut keys = KeyRing::new();
    for name in names {
        keys.add_file(data().join("rfc").join(name), &mut || None, &limits()).unwrap();
    }
    keys
}

/// RFC 4134 sections 5.1 (triple DES), 5.2 (RC2) and 5.3 (the first as a mail), for Bob.
#[test]
fn rfc_4134() {
    let content = std::fs::read(data().join("rfc/rfc4134-content")).unwrap();
    assert_eq!(content, b"This is some sample content.");
    for names in [&["rfc4134-bob.der"][..], &["rfc4134-bob.der", "rfc4134-bob.cert.der"]] {
        let keys = keys(names);
        for example in ["rfc4134-5.1", "rfc4134-5.3"] {
            assert_eq!(open(example, &keys).unwrap(), content, "{example}");
        }
        let error = open("rfc4134-5.2", &keys).unwrap_err();
        assert!(error.to_string().contains("RC2-CBC (1.2.840.113549.3.2)"), "{error}");
    }
    let file = std::fs::File::open(data().join("rfc/rfc4134-5.3")).unwrap();
    let mut bytes = Vec::new();
    Decryptor::new(file, keys(&["rfc4134-bob.der"])).read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, content);
}

/// RFC 9936 appendix C: AuthEnvelopedData for ML-KEM-512, whose key is that of RFC 9935.
#[test]
fn rfc_9936() {
    let keys = keys(&["rfc9936-key.pem"]);
    assert_eq!(open("rfc9936-c.pem", &keys).unwrap(), b"Hello, world!");
    let envelope = Envelope::open_file(data().join("rfc/rfc9936-c.pem")).unwrap();
    assert_eq!(envelope.unlock(&keys).unwrap().integrity(), Integrity::Authenticated);
    let info = &envelope.recipient_infos()[0];
    let algorithm = info.key_encryption_algorithm().unwrap().to_string();
    assert_eq!(algorithm, "ML-KEM-512, HKDF with SHA-256, AES-128 key wrap");
    assert_eq!(info.to_string(), "key identifier 599788c37aed400ee405d1b2a3366ab17d824a51");
}

/// A KEMRecipientInfo of RFC 9629 with RSA-KEM (RFC 9690), which is not opened.
#[test]
fn another_mechanism_of_rfc_9629_is_named() {
    let error = open("rfc9629-rsa-kem.pem", &keys(&["rfc4134-bob.der"])).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
    assert!(error.to_string().contains("RSA-KEM (1.0.18033.2.2.4)"), "{error}");
}
