//! AlgorithmIdentifiers of RFC 3370, RFC 3565 and their relatives: which this crate opens, and the
//! names of those it does not.

use std::fmt;

use der::asn1::{ObjectIdentifier, OctetStringRef};
use spki::AlgorithmIdentifierOwned;

use crate::error::Error;

/// How the content is encrypted (RFC 5652 section 6.1, contentEncryptionAlgorithm).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentEncryptionAlgorithm {
    /// AES-128 in CBC mode (RFC 3565).
    Aes128Cbc,
    /// AES-192 in CBC mode (RFC 3565).
    Aes192Cbc,
    /// AES-256 in CBC mode (RFC 3565).
    Aes256Cbc,
    /// Three-key triple DES in CBC mode (RFC 3370 section 5.1).
    DesEde3Cbc,
    /// One that this crate does not open.
    Other {
        /// Its object identifier in dotted form.
        oid: String,
    },
}

/// How the content-encryption key is encrypted (keyEncryptionAlgorithm).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEncryptionAlgorithm {
    /// RSAES-PKCS1-v1_5 (RFC 8017 section 7.2).
    RsaesPkcs1V15,
    /// One that this crate does not open.
    Other {
        /// Its object identifier in dotted form.
        oid: String,
    },
}

impl ContentEncryptionAlgorithm {
    pub(crate) fn new(oid: &ObjectIdentifier) -> Self {
        match oid.to_string().as_str() {
            "2.16.840.1.101.3.4.1.2" => Self::Aes128Cbc,
            "2.16.840.1.101.3.4.1.22" => Self::Aes192Cbc,
            "2.16.840.1.101.3.4.1.42" => Self::Aes256Cbc,
            "1.2.840.113549.3.7" => Self::DesEde3Cbc,
            other => Self::Other { oid: other.to_owned() },
        }
    }

    /// Octets of its key, if this crate opens it.
    pub fn key_size(&self) -> Option<usize> {
        match self {
            Self::Aes128Cbc => Some(16),
            Self::Aes192Cbc | Self::DesEde3Cbc => Some(24),
            Self::Aes256Cbc => Some(32),
            Self::Other { .. } => None,
        }
    }

    /// Octets of its block, which is also the size of its initialization vector.
    pub(crate) fn block_size(&self) -> Option<usize> {
        match self {
            Self::DesEde3Cbc => Some(8),
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => Some(16),
            Self::Other { .. } => None,
        }
    }
}

impl fmt::Display for ContentEncryptionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aes128Cbc => f.write_str("AES-128-CBC"),
            Self::Aes192Cbc => f.write_str("AES-192-CBC"),
            Self::Aes256Cbc => f.write_str("AES-256-CBC"),
            Self::DesEde3Cbc => f.write_str("3DES-CBC"),
            Self::Other { oid } => write_named(f, oid),
        }
    }
}

impl KeyEncryptionAlgorithm {
    pub(crate) fn new(oid: &ObjectIdentifier) -> Self {
        match oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => Self::RsaesPkcs1V15,
            other => Self::Other { oid: other.to_owned() },
        }
    }
}

impl fmt::Display for KeyEncryptionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaesPkcs1V15 => f.write_str("RSAES-PKCS1-v1_5"),
            Self::Other { oid } => write_named(f, oid),
        }
    }
}

/// The initialization vector of a CBC cipher: an OCTET STRING of one block (RFC 3565 section 4.1).
pub(crate) fn initialization_vector(
    algorithm: &AlgorithmIdentifierOwned,
    block_size: usize,
) -> Result<Vec<u8>, Error> {
    let vector = algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.decode_as::<&OctetStringRef>().ok())
        .map(|vector| vector.as_bytes().to_vec())
        .ok_or_else(|| Error::malformed("the cipher's parameters hold no initialization vector"))?;
    if vector.len() == block_size {
        Ok(vector)
    } else {
        Err(Error::malformed("the initialization vector is not one block long"))
    }
}

/// What a dotted object identifier is called, if it is one that is met in messages.
pub(crate) fn known_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.2.840.113549.1.7.1" => "data",
        "1.2.840.113549.1.7.2" => "SignedData",
        "1.2.840.113549.1.7.3" => "EnvelopedData",
        "1.2.840.113549.1.7.5" => "DigestedData",
        "1.2.840.113549.1.7.6" => "EncryptedData",
        "1.2.840.113549.1.9.16.1.9" => "CompressedData",
        "1.2.840.113549.1.9.16.1.23" => "AuthEnvelopedData",
        "1.2.840.113549.1.1.1" => "RSAES-PKCS1-v1_5",
        "1.2.840.113549.1.1.7" => "RSAES-OAEP",
        "1.2.840.113549.3.2" => "RC2-CBC",
        "1.2.840.113549.3.4" => "RC4",
        "1.3.14.3.2.7" => "DES-CBC",
        "1.2.840.113533.7.66.10" => "CAST5-CBC",
        "1.2.410.200004.1.4" => "SEED-CBC",
        "1.2.392.200011.61.1.1.1.2" => "Camellia-128-CBC",
        "1.2.392.200011.61.1.1.1.3" => "Camellia-192-CBC",
        "1.2.392.200011.61.1.1.1.4" => "Camellia-256-CBC",
        "1.2.840.113549.1.9.16.3.18" => "ChaCha20-Poly1305",
        "2.16.840.1.101.3.4.1.6" => "AES-128-GCM",
        "2.16.840.1.101.3.4.1.26" => "AES-192-GCM",
        "2.16.840.1.101.3.4.1.46" => "AES-256-GCM",
        "2.16.840.1.101.3.4.1.7" => "AES-128-CCM",
        "2.16.840.1.101.3.4.1.27" => "AES-192-CCM",
        "2.16.840.1.101.3.4.1.47" => "AES-256-CCM",
        _ => return None,
    })
}

/// `NAME (OID)`, or the OID alone.
pub(crate) fn write_named(f: &mut fmt::Formatter<'_>, oid: &str) -> fmt::Result {
    match known_name(oid) {
        Some(name) => write!(f, "{name} ({oid})"),
        None => f.write_str(oid),
    }
}

/// An object identifier as `write_named` shows it.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_named(f, self.0)
    }
}
