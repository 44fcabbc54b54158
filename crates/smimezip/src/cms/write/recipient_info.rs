//! RecipientInfo (RFC 5652 section 6.2) written: with a key that `keys` has encrypted.

use der::asn1::ObjectIdentifier;

use super::WrittenRecipientInfo;
use crate::asn1::write::{element, identifier, oid, sequence, small_integer};
use crate::cms::{HashAlgorithm, IssuerAndSerialNumber, KeyWrapAlgorithm, RecipientIdentifier};
use crate::oid as names;

/// A `ktri` (section 6.2.1) with the AlgorithmIdentifier `algorithm`.
pub(crate) fn key_transport(
    recipient: &RecipientIdentifier,
    algorithm: Vec<u8>,
    encrypted_key: &[u8],
) -> WrittenRecipientInfo {
    let (version, name) = match recipient {
        RecipientIdentifier::IssuerAndSerialNumber(name) => (0, issuer_and_serial_number(name)),
        RecipientIdentifier::SubjectKeyIdentifier(bytes)
        | RecipientIdentifier::KeyIdentifier(bytes) => (2, element(identifier::context(0), bytes)),
    };
    let encrypted_key = element(identifier::OCTET_STRING, encrypted_key);
    let der = sequence(&[small_integer(version), name, algorithm, encrypted_key]);
    WrittenRecipientInfo { version, der }
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
    WrittenRecipientInfo { version: VERSION, der }
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

/// Section 10.2.4.
fn issuer_and_serial_number(name: &IssuerAndSerialNumber) -> Vec<u8> {
    let serial_number = element(identifier::INTEGER, &name.serial_number);
    sequence(&[name.issuer_der.as_slice(), &serial_number])
}
