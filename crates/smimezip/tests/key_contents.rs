//! Key files as they are met: under any label, in any wrapping, with things beside the key that cannot be
//! used, in forms that are not read, under passphrases that programs understood in their own ways.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};

use common::{data, has, limits, run, sha256, skipped, try_run};
use smimezip::{Envelope, Error, ErrorKind, KeyRing, Limit, Limits, Passphrase, internals};

const PLAINTEXT: &str = "90a2c7449dfe45b6863a04a628c0bd1be1c53aca42d17755127a4da07809fcca";

fn case(name: &str) -> PathBuf {
    data().join("cases").join(name)
}

fn add(file: &[u8], passphrase: Option<&str>) -> Result<KeyRing, Error> {
    let mut ring = KeyRing::new();
    ring.add(file, &mut || passphrase.map(Passphrase::new), &limits()).map(|()| ring)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn plaintext(message: &Path, keys: &KeyRing) -> Result<String, Error> {
    let mut content = Envelope::open_file(message, &limits())?.unlock(keys)?;
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext).map_err(Error::from)?;
    Ok(sha256(&plaintext))
}

/// The committed key of that name opens its committed message.
fn opens_main(keys: &KeyRing) {
    let message = data().join("envelopes/openssl-ktri-aes-256-cbc-der");
    Envelope::open_file(message, &limits()).unwrap().unlock(keys).unwrap();
}

fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let number = three.iter().fold(0, |number, octet| number << 8 | usize::from(*octet))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            let shift = 18 - 6 * at;
            text.push(if at > three.len() { '=' } else { ALPHABET[number >> shift & 63].into() });
        }
    }
    text
}

fn pem(label: &str, octets: &[u8]) -> Vec<u8> {
    let text = base64(octets);
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|it| std::str::from_utf8(it).unwrap()).collect();
    let body = lines.join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
}

/// The octets of the only object of a PEM file.
fn der(path: &Path) -> Vec<u8> {
    internals::pem(&read(path)).unwrap().remove(0).2
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    common::seal::tlv(tag, contents)
}

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
fn a_right_passphrase_is_never_blamed() {
    let folder = case("key-right-passphrase-blamed");
    for (name, expected) in [
        (
            "three-primes.p12",
            "an RSA key with invalid or unsupported numbers: more than two primes",
        ),
        (
            "three-primes.pem",
            "an RSA key with invalid or unsupported numbers: more than two primes",
        ),
        ("secp256k1-traditional.pem", "a private key for curve secp256k1 (1.3.132.0.10)"),
        ("explicit-parameters.pem", "explicit curve parameters"),
    ] {
        let file = read(&folder.join(name));
        let error = add(&file, Some("x")).err().unwrap();
        assert!(error.to_string().contains(expected), "{name}: {error}");
        let error = add(&file, Some("y")).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{name}: {error}");
    }
}

/// Keys that OpenSSL encrypts and nobody here opens, in each of its ways to encrypt.
#[test]
fn a_right_passphrase_is_never_blamed_whatever_the_key() {
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let make = |arguments: &[&str]| run(at, "openssl", arguments);
    make(&["genpkey", "-algorithm", "ED25519", "-out", "ed25519"]);
    make(&["genpkey", "-algorithm", "ED448", "-out", "ed448"]);
    make(&["ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "secp256k1"]);
    make(&["ecparam", "-name", "brainpoolP256r1", "-genkey", "-noout", "-out", "brainpool"]);
    let explicit = ["-param_enc", "explicit", "-name", "prime256v1", "-genkey", "-noout"];
    make(&[&["ecparam"][..], &explicit, &["-out", "explicit"]].concat());
    make(&["dsaparam", "-genkey", "-out", "dsa", "1024"]);
    make(&["genrsa", "-primes", "3", "-out", "three", "2048"]);
    let mut tried = 0;
    for (name, expected) in [
        ("ed25519", "Ed25519 (1.3.101.112)"),
        ("ed448", "Ed448 (1.3.101.113)"),
        ("secp256k1", "secp256k1 (1.3.132.0.10)"),
        ("brainpool", "brainpoolP256r1 (1.3.36.3.3.2.8.1.1.7)"),
        ("explicit", "-param_enc named_curve"),
        ("dsa", "DSA"),
        ("three", "more than two primes"),
    ] {
        for (number, how) in [
            &["-v2", "aes256"][..],
            &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
            &["-v2", "des3", "-v2prf", "hmacWithSHA512"],
            &["-scrypt"],
            &["-v1", "PBE-SHA1-3DES"],
        ]
        .into_iter()
        .enumerate()
        {
            let out = format!("{name}.{number}");
            let arguments =
                ["pkcs8", "-topk8", "-in", name, "-passout", "pass:right", "-out", &out];
            make(&[&arguments[..], how].concat());
            let file = read(&at.join(&out));
            let error = add(&file, Some("right")).err().unwrap();
            assert!(error.to_string().contains(expected), "{out}: {error}");
            let error = add(&file, Some("wrong")).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{out}: {error}");
            tried += 1;
        }
        let error = add(&read(&at.join(name)), None).err().unwrap();
        assert!(error.to_string().contains(expected), "{name}: {error}");
    }
    assert_eq!(tried, 35);
    // The command that is named for explicit parameters does what it is named for.
    make(&["ec", "-in", "explicit", "-param_enc", "named_curve", "-out", "named"]);
    assert_eq!(add(&read(&at.join("named")), None).unwrap().private_keys().len(), 1);
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
                // Seven bits of the last octet are not used.
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
    let cut = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n";
    for (beside, expected) in [
        (form("refused-ed25519.pem"), "Ed25519"),
        (form("refused-secp256k1.pem"), "secp256k1"),
        (form("refused-pbes1.pem"), "PBES1"),
        (broken, "invalid base64"),
        (cut.to_vec(), "ends before its structure"),
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
    let ring = KeyRing::from_file(&path, None).unwrap();
    assert_eq!(ring.unusable()[0].file(), Some(path.to_str().unwrap()));
    assert_eq!(ring.unusable()[0].item(), "object 2 (PRIVATE KEY)");
    assert!(matches!(ring.unusable()[0].error().kind(), ErrorKind::Unsupported(_)));
    let message = data().join("envelopes/openssl-ktri-aes-256-cbc-der");
    let error = Envelope::open_file(message, &limits()).unwrap().unlock(&ring).err().unwrap();
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
fn each_passphrase_is_asked_for_once() {
    let forms = ["p256.encrypted.pem", "p384.encrypted.pem", "p256.traditional.pem"];
    let file: Vec<u8> =
        forms.iter().flat_map(|it| read(&data().join("keyforms").join(it))).collect();
    for passphrase in [Some("correct"), Some("wrong"), None] {
        let mut asked = 0;
        let mut ring = KeyRing::new();
        let mut ask = || {
            asked += 1;
            passphrase.map(Passphrase::new)
        };
        assert_eq!(ring.add(&file, &mut ask, &limits()).is_ok(), passphrase == Some("correct"));
        assert_eq!(asked, 1);
    }
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
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n=AAAA\n-----END PGP PRIVATE KEY BLOCK-----\n",
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

/// OpenSSL's trusted certificates, one in BER, and one that breaks RFC 5280: what names the recipient in them
/// is used.
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
fn passphrases_in_every_form_that_pkcs12_is_made_with() {
    let folder = case("pkcs12-passphrase-utf8-octets");
    for (name, passphrase) in [
        ("latin.p12", "Päßwort"),
        ("polish.p12", "Łódź"),
        ("euro.p12", "Op€nwal£"),
        ("proper.p12", "Päßwort"),
    ] {
        let file = read(&folder.join(name));
        let keys = add(&file, Some(passphrase)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(plaintext(&folder.join("message.p7m"), &keys).unwrap(), PLAINTEXT, "{name}");
        let error = add(&file, Some("Passwort")).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{name}: {error}");
    }
    // As the octets of a file in Latin-1.
    let mut ring = KeyRing::new();
    let latin = b"P\xe4\xdfwort".to_vec();
    ring.add(
        &read(&folder.join("proper.p12")),
        &mut || Some(Passphrase::new(latin.clone())),
        &limits(),
    )
    .unwrap();
    assert_eq!(plaintext(&folder.join("message.p7m"), &ring).unwrap(), PLAINTEXT);
    // Each form is paid for: the second, too.
    let mut limits = Limits::default();
    let file = read(&folder.join("latin.p12"));
    let mut open = |iterations| {
        limits.kdf_iterations = iterations;
        let mut ask = || Some(Passphrase::new("Päßwort"));
        let _ = internals::derivation_work();
        let outcome = KeyRing::new().add(&file, &mut ask, &limits);
        let work = internals::derivation_work();
        assert!(work <= iterations, "{work} of {iterations}");
        outcome
    };
    open(1_000_000).unwrap();
    let mut low = 0;
    while open(low).is_err() {
        low += 512;
    }
    let error = open(low - 512).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
}

/// The empty passphrase is nothing, or two zeros, for the code and for the keys alike.
#[test]
fn empty_passphrases_open() {
    for given in [Some(""), None] {
        opens_main(&add(&read(&data().join("keyforms/main.empty.p12")), given).unwrap());
    }
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let keys = data().join("keys");
    let (key, certificate) = (keys.join("main.key.pem"), keys.join("main.cert.pem"));
    let common = [
        "pkcs12",
        "-export",
        "-inkey",
        key.to_str().unwrap(),
        "-in",
        certificate.to_str().unwrap(),
        "-passout",
        "pass:",
    ];
    for how in [
        &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"][..],
        &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-nomac"],
        &["-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-nomac"],
        &["-keypbe", "NONE", "-certpbe", "NONE"],
        &["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"],
    ] {
        let file = run(folder.path(), "openssl", &[&common[..], how].concat());
        opens_main(&add(&file, Some("")).unwrap_or_else(|error| panic!("{how:?}: {error}")));
        // Where there is an integrity code, it says that nothing is missing.
        if !how.contains(&"-nomac") {
            opens_main(&add(&file, None).unwrap_or_else(|error| panic!("{how:?}: {error}")));
        }
    }
}

/// Ciphers and pseudorandom functions of PBES2 as OpenSSL has them: opened, or called by name.
#[test]
fn pbes2_with_every_cipher_and_function_of_openssl() {
    if !has("openssl") {
        return skipped("openssl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let key = data().join("keys/main.key.pem");
    let (mut opened, mut named) = (0, 0);
    let ciphers = [
        ("aes-128-cbc", ""),
        ("aes-192-cbc", ""),
        ("aes-256-cbc", ""),
        ("des3", ""),
        ("camellia-256-cbc", "Camellia-256-CBC (1.2.392.200011.61.1.1.1.4)"),
        ("aria-128-cbc", "ARIA-128-CBC (1.2.410.200046.1.1.2)"),
        ("sm4-cbc", "SM4-CBC (1.2.156.10197.1.104.2)"),
        ("des", "DES-CBC (1.3.14.3.2.7)"),
        ("rc2", "RC2-CBC (1.2.840.113549.3.2)"),
    ];
    let functions = [
        ("hmacWithSHA1", ""),
        ("hmacWithSHA224", ""),
        ("hmacWithSHA256", ""),
        ("hmacWithSHA384", ""),
        ("hmacWithSHA512", ""),
        ("hmacWithSHA512-224", ""),
        ("hmacWithSHA512-256", ""),
        ("hmacWithMD5", "HMAC-MD5 (1.2.840.113549.2.6)"),
    ];
    for (cipher, no_cipher) in ciphers {
        for (function, no_function) in functions {
            let arguments = [
                "pkcs8",
                "-topk8",
                "-in",
                key.to_str().unwrap(),
                "-passout",
                "pass:right",
                "-v2",
                cipher,
                "-v2prf",
                function,
                "-provider",
                "default",
                "-provider",
                "legacy",
            ];
            let (ok, file) = try_run(folder.path(), "openssl", &arguments, b"");
            if !ok {
                // What this version of OpenSSL has not.
                continue;
            }
            match add(&file, Some("right")) {
                Ok(keys) if no_cipher.is_empty() && no_function.is_empty() => {
                    opens_main(&keys);
                    opened += 1;
                }
                Err(error) if !(no_cipher.is_empty() && no_function.is_empty()) => {
                    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
                    let expected = if no_cipher.is_empty() { no_function } else { no_cipher };
                    assert!(error.to_string().contains(expected), "{cipher} {function}: {error}");
                    named += 1;
                }
                Ok(_) => panic!("{cipher} {function}: opened"),
                Err(error) => panic!("{cipher} {function}: {error}"),
            }
        }
    }
    assert!(opened >= 20 && named >= 5, "{opened} opened, {named} called by name");
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
        let envelope = Envelope::open_file(&message, &limits).unwrap();
        let mut content = envelope.unlock(&ring).unwrap();
        let mut octets = Vec::new();
        content.read_to_end(&mut octets).unwrap();
        assert_eq!(sha256(&octets), expected);
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
        let envelope = Envelope::open_file(&message, &limits).unwrap();
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
