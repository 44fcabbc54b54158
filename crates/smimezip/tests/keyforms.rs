//! Keys in every form that OpenSSL and Java's keytool write them in: each opens a message for it,
//! asks for its passphrase, and tells a wrong one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::PathBuf;

use common::data;
use smimezip::message::Envelope;
use smimezip::{Error, ErrorKind, KeyRing, Limit, Limits, Passphrase};

fn form(name: &str) -> PathBuf {
    data().join("keyforms").join(name)
}

fn load(name: &str, passphrase: Option<&str>) -> Result<KeyRing, Error> {
    match passphrase {
        Some(passphrase) => KeyRing::from_encrypted_file(form(name), passphrase),
        None => KeyRing::from_file(form(name)),
    }
}

fn open(message: &str, keys: &KeyRing) {
    let envelope = Envelope::open_file(data().join("envelopes").join(message)).unwrap();
    envelope.unlock(keys).unwrap_or_else(|error| panic!("{message}: {error}"));
}

/// What a key of that name opens.
fn message(name: &str) -> &'static str {
    match name.split('.').next().unwrap() {
        "main" => "openssl-ktri-aes-256-cbc-der",
        "p256" => "openssl-kari-p256-sha256",
        "p384" => "openssl-kari-p384-sha256",
        "p521" => "openssl-kari-p521-sha256",
        "x25519" => "bc-kari-x25519-hkdf-sha256",
        "x448" => "bc-kari-x448-hkdf-sha512",
        "mlkem512" => "bc-kem-512-sha256",
        "mlkem768" => "bc-kem-768-sha256",
        "mlkem1024" => "openssl-kem-1024-aes-128-gcm-pem",
        other => panic!("{other}"),
    }
}

const PLAIN: [&str; 21] = [
    "p256.sec1.pem",
    "p256.sec1.der",
    "p256.pkcs8.der",
    "p256.parameters.pem",
    "p384.sec1.pem",
    "p384.sec1.der",
    "p384.pkcs8.der",
    "p521.sec1.pem",
    "p521.sec1.der",
    "p521.pkcs8.der",
    "x25519.pkcs8.der",
    "x448.pkcs8.der",
    "mlkem512.seed-only.der",
    "mlkem512.priv-only.der",
    "mlkem512.seed-priv.der",
    "mlkem768.seed-only.der",
    "mlkem768.priv-only.der",
    "mlkem768.seed-priv.der",
    "mlkem1024.seed-only.der",
    "mlkem1024.priv-only.der",
    "mlkem1024.seed-priv.der",
];

const ENCRYPTED: [&str; 16] = [
    "p256.encrypted.pem",
    "p256.traditional.pem",
    "p384.encrypted.pem",
    "p521.encrypted.pem",
    "x25519.encrypted.pem",
    "x448.encrypted.pem",
    "p384.p12",
    "main.rc2-40.p12",
    "main.rc2-128.p12",
    "main.3des.p12",
    "main.2des.p12",
    "main.aes128.p12",
    "main.chain.p12",
    "main.keytool.p12",
    "main.pbmac1-sha256.p12",
    "main.pbmac1-sha512.p12",
];

#[test]
fn every_form_opens() {
    for name in PLAIN {
        open(message(name), &load(name, None).unwrap_or_else(|error| panic!("{name}: {error}")));
    }
    for name in ENCRYPTED {
        let keys = load(name, Some("correct")).unwrap_or_else(|error| panic!("{name}: {error}"));
        open(message(name), &keys);
        let error = load(name, Some("wrong")).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{name}: {error}");
        let error = load(name, None).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::PassphraseRequired), "{name}: {error}");
    }
}

#[test]
fn certificates_come_with_their_keys() {
    let count = |name: &str, passphrase| {
        let keys = load(name, passphrase).unwrap();
        (keys.private_keys().len(), keys.certificates().len())
    };
    assert_eq!(count("main.chain.p12", Some("correct")), (1, 2));
    assert_eq!(count("main.rc2-40.p12", Some("correct")), (1, 1));
    assert_eq!(count("several.pem", None), (2, 3));
    let described = load("several.pem", None).unwrap().describe();
    assert_eq!(described[0], "RSA, 2048 bits, issuer CN=main,O=Test,C=DE, serial 1001");
    assert_eq!(described[1], "EC, P-256, issuer CN=authority,O=Test,C=DE, serial 3001");
}

#[test]
fn odd_passphrases_open() {
    open(message("main"), &load("main.bmp.p12", Some("pässwört")).unwrap());
    open(message("main"), &load("main.empty.p12", Some("")).unwrap());
    open(message("main"), &load("main.no-mac.p12", Some("correct")).unwrap());
    let error = load("main.no-mac.p12", Some("wrong")).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{error}");
}

#[test]
fn what_is_not_supported_is_named() {
    for (name, expected) in [
        ("refused-ed25519.pem", "a private key for Ed25519 (1.3.101.112)"),
        ("refused-secp256k1.pem", "a private key for curve secp256k1 (1.3.132.0.10)"),
        ("refused-pbes1.pem", "a key encrypted with PBES1 (1.2.840.113549.1.5.3)"),
    ] {
        let error = load(name, Some("correct")).expect_err(name);
        assert!(error.to_string().contains(expected), "{name}: {error}");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{name}");
    }
}

#[test]
fn c7_costly_pkcs12_files_are_refused_before_the_work() {
    let bytes = std::fs::read(form("main.3des.p12")).unwrap();
    let add = |iterations| {
        let limits = {
            let mut limits = Limits::default();
            limits.kdf_iterations = iterations;
            limits
        };
        KeyRing::new().add(&bytes, &mut || Some(Passphrase::new("correct")), &limits)
    };
    // The code, the certificate and the key, each 2048 iterations, for two or three values.
    let error = add(2047).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Limit { limit: Limit::KdfIterations, .. }),
        "{error}"
    );
    let error = add(2 * 2048 + 1).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Limit { limit: Limit::KdfIterations, .. }),
        "{error}"
    );
    add(6 * 2048).unwrap();
}

#[test]
fn no_cut_file_is_a_key_and_no_changed_one_does_harm() {
    for name in
        ["main.rc2-40.p12", "main.pbmac1-sha256.p12", "mlkem512.seed-priv.der", "p256.sec1.der"]
    {
        let bytes = std::fs::read(form(name)).unwrap();
        let add = |bytes: &[u8]| {
            let mut keys = KeyRing::new();
            // A length or a count that was changed must not make it wait.
            let mut limits = Limits::default();
            limits.kdf_iterations = 20_000;
            keys.add(bytes, &mut || Some(Passphrase::new("correct")), &limits).map(|()| keys)
        };
        let original = add(&bytes).unwrap().describe();
        for cut in (0..bytes.len()).step_by(7) {
            assert!(add(&bytes[..cut]).is_err(), "{name} cut at {cut}");
        }
        for at in (0..bytes.len()).step_by(11) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x40;
            if let Ok(keys) = add(&changed) {
                // What is no part of the key may change.
                assert!(keys.describe().len() <= original.len(), "{name} at {at}");
            }
        }
    }
}

#[test]
fn a_ring_of_bytes_and_its_clones_open_what_the_file_opens() {
    let plain = std::fs::read(common::sample().join("key.pem")).unwrap();
    let ring = KeyRing::from_bytes(&plain).unwrap();
    assert_eq!((ring.private_keys().len(), ring.describe()), (1, ring.clone().describe()));
    // A passphrase that nobody asks for does no harm.
    assert_eq!(
        KeyRing::from_encrypted_bytes(&plain, "unused").unwrap().describe(),
        ring.describe()
    );
}
