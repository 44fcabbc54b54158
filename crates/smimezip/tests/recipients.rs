//! Whom messages are sealed for: each kind of recipient opens its own, alone and among others; and
//! what nothing is sealed for is refused by its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::seal::tlv;
use common::{data, noise, sample, sample_keys};
use smimezip::cms::{ContentEncryptionAlgorithm as Algorithm, HashAlgorithm};
use smimezip::cms::{KeyEncryptionAlgorithm, RecipientIdentifier, RecipientKind};
use smimezip::error::CertificateProblem;
use smimezip::keys::{Passphrase, Recipient};
use smimezip::message::{Decryptor, Envelope, SealContainer, SealOptions, Sealer};
use smimezip::{Certificate, Error, ErrorKind, KeyRing};

/// A recipient and what opens its messages.
type Pair = (Recipient, KeyRing);

fn certificate(file: impl AsRef<Path>) -> Certificate {
    Certificate::from_bytes(&std::fs::read(file).unwrap()).unwrap()
}

fn recipient() -> Recipient {
    let certificate = certificate(sample().join("certificate.pem"));
    Recipient::from_certificate(&certificate, SystemTime::now()).unwrap()
}

fn of_certificate(folder: &Path, name: &str) -> Pair {
    let certificate = certificate(folder.join(format!("{name}.cert.pem")));
    let recipient = Recipient::from_certificate(&certificate, SystemTime::now()).unwrap();
    (recipient, KeyRing::from_file(folder.join(format!("{name}.key.pem"))).unwrap())
}

/// One of each kind of key that certificates have.
fn certified() -> Vec<Pair> {
    let (keys, folder) = (data().join("keys"), data().join("envelopes/keys"));
    let mut all: Vec<Pair> =
        ["main", "other", "large"].into_iter().map(|name| of_certificate(&keys, name)).collect();
    all.extend(
        ["p256", "p384", "p521", "x25519", "mlkem512", "mlkem768", "mlkem1024"]
            .into_iter()
            .map(|name| of_certificate(&folder, name)),
    );
    all
}

/// A secret key of that size, with its name or without in the ring.
fn secret_key(size: usize, is_named: bool) -> Pair {
    let key = noise(size as u64, size);
    let name = format!("key {size}").into_bytes();
    let recipient = Recipient::from_secret_key(key.clone(), name.clone()).unwrap();
    let mut ring = KeyRing::new();
    ring.add_secret_key(key, is_named.then_some(name)).unwrap();
    (recipient, ring)
}

fn password(text: &str) -> Pair {
    let recipient = Recipient::from_password(Passphrase::from(text)).unwrap();
    let mut ring = KeyRing::new();
    ring.add_password(Passphrase::from(text));
    (recipient.with_iterations(1000).unwrap(), ring)
}

/// Those that both sides have agreed on.
fn agreed() -> Vec<Pair> {
    vec![
        secret_key(16, true),
        secret_key(24, false),
        secret_key(32, true),
        password("correct horse"),
        password("p\u{e4}ssword \u{2713}"),
    ]
}

fn seal(content: &[u8], recipients: &[Recipient], options: &SealOptions) -> Vec<u8> {
    let mut sealer = Sealer::new(recipients, options).unwrap();
    let mut message = Vec::new();
    content.chunks(999).for_each(|piece| sealer.update(piece, &mut message).unwrap());
    sealer.finish(&mut message).unwrap();
    message
}

fn at_positions(message: &[u8], keys: &KeyRing) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    Envelope::open(message.to_vec())?.unlock(keys)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn forward(message: &[u8], keys: &KeyRing) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    Decryptor::new(message, keys.clone()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(message: &[u8], content: &[u8], (recipient, ring): &Pair) {
    for opened in [at_positions(message, ring), forward(message, ring)] {
        assert!(opened.unwrap_or_else(|error| panic!("{recipient}: {error}")) == content);
    }
}

#[test]
fn every_kind_of_recipient_opens_what_is_sealed_for_it_and_nothing_else() {
    let mut all = certified();
    for hash in [
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha224,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ] {
        let (recipient, ring) = of_certificate(&data().join("keys"), "main");
        all.push((recipient.with_oaep(hash).unwrap(), ring));
    }
    let identified = all.clone().into_iter().map(|(it, ring)| (it.by_key_identifier(), ring));
    let identified: Vec<Pair> = identified.map(|(it, ring)| (it.unwrap(), ring)).collect();
    all.extend(identified);
    all.extend(agreed());
    let mut others = KeyRing::from_file(sample().join("key.pem")).unwrap();
    others.add_password(Passphrase::from("correct horse battery"));
    others.add_secret_key([9; 16], None).unwrap();
    others.add_secret_key(noise(32, 32), Some(b"another name".to_vec())).unwrap();
    let content = noise(2, 5000);
    for algorithm in [Algorithm::Aes128Cbc, Algorithm::Aes192Cbc, Algorithm::ChaCha20Poly1305] {
        let options = SealOptions::new().content_encryption(algorithm);
        for pair in &all {
            let recipient = &pair.0;
            let message = seal(&content, std::slice::from_ref(recipient), &options);
            check(&message, &content, pair);
            assert!(at_positions(&message, &others).is_err(), "{recipient}");
            let envelope = Envelope::open(message).unwrap();
            let found = &envelope.recipient_infos()[0];
            assert_eq!(found.identifier(), recipient.identifier().as_ref());
            assert_eq!(found.unsupported(), None);
        }
    }
}

#[test]
fn each_of_many_recipients_opens_the_one_message() {
    let all = [certified(), agreed()].concat();
    let recipients: Vec<Recipient> = all.iter().map(|(it, _)| it.clone()).collect();
    let content = noise(3, 5000);
    for algorithm in [Algorithm::Aes192Cbc, Algorithm::Aes256Gcm] {
        let options = SealOptions::new().content_encryption(algorithm);
        let message = seal(&content, &recipients, &options);
        for pair in &all {
            check(&message, &content, pair);
        }
        assert!(at_positions(&message, &sample_keys()).is_err());
        let envelope = Envelope::open(message).unwrap();
        assert_eq!(envelope.recipient_infos().len(), all.len());
    }
}

/// The version of the EnvelopedData, from a message in DER.
fn version(message: &[u8]) -> u8 {
    let name = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
    let mut at = message.windows(name.len()).position(|it| it == name).unwrap() + name.len();
    for tag in [0xa0, 0x30] {
        assert_eq!(message[at], tag);
        at += 2 + usize::from(message[at + 1].saturating_sub(0x80));
    }
    assert_eq!(message[at..at + 2], [2, 1]);
    message[at + 2]
}

#[test]
fn the_version_is_that_of_the_recipient_that_needs_most() {
    let [named, identified] = [recipient(), recipient().by_key_identifier().unwrap()];
    let curve = of_certificate(&data().join("envelopes/keys"), "p256").0;
    let lattice = of_certificate(&data().join("envelopes/keys"), "mlkem768").0;
    let (shared, password) = (secret_key(32, true).0, password("password").0);
    let options = SealOptions::new().container(SealContainer::Binary).known_size(3);
    for (recipients, expected) in [
        (vec![named.clone()], 0),
        (vec![named.clone(), named.clone()], 0),
        (vec![identified.clone()], 2),
        (vec![named.clone(), identified], 2),
        (vec![curve.clone()], 2),
        (vec![shared.clone()], 2),
        (vec![password.clone()], 3),
        (vec![lattice], 3),
        (vec![named, curve, shared, password], 3),
    ] {
        assert_eq!(version(&seal(b"abc", &recipients, &options)), expected, "{recipients:?}");
    }
}

#[test]
fn what_a_password_and_a_secret_key_must_be() {
    let of = |text: &str| Recipient::from_password(Passphrase::from(text));
    assert_eq!(of("").unwrap_err().code(), "invalid_argument");
    for count in [0, 1, 999] {
        let error = of("password").unwrap().with_iterations(count).unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
        assert!(error.to_string().contains("fewer than 1000 iterations"), "{error}");
    }
    for (recipient, expected) in [
        (of("password").unwrap(), 600_000),
        (of("password").unwrap().with_iterations(1000).unwrap(), 1000),
    ] {
        let message = seal(b"", &[recipient], &SealOptions::new());
        let envelope = Envelope::open(message).unwrap();
        let found = &envelope.recipient_infos()[0];
        assert_eq!((found.kind(), found.identifier()), (RecipientKind::Password, None));
        let Some(KeyEncryptionAlgorithm::Password { hash, iterations, cipher }) =
            found.key_encryption_algorithm()
        else {
            panic!("{found:?}")
        };
        assert_eq!((*hash, *iterations), (HashAlgorithm::Sha256, expected));
        assert_eq!(*cipher, Algorithm::Aes256Cbc);
    }
    for size in [0, 8, 15, 17, 33] {
        let error = Recipient::from_secret_key(vec![1; size], *b"name").unwrap_err();
        assert_eq!(error.code(), "bad_key");
    }
    let (shared, password) = (secret_key(16, true).0, of("told to nobody").unwrap());
    let name = RecipientIdentifier::KeyIdentifier(b"key 16".to_vec());
    assert_eq!((shared.identifier(), shared.subject()), (Some(name), None));
    assert_eq!((password.identifier(), password.subject()), (None, None));
    // What belongs to another kind of recipient.
    for wrong in [
        shared.clone().with_oaep(HashAlgorithm::Sha256),
        shared.clone().by_key_identifier(),
        shared.clone().with_iterations(1000),
        password.clone().with_oaep(HashAlgorithm::Sha256),
        password.clone().by_key_identifier(),
        recipient().with_iterations(1000),
    ] {
        assert_eq!(wrong.unwrap_err().code(), "invalid_argument");
    }
    let shown = format!("{shared:?} {shared} {password:?} {password}");
    let secret: Vec<String> = noise(16, 16).iter().map(ToString::to_string).collect();
    assert!(!shown.contains("told to nobody") && !shown.contains(&secret.join(", ")), "{shown}");
}

/// A certificate of nobody, not signed, with this SubjectPublicKeyInfo and these extensions.
fn made(public_key: &[u8], extensions: &[u8]) -> Vec<u8> {
    let name = tlv(0x30, &tlv(0x31, &tlv(0x30, b"\x06\x03\x55\x04\x03\x0c\x05Maker")));
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    let validity = [tlv(0x17, b"200101000000Z"), tlv(0x17, b"300101000000Z")].concat();
    let mut fields = tlv(0xa0, &[0x02, 1, 2]);
    fields.extend([0x02, 1, 9]);
    fields.extend_from_slice(algorithm);
    fields.extend_from_slice(&name);
    fields.extend(tlv(0x30, &validity));
    fields.extend_from_slice(&name);
    fields.extend_from_slice(public_key);
    if !extensions.is_empty() {
        fields.extend(tlv(0xa3, &tlv(0x30, extensions)));
    }
    tlv(0x30, &[tlv(0x30, &fields), algorithm.to_vec(), tlv(0x03, &[0, 1])].concat())
}

/// The extension keyUsage with these bits.
fn key_usage(unused: u8, bits: u8) -> Vec<u8> {
    let value = tlv(0x04, &[0x03, 2, unused, bits]);
    tlv(0x30, &[b"\x06\x03\x55\x1d\x0f\x01\x01\xff".to_vec(), value].concat())
}

/// The SubjectPublicKeyInfo of an RSA key with a modulus of so many bits.
fn rsa_key(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0];
    modulus.extend(noise(bits as u64, bits / 8));
    modulus[1] |= 0x80;
    *modulus.last_mut().unwrap() |= 1;
    let key = tlv(0x30, &[tlv(0x02, &modulus), tlv(0x02, &[1, 0, 1])].concat());
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    tlv(0x30, &[algorithm.to_vec(), tlv(0x03, &[vec![0], key].concat())].concat())
}

/// The SubjectPublicKeyInfo of an elliptic curve's key.
fn curve_key(curve: &[u8], point: &[u8]) -> Vec<u8> {
    let algorithm = [&b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"[..], curve].concat();
    tlv(0x30, &[tlv(0x30, &algorithm), tlv(0x03, &[&[0], point].concat())].concat())
}

fn problem(der: &[u8], year: u64) -> Option<CertificateProblem> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs((year - 1970) * 31_557_600 + 86_400);
    let certificate = Certificate::from_der(der).unwrap();
    let error = Recipient::from_certificate(&certificate, now).err()?;
    assert_eq!((error.code(), error.kind().status()), ("unsuitable_certificate", -20));
    let text = error.to_string();
    assert!(text.starts_with("nothing is sealed for the certificate of CN=Maker: "), "{text}");
    match error.kind() {
        ErrorKind::UnsuitableCertificate { problem, .. } => {
            assert!(problem.code().chars().all(|c| c == '_' || c.is_ascii_lowercase()));
            Some(problem.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_certificate_that_nothing_is_sealed_for_is_refused_by_its_reason() {
    use CertificateProblem as Problem;
    let good = made(&rsa_key(2048), &[]);
    assert_eq!(problem(&good, 2025), None);
    assert!(matches!(problem(&good, 2019), Some(Problem::NotYetValid { .. })));
    let expired = problem(&good, 2031).unwrap();
    assert!(matches!(expired, Problem::Expired { .. }));
    assert_eq!(
        expired.to_string(),
        "it expired on 2030-01-01T00:00:00Z; ask its owner for the new one"
    );
    let certificate = Certificate::from_der(&good).unwrap();
    assert!(Recipient::from_certificate_at_any_time(&certificate).is_ok());

    // digitalSignature alone, keyEncipherment among others, keyAgreement alone.
    let signing = made(&rsa_key(2048), &key_usage(7, 0x80));
    assert_eq!(problem(&signing, 2025), Some(Problem::KeyUsage { needed: "keyEncipherment" }));
    assert_eq!(problem(&made(&rsa_key(2048), &key_usage(5, 0xa0)), 2025), None);
    let agreeing = made(&rsa_key(2048), &key_usage(3, 0x08));
    assert_eq!(problem(&agreeing, 2025), Some(Problem::KeyUsage { needed: "keyEncipherment" }));

    for bits in [512, 1024, 2040] {
        let weak = problem(&made(&rsa_key(bits), &[]), 2025);
        assert_eq!(weak, Some(Problem::WeakKey { bits: bits as u64, minimum: 2048 }));
    }
    // Ed25519, the curve secp256k1, a point that is not on P-256.
    let ed25519 = tlv(0x30, &[tlv(0x30, b"\x06\x03\x2b\x65\x70"), tlv(0x03, &[0; 33])].concat());
    let refused = problem(&made(&ed25519, &[]), 2025).unwrap();
    assert!(matches!(refused, Problem::UnsupportedKey { .. }));
    assert!(refused.to_string().contains("Ed25519"), "{refused}");
    let refused = problem(&made(&curve_key(b"\x06\x05\x2b\x81\x04\x00\x0a", &[4; 65]), &[]), 2025);
    assert!(refused.unwrap().to_string().contains("secp256k1"));
    let p256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let refused = problem(&made(&curve_key(p256, &[4; 65]), &[]), 2025);
    assert_eq!(refused, Some(Problem::Malformed { what: "public key" }));

    // ML-KEM-768: bytes that are no key, and a good key for signatures.
    let algorithm = tlv(0x30, b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x04\x02");
    let lattice = |key: &[u8]| tlv(0x30, &[algorithm.clone(), tlv(3, key)].concat());
    for key in [vec![0; 1184], [vec![0], vec![0xff; 1184]].concat()] {
        let refused = problem(&made(&lattice(&key), &[]), 2025);
        assert_eq!(refused, Some(Problem::Malformed { what: "public key" }));
    }
    // All coefficients are 0.
    let zeros = lattice(&[0; 1185]);
    assert_eq!(problem(&made(&zeros, &key_usage(5, 0x20)), 2025), None);
    let signing = problem(&made(&zeros, &key_usage(7, 0x80)), 2025);
    assert_eq!(signing, Some(Problem::KeyUsage { needed: "keyEncipherment" }));

    let recipient = recipient();
    let anonymous = Recipient::from_certificate_at_any_time(&certificate).unwrap();
    let error = anonymous.by_key_identifier().unwrap_err();
    assert!(error.to_string().contains("no subjectKeyIdentifier"), "{error}");
    assert!(recipient.by_key_identifier().is_ok());
    let file = data().join("envelopes/keys/p256.cert.pem");
    let p256 = Recipient::from_certificate_at_any_time(&self::certificate(file)).unwrap();
    let error = p256.with_oaep(HashAlgorithm::Sha256).unwrap_err();
    assert!(error.to_string().contains("not for RSA"), "{error}");
}

#[test]
fn a_file_without_a_certificate_is_refused() {
    for file in [data().join("keys/main.key.pem"), data().join("make.sh")] {
        let error = Certificate::from_bytes(&std::fs::read(file).unwrap()).unwrap_err();
        assert_eq!(error.code(), "bad_key");
    }
    // The first of several, behind a key.
    let keys = data().join("keys");
    let bundle =
        [keys.join("main.key.pem"), keys.join("main.cert.pem"), keys.join("other.cert.pem")]
            .map(|file| std::fs::read(file).unwrap())
            .concat();
    let found = Certificate::from_bytes(&bundle).unwrap();
    assert_eq!(found.to_string(), certificate(keys.join("main.cert.pem")).to_string());
}
