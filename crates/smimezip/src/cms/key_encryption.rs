//! How a content-encryption key is encrypted (keyEncryptionAlgorithm, RFC 5652 section 6.2): which
//! algorithms this crate opens, read from their AlgorithmIdentifiers.

use std::fmt;

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use pkcs1::RsaOaepParamsOwned;
use spki::AlgorithmIdentifierOwned;

use super::content_encryption::ContentEncryptionAlgorithm;
use super::hash::HashAlgorithm;
use crate::oid::{self, Named, Oid};

/// How the content-encryption key is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEncryptionAlgorithm {
    /// RSAES-PKCS1-v1_5 (RFC 8017 section 7.2).
    RsaesPkcs1V15,
    /// RSAES-OAEP (RFC 8017 section 7.1, RFC 3560).
    RsaesOaep {
        /// The hash function.
        hash: HashAlgorithm,
        /// The hash function of the mask generation function MGF1.
        mask_hash: HashAlgorithm,
    },
    /// Elliptic curve Diffie-Hellman with an ephemeral key of the sender (RFC 5753, RFC 8418).
    KeyAgreement {
        /// How the key-encryption key is made of the shared secret.
        derivation: KeyDerivation,
        /// How the content-encryption key is encrypted under it.
        wrap: KeyWrapAlgorithm,
    },
    /// Key wrap under a key that both sides have (RFC 5652 section 6.2.3).
    KeyWrap(KeyWrapAlgorithm),
    /// Under a key derived from a password by PBKDF2 (RFC 3211).
    Password {
        /// The hash function of PBKDF2's HMAC.
        hash: HashAlgorithm,
        /// Rounds of PBKDF2.
        iterations: u64,
        /// The cipher of the key wrap.
        cipher: ContentEncryptionAlgorithm,
    },
    /// Key encapsulation (RFC 9629).
    KeyEncapsulation {
        /// The key encapsulation mechanism.
        mechanism: KemAlgorithm,
        /// How the key-encryption key is made of the shared secret.
        derivation: KeyDerivation,
        /// How the content-encryption key is encrypted under it.
        wrap: KeyWrapAlgorithm,
    },
    /// One that this crate does not open, or that has a part which it does not know.
    Other {
        /// The object identifier of what is not known.
        oid: Oid,
    },
}

/// A key derivation function and its hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyDerivation {
    /// The key derivation function of ANSI X9.63 (SEC 1 section 3.6.1).
    X963(HashAlgorithm),
    /// HKDF (RFC 5869).
    Hkdf(HashAlgorithm),
}

/// How one key is encrypted under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyWrapAlgorithm {
    /// AES key wrap under 128 bits (RFC 3394, RFC 3565).
    Aes128,
    /// AES key wrap under 192 bits.
    Aes192,
    /// AES key wrap under 256 bits.
    Aes256,
    /// Triple DES key wrap (RFC 3217).
    DesEde3,
}

/// A key encapsulation mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KemAlgorithm {
    /// ML-KEM-512 (FIPS 203, RFC 9936).
    MlKem512,
    /// ML-KEM-768.
    MlKem768,
    /// ML-KEM-1024.
    MlKem1024,
}

/// An algorithm, or the object identifier of what is not known of it.
pub(super) type Known<T> = Result<T, ObjectIdentifier>;

impl KeyEncryptionAlgorithm {
    /// One that is not known.
    pub(super) fn unknown(oid: ObjectIdentifier) -> Self {
        Self::Other { oid: Oid::new(oid) }
    }

    /// The algorithm of a `ktri` (RFC 3370 section 4.2, RFC 3560), and the label of OAEP.
    pub(super) fn key_transport(identifier: &AlgorithmIdentifierOwned) -> (Self, Vec<u8>) {
        match identifier.oid {
            oid::RSA_ENCRYPTION => (Self::RsaesPkcs1V15, Vec::new()),
            oid::RSAES_OAEP => {
                oaep(identifier).unwrap_or_else(|unknown| (Self::unknown(unknown), Vec::new()))
            }
            _ => (Self::unknown(identifier.oid), Vec::new()),
        }
    }
}

/// RSAES-OAEP-params (RFC 4055 section 4.1). Absent parameters have their defaults.
fn oaep(identifier: &AlgorithmIdentifierOwned) -> Known<(KeyEncryptionAlgorithm, Vec<u8>)> {
    let default = KeyEncryptionAlgorithm::RsaesOaep {
        hash: HashAlgorithm::Sha1,
        mask_hash: HashAlgorithm::Sha1,
    };
    let Some(parameters) = &identifier.parameters else { return Ok((default, Vec::new())) };
    let der = parameters.to_der().map_err(|_| identifier.oid)?;
    let parameters = RsaOaepParamsOwned::from_der(&der).map_err(|_| identifier.oid)?;
    let hash_of = |oid: &ObjectIdentifier| HashAlgorithm::from_oid(oid).ok_or(*oid);
    let hash = hash_of(&parameters.hash.oid)?;
    if parameters.mask_gen.oid != oid::MGF1 {
        return Err(parameters.mask_gen.oid);
    }
    let mask = parameters.mask_gen.parameters.as_ref().ok_or(parameters.mask_gen.oid)?;
    let mask_hash = hash_of(&mask.oid)?;
    let label = parameters.p_source.parameters.as_ref();
    let label = label.and_then(|label| label.decode_as::<&OctetStringRef>().ok());
    if parameters.p_source.oid != oid::P_SPECIFIED {
        return Err(parameters.p_source.oid);
    }
    let label = label.map_or_else(Vec::new, |label| label.as_bytes().to_vec());
    Ok((KeyEncryptionAlgorithm::RsaesOaep { hash, mask_hash }, label))
}

impl KeyDerivation {
    /// The derivation of a key agreement scheme (RFC 5753 section 7.1.4, RFC 8418 section 2.3).
    /// With or without the cofactor is the same for the curves in use, whose cofactor is 1, and for
    /// X25519 and X448, which multiply by it in any case.
    pub(super) fn of_scheme(oid: &ObjectIdentifier) -> Known<Self> {
        use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        Ok(match *oid {
            oid::STD_DH_SHA1 | oid::COFACTOR_DH_SHA1 => Self::X963(Sha1),
            oid::STD_DH_SHA224 | oid::COFACTOR_DH_SHA224 => Self::X963(Sha224),
            oid::STD_DH_SHA256 | oid::COFACTOR_DH_SHA256 => Self::X963(Sha256),
            oid::STD_DH_SHA384 | oid::COFACTOR_DH_SHA384 => Self::X963(Sha384),
            oid::STD_DH_SHA512 | oid::COFACTOR_DH_SHA512 => Self::X963(Sha512),
            oid::STD_DH_HKDF_SHA256 => Self::Hkdf(Sha256),
            oid::STD_DH_HKDF_SHA384 => Self::Hkdf(Sha384),
            oid::STD_DH_HKDF_SHA512 => Self::Hkdf(Sha512),
            _ => return Err(*oid),
        })
    }

    /// The derivation of a KEMRecipientInfo (RFC 9629, RFC 8619).
    pub(super) fn of_kem(oid: &ObjectIdentifier) -> Known<Self> {
        Ok(Self::Hkdf(match *oid {
            oid::HKDF_SHA256 => HashAlgorithm::Sha256,
            oid::HKDF_SHA384 => HashAlgorithm::Sha384,
            oid::HKDF_SHA512 => HashAlgorithm::Sha512,
            _ => return Err(*oid),
        }))
    }
}

impl KeyWrapAlgorithm {
    pub(super) fn new(oid: &ObjectIdentifier) -> Known<Self> {
        Ok(match *oid {
            oid::AES128_WRAP => Self::Aes128,
            oid::AES192_WRAP => Self::Aes192,
            oid::AES256_WRAP => Self::Aes256,
            oid::DES_EDE3_WRAP => Self::DesEde3,
            _ => return Err(*oid),
        })
    }

    /// The key wrap that a key agreement scheme has as its parameters (RFC 5753 section 7.1.4).
    pub(super) fn in_parameters(identifier: &AlgorithmIdentifierOwned) -> Known<(Self, Vec<u8>)> {
        let parameters = identifier.parameters.as_ref().ok_or(identifier.oid)?;
        let der = parameters.to_der().map_err(|_| identifier.oid)?;
        let wrap = AlgorithmIdentifierOwned::from_der(&der).map_err(|_| identifier.oid)?;
        Ok((Self::new(&wrap.oid)?, der))
    }

    /// Bytes of the key-encryption key.
    pub fn key_size(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 | Self::DesEde3 => 24,
            Self::Aes256 => 32,
        }
    }
}

impl KemAlgorithm {
    pub(crate) fn new(oid: &ObjectIdentifier) -> Known<Self> {
        Ok(match *oid {
            oid::ML_KEM_512 => Self::MlKem512,
            oid::ML_KEM_768 => Self::MlKem768,
            oid::ML_KEM_1024 => Self::MlKem1024,
            _ => return Err(*oid),
        })
    }
}

impl fmt::Display for KeyEncryptionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaesPkcs1V15 => f.write_str("RSAES-PKCS1-v1_5"),
            Self::RsaesOaep { hash, mask_hash } if hash == mask_hash => {
                write!(f, "RSAES-OAEP with {hash}")
            }
            Self::RsaesOaep { hash, mask_hash } => {
                write!(f, "RSAES-OAEP with {hash} and MGF1 with {mask_hash}")
            }
            Self::KeyAgreement { derivation, wrap } => write!(f, "ECDH, {derivation}, {wrap}"),
            Self::KeyWrap(wrap) => wrap.fmt(f),
            Self::Password { hash, iterations, cipher } => {
                write!(f, "PBKDF2 with {hash} and {iterations} iterations, PWRI-KEK with {cipher}")
            }
            Self::KeyEncapsulation { mechanism, derivation, wrap } => {
                write!(f, "{mechanism}, {derivation}, {wrap}")
            }
            Self::Other { oid } => Named::from(*oid).fmt(f),
        }
    }
}

impl fmt::Display for KeyDerivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X963(hash) => write!(f, "X9.63 KDF with {hash}"),
            Self::Hkdf(hash) => write!(f, "HKDF with {hash}"),
        }
    }
}

impl fmt::Display for KeyWrapAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes128 => "AES-128 key wrap",
            Self::Aes192 => "AES-192 key wrap",
            Self::Aes256 => "AES-256 key wrap",
            Self::DesEde3 => "3DES key wrap",
        })
    }
}

impl fmt::Display for KemAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MlKem512 => "ML-KEM-512",
            Self::MlKem768 => "ML-KEM-768",
            Self::MlKem1024 => "ML-KEM-1024",
        })
    }
}
