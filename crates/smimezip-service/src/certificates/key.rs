//! What kind of key a certificate is for, and how large it is, for people.

use pkcs1::RsaPublicKeyRef;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
/// Algorithms and curves by object identifier.
const NAMES: [(&str, &str); 8] = [
    ("1.2.840.10045.3.1.7", "elliptic curve P-256, 256 bits"),
    ("1.3.132.0.34", "elliptic curve P-384, 384 bits"),
    ("1.3.132.0.35", "elliptic curve P-521, 521 bits"),
    ("1.3.101.110", "X25519, 255 bits"),
    ("1.3.101.111", "X448, 448 bits"),
    ("2.16.840.1.101.3.4.4.1", "ML-KEM-512"),
    ("2.16.840.1.101.3.4.4.2", "ML-KEM-768"),
    ("2.16.840.1.101.3.4.4.3", "ML-KEM-1024"),
];

/// `RSA, 2048 bits`; an object identifier if the kind is not known.
pub(super) fn describe(der: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(der).ok()?;
    let key = certificate.tbs_certificate().subject_public_key_info();
    let algorithm = key.algorithm.oid.to_string();
    match algorithm.as_str() {
        RSA => rsa_bits(key).map(|bits| format!("RSA, {bits} bits")),
        EC => {
            let parameters: AnyRef<'_> = key.algorithm.parameters.as_ref()?.into();
            let curve: ObjectIdentifier = parameters.decode_as().ok()?;
            Some(name_of(&curve.to_string()).unwrap_or_else(|| format!("elliptic curve {curve}")))
        }
        other => Some(name_of(other).unwrap_or_else(|| other.to_owned())),
    }
}

fn name_of(identifier: &str) -> Option<String> {
    NAMES.iter().find(|(known, _)| *known == identifier).map(|(_, name)| (*name).to_owned())
}

fn rsa_bits(key: &SubjectPublicKeyInfoOwned) -> Option<usize> {
    let key = RsaPublicKeyRef::from_der(key.subject_public_key.as_bytes()?).ok()?;
    let modulus = key.modulus.as_bytes();
    let first = modulus.first()?;
    Some(modulus.len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}
