//! A build without some of its features: what it refuses names the feature, all else opens, and it
//! compiles few crates. To be run with `--no-default-features` and the feature `message`, then with
//! `build`; with all features everything opens.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use smimezip::cms::RecipientInfo;
use smimezip::error::Unsupported;
use smimezip::keys::unwrap_with_shared_secret;
use smimezip::message::{Decoder, Envelope};
use smimezip::{Certificate, Error, ErrorKind, KeyRing, Passphrase};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// What becomes of something, or the feature that it needs.
type Outcome = Result<(), String>;

fn outcome<T>(result: Result<T, Error>, what: &str) -> Outcome {
    result
        .map(|_| ())
        .map_err(|error| feature_of(&error).unwrap_or_else(|| panic!("{what}: {error}")))
}

/// The feature that an error names.
fn feature_of(error: &Error) -> Option<String> {
    if let ErrorKind::Unsupported(Unsupported::Feature { feature, .. }) = error.kind() {
        return Some((*feature).to_owned());
    }
    // Several problems of one file are in one error.
    let text = error.to_string();
    let (_, rest) = text.split_once("a build with the feature \"")?;
    rest.split('"').next().map(str::to_owned)
}

/// What a build with or without `feature` is to do.
macro_rules! needs {
    ($feature:literal) => {
        if cfg!(feature = $feature) { Ok(()) } else { Err($feature.to_owned()) }
    };
}

/// Whether a key file opens, or which feature it needs.
fn load(file: &str) -> Outcome {
    let keys = KeyRing::from_encrypted_file(data(file), "correct");
    // A key that is not needed may be of any kind: it is reported and left out.
    let keys = keys.and_then(|keys| match keys.unusable().first() {
        Some(item) => Err(item.error().clone()),
        None => Ok(keys),
    });
    outcome(keys, file)
}

fn main_key() -> KeyRing {
    KeyRing::from_file(data("keys/main.key.pem")).unwrap()
}

fn message(file: &str, keys: &KeyRing) -> Outcome {
    outcome(Envelope::open_file(data(file)).unwrap().unlock(keys), file)
}

fn forward(file: &str, keys: KeyRing) -> Outcome {
    let mut decoder = Decoder::new(keys);
    let mut out = vec![0; 1 << 20];
    let decrypted = decoder
        .process(&std::fs::read(data(file)).unwrap(), &mut out)
        .and_then(|_| decoder.finish(&mut out));
    outcome(decrypted, file)
}

#[test]
fn a_message_that_needs_a_feature_names_it() {
    let keys = main_key();
    for (file, expected) in [
        ("vectors/openssl-smime-aes256", Ok(())),
        ("vectors/openssl-smime-des3", needs!("legacy")),
        ("envelopes/bc-ktri-aes-256-gcm-ber", needs!("aead")),
        ("envelopes/bc-ktri-aes-128-ccm-ber", needs!("aead")),
        ("envelopes/bc-ktri-chacha20-poly1305-mime", needs!("aead")),
        ("envelopes/bc-oaep-256-256", Ok(())),
    ] {
        assert_eq!(message(file, &keys), expected, "{file}");
        assert_eq!(forward(file, keys.clone()), expected, "{file}, forward");
    }
    let mut password = KeyRing::new();
    password.add_password(Passphrase::new("secret"));
    let file = "envelopes/bc-pwri-256-256";
    assert_eq!(message(file, &password), needs!("encrypted-keys"));
    assert_eq!(forward(file, password), needs!("encrypted-keys"));
}

#[test]
fn a_key_that_needs_a_feature_names_it() {
    let old_and_encrypted =
        if cfg!(feature = "encrypted-keys") { needs!("legacy") } else { needs!("encrypted-keys") };
    for (file, expected) in [
        ("keys/main.key.pem", Ok(())),
        ("keys/main.pkcs1.der", Ok(())),
        ("keys/main.pbes2-aes256.pem", needs!("encrypted-keys")),
        ("keys/main.pbes2-scrypt.pem", needs!("encrypted-keys")),
        ("keys/main.pbes2-des3.pem", old_and_encrypted),
        ("keys/main.traditional-aes128.pem", needs!("legacy")),
        ("keyforms/main.aes128.p12", needs!("pkcs12")),
        ("envelopes/keys/p256.key.pem", needs!("ec")),
        ("keyforms/p384.sec1.der", needs!("ec")),
        ("envelopes/keys/x25519.key.pem", needs!("ec")),
        ("envelopes/keys/x448.key.pem", needs!("ec")),
        ("envelopes/keys/mlkem768.key.pem", needs!("kem")),
    ] {
        assert_eq!(load(file), expected, "{file}");
    }
    if cfg!(feature = "pkcs12") {
        assert_eq!(load("keyforms/main.rc2-40.p12"), needs!("legacy"));
    }
}

#[test]
fn a_shared_secret_needs_the_feature_of_its_key() {
    let envelope = Envelope::open_file(data("envelopes/bc-kari-p256-std-sha256")).unwrap();
    let info: &RecipientInfo = &envelope.recipient_infos()[0];
    let error = unwrap_with_shared_secret(info, &[7; 32], 32).unwrap_err();
    let expected = if cfg!(feature = "ec") { None } else { Some("ec".to_owned()) };
    assert_eq!(feature_of(&error), expected, "{error}");
}

#[test]
fn certificates_are_read_whatever_their_keys_are() {
    for name in ["p256", "x448", "mlkem768"] {
        let file = data(&format!("envelopes/keys/{name}.cert.pem"));
        assert!(Certificate::from_file(file).unwrap().subject().is_some());
    }
}

#[cfg(feature = "archive")]
#[test]
fn an_export_opens_and_its_entries_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let keys = KeyRing::from_file(folder.join("key.pem")).unwrap();
    let archive = smimezip::Export::discover(&folder).unwrap().unlock(&keys).unwrap();
    for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
        let mut reader = archive.open_entry(entry).unwrap();
        assert_eq!(std::io::copy(&mut reader, &mut std::io::sink()).unwrap(), entry.size());
    }
}

#[cfg(feature = "build")]
#[test]
fn what_cannot_be_sealed_names_its_feature() {
    use smimezip::cms::ContentEncryptionAlgorithm as Algorithm;
    use smimezip::keys::Recipient;
    use smimezip::message::{SealOptions, Sealer};

    let owner = |file: &str| {
        Recipient::from_certificate_at_any_time(&Certificate::from_file(data(file)).unwrap())
    };
    let seal = |recipient: Result<Recipient, Error>, algorithm: Algorithm| {
        let options = SealOptions::new().content_encryption(algorithm.clone());
        let sealer = recipient.and_then(|recipient| Sealer::new(&[recipient], &options));
        outcome(sealer, &algorithm.to_string())
    };
    let main = || owner("keys/main.cert.pem");
    assert_eq!(seal(main(), Algorithm::Aes256Cbc), Ok(()));
    assert_eq!(seal(main(), Algorithm::Aes256Gcm), needs!("aead"));
    assert_eq!(seal(main(), Algorithm::ChaCha20Poly1305), needs!("aead"));
    let curve = owner("envelopes/keys/p256.cert.pem");
    assert_eq!(seal(curve, Algorithm::Aes256Cbc), needs!("ec"));
    let lattice = owner("envelopes/keys/mlkem768.cert.pem");
    assert_eq!(seal(lattice, Algorithm::Aes256Cbc), needs!("kem"));
    let phone = Recipient::from_password(Passphrase::from("said on the telephone"))
        .and_then(|phone| phone.with_iterations(1000));
    assert_eq!(seal(phone, Algorithm::Aes256Cbc), needs!("encrypted-keys"));
}

/// The crates that a program compiles which uses the core with these features, itself among them.
fn crates(features: &str, target: &str) -> Vec<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "-p", "smimezip", "--no-default-features"])
        .args(["--features", features, "--target", target, "-e", "normal", "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let two_words = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut found: Vec<String> = text.lines().map(two_words).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
#[cfg_attr(windows, ignore = "a program for Windows that wine runs starts no cargo")]
fn messages_alone_take_few_crates() {
    let found = crates("message", "x86_64-unknown-linux-gnu");
    assert!((20..=60).contains(&found.len()), "{}: {found:?}", found.len());
    let others =
        ["cbc ", "crc32fast ", "flate2 ", "ml-kem ", "p256 ", "pbkdf2 ", "rustix ", "tempfile "];
    for name in others {
        assert!(!found.iter().any(|it| it.starts_with(name)), "{name}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "a program for Windows that wine runs starts no cargo")]
fn nothing_asks_for_an_operating_system_where_there_is_none() {
    let features = "message,archive,ec,kem,aead,pkcs12,legacy";
    let found = crates(features, "wasm32-unknown-unknown");
    assert!(found.len() > 60, "{found:?}");
    for name in ["cap-std ", "getrandom ", "libc ", "rustix ", "tempfile "] {
        assert!(!found.iter().any(|it| it.starts_with(name)), "{name}");
    }
}
