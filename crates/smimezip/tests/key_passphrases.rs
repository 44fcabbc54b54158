//! Encrypted key files: a right passphrase is never blamed, and is understood as programs have
//! understood it; every scheme is opened, or called by its name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::key_files::{PLAINTEXT, add, case, opens_main, plaintext, read};
use common::{data, has, limits, run, skipped, try_run};
use smimezip::{ErrorKind, KeyRing, Limits, Passphrase, internals};

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
fn passphrases_in_every_form_that_pkcs12_is_made_with() {
    let folder = case("pkcs12-passphrase-utf8-bytes");
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
    // As the bytes of a file in Latin-1.
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

/// Makes an encrypted key with a salt of a given length, and perhaps the length of the key: `SALT
/// [LENGTH]`.
const PBES2_PROGRAM: &str = r"
import hashlib, subprocess, sys
def tlv(tag, body):
    size = len(body)
    count = (size.bit_length() + 7) // 8
    head = bytes([size]) if size < 128 else bytes([0x80 | count]) + size.to_bytes(count, 'big')
    return bytes([tag]) + head + body
salt = bytes(range(256)) * 300
salt = salt[: int(sys.argv[1])]
length = tlv(2, bytes([int(sys.argv[2])])) if len(sys.argv) > 2 else b''
key = hashlib.pbkdf2_hmac('sha256', b'right', salt, 10, 32)
vector = bytes(16)
sealed = subprocess.run(
    ['openssl', 'enc', '-aes-256-cbc', '-K', key.hex(), '-iv', vector.hex()],
    input=open('key.der', 'rb').read(), capture_output=True, check=True).stdout
prf = tlv(0x30, bytes.fromhex('06082a864886f70d0209') + b'\5\0')
kdf = bytes.fromhex('06092a864886f70d01050c')
kdf = tlv(0x30, kdf + tlv(0x30, tlv(4, salt) + tlv(2, b'\12') + length + prf))
cipher = tlv(0x30, bytes.fromhex('060960864801650304012a') + tlv(4, vector))
scheme = tlv(0x30, bytes.fromhex('06092a864886f70d01050d') + tlv(0x30, kdf + cipher))
sys.stdout.buffer.write(tlv(0x30, scheme + tlv(4, sealed)))
";

#[test]
fn pbes2_with_salts_of_any_length_and_the_right_length_of_the_key() {
    if !has("openssl") || !has("python3") {
        return skipped("openssl or python3 is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.der"), read(&data().join("keys/main.pkcs8.der")))
        .unwrap();
    let make = |arguments: &[&str]| {
        run(folder.path(), "python3", &[&["-c", PBES2_PROGRAM][..], arguments].concat())
    };
    for salt in ["0", "1", "7", "8", "16", "64", "65", "300", "5000", "70000"] {
        for arguments in [&[salt][..], &[salt, "32"]] {
            let file = make(arguments);
            opens_main(
                &add(&file, Some("right")).unwrap_or_else(|it| panic!("{arguments:?}: {it}")),
            );
            let error = add(&file, Some("wrong")).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{arguments:?}: {error}");
        }
    }
    for length in ["16", "24", "31", "33"] {
        let error = add(&make(&["8", length]), Some("right")).err().unwrap();
        assert!(error.to_string().contains("key length"), "{length}: {error}");
    }
}
