//! Key files as they are met: under any label, in any wrapping, with things beside the key that
//! cannot be used, in forms that are not read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::key_files::{PLAINTEXT, add, base64, case, der, opens_main, pem, plaintext, read, tlv};
use common::{data, has, run, skipped};
use smimezip::message::Envelope;
use smimezip::{ErrorKind, KeyRing, Limit, Limits, Passphrase};

#[test]
fn labels_do_not_decide() {
    let folder = case("key-label-mismatch");
    for (key, message) in [
        ("encrypted-as-private-key", "message"),
        ("encrypted-as-rsa-private-key", "message"),
        ("plain-pkcs8-as-encrypted", "message"),
        ("pkcs1-as-encrypted", "message"),
        ("ec-encrypted-as-ec-private-key", "ec-message"),
        ("sec1-as-encrypted", "ec-message"),
    ] {
        let file = read(&folder.join(format!("{key}.pem")));
        let keys = add(&file, Some("geheim")).unwrap_or_else(|error| panic!("{key}: {error}"));
        let message = folder.join(format!("{message}.p7m"));
        assert_eq!(plaintext(&message, &keys).unwrap(), PLAINTEXT, "{key}");
        if key.contains("encrypted-as-") {
            let error = add(&file, Some("other")).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{key}: {error}");
            let error = add(&file, None).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::PassphraseRequired), "{key}: {error}");
        }
    }
    // Every form under every label.
    let (keys, forms) = (data().join("keys"), data().join("keyforms"));
    let structures = [
        der(&keys.join("main.key.pem")),
        read(&keys.join("main.pkcs1.der")),
        read(&keys.join("main.pbes2.der")),
        read(&keys.join("main.p12")),
        read(&forms.join("main.rc2-40.p12")),
        read(&forms.join("main.keytool.p12")),
    ];
    for structure in structures {
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "CERTIFICATE",
            "PKCS12",
            "ANYTHING AT ALL",
        ] {
            opens_main(&add(&pem(label, &structure), Some("correct")).unwrap());
        }
        opens_main(&add(base64(&structure).as_bytes(), Some("correct")).unwrap());
        opens_main(&add(&[&structure[..], b"\r\n"].concat(), Some("correct")).unwrap());
    }
    // A certificate is none of a key, whatever it is called.
    let certificate = der(&keys.join("main.cert.pem"));
    let ring = add(&pem("PRIVATE KEY", &certificate), None).unwrap();
    assert_eq!((ring.private_keys().len(), ring.certificates().len()), (0, 1));
}

#[test]
fn text_around_and_bags_attributes() {
    let key = read(&data().join("keys/main.key.pem"));
    for (before, after) in [
        ("Bag Attributes\n    localKeyID: 01 02 \nKey Attributes: <No Attributes>\n", ""),
        ("Certificate:\n    Data:\n        Version: 3 (0x2)\n -----BEGIN is no beginning\n", "\n"),
        ("\u{feff}subject=CN = Größe\r\n", "\r\nissuer=CN = x\r\n"),
        ("tls.key: |\n", "# end\n"),
        ("", "\0\0\0"),
    ] {
        opens_main(&add(&[before.as_bytes(), &key, after.as_bytes()].concat(), None).unwrap());
    }
}

#[test]
fn an_rsa_key_without_null_is_one() {
    let folder = case("rsa-key-without-null");
    for name in ["key-without-null.pem", "key-without-null.der", "key-without-null-encrypted.pem"] {
        let keys = add(&read(&folder.join(name)), Some("geheim")).unwrap();
        assert_eq!(plaintext(&folder.join("message.p7m"), &keys).unwrap(), PLAINTEXT, "{name}");
    }
}

/// PrivateKeyInfo with what may stand in it, and is of no use for opening messages.
#[test]
fn versions_attributes_and_public_keys_are_left_out() {
    let rsa = tlv(4, &read(&data().join("keys/main.pkcs1.der")));
    let oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let (null, none): (&[u8], &[u8]) = (&[5, 0], &[]);
    let attributes = tlv(0xa0, &tlv(0x30, b"\x06\x03\x55\x1d\x0f\x31\x04\x03\x02\x00\x10"));
    for version in [0, 1] {
        for parameters in [null, none] {
            for rest in [
                Vec::new(),
                attributes.clone(),
                tlv(0x81, b"\0public"),
                // Seven bits of the last byte are not used.
                tlv(0x81, b"\x07publi\x80"),
                [attributes.clone(), tlv(0x81, &[5])].concat(),
                tlv(0xa1, &tlv(3, b"\x01\xfe")),
            ] {
                let algorithm = tlv(0x30, &[oid, parameters].concat());
                let info = [&[2, 1, version][..], &algorithm, &rsa, &rest].concat();
                opens_main(&add(&tlv(0x30, &info), None).unwrap());
            }
        }
    }
}

#[test]
fn what_cannot_be_used_does_not_cost_the_key_beside_it() {
    let key = read(&data().join("keys/main.key.pem"));
    let form = |name: &str| read(&data().join("keyforms").join(name));
    let broken = b"-----BEGIN CERTIFICATE-----\nMIIB*\n-----END CERTIFICATE-----\n".to_vec();
    let cut = pem("RSA PRIVATE KEY", b"\x30\x82\x04\xa3\x02\x01\0\x02\x82\x01\x01\0 and no more");
    for (beside, expected) in [
        (form("refused-ed25519.pem"), "Ed25519"),
        (form("refused-secp256k1.pem"), "secp256k1"),
        (form("refused-pbes1.pem"), "PBES1"),
        (broken, "invalid base64"),
        (cut, "ends before its structure"),
        (
            pem(
                "PUBLIC KEY",
                &tlv(0x30, &[&tlv(0x30, b"\x06\x01\x2a")[..], &[3, 2, 0, 1]].concat()),
            ),
            "public key",
        ),
        (form("x25519.encrypted.pem"), "needs a passphrase"),
        (form("main.aes128.p12"), "needs a passphrase"),
    ] {
        let beside = if beside.starts_with(b"-----") { beside } else { pem("PKCS12", &beside) };
        for file in [[&beside[..], &key].concat(), [&key[..], &beside].concat()] {
            let ring = add(&file, None).unwrap_or_else(|error| panic!("{expected}: {error}"));
            opens_main(&ring);
            let unusable: Vec<_> = ring.unusable().iter().map(ToString::to_string).collect();
            assert_eq!(unusable.len(), 1, "{unusable:?}");
            assert!(unusable[0].contains(expected), "{unusable:?}");
            assert!(unusable[0].starts_with("object "), "{unusable:?}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_said_where_nothing_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.pem");
    let form = |name: &str| read(&data().join("keyforms").join(name));
    std::fs::write(&path, [form("p256.sec1.pem"), form("refused-ed25519.pem")].concat()).unwrap();
    let ring = KeyRing::from_file(&path).unwrap();
    assert_eq!(ring.unusable()[0].file(), Some(path.to_str().unwrap()));
    assert_eq!(ring.unusable()[0].item(), "object 2 (PRIVATE KEY)");
    assert!(matches!(ring.unusable()[0].error().kind(), ErrorKind::Unsupported(_)));
    let message = data().join("envelopes/openssl-ktri-aes-256-cbc-der");
    let error = Envelope::open_file(message).unwrap().unlock(&ring).err().unwrap();
    let ErrorKind::NoMatchingKey { given, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(given.len(), 2);
    assert!(given[1].starts_with("not usable: ") && given[1].contains("Ed25519"), "{given:?}");
    // Nothing usable at all: every reason.
    let both = [form("refused-ed25519.pem"), form("refused-secp256k1.pem")].concat();
    let error = add(&both, None).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)));
    let text = error.to_string();
    assert!(text.contains("Ed25519") && text.contains("secp256k1"), "{text}");
    // A key that another passphrase would open is not a thing to pass over.
    let certificate = read(&data().join("keys/main.cert.pem"));
    let file = [certificate, form("p256.encrypted.pem")].concat();
    let error = add(&file, Some("wrong")).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{error}");
    let mut low = Limits::default();
    low.kdf_iterations = 10;
    let mut ring = KeyRing::new();
    let error = ring.add(&file, &mut || Some(Passphrase::new("correct")), &low).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::KdfIterations, allowed: 10 }));
}

#[test]
fn forms_that_are_not_read_are_called_by_their_names() {
    let zeros = [0; 64];
    let file = |start: &[u8]| [start, &zeros].concat();
    let text = |text: &str| text.as_bytes().to_vec();
    for (file, name, command) in [
        (file(b"\xfe\xed\xfe\xed\0\0\0\x02"), "JKS", Some("keytool -importkeystore")),
        (file(b"\xce\xce\xce\xce\0\0\0\x02"), "JCEKS", Some("-srcstoretype JCEKS")),
        (file(b"\0\0\0\x02\0\0\0\x14"), "BKS", Some("-srcstoretype BKS")),
        (text("PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\n"), "PuTTY", Some("puttygen")),
        (pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0none"), "OpenSSH", Some("ssh-keygen")),
        (text("ssh-rsa AAAAB3NzaC1yc2E= me@home\n"), "a public key for SSH", None),
        (
            text(
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n=AAAA\n\
                 -----END PGP PRIVATE KEY BLOCK-----\n",
            ),
            "OpenPGP",
            None,
        ),
        (file(b"\x95\x03\x98\x04"), "OpenPGP", None),
        (text("# created: 2024-01-01\nAGE-SECRET-KEY-1QQ\n"), "age", None),
        (file(b"SQLite format 3\0"), "NSS", Some("pk12util")),
        (file(b"kych\0\x01\0\0"), "keychain", Some("security export")),
        (file(b"\x1e\xf1\xb5\xb0"), "PVK", Some("openssl rsa -inform PVK")),
        (file(b"\x07\x02\0\0\0\xa4\0\0RSA2"), "PRIVATEKEYBLOB", Some("-inform MSBLOB")),
        (text("{\"kty\":\"RSA\",\"n\":\"AQAB\"}"), "JSON Web Key", None),
        (text("<!DOCTYPE html><title>Sign in</title>"), "HTML", None),
        (text(" \r\n"), "an empty file", None),
        (text("hello"), "neither PEM, DER nor base64", None),
    ] {
        let error = add(&file, Some("x")).err().unwrap();
        let ErrorKind::BadKey(problem) = error.kind() else { panic!("{name}: {error}") };
        assert!(problem.reason().contains(name), "{name}: {error}");
        assert_eq!(problem.convert().is_some(), command.is_some(), "{name}: {error}");
        assert!(
            command.is_none_or(|it| problem.convert().unwrap().contains(it)),
            "{name}: {error}"
        );
        assert!(error.to_string().contains(command.unwrap_or_default()));
    }
}

/// What OpenSSL writes and is no private key.
#[test]
fn requests_public_keys_and_lists_are_called_by_their_names() {
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let keys = data().join("keys");
    let (key, certificate) = (keys.join("main.key.pem"), keys.join("main.cert.pem"));
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    let subject = ["-subj", "/CN=x"];
    for (expected, arguments) in [
        ("request for a certificate", &["req", "-new", "-key", key, subject[0], subject[1]][..]),
        ("a public key", &["pkey", "-in", key, "-pubout"]),
        ("a public key", &["rsa", "-in", key, "-RSAPublicKey_out"]),
        ("-print_certs", &["crl2pkcs7", "-nocrl", "-certfile", certificate]),
        ("a message", &["cms", "-encrypt", "-in", key, certificate]),
        (
            "parameters of Diffie-Hellman",
            &["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"],
        ),
    ] {
        for outform in ["PEM", "DER"] {
            let (command, rest) = arguments.split_first().unwrap();
            let file = run(at, "openssl", &[&[*command, "-outform", outform], rest].concat());
            // Parameters of this kind are in another structure in newer versions.
            match add(&file, None) {
                Err(error) if error.to_string().contains(expected) => {}
                Err(error) if expected.contains("Diffie") => println!("{error}"),
                Err(error) => panic!("{expected}, {outform}: {error}"),
                Ok(_) => panic!("{expected}: opened"),
            }
            let file =
                [file, if outform == "PEM" { read(Path::new(key)) } else { Vec::new() }].concat();
            if outform == "PEM" {
                opens_main(&add(&file, None).unwrap());
            }
        }
    }
}
