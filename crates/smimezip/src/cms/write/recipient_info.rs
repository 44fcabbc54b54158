//! RecipientInfo (RFC 5652 section 6.2) written: with a key that `keys` has encrypted.

use der::asn1::ObjectIdentifier;

use super::WrittenRecipientInfo;
use crate::asn1::write::{element, identifier, integer, oid, sequence, small_integer};
use crate::cms::{
    Encapsulation, HashAlgorithm, IssuerAndSerialNumber, KemAlgorithm, KeyWrapAlgorithm,
    PasswordParameters, RecipientIdentifier,
};
use crate::oid as names;

/// A `ktri` (section 6.2.1) with the AlgorithmIdentifier `algorithm`.
pub(crate) fn key_transport(
    recipient: &RecipientIdentifier,
    algorithm: Vec<u8>,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    let (version, name) = match recipient {
        RecipientIdentifier::IssuerAndSerialNumber(_) => (0, of_certificate(recipient)),
        _ => (2, of_certificate(recipient)),
    };
    let encrypted_key = element(identifier::OCTET_STRING, encrypted_key);
    let der = sequence(&[small_integer(version), name, algorithm, encrypted_key]);
    WrittenRecipientInfo { enveloped_data_version: version, der }
}

/// The algorithm of RSAES-PKCS1-v1_5 (RFC 3370 section 4.2.1).
pub(crate) fn rsaes_pkcs1_v1_5() -> Vec<u8> {
    algorithm(&names::RSA_ENCRYPTION)
}

/// The algorithm of RSAES-OAEP with an empty label (RFC 3560 section 4, RFC 4055 section 4.1).
/// What has its default value is left out, as DER wants it.
pub(crate) fn rsaes_oaep(hash: HashAlgorithm, mask_hash: HashAlgorithm) -> Vec<u8> {
    let mut parameters = Vec::new();
    if hash != HashAlgorithm::Sha1 {
        parameters.push(element(identifier::constructed(0), &algorithm(&hash.oid())));
    }
    if mask_hash != HashAlgorithm::Sha1 {
        let mask = sequence(&[oid(&names::MGF1), algorithm(&mask_hash.oid())]);
        parameters.push(element(identifier::constructed(1), &mask));
    }
    sequence(&[oid(&names::RSAES_OAEP), sequence(&parameters)])
}

/// A `kari` (section 6.2.2) for one recipient, with an ephemeral key of the sender, whose
/// SubjectPublicKeyInfo is `public_key` (RFC 5753 section 3.1.1).
pub(crate) fn key_agreement(
    recipient: &RecipientIdentifier,
    public_key: &[u8],
    algorithm: Vec<u8>,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    const VERSION: u8 = 3;
    let name = match recipient {
        RecipientIdentifier::IssuerAndSerialNumber(name) => issuer_and_serial_number(name),
        RecipientIdentifier::SubjectKeyIdentifier(bytes)
        | RecipientIdentifier::KeyIdentifier(bytes) => {
            element(identifier::constructed(0), &element(identifier::OCTET_STRING, bytes))
        }
    };
    let originator = element(identifier::constructed(0), public_key);
    let key = sequence(&[name, element(identifier::OCTET_STRING, encrypted_key)]);
    let fields = [small_integer(VERSION), originator, algorithm, sequence(&[key])];
    let der = element(identifier::constructed(1), &fields.concat());
    WrittenRecipientInfo { enveloped_data_version: 2, der }
}

/// A `kekri` (section 6.2.3) for whoever has the key that both sides call `name`.
pub(crate) fn key_encryption_key(
    name: &[u8],
    wrap: KeyWrapAlgorithm,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    const VERSION: u8 = 4;
    let fields = [
        small_integer(VERSION),
        sequence(&[element(identifier::OCTET_STRING, name)]),
        key_wrap(wrap),
        element(identifier::OCTET_STRING, encrypted_key),
    ];
    let der = element(identifier::constructed(2), &fields.concat());
    WrittenRecipientInfo { enveloped_data_version: 2, der }
}

/// A `pwri` (section 6.2.4): PBKDF2 with HMAC-SHA-256 (RFC 8018 appendix A.2), and the key wrap of
/// RFC 3211 (PWRI-KEK) by AES-256 in CBC mode.
pub(crate) fn password(
    parameters: &PasswordParameters,
    iterations: u32,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    const VERSION: u8 = 0;
    // The length of the key is left out: it is the cipher's.
    let derivation = sequence(&[
        element(identifier::OCTET_STRING, &parameters.salt),
        integer(iterations.into()),
        algorithm(&names::HMAC_SHA256),
    ]);
    let vector = element(identifier::OCTET_STRING, &parameters.initialization_vector);
    let cipher = sequence(&[oid(&names::AES256_CBC), vector]);
    let fields = [
        small_integer(VERSION),
        element(identifier::constructed(0), &[oid(&names::PBKDF2), derivation].concat()),
        sequence(&[oid(&names::PWRI_KEK), cipher]),
        element(identifier::OCTET_STRING, encrypted_key),
    ];
    let der = element(identifier::constructed(3), &fields.concat());
    WrittenRecipientInfo { enveloped_data_version: 3, der }
}

/// An `ori` (section 6.2.5) with a KEMRecipientInfo (RFC 9629 section 3) whose key is derived by
/// HKDF with SHA-256. The parameters of all its algorithms are absent (RFC 9936 section 2.2).
pub(crate) fn key_encapsulation(
    recipient: &RecipientIdentifier,
    encapsulation: &Encapsulation,
    wrap: KeyWrapAlgorithm,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    const VERSION: u8 = 0;
    let mechanism = match encapsulation.mechanism {
        KemAlgorithm::MlKem512 => names::ML_KEM_512,
        KemAlgorithm::MlKem768 => names::ML_KEM_768,
        KemAlgorithm::MlKem1024 => names::ML_KEM_1024,
    };
    let info = sequence(&[
        small_integer(VERSION),
        of_certificate(recipient),
        sequence(&[oid(&mechanism)]),
        element(identifier::OCTET_STRING, &encapsulation.ciphertext),
        sequence(&[oid(&names::HKDF_SHA256)]),
        kek_length(wrap),
        key_wrap(wrap),
        element(identifier::OCTET_STRING, encrypted_key),
    ]);
    let der = element(identifier::constructed(4), &[oid(&names::ORI_KEM), info].concat());
    WrittenRecipientInfo { enveloped_data_version: 3, der }
}

/// CMSORIforKEMOtherInfo (RFC 9629 section 5) without bytes of the sender.
pub(crate) fn kem_other_info(wrap: KeyWrapAlgorithm) -> Vec<u8> {
    sequence(&[key_wrap(wrap), kek_length(wrap)])
}

/// The bytes of the key-encryption key.
fn kek_length(wrap: KeyWrapAlgorithm) -> Vec<u8> {
    integer(wrap.key_size() as u64)
}

/// OriginatorPublicKey, `[1]`: the algorithm, without parameters, and the bits of a public key.
pub(crate) fn originator_key(algorithm: &ObjectIdentifier, public_key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend_from_slice(public_key);
    let key = [sequence(&[oid(algorithm)]), element(identifier::BIT_STRING, &bits)];
    element(identifier::constructed(1), &key.concat())
}

/// The algorithm of a key agreement `scheme` (RFC 5753 section 7.1.4).
pub(crate) fn agreement_scheme(scheme: &ObjectIdentifier, wrap: KeyWrapAlgorithm) -> Vec<u8> {
    sequence(&[oid(scheme), key_wrap(wrap)])
}

/// ECC-CMS-SharedInfo (RFC 5753 section 7.2) without bytes of the sender.
pub(crate) fn shared_info(wrap: KeyWrapAlgorithm) -> Vec<u8> {
    let bits = u32::try_from(wrap.key_size() * 8).unwrap_or_default().to_be_bytes();
    let bits = element(identifier::OCTET_STRING, &bits);
    sequence(&[key_wrap(wrap), element(identifier::constructed(2), &bits)])
}

/// A KeyWrapAlgorithm; the parameters of AES key wrap are absent (RFC 3565 section 2.3.2).
fn key_wrap(wrap: KeyWrapAlgorithm) -> Vec<u8> {
    let name = match wrap {
        KeyWrapAlgorithm::Aes128 => names::AES128_WRAP,
        KeyWrapAlgorithm::Aes192 => names::AES192_WRAP,
        KeyWrapAlgorithm::Aes256 => names::AES256_WRAP,
        KeyWrapAlgorithm::DesEde3 => return algorithm(&names::DES_EDE3_WRAP),
    };
    sequence(&[oid(&name)])
}

/// An AlgorithmIdentifier whose parameters are NULL.
fn algorithm(name: &ObjectIdentifier) -> Vec<u8> {
    sequence(&[oid(name), element(identifier::NULL, &[])])
}

/// The RecipientIdentifier of a `ktri` or a KEMRecipientInfo.
fn of_certificate(recipient: &RecipientIdentifier) -> Vec<u8> {
    match recipient {
        RecipientIdentifier::IssuerAndSerialNumber(name) => issuer_and_serial_number(name),
        RecipientIdentifier::SubjectKeyIdentifier(bytes)
        | RecipientIdentifier::KeyIdentifier(bytes) => element(identifier::context(0), bytes),
    }
}

/// Section 10.2.4.
fn issuer_and_serial_number(name: &IssuerAndSerialNumber) -> Vec<u8> {
    let serial_number = element(identifier::INTEGER, &name.serial_number);
    sequence(&[name.issuer_der.as_slice(), &serial_number])
}
