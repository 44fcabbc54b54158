//! A build without its features: what it refuses names the feature, and all else opens. To be run
//! with `--no-default-features --test features`; with them there is little to see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

use smimezip::error::Unsupported;
use smimezip::{Error, ErrorKind, Export, KeyRing};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The feature that an error names.
fn feature_of(error: &Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::Unsupported(Unsupported::Feature { feature, .. }) => Some(feature),
        // Several problems of one file are in one error.
        _ => error.to_string().contains("a build with the feature \"legacy\"").then_some("legacy"),
    }
}

/// Whether a key file opens, or which feature it needs.
fn load(file: &str) -> Result<(), &'static str> {
    let loaded = KeyRing::from_encrypted_file(data(file), "correct");
    match loaded {
        Ok(keys) => {
            // A key that is not needed may be of any kind: it is reported and left out.
            match keys.unusable().first().and_then(|item| feature_of(item.error())) {
                Some(feature) => Err(feature),
                None => Ok(()),
            }
        }
        Err(error) => Err(feature_of(&error).unwrap_or_else(|| panic!("{file}: {error}"))),
    }
}

fn message(file: &str) -> Result<(), &'static str> {
    let keys = KeyRing::from_file(data("keys/main.key.pem")).unwrap();
    let opened = Export::discover(data(file)).unwrap().parts()[0].open().unwrap();
    let envelope = smimezip::message::Envelope::open(opened).unwrap();
    match envelope.unlock(&keys) {
        Ok(_) => Ok(()),
        Err(error) => Err(feature_of(&error).unwrap_or_else(|| panic!("{file}: {error}"))),
    }
}

#[test]
fn what_is_left_out_names_its_feature() {
    let legacy = if cfg!(feature = "legacy") { Ok(()) } else { Err("legacy") };
    let pq = if cfg!(feature = "pq") { Ok(()) } else { Err("pq") };
    assert_eq!(message("vectors/openssl-smime-des3"), legacy);
    assert_eq!(message("vectors/openssl-smime-aes256"), Ok(()));
    for (file, opens) in [
        ("keys/main.pbes2-aes256.pem", Ok(())),
        ("keys/main.pbes2-des3.pem", legacy),
        ("keys/main.traditional-aes128.pem", legacy),
        ("keyforms/main.rc2-40.p12", legacy),
        ("envelopes/keys/mlkem768.key.pem", pq),
        ("envelopes/keys/p256.key.pem", Ok(())),
    ] {
        assert_eq!(load(file), opens, "{file}");
    }
}

#[test]
fn an_export_opens_and_its_entries_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let keys = KeyRing::from_file(folder.join("key.pem")).unwrap();
    let archive = Export::discover(&folder).unwrap().unlock(&keys).unwrap();
    for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
        let mut reader = archive.open_entry(entry).unwrap();
        assert_eq!(std::io::copy(&mut reader, &mut std::io::sink()).unwrap(), entry.size());
    }
}
