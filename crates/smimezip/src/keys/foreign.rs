//! Files that are given as keys and are of forms that are not read: each called by its name, with
//! the command that makes a file of it that is. Known by how they begin, never by a file's name.

use crate::error::KeyProblem;

const KEYTOOL: [&str; 4] = [
    "keytool -importkeystore -srckeystore FILE -srcstoretype JKS -destkeystore key.p12 \
     -deststoretype PKCS12",
    "keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS -destkeystore key.p12 \
     -deststoretype PKCS12",
    "keytool -importkeystore -srckeystore FILE -srcstoretype BKS -destkeystore key.p12 -deststoretype \
     PKCS12 -providerpath bcprov.jar -provider org.bouncycastle.jce.provider.BouncyCastleProvider",
    "keytool -importkeystore -srckeystore FILE -srcstoretype BCFKS -destkeystore key.p12 -deststoretype \
     PKCS12 -providerpath bcprov.jar -provider org.bouncycastle.jce.provider.BouncyCastleProvider",
];
const SSH_KEYGEN: &str = "cp FILE key.pem && ssh-keygen -p -m PKCS8 -f key.pem";

/// A form with a beginning of its own: the bytes, what it is, how to convert it.
type Form = (&'static [u8], &'static str, Option<&'static str>);

const BINARY: [Form; 19] = [
    (b"\xfe\xed\xfe\xed", "a Java KeyStore (JKS)", Some(KEYTOOL[0])),
    (b"\xce\xce\xce\xce", "a Java KeyStore (JCEKS)", Some(KEYTOOL[1])),
    // Version 1 or 2, then a salt of 20 bytes and its length.
    (b"\0\0\0\x01\0\0\0\x14", "a KeyStore of Bouncy Castle (BKS)", Some(KEYTOOL[2])),
    (b"\0\0\0\x02\0\0\0\x14", "a KeyStore of Bouncy Castle (BKS)", Some(KEYTOOL[2])),
    (b"openssh-key-v1\0", "a key in OpenSSH's own form", Some(SSH_KEYGEN)),
    (b"SSH PRIVATE KEY FILE FORMAT", "a key of SSH protocol 1", None),
    (
        b"\x1e\xf1\xb5\xb0",
        "a key in Microsoft's PVK form",
        Some("openssl rsa -inform PVK -in FILE -out key.pem"),
    ),
    (
        b"\x07\x02\0\0",
        "a key in Microsoft's PRIVATEKEYBLOB form",
        Some("openssl rsa -inform MSBLOB -in FILE -out key.pem"),
    ),
    (
        b"SQLite format 3\0",
        "a database, perhaps of NSS (key4.db)",
        Some("pk12util -d FOLDER -n NICKNAME -o key.p12"),
    ),
    (
        b"\0\x06\x15\x61",
        "a database, perhaps of NSS (key3.db)",
        Some("pk12util -d FOLDER -n NICKNAME -o key.p12"),
    ),
    (
        b"kych",
        "a keychain of macOS",
        Some("security export -k FILE -t identities -f pkcs12 -o key.p12"),
    ),
    (b"(21:protected-private-key", "a key of gpg-agent", Some(GPGSM)),
    (b"(11:private-key", "a key of gpg-agent", Some(GPGSM)),
    (b"bplist00", "a property list of macOS", None),
    (b"PK\x03\x04", "a zip archive", None),
    (b"%PDF-", "a PDF file", None),
    (b"\x7fELF", "a program", None),
    (b"\x1f\x8b", "a file compressed by gzip", None),
    (b"\x89PNG", "a picture", None),
];

const GPGSM: &str = "gpgsm --export-secret-key-p12 -o key.p12 KEYID";

/// How a text begins, white space before it apart; and what stands within its first lines.
const TEXT: [Form; 19] = [
    (
        b"PuTTY-User-Key-File",
        "a key in PuTTY's form",
        Some(
            "puttygen FILE -O private-openssh-new -o key.pem && ssh-keygen -p -m PKCS8 -f key.pem",
        ),
    ),
    (b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY", "a key in the form of SSH Communications", None),
    (b"---- BEGIN SSH2 PUBLIC KEY", "a public key for SSH", None),
    (b"ssh-rsa ", "a public key for SSH", None),
    (b"ssh-ed25519 ", "a public key for SSH", None),
    (b"ecdsa-sha2-", "a public key for SSH", None),
    (b"AGE-SECRET-KEY-", "a key of age, which is of no use for S/MIME", None),
    (b"# created:", "a key of age, which is of no use for S/MIME", None),
    (b"age-encryption.org/", "a file encrypted with age", None),
    (b"{\"kty\"", "a JSON Web Key", None),
    (b"{\"keys\"", "a JSON Web Key Set", None),
    (b"<RSAKeyValue", "an RSA key in the XML of .NET", None),
    (b"<!DOCTYPE", "an HTML page, not a key: perhaps a server's answer instead of the file", None),
    (b"<!doctype", "an HTML page, not a key: perhaps a server's answer instead of the file", None),
    (b"<html", "an HTML page, not a key: perhaps a server's answer instead of the file", None),
    (b"<HTML", "an HTML page, not a key: perhaps a server's answer instead of the file", None),
    (b"<?xml", "an XML document", None),
    (b"{", "a JSON document without a key in PEM", None),
    (b"MIME-Version:", "a message, not a key", None),
];

/// What a file of bytes is, by its beginning.
pub(super) fn of_binary(bytes: &[u8]) -> Option<KeyProblem> {
    if let Some(problem) = by_beginning(bytes, &BINARY) {
        return Some(problem);
    }
    // RFC 9580 section 4.2: a packet of a secret key (5) or a public one (6), in the old or the new
    // form.
    let is_pgp = match bytes {
        [0x94..=0x9b, rest @ ..] if rest.len() > 8 => true,
        [0xc5 | 0xc6, rest @ ..] => rest.len() > 8,
        _ => false,
    };
    is_pgp.then(pgp)
}

/// What a text is, by its beginning.
pub(super) fn of_text(text: &[u8]) -> KeyProblem {
    let text = text.trim_ascii();
    if text.is_empty() {
        return KeyProblem::new("an empty file");
    }
    if let Some(problem) = by_beginning(text, &TEXT) {
        return problem;
    }
    // What gpg-agent notes of a key stands before it.
    if text.split(|byte| *byte == b'\n').take(8).any(|line| line.starts_with(b"Key: (")) {
        return KeyProblem::new("a key of gpg-agent").convert_by(GPGSM);
    }
    KeyProblem::new("neither PEM, DER nor base64 of a key or a certificate")
}

/// What an object of PEM is, by its label, where its contents are not read.
pub(super) fn of_label(label: &str) -> Option<KeyProblem> {
    if label.starts_with("PGP ") {
        return Some(pgp());
    }
    Some(match label {
        "OPENSSH PRIVATE KEY" => {
            KeyProblem::new("a key in OpenSSH's own form").convert_by(SSH_KEYGEN)
        }
        "SSH2 ENCRYPTED PRIVATE KEY" => KeyProblem::new("a key in the form of SSH Communications"),
        "AGE ENCRYPTED FILE" => KeyProblem::new("a file encrypted with age"),
        _ => return None,
    })
}

/// A KeyStore of Bouncy Castle in its FIPS form, which is known by its structure.
pub(super) fn bcfks() -> KeyProblem {
    KeyProblem::new("a KeyStore of Bouncy Castle (BCFKS)").convert_by(KEYTOOL[3])
}

fn pgp() -> KeyProblem {
    KeyProblem::new("a key of OpenPGP; S/MIME messages are for the key of an X.509 certificate")
}

fn by_beginning(bytes: &[u8], forms: &[Form]) -> Option<KeyProblem> {
    let (_, what, convert) = forms.iter().find(|(start, ..)| bytes.starts_with(start))?;
    Some(KeyProblem::new(*what).convert_by(*convert))
}
