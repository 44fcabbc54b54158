//! `PrivateKey`: a private key of any kind that opens recipients, by its PKCS #8, PKCS #1 or SEC 1
//! structure; and whether a recipient could be its own.

use std::fmt;

use der::Decode;
use rsa::pkcs8::EncodePublicKey;

use super::hash::digest;
use super::key_agreement::AgreementKey;
use super::key_encapsulation::DecapsulationKey;
use super::key_transport::RsaKey;
use super::pkcs8;
use super::shape::Shape;
use crate::cms::{
    Details, HashAlgorithm, KemAlgorithm, KeyEncryptionAlgorithm, RecipientIdentifier,
    RecipientInfo, RecipientKind,
};
use crate::error::{Error, ErrorKind};
use crate::oid;
use crate::secret::ContentEncryptionKey;

/// A private key. It wipes itself; what it displays as is its kind and size.
pub struct PrivateKey {
    kind: Kind,
    /// The subjectPublicKey of its SubjectPublicKeyInfo.
    public_key: Vec<u8>,
    /// Key identifiers that a certificate's issuer may have computed of it.
    identifiers: Vec<Vec<u8>>,
}

enum Kind {
    Rsa(Box<RsaKey>),
    Agreement(AgreementKey),
    Encapsulation(DecapsulationKey),
}

impl PrivateKey {
    /// The key in the DER of PKCS #8, PKCS #1 or SEC 1.
    ///
    /// # Errors
    /// `BadKey`, or `Unsupported` naming the algorithm.
    pub(super) fn from_der(der: &[u8]) -> Result<Self, Error> {
        match Shape::of(der) {
            Shape::Pkcs1 => Self::of_rsa(pkcs8::rsa(der)?),
            Shape::Sec1 => Self::new(Kind::Agreement(AgreementKey::from_sec1(der)?)),
            Shape::Pkcs8 => {
                let info = pkcs8::private_key_info(der)?;
                match info.algorithm.oid {
                    // With NULL as its parameters or without (RFC 8017 appendix A.1).
                    oid::RSA_ENCRYPTION => Self::of_rsa(pkcs8::rsa(info.private_key.as_bytes())?),
                    _ if KemAlgorithm::new(&info.algorithm.oid).is_ok() => {
                        Self::new(Kind::Encapsulation(DecapsulationKey::from_pkcs8(&info)?))
                    }
                    _ => Self::new(Kind::Agreement(AgreementKey::from_pkcs8(&info)?)),
                }
            }
            Shape::Dsa => Err(Error::unsupported("a private key for DSA")),
            _ => Err(Error::bad_key("neither PKCS #8, PKCS #1 nor SEC 1")),
        }
    }

    fn of_rsa(key: rsa::PrivateKey) -> Result<Self, Error> {
        Self::new(Kind::Rsa(Box::new(RsaKey::new(key))))
    }

    fn new(kind: Kind) -> Result<Self, Error> {
        let bad = || Error::bad_key("a key whose public part cannot be made");
        let info = match &kind {
            Kind::Rsa(key) => {
                key.public().to_public_key_der().map_err(|_| bad())?.as_bytes().to_vec()
            }
            Kind::Agreement(key) => key.public_key_info()?,
            Kind::Encapsulation(key) => key.public_key_info()?,
        };
        let public_key = spki::SubjectPublicKeyInfoRef::from_der(&info)
            .map_err(|_| bad())?
            .subject_public_key
            .raw_bytes()
            .to_vec();
        // RFC 5280 section 4.2.1.2 (1), and RFC 7093 section 2 (1) to (4): 160 bits of each.
        let mut identifiers: Vec<_> = [
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ]
        .map(|hash| digest(hash, &[&public_key])[..20].to_vec())
        .into();
        identifiers.push(digest(HashAlgorithm::Sha256, &[&info]).to_vec());
        Ok(Self { kind, public_key, identifiers })
    }

    /// Its size in bits: of the modulus for RSA, of the field for elliptic curves; the number in
    /// its name for ML-KEM.
    pub fn bits(&self) -> u32 {
        match &self.kind {
            Kind::Rsa(key) => key.bits(),
            Kind::Agreement(key) => key.bits(),
            Kind::Encapsulation(key) => match key.mechanism() {
                KemAlgorithm::MlKem512 => 512,
                KemAlgorithm::MlKem768 => 768,
                KemAlgorithm::MlKem1024 => 1024,
            },
        }
    }

    /// Whether that is its public key, as the subjectPublicKey of a SubjectPublicKeyInfo (RFC 5280
    /// section 4.1.2.7); a point may be compressed (SEC 1 section 2.3.3).
    pub(super) fn has_public_key(&self, bytes: &[u8]) -> bool {
        let compressed = match (&self.kind, self.public_key.as_slice()) {
            (Kind::Agreement(key), [4, point @ ..]) if key.is_on_a_curve_of_nist() => {
                let (x, y) = point.split_at(point.len() / 2);
                let sign = 2 | (y.last().copied().unwrap_or_default() & 1);
                bytes.split_first() == Some((&sign, x))
            }
            _ => false,
        };
        bytes == self.public_key || compressed
    }

    /// Whether both have the same public key.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.public_key == other.public_key
    }

    /// Whether `identifier` is a key identifier that is usually computed of this key.
    pub(super) fn has_identifier(&self, identifier: &RecipientIdentifier) -> bool {
        matches!(identifier, RecipientIdentifier::SubjectKeyIdentifier(bytes)
            if self.identifiers.contains(bytes))
    }

    /// Whether a recipient could be this key's, as far as can be seen without trying.
    pub(super) fn may_open(&self, info: &RecipientInfo) -> bool {
        if info.unsupported().is_some() {
            return false;
        }
        match (&self.kind, info.details()) {
            (Kind::Rsa(key), Details::Transport { .. }) => {
                info.kind() == RecipientKind::KeyTransport && key.is_of_size(info.encrypted_key())
            }
            (Kind::Agreement(key), Details::Agreement(agreement)) => {
                key.agrees_with_size(agreement.public_key.len())
            }
            (Kind::Encapsulation(key), Details::Encapsulation(it)) => {
                key.mechanism() == it.mechanism
            }
            _ => false,
        }
    }

    /// Decrypts the content-encryption key of `size` bytes that `info` holds.
    ///
    /// # Errors
    /// `Decrypt`, bare, for everything.
    pub(super) fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        use KeyEncryptionAlgorithm as Algorithm;
        let wrapped = info.encrypted_key();
        match (&self.kind, info.key_encryption_algorithm(), info.details()) {
            (Kind::Rsa(key), Some(Algorithm::RsaesPkcs1V15), _) => key.unwrap_key(wrapped, size),
            (
                Kind::Rsa(key),
                Some(Algorithm::RsaesOaep { hash, mask_hash }),
                Details::Transport { label },
            ) => key.unwrap_key_oaep(*hash, *mask_hash, label, wrapped, size),
            (
                Kind::Agreement(key),
                Some(Algorithm::KeyAgreement { derivation, wrap }),
                Details::Agreement(agreement),
            ) => key.unwrap_key(agreement, *derivation, *wrap, wrapped, size),
            (
                Kind::Encapsulation(key),
                Some(Algorithm::KeyEncapsulation { derivation, wrap, .. }),
                Details::Encapsulation(encapsulation),
            ) => key.unwrap_key(encapsulation, *derivation, *wrap, wrapped, size),
            _ => Err(ErrorKind::Decrypt.into()),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({self})")
    }
}

impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Rsa(key) => write!(f, "RSA, {} bits", key.bits()),
            Kind::Agreement(key) => f.write_str(key.name()),
            Kind::Encapsulation(key) => key.mechanism().fmt(f),
        }
    }
}
