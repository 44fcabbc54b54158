//! The hash functions of RFC 3370 and RFC 5754 by their object identifiers, wherever another
//! algorithm has one as a parameter.

use std::fmt;

use der::asn1::ObjectIdentifier;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-1. Broken for signatures; sound where messages use it, in OAEP and key derivation.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// The function with that object identifier.
    pub(crate) fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Some(match oid.to_string().as_str() {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// The function whose HMAC has that object identifier (RFC 8018 appendix B.1).
    pub(crate) fn from_hmac_oid(oid: &ObjectIdentifier) -> Option<Self> {
        let last = oid.to_string().strip_prefix("1.2.840.113549.2.")?.parse::<u8>().ok()?;
        Some(match last {
            7 => Self::Sha1,
            8 => Self::Sha224,
            9 => Self::Sha256,
            10 => Self::Sha384,
            11 => Self::Sha512,
            _ => return None,
        })
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}
