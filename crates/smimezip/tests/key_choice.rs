//! Which key is tried for which recipient: certificates in odd forms, wherever they stand; and how
//! many keys a file may have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;

use common::key_files::{add, case, der, pem, plaintext, read, tlv};
use common::{data, has, limits, run, sha256, skipped};
use smimezip::message::Envelope;
use smimezip::{ErrorKind, KeyRing, Limit, Limits, Passphrase, UnlockOptions};

/// OpenSSL's trusted certificates, one in BER, and one that breaks RFC 5280: what names the
/// recipient in them is used.
#[test]
fn odd_certificates_choose_their_recipient() {
    let certificate = der(&data().join("keys/main.cert.pem"));
    let auxiliary = tlv(0x30, &tlv(0x0c, b"an alias"));
    let indefinite = {
        // The outer SEQUENCE, of indefinite length.
        let contents = &certificate[4..];
        [&[0x30, 0x80][..], contents, &[0, 0]].concat()
    };
    let key = read(&data().join("keys/main.key.pem"));
    for (name, file) in [
        ("trusted", pem("TRUSTED CERTIFICATE", &[&certificate[..], &auxiliary].concat())),
        ("trusted, in DER", [&certificate[..], &auxiliary].concat()),
        ("BER", pem("CERTIFICATE", &indefinite)),
        ("BER as it is", indefinite.clone()),
        ("old label", pem("X509 CERTIFICATE", &certificate)),
    ] {
        let mut ring = add(&file, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(ring.certificates().len(), 1, "{name}");
        ring.add(&key, &mut || None, &limits()).unwrap();
        assert!(ring.describe()[0].contains("CN=main"), "{name}: {:?}", ring.describe());
    }
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = data().join("keys/main.cert.pem");
    let arguments =
        ["x509", "-in", path.to_str().unwrap(), "-trustout", "-addtrust", "emailProtection"];
    let trusted = run(folder.path(), "openssl", &arguments);
    assert!(trusted.starts_with(b"-----BEGIN TRUSTED"));
    assert_eq!(add(&trusted, None).unwrap().certificates().len(), 1);
}

#[test]
fn seventeen_recipients_and_a_certificate() {
    let folder = case("message-17-recipients");
    let message = folder.join("message.p7m");
    let key = read(&folder.join("key.pem"));
    let certificate = read(&folder.join("certificate-crt.pem"));
    let expected = "4dc21b974cc293d0dfbb25326f0df4ac461f29d69ccc2c2dc5391f4f39a45aed";
    let error = plaintext(&message, &add(&key, None).unwrap()).unwrap_err();
    let limit = Limit::PrivateKeyOperations;
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: it, allowed: 16 } if *it == limit));
    // One operation is enough where the certificate is at hand, wherever it stands.
    let mut limits = Limits::default();
    limits.private_key_operations = 1;
    let other = read(&data().join("keys/other.cert.pem"));
    for files in [
        vec![[&key[..], &certificate].concat()],
        vec![[&other[..], &certificate, &key].concat()],
        vec![key.clone(), certificate.clone()],
        vec![certificate.clone(), key.clone()],
    ] {
        let mut ring = KeyRing::new();
        for file in files {
            ring.add(&file, &mut || None, &limits).unwrap();
        }
        let envelope =
            Envelope::open_file_with(&message, &UnlockOptions::new().limits(&limits)).unwrap();
        let mut content = envelope.unlock(&ring).unwrap();
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).unwrap();
        assert_eq!(sha256(&bytes), expected);
    }
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    // In PKCS #12, with and without what links key and certificate.
    let at = folder.to_str().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let (key, certificate) = (format!("{at}/key.pem"), format!("{at}/certificate-crt.pem"));
    let p12 = ["pkcs12", "-export", "-inkey", &key, "-in", &certificate, "-passout", "pass:x"];
    let linked = run(temporary.path(), "openssl", &p12);
    let local_key_id = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15";
    let mut attributes = [&p12[..], &["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"]].concat();
    let mut unlinked = run(temporary.path(), "openssl", &attributes);
    attributes.clear();
    let mut links = 0;
    while let Some(found) = unlinked.windows(9).position(|it| it == local_key_id) {
        // Another attribute, which nobody knows.
        unlinked[found + 8] = 0x7f;
        links += 1;
    }
    assert_eq!(links, 2);
    for file in [linked, unlinked] {
        let ring = add(&file, Some("x")).unwrap();
        let envelope =
            Envelope::open_file_with(&message, &UnlockOptions::new().limits(&limits)).unwrap();
        envelope.unlock(&ring).unwrap();
    }
}

#[test]
fn more_private_keys_than_anybody_has_are_refused() {
    let key = read(&data().join("keyforms/p256.sec1.pem"));
    let ring = add(&key.repeat(101), None).unwrap();
    assert_eq!((ring.private_keys().len(), ring.unusable().len()), (100, 1));
    let error = ring.unusable()[0].error();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::PrivateKeys, allowed: 100 }));
    let mut none = Limits::default();
    none.private_keys = 0;
    let error = KeyRing::new().add(&key, &mut || None, &none).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::PrivateKeys, allowed: 0 }));
}

/// Limits inside a key file are limits, not faults of the file.
#[test]
fn nesting_in_a_key_file_is_a_limit() {
    let file = read(&data().join("keyforms/main.3des.p12"));
    let mut limits = Limits::default();
    limits.depth = 2;
    let mut ask = || Some(Passphrase::new("correct"));
    let error = KeyRing::new().add(&file, &mut ask, &limits).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Limit { limit: Limit::Depth, allowed: 2 }),
        "{error}"
    );
    let deep = [0x30, 0x80].repeat(100_000);
    for file in [deep.clone(), pem("PRIVATE KEY", &deep)] {
        let error = add(&file, None).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Depth, allowed: 32 }));
    }
}
