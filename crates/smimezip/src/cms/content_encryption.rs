//! How content is encrypted: AlgorithmIdentifiers of RFC 3370, RFC 3565, RFC 5084 and RFC 8103
//! with their parameters. Which cipher does it is the business of `cipher`.

use std::fmt;

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Reader as _, SliceReader, Tagged};
use spki::AlgorithmIdentifierOwned;

use crate::error::{Error, Unsupported};
use crate::oid::{self, Named, Oid};

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
    /// AES-128 in Galois/Counter mode (RFC 5084).
    Aes128Gcm,
    /// AES-192 in Galois/Counter mode (RFC 5084).
    Aes192Gcm,
    /// AES-256 in Galois/Counter mode (RFC 5084).
    Aes256Gcm,
    /// AES-128 in counter mode with CBC-MAC (RFC 5084).
    Aes128Ccm,
    /// AES-192 in counter mode with CBC-MAC (RFC 5084).
    Aes192Ccm,
    /// AES-256 in counter mode with CBC-MAC (RFC 5084).
    Aes256Ccm,
    /// ChaCha20 with Poly1305 (RFC 8103).
    ChaCha20Poly1305,
    /// One that this crate does not open.
    Other {
        /// Its object identifier.
        oid: Oid,
    },
}

/// The parameters that go with the algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContentParameters {
    /// Of CBC: the initialization vector, one block (RFC 3565 section 4.1).
    Vector(Vec<u8>),
    /// Of an authenticated cipher: the nonce, and the bytes of the tag.
    Nonce { nonce: Vec<u8>, tag_size: usize },
    /// Of one that is not supported.
    Unknown,
}

use ContentEncryptionAlgorithm as Algorithm;

impl ContentEncryptionAlgorithm {
    pub(crate) fn new(oid: &ObjectIdentifier) -> Self {
        match *oid {
            oid::AES128_CBC => Self::Aes128Cbc,
            oid::AES192_CBC => Self::Aes192Cbc,
            oid::AES256_CBC => Self::Aes256Cbc,
            oid::DES_EDE3_CBC => Self::DesEde3Cbc,
            oid::AES128_GCM => Self::Aes128Gcm,
            oid::AES192_GCM => Self::Aes192Gcm,
            oid::AES256_GCM => Self::Aes256Gcm,
            oid::AES128_CCM => Self::Aes128Ccm,
            oid::AES192_CCM => Self::Aes192Ccm,
            oid::AES256_CCM => Self::Aes256Ccm,
            oid::CHACHA20_POLY1305 => Self::ChaCha20Poly1305,
            other => Self::Other { oid: Oid::new(other) },
        }
    }

    /// Its object identifier.
    pub(super) fn oid(&self) -> ObjectIdentifier {
        match self {
            Self::Aes128Cbc => oid::AES128_CBC,
            Self::Aes192Cbc => oid::AES192_CBC,
            Self::Aes256Cbc => oid::AES256_CBC,
            Self::DesEde3Cbc => oid::DES_EDE3_CBC,
            Self::Aes128Gcm => oid::AES128_GCM,
            Self::Aes192Gcm => oid::AES192_GCM,
            Self::Aes256Gcm => oid::AES256_GCM,
            Self::Aes128Ccm => oid::AES128_CCM,
            Self::Aes192Ccm => oid::AES192_CCM,
            Self::Aes256Ccm => oid::AES256_CCM,
            Self::ChaCha20Poly1305 => oid::CHACHA20_POLY1305,
            Self::Other { oid } => oid.identifier(),
        }
    }

    /// That it is not supported.
    pub(crate) fn unsupported(&self) -> Error {
        let what = format!("content encryption {self}");
        match self {
            Self::Other { oid } => Unsupported::Named { what, oid: *oid }.into(),
            _ => Error::unsupported(what),
        }
    }

    /// Bytes of its key, if this crate opens it.
    pub fn key_size(&self) -> Option<usize> {
        match self {
            Self::Aes128Cbc | Self::Aes128Gcm | Self::Aes128Ccm => Some(16),
            Self::Aes192Cbc | Self::Aes192Gcm | Self::Aes192Ccm | Self::DesEde3Cbc => Some(24),
            Self::Aes256Cbc | Self::Aes256Gcm | Self::Aes256Ccm | Self::ChaCha20Poly1305 => {
                Some(32)
            }
            Self::Other { .. } => None,
        }
    }

    /// Whether it authenticates what it encrypts (RFC 5084, RFC 8103).
    pub fn is_authenticated(&self) -> bool {
        match self {
            Self::Aes128Gcm
            | Self::Aes192Gcm
            | Self::Aes256Gcm
            | Self::Aes128Ccm
            | Self::Aes192Ccm
            | Self::Aes256Ccm
            | Self::ChaCha20Poly1305 => true,
            Self::Aes128Cbc
            | Self::Aes192Cbc
            | Self::Aes256Cbc
            | Self::DesEde3Cbc
            | Self::Other { .. } => false,
        }
    }

    /// Bytes of its block, which is also the size of its initialization vector, for CBC.
    pub(crate) fn block_size(&self) -> Option<usize> {
        match self {
            Self::DesEde3Cbc => Some(8),
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => Some(16),
            _ => None,
        }
    }

    /// Reads the parameters that `identifier`, whose algorithm this is, must have.
    pub(crate) fn parameters(
        &self,
        identifier: &AlgorithmIdentifierOwned,
    ) -> Result<ContentParameters, Error> {
        if let Some(size) = self.block_size() {
            return initialization_vector(identifier, size).map(ContentParameters::Vector);
        }
        match self {
            Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm => {
                // 12 bytes as RFC 5084 recommends; GnuPG sends 16.
                nonce_and_tag_size(identifier, &[12, 16], &[12, 13, 14, 15, 16])
            }
            Self::Aes128Ccm | Self::Aes192Ccm | Self::Aes256Ccm => {
                nonce_and_tag_size(identifier, &[7, 8, 9, 10, 11, 12, 13], &[12, 14, 16])
            }
            Self::ChaCha20Poly1305 => initialization_vector(identifier, 12)
                .map(|nonce| ContentParameters::Nonce { nonce, tag_size: 16 }),
            _ => Ok(ContentParameters::Unknown),
        }
    }
}

impl fmt::Display for ContentEncryptionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes128Cbc => "AES-128-CBC",
            Self::Aes192Cbc => "AES-192-CBC",
            Self::Aes256Cbc => "AES-256-CBC",
            Self::DesEde3Cbc => "3DES-CBC",
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes192Gcm => "AES-192-GCM",
            Self::Aes256Gcm => "AES-256-GCM",
            Self::Aes128Ccm => "AES-128-CCM",
            Self::Aes192Ccm => "AES-192-CCM",
            Self::Aes256Ccm => "AES-256-CCM",
            Self::ChaCha20Poly1305 => "ChaCha20-Poly1305",
            Self::Other { oid } => return Named::from(*oid).fmt(f),
        })
    }
}

/// The initialization vector of a CBC cipher (RFC 3565 section 4.1), or the nonce of
/// ChaCha20-Poly1305 (RFC 8103 section 3): an OCTET STRING of that size.
pub(crate) fn initialization_vector(
    identifier: &AlgorithmIdentifierOwned,
    size: usize,
) -> Result<Vec<u8>, Error> {
    let vector = identifier
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.decode_as::<&OctetStringRef>().ok())
        .map(|vector| vector.as_bytes().to_vec())
        .ok_or_else(|| Error::malformed("the cipher's parameters hold no initialization vector"))?;
    if vector.len() == size {
        Ok(vector)
    } else {
        Err(Error::malformed("the initialization vector has not the cipher's size"))
    }
}

/// GCMParameters and CCMParameters (RFC 5084 sections 3.1 and 3.2): a nonce, and the bytes of
/// the tag, 12 if not said. Shorter tags than 12 are easier to guess and refused.
fn nonce_and_tag_size(
    identifier: &AlgorithmIdentifierOwned,
    nonce_sizes: &[usize],
    tag_sizes: &[usize],
) -> Result<ContentParameters, Error> {
    let malformed = || Error::malformed("the cipher's parameters hold no nonce and tag size");
    let parameters = identifier.parameters.as_ref().ok_or_else(malformed)?;
    let mut reader = SliceReader::new(parameters.value()).map_err(|_| malformed())?;
    let nonce = <&OctetStringRef>::decode(&mut reader).map_err(|_| malformed())?.as_bytes();
    let tag_size = if reader.is_finished() {
        12
    } else {
        usize::from(u8::decode(&mut reader).map_err(|_| malformed())?)
    };
    if !reader.is_finished() || parameters.tag() != der::Tag::Sequence {
        return Err(malformed());
    }
    let algorithm = Algorithm::new(&identifier.oid);
    if !nonce_sizes.contains(&nonce.len()) {
        let size = nonce.len();
        return Err(Error::unsupported(format!("{algorithm} with a nonce of {size} bytes")));
    }
    if !tag_sizes.contains(&tag_size) {
        return Err(Error::unsupported(format!("{algorithm} with a tag of {tag_size} bytes")));
    }
    Ok(ContentParameters::Nonce { nonce: nonce.to_vec(), tag_size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gcm(parameters: &[u8]) -> Result<ContentParameters, Error> {
        let mut identifier = b"\x30\x00\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2e".to_vec();
        identifier.extend_from_slice(parameters);
        identifier[1] = u8::try_from(identifier.len() - 2).unwrap();
        let identifier = AlgorithmIdentifierOwned::from_der(&identifier).unwrap();
        Algorithm::new(&identifier.oid).parameters(&identifier)
    }

    fn parameters(nonce: usize, tag: Option<u8>) -> Vec<u8> {
        let mut inner = vec![0x04, u8::try_from(nonce).unwrap()];
        inner.resize(2 + nonce, 7);
        inner.extend(tag.into_iter().flat_map(|tag| [0x02, 1, tag]));
        [vec![0x30, u8::try_from(inner.len()).unwrap()], inner].concat()
    }

    #[test]
    fn c5_nonce_and_tag_sizes() {
        for nonce in [12, 16] {
            for tag in 0..=20_u8 {
                let found = gcm(&parameters(nonce, Some(tag)));
                assert_eq!(found.is_ok(), (12..=16).contains(&tag), "{nonce} {tag}");
            }
        }
        let expected = ContentParameters::Nonce { nonce: vec![7; 12], tag_size: 12 };
        assert_eq!(gcm(&parameters(12, None)).unwrap(), expected);
        for nonce in [0, 1, 8, 11, 13, 17] {
            let error = gcm(&parameters(nonce, Some(16))).unwrap_err().to_string();
            assert!(error.contains(&format!("AES-256-GCM with a nonce of {nonce} bytes")));
        }
        for odd in [&b""[..], b"\x05\x00", b"\x04\x01\x01", b"\x30\x00", b"\x30\x03\x02\x01\x10"] {
            assert!(gcm(odd).is_err());
        }
    }
}
