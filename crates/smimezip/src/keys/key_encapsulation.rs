//! Key encapsulation with ML-KEM (FIPS 203) in a KEMRecipientInfo (RFC 9629, RFC 9936), both ways.

use der::asn1::OctetStringRef;
use der::{Decode, Encode, Tag, Tagged};
use ml_kem::{
    B32, Ciphertext, Decapsulate, DecapsulationKey as MlKemKey, EncapsulationKey as MlKemPublicKey,
    KeyExport, MlKem512, MlKem768, MlKem1024,
};
use pkcs8::PrivateKeyInfoRef;
use zeroize::Zeroizing;

use super::kdf;
use super::key_wrap;
use super::pkcs8::unsupported;
use crate::cms::write::{WrittenRecipientInfo, recipient_info};
use crate::cms::{
    Encapsulation, HashAlgorithm, KemAlgorithm, KeyDerivation, KeyWrapAlgorithm,
    RecipientIdentifier,
};
use crate::error::{Error, ErrorKind};
use crate::oid;
use crate::random::random;
use crate::secret::ContentEncryptionKey;

/// An encapsulation key, which is the public one.
#[derive(Clone, Debug)]
pub(super) enum EncapsulationKey {
    MlKem512(Box<MlKemPublicKey<MlKem512>>),
    MlKem768(Box<MlKemPublicKey<MlKem768>>),
    MlKem1024(Box<MlKemPublicKey<MlKem1024>>),
}

impl EncapsulationKey {
    /// The key whose subjectPublicKey is `bytes` (RFC 9935 section 4); `None` if it cannot be one
    /// (FIPS 203 section 7.2).
    ///
    /// # Errors
    /// None in a build that has these keys.
    #[allow(clippy::unnecessary_wraps, reason = "as where the feature is left out")]
    pub(super) fn new(mechanism: KemAlgorithm, bytes: &[u8]) -> Result<Option<Self>, Error> {
        macro_rules! key {
            ($kind:ident) => {
                bytes.try_into().ok().and_then(|bytes| {
                    let key = MlKemPublicKey::<$kind>::new(bytes).ok()?;
                    Some(Self::$kind(Box::new(key)))
                })
            };
        }
        Ok(match mechanism {
            KemAlgorithm::MlKem512 => key!(MlKem512),
            KemAlgorithm::MlKem768 => key!(MlKem768),
            KemAlgorithm::MlKem1024 => key!(MlKem1024),
        })
    }

    /// Encrypts a content-encryption key for its owner: a RecipientInfo. The hash function and the
    /// key wrap are those that everybody must know who opens it (RFC 9936 section 2.2).
    ///
    /// # Errors
    /// `Io` if the system gives no random bytes.
    pub(super) fn wrap_key(
        &self,
        recipient: &RecipientIdentifier,
        key: &[u8],
    ) -> Result<WrittenRecipientInfo, Error> {
        let (mechanism, wrap) = match self {
            Self::MlKem512(_) => (KemAlgorithm::MlKem512, KeyWrapAlgorithm::Aes128),
            Self::MlKem768(_) => (KemAlgorithm::MlKem768, KeyWrapAlgorithm::Aes256),
            Self::MlKem1024(_) => (KemAlgorithm::MlKem1024, KeyWrapAlgorithm::Aes256),
        };
        let (ciphertext, secret) = self.encapsulate()?;
        let other_info = recipient_info::kem_other_info(wrap);
        let derivation = KeyDerivation::Hkdf(HashAlgorithm::Sha256);
        let kek = kdf::derive(derivation, &*secret, &other_info, wrap.key_size())?;
        let wrapped = key_wrap::wrap(wrap, &kek, key)?;
        let encapsulation = Encapsulation { mechanism, ciphertext, other_info };
        Ok(recipient_info::key_encapsulation(recipient, &encapsulation, wrap, &wrapped))
    }

    /// A new secret, and the ciphertext that its owner has it from (FIPS 203 section 7.2).
    ///
    /// # Errors
    /// `Io` if the system gives no random bytes.
    fn encapsulate(&self) -> Result<(Vec<u8>, Zeroizing<[u8; 32]>), Error> {
        let mut seed = Zeroizing::new([0; 32]);
        random(&mut *seed)?;
        // Not the call that draws the seed itself: it panics where the system gives none.
        let seed: &B32 = (&*seed).into();
        macro_rules! encapsulated {
            ($key:expr) => {{
                let (ciphertext, secret) = $key.encapsulate_deterministic(seed);
                (ciphertext.to_vec(), Zeroizing::new(secret.into()))
            }};
        }
        Ok(match self {
            Self::MlKem512(key) => encapsulated!(key),
            Self::MlKem768(key) => encapsulated!(key),
            Self::MlKem1024(key) => encapsulated!(key),
        })
    }
}

/// A decapsulation key. It wipes itself.
pub(super) enum DecapsulationKey {
    MlKem512(Box<MlKemKey<MlKem512>>),
    MlKem768(Box<MlKemKey<MlKem768>>),
    MlKem1024(Box<MlKemKey<MlKem1024>>),
}

/// The forms of a private key (RFC 9935 section 6).
struct Forms<'a> {
    seed: Option<&'a [u8]>,
    expanded: Option<&'a [u8]>,
}

impl DecapsulationKey {
    /// The key in a PKCS #8 PrivateKeyInfo: as a seed, expanded, or both.
    ///
    /// # Errors
    /// `BadKey`, or `Unsupported` naming the algorithm.
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        let forms = Forms::new(info.private_key.as_bytes()).ok_or_else(bad)?;
        let mechanism = KemAlgorithm::new(&info.algorithm.oid).map_err(unsupported)?;
        macro_rules! key {
            ($kind:ident) => {
                Self::$kind(Box::new(match (forms.seed, forms.expanded) {
                    (Some(seed), expanded) => {
                        let key = MlKemKey::<$kind>::from_seed(seed.try_into().map_err(|_| bad())?);
                        // Both must be of one key (RFC 9935 section 8).
                        if let Some(expanded) = expanded
                            && !ends_in_public_key(expanded, &key.encapsulation_key().to_bytes())
                        {
                            return Err(bad());
                        }
                        key
                    }
                    (None, Some(expanded)) => {
                        let bytes = expanded.try_into().map_err(|_| bad())?;
                        #[allow(deprecated, reason = "seeds are better, and some have none")]
                        MlKemKey::<$kind>::from_expanded(bytes).map_err(|_| bad())?
                    }
                    (None, None) => return Err(bad()),
                }))
            };
        }
        Ok(match mechanism {
            KemAlgorithm::MlKem512 => key!(MlKem512),
            KemAlgorithm::MlKem768 => key!(MlKem768),
            KemAlgorithm::MlKem1024 => key!(MlKem1024),
        })
    }

    /// Which mechanism it is for.
    pub(super) fn mechanism(&self) -> KemAlgorithm {
        match self {
            Self::MlKem512(_) => KemAlgorithm::MlKem512,
            Self::MlKem768(_) => KemAlgorithm::MlKem768,
            Self::MlKem1024(_) => KemAlgorithm::MlKem1024,
        }
    }

    /// The public key's SubjectPublicKeyInfo in DER (RFC 9935 section 4).
    pub(super) fn public_key_info(&self) -> Result<Vec<u8>, Error> {
        let (oid, bytes) = match self {
            Self::MlKem512(key) => (oid::ML_KEM_512, key.encapsulation_key().to_bytes().to_vec()),
            Self::MlKem768(key) => (oid::ML_KEM_768, key.encapsulation_key().to_bytes().to_vec()),
            Self::MlKem1024(key) => (oid::ML_KEM_1024, key.encapsulation_key().to_bytes().to_vec()),
        };
        spki::SubjectPublicKeyInfoOwned {
            algorithm: spki::AlgorithmIdentifierOwned { oid, parameters: None },
            subject_public_key: der::asn1::BitString::from_bytes(&bytes).map_err(|_| bad())?,
        }
        .to_der()
        .map_err(|_| bad())
    }

    /// Unwraps a content-encryption key of `size` bytes. A wrong ciphertext gives a secret that
    /// fits nothing (FIPS 203 section 6.3), and so a failure of the key wrap.
    ///
    /// # Errors
    /// `Decrypt`, bare, for everything.
    pub(super) fn unwrap_key(
        &self,
        encapsulation: &Encapsulation,
        derivation: KeyDerivation,
        wrap: KeyWrapAlgorithm,
        wrapped: &[u8],
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        let secret = self.decapsulate(&encapsulation.ciphertext).ok_or(ErrorKind::Decrypt)?;
        let kek = kdf::derive(derivation, &*secret, &encapsulation.other_info, wrap.key_size())?;
        key_wrap::unwrap(wrap, &kek, wrapped, size)
    }

    /// The shared secret; `None` for a ciphertext of another size.
    pub(super) fn decapsulate(&self, ciphertext: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let secret = match self {
            Self::MlKem512(key) => {
                key.decapsulate(<&Ciphertext<MlKem512>>::try_from(ciphertext).ok()?)
            }
            Self::MlKem768(key) => {
                key.decapsulate(<&Ciphertext<MlKem768>>::try_from(ciphertext).ok()?)
            }
            Self::MlKem1024(key) => {
                key.decapsulate(<&Ciphertext<MlKem1024>>::try_from(ciphertext).ok()?)
            }
        };
        Some(Zeroizing::new(secret.into()))
    }
}

impl<'a> Forms<'a> {
    /// CHOICE { seed \[0\] IMPLICIT OCTET STRING, expandedKey OCTET STRING, both SEQUENCE { seed
    /// OCTET STRING, expandedKey OCTET STRING } }.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let any = der::AnyRef::from_der(bytes).ok()?;
        match any.tag() {
            Tag::OctetString => Some(Self { seed: None, expanded: Some(any.value()) }),
            Tag::Sequence => {
                let mut reader = der::SliceReader::new(any.value()).ok()?;
                let seed = <&OctetStringRef>::decode(&mut reader).ok()?;
                let expanded = <&OctetStringRef>::decode(&mut reader).ok()?;
                Some(Self { seed: Some(seed.as_bytes()), expanded: Some(expanded.as_bytes()) })
            }
            _ if bytes.first() == Some(&0x80) => {
                Some(Self { seed: Some(any.value()), expanded: None })
            }
            _ => None,
        }
    }
}

/// An expanded key is dk_PKE, the public key, its hash and 32 bytes more (FIPS 203 algorithm 16).
fn ends_in_public_key(expanded: &[u8], public_key: &[u8]) -> bool {
    expanded
        .len()
        .checked_sub(public_key.len() + 64)
        .is_some_and(|start| expanded[start..].starts_with(public_key))
}

fn bad() -> Error {
    Error::bad_key("an ML-KEM key with invalid numbers")
}
