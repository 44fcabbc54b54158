//! Committed messages and keys, made by software nobody here wrote; `data/make.sh` made them. Each
//! vector has a name, so that a failing test names the defect.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;
use std::path::PathBuf;

use common::{data, limits, sha256};
use smimezip::error::Unsupported;
use smimezip::message::{Content, Envelope};
use smimezip::{Error, ErrorKind, Integrity, KeyRing, Limit, Passphrase, UnlockOptions};

fn key_file(name: &str) -> PathBuf {
    data().join("keys").join(name)
}

fn keys(names: &[&str]) -> KeyRing {
    let mut ring = KeyRing::new();
    for name in names {
        ring.add_file(key_file(name), &mut || None, &limits()).unwrap();
    }
    ring
}

fn open(vector: &str, keys: &KeyRing, options: &UnlockOptions) -> Result<Content, Error> {
    Envelope::open_file_with(data().join("vectors").join(vector), options)?.unlock(keys)
}

fn sum_of(mut content: Content) -> String {
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, content.size());
    sha256(&bytes)
}

/// Expected sums and names.
fn vectors() -> Vec<(String, String)> {
    std::fs::read_to_string(data().join("vectors/SHA256SUMS"))
        .unwrap()
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (sum.to_owned(), name.to_owned()))
        .collect()
}

#[test]
fn every_vector_opens_by_key_alone_and_by_certificate() {
    let vectors = vectors();
    assert!(vectors.len() >= 24);
    for (sum, name) in vectors {
        for files in
            [&["main.key.pem"][..], &["main.bundle.pem"], &["other.key.pem", "main.key.pem"]]
        {
            for options in
                [UnlockOptions::new(), smimezip::internals::scanning(UnlockOptions::new())]
            {
                let content =
                    open(&name, &keys(files), &options).unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_eq!(content.integrity(), Integrity::None);
                assert_eq!(sum_of(content), sum, "{name}");
            }
        }
    }
}

#[test]
fn a_certificate_chooses_the_recipient() {
    let texts =
        ["issuer CN=main,O=Test,C=DE, serial 1001", "issuer CN=other,O=Test,C=DE, serial 1002"];
    for name in ["openssl-two-recipients-first", "openssl-two-recipients-last"] {
        let envelope = Envelope::open_file(data().join("vectors").join(name)).unwrap();
        // OpenSSL sorts them, as DER asks for.
        let found: Vec<_> = envelope.recipient_infos().iter().map(ToString::to_string).collect();
        assert!(texts.iter().all(|text| found.iter().any(|it| it == text)), "{found:?}");
        for (text, prefix) in texts.iter().zip(["main", "other"]) {
            let expected = found.iter().position(|it| it == text).unwrap();
            let (key, certificate) = (format!("{prefix}.key.pem"), format!("{prefix}.cert.pem"));
            for files in [&[key.as_str()][..], &[&key, &certificate]] {
                let content = open(name, &keys(files), &UnlockOptions::new()).unwrap();
                assert_eq!(content.recipient(), expected, "{name} {files:?}");
            }
        }
    }
    let by_identifier =
        Envelope::open_file(data().join("vectors/openssl-cms-key-identifier")).unwrap();
    let identifier = by_identifier.recipient_infos()[0].identifier().unwrap();
    assert!(keys(&["main.cert.pem"]).certificates()[0].is_named_by(identifier));
    assert!(!keys(&["other.cert.pem"]).certificates()[0].is_named_by(identifier));
}

#[test]
fn every_form_of_the_key_opens() {
    for name in ["main.key.pem", "main.pkcs1.pem", "main.pkcs1.der", "main.pkcs8.der"] {
        open("openssl-smime-aes256", &keys(&[name]), &UnlockOptions::new())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let encrypted = [
        "main.pbes2-aes256.pem",
        "main.pbes2-aes128-sha1.pem",
        "main.pbes2-des3.pem",
        "main.pbes2-scrypt.pem",
        "main.pbes2.der",
        "main.traditional-aes128.pem",
        "main.traditional-aes192.pem",
        "main.traditional-aes256.pem",
        "main.traditional-des3.pem",
        "main.pbes1.pem",
        "main.p12",
    ];
    for name in encrypted {
        let with = |passphrase: Option<&str>| match passphrase {
            Some(passphrase) => KeyRing::from_encrypted_file(key_file(name), passphrase),
            None => KeyRing::from_file(key_file(name)),
        };
        let bytes = std::fs::read(key_file(name)).unwrap();
        let error = KeyRing::from_bytes(&bytes).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::PassphraseRequired), "{name}: {error}");
        assert_eq!(
            KeyRing::from_encrypted_bytes(&bytes, "correct").unwrap().private_keys().len(),
            1
        );
        open("openssl-smime-aes256", &with(Some("correct")).unwrap(), &UnlockOptions::new())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let error = with(Some("wrong")).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{name}: {error}");
        let error = with(None).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::PassphraseRequired), "{name}: {error}");
    }
}

#[test]
fn c7_a_costly_key_derivation_is_refused_before_it_is_done() {
    let begin = std::time::Instant::now();
    let error = KeyRing::from_encrypted_file(key_file("bomb-pbkdf2.pem"), "correct").err();
    assert!(matches!(error.unwrap().kind(), ErrorKind::Limit { limit: Limit::KdfIterations, .. }));
    // Not a measure of speed: deriving would take tens of seconds here.
    assert!(begin.elapsed().as_secs() < 5);
    let mut tight = limits();
    tight.scrypt_memory = 1024 * 1024;
    let bytes = std::fs::read(key_file("main.pbes2-scrypt.pem")).unwrap();
    let error =
        KeyRing::new().add(&bytes, &mut || Some(Passphrase::new("correct")), &tight).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::ScryptMemory, .. }));
}

#[test]
fn what_is_no_key_is_said() {
    for (name, expected) in [
        ("../vectors/openssl-smime-aes256", "not a usable key"),
        ("../sets/SHA256SUMS", "not a usable key"),
    ] {
        let error = KeyRing::from_encrypted_file(key_file(name), "correct").err();
        let text = error.expect(name).to_string();
        assert!(text.contains(expected), "{name}: {text}");
    }
    assert!(keys(&["main.cert.pem"]).is_empty());
}

#[test]
fn c10_what_is_not_supported_is_refused_by_name() {
    for (name, expected) in [
        ("refused-signed", "SignedData (1.2.840.113549.1.7.2)"),
        ("refused-rc2", "RC2-CBC (1.2.840.113549.3.2)"),
        ("refused-des", "DES-CBC (1.3.14.3.2.7)"),
    ] {
        let error = open(name, &keys(&["main.key.pem"]), &UnlockOptions::new()).expect_err(name);
        let ErrorKind::Unsupported(Unsupported::Named { oid, .. }) = error.kind() else {
            panic!("{name}: {error}")
        };
        assert!(error.to_string().contains(expected), "{name}: {error}");
        assert_eq!(format!("{} ({oid})", oid.name().unwrap()), expected);
    }
}

#[test]
fn a_message_for_somebody_else_says_for_whom_it_is() {
    // Another size: it cannot be the key.
    let error = open("openssl-smime-aes256", &keys(&["large.key.pem"]), &UnlockOptions::new())
        .err()
        .unwrap();
    let ErrorKind::NoMatchingKey { recipients, given } = error.kind() else { panic!("{error}") };
    let expected = "issuer CN=main,O=Test,C=DE, serial 1001 (RSAES-PKCS1-v1_5, 2048 bits)";
    assert_eq!(recipients, &[expected]);
    assert_eq!(given, &["RSA, 3072 bits, no certificate"]);
    // The same size: it could have been, so nothing more is said.
    let error = open("openssl-smime-aes256", &keys(&["other.key.pem"]), &UnlockOptions::new())
        .err()
        .unwrap();
    assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
}

#[test]
fn c9_every_cut_of_every_message_is_refused() {
    let keys = keys(&["main.key.pem"]);
    for name in [
        "openssl-smime-aes256",
        "openssl-smime-stream",
        "bc-mime-aes128",
        "openssl-cms-pem",
        "openssl-cms-der",
        "openssl-cms-der-stream",
        "bc-ber",
        "gpgsm-binary",
    ] {
        let whole = std::fs::read(data().join("vectors").join(name)).unwrap();
        let text_end = whole.trim_ascii_end().len();
        let is_text = whole.is_ascii();
        let step = 41;
        let last = if is_text { text_end } else { whole.len() };
        for cut in (0..last).step_by(step).chain(last.saturating_sub(40)..last) {
            let result = Envelope::open(whole[..cut].to_vec())
                .and_then(|envelope| envelope.unlock(&keys))
                .map(|mut content| content.read_to_end(&mut Vec::new()));
            assert!(!matches!(result, Ok(Ok(_))), "{name} cut at {cut} of {}", whole.len());
        }
    }
}
