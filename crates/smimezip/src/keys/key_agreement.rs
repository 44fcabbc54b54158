//! Key agreement with a static key of the recipient and an ephemeral key of the sender: ECDH on the
//! curves of NIST (RFC 5753), X25519 and X448 (RFC 8418). Both sides of it.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use elliptic_curve::sec1::ToSec1Point;
use p256::elliptic_curve;
use pkcs8::PrivateKeyInfoRef;
use subtle::ConstantTimeEq;
use x448::StaticSecret as X448Secret;
use x25519_dalek::StaticSecret as X25519Secret;
use zeroize::Zeroizing;

use super::kdf;
use super::key_wrap;
use super::pkcs8::{elliptic, unsupported};
use crate::cms::write::WrittenRecipientInfo;
use crate::cms::write::recipient_info as written;
use crate::cms::{
    Agreement, Details, HashAlgorithm, KeyDerivation, KeyEncryptionAlgorithm, KeyWrapAlgorithm,
    RecipientIdentifier, RecipientInfo,
};
use crate::error::{Error, ErrorKind};
use crate::oid;
use crate::random::random;
use crate::secret::ContentEncryptionKey;

/// Decrypts the content-encryption key of `size` bytes that a key-agreement recipient holds, with a
/// shared secret that was agreed on elsewhere: for a [`RecipientKey`](crate::keys::RecipientKey)
/// whose private key can do nothing else. The secret is the x-coordinate of the point (RFC 5753
/// section 2), or what RFC 7748 gives.
///
/// # Errors
/// [`ErrorKind::Decrypt`], bare of detail, if the secret or the recipient is not the right one.
pub fn unwrap_with_shared_secret(
    info: &RecipientInfo,
    secret: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    match (info.key_encryption_algorithm(), info.details()) {
        (
            Some(KeyEncryptionAlgorithm::KeyAgreement { derivation, wrap }),
            Details::Agreement(agreement),
        ) => unwrap(secret, agreement, *derivation, *wrap, info.encrypted_key(), size),
        _ => Err(ErrorKind::Decrypt.into()),
    }
}

fn unwrap(
    secret: &[u8],
    agreement: &Agreement,
    derivation: KeyDerivation,
    wrap: KeyWrapAlgorithm,
    wrapped: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let kek = kdf::derive(derivation, secret, &agreement.shared_info, wrap.key_size())?;
    key_wrap::unwrap(wrap, &kek, wrapped, size)
}

/// A public key for key agreement: P-256, P-384, P-521 or X25519.
#[derive(Clone, Debug)]
pub(super) struct AgreementPublicKey {
    curve: ObjectIdentifier,
    point: Vec<u8>,
}

impl AgreementPublicKey {
    /// The key on `curve` whose subjectPublicKey is `point`; `None` if it cannot be one.
    ///
    /// # Errors
    /// `Unsupported` for another curve; `Io` if the system gives no random bytes.
    pub(super) fn new(curve: ObjectIdentifier, point: &[u8]) -> Result<Option<Self>, Error> {
        // What is no point on the curve agrees with nobody.
        let is_valid = AgreementKey::ephemeral(&curve)?.shared_secret(point).is_some();
        Ok(is_valid.then(|| Self { curve, point: point.to_vec() }))
    }

    /// Encrypts a content-encryption key for its owner, with an ephemeral key: a RecipientInfo.
    /// The hash function is as strong as the curve, the key wrap as the key.
    ///
    /// # Errors
    /// `Io` if the system gives no random bytes.
    pub(super) fn wrap_key(
        &self,
        recipient: &RecipientIdentifier,
        key: &[u8],
    ) -> Result<WrittenRecipientInfo, Error> {
        use HashAlgorithm::{Sha256, Sha384, Sha512};
        let (scheme, derivation) = match self.curve {
            oid::P384 => (oid::STD_DH_SHA384, KeyDerivation::X963(Sha384)),
            oid::P521 => (oid::STD_DH_SHA512, KeyDerivation::X963(Sha512)),
            oid::X25519 => (oid::STD_DH_HKDF_SHA256, KeyDerivation::Hkdf(Sha256)),
            _ => (oid::STD_DH_SHA256, KeyDerivation::X963(Sha256)),
        };
        let wrap = match key.len() {
            16 => KeyWrapAlgorithm::Aes128,
            24 => KeyWrapAlgorithm::Aes192,
            _ => KeyWrapAlgorithm::Aes256,
        };
        let ephemeral = AgreementKey::ephemeral(&self.curve)?;
        let secret = ephemeral.shared_secret(&self.point).ok_or_else(bad)?;
        let shared_info = written::shared_info(wrap);
        let kek = kdf::derive(derivation, &secret, &shared_info, wrap.key_size())?;
        let wrapped = key_wrap::wrap(wrap, &kek, key)?;
        let algorithm = if self.curve == oid::X25519 { oid::X25519 } else { oid::EC_PUBLIC_KEY };
        let originator = written::originator_key(&algorithm, &ephemeral.public_key());
        let scheme = written::agreement_scheme(&scheme, wrap);
        Ok(written::key_agreement(recipient, &originator, scheme, &wrapped))
    }
}

/// A private key for key agreement. It wipes itself.
pub(super) enum AgreementKey {
    P256(Box<p256::SecretKey>),
    P384(Box<p384::SecretKey>),
    P521(Box<p521::SecretKey>),
    X25519(Box<X25519Secret>),
    X448(Box<X448Secret>),
}

/// Calls `$body` with `$key` as a key of one of the curves of NIST and `$curve` as its crate.
macro_rules! with_curve {
    ($key:expr, $secret:ident, $curve:ident => $body:expr, $($other:pat => $else:expr),*) => {
        match $key {
            AgreementKey::P256($secret) => { use p256 as $curve; $body }
            AgreementKey::P384($secret) => { use p384 as $curve; $body }
            AgreementKey::P521($secret) => { use p521 as $curve; $body }
            $($other => $else),*
        }
    };
}

impl AgreementKey {
    /// The key in an EcPrivateKey (RFC 5915), which must name its curve.
    ///
    /// # Errors
    /// `BadKey`, or `Unsupported` naming the curve.
    pub(super) fn from_sec1(der: &[u8]) -> Result<Self, Error> {
        let (curve, number) = elliptic(der, None)?;
        Self::on_curve(&curve, number)
    }

    /// The key in a PKCS #8 PrivateKeyInfo (RFC 5958, RFC 8410).
    ///
    /// # Errors
    /// `BadKey`, or `Unsupported` naming the algorithm or curve.
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        let bytes = info.private_key.as_bytes();
        match info.algorithm.oid {
            oid::EC_PUBLIC_KEY => {
                let (curve, number) = elliptic(bytes, Some(&info.algorithm))?;
                Self::on_curve(&curve, number)
            }
            oid::X25519 => {
                let key: [u8; 32] = bytes_of(bytes)?.try_into().map_err(|_| bad())?;
                Ok(Self::X25519(Box::new(X25519Secret::from(key))))
            }
            oid::X448 => {
                let key: [u8; 56] = bytes_of(bytes)?.try_into().map_err(|_| bad())?;
                Ok(Self::X448(Box::new(X448Secret::from(key))))
            }
            other => Err(unsupported(other)),
        }
    }

    /// A new key for one message, on the curve of NIST `curve`, or for X25519 if it names that.
    ///
    /// # Errors
    /// `Unsupported` for another curve; `Io` if the system gives no random bytes.
    fn ephemeral(curve: &ObjectIdentifier) -> Result<Self, Error> {
        let size = match *curve {
            oid::P256 | oid::X25519 => 32,
            oid::P384 => 48,
            oid::P521 => 66,
            other => return Err(unsupported(other)),
        };
        let mut number = Zeroizing::new(vec![0; size]);
        // A number beyond the order of P-521, whose field has 7 bits less than the bytes, is next
        // to certain; of the others, next to impossible.
        for _ in 0..100 {
            random(&mut number)?;
            match *curve {
                oid::X25519 => {
                    let key: [u8; 32] = number.as_slice().try_into().map_err(|_| bad())?;
                    return Ok(Self::X25519(Box::new(X25519Secret::from(key))));
                }
                oid::P521 => number[0] &= 1,
                _ => {}
            }
            if let Ok(key) = Self::on_curve(curve, &number) {
                return Ok(key);
            }
        }
        Err(bad())
    }

    /// The public key as messages have it.
    fn public_key(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.public_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.public_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P521(key) => key.public_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::X25519(key) => x25519_dalek::PublicKey::from(&**key).as_bytes().to_vec(),
            Self::X448(key) => x448::PublicKey::from(&**key).as_bytes().to_vec(),
        }
    }

    fn on_curve(curve: &ObjectIdentifier, number: &[u8]) -> Result<Self, Error> {
        Ok(match *curve {
            oid::P256 => {
                let number = of_size(number, 32)?;
                Self::P256(Box::new(p256::SecretKey::from_slice(&number).map_err(|_| bad())?))
            }
            oid::P384 => {
                let number = of_size(number, 48)?;
                Self::P384(Box::new(p384::SecretKey::from_slice(&number).map_err(|_| bad())?))
            }
            oid::P521 => {
                let number = of_size(number, 66)?;
                Self::P521(Box::new(p521::SecretKey::from_slice(&number).map_err(|_| bad())?))
            }
            other => return Err(unsupported(other)),
        })
    }

    /// Whether its public key is a point in the form of SEC 1.
    pub(super) fn is_on_a_curve_of_nist(&self) -> bool {
        matches!(self, Self::P256(_) | Self::P384(_) | Self::P521(_))
    }

    /// What the key is, for a person.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::P256(_) => "EC, P-256",
            Self::P384(_) => "EC, P-384",
            Self::P521(_) => "EC, P-521",
            Self::X25519(_) => "X25519",
            Self::X448(_) => "X448",
        }
    }

    /// Bits of the curve's field.
    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::P256(_) => 256,
            Self::P384(_) => 384,
            Self::P521(_) => 521,
            Self::X25519(_) => 255,
            Self::X448(_) => 448,
        }
    }

    /// The public key's SubjectPublicKeyInfo in DER.
    pub(super) fn public_key_info(&self) -> Result<Vec<u8>, Error> {
        let point = self.public_key();
        let named = match self {
            Self::P256(_) => oid::P256,
            Self::P384(_) => oid::P384,
            Self::P521(_) => oid::P521,
            Self::X25519(_) => oid::X25519,
            Self::X448(_) => oid::X448,
        };
        let (oid, parameters) = if self.is_on_a_curve_of_nist() {
            let curve = der::Any::encode_from(&named).map_err(|_| bad())?;
            (oid::EC_PUBLIC_KEY, Some(curve))
        } else {
            (named, None)
        };
        spki::SubjectPublicKeyInfoOwned {
            algorithm: spki::AlgorithmIdentifierOwned { oid, parameters },
            subject_public_key: der::asn1::BitString::from_bytes(&point).map_err(|_| bad())?,
        }
        .to_der()
        .map_err(|_| bad())
    }

    /// Whether a public key of that many bytes can be one of this key's curve.
    pub(super) fn agrees_with_size(&self, size: usize) -> bool {
        let (compressed, whole) = match self {
            Self::P256(_) => (33, 65),
            Self::P384(_) => (49, 97),
            Self::P521(_) => (67, 133),
            Self::X25519(_) => (32, 32),
            Self::X448(_) => (56, 56),
        };
        size == compressed || size == whole
    }

    /// Unwraps a content-encryption key of `size` bytes.
    ///
    /// # Errors
    /// `Decrypt`, bare, for everything.
    pub(super) fn unwrap_key(
        &self,
        agreement: &Agreement,
        derivation: KeyDerivation,
        wrap: KeyWrapAlgorithm,
        wrapped: &[u8],
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        let secret = self.shared_secret(&agreement.public_key).ok_or(ErrorKind::Decrypt)?;
        unwrap(&secret, agreement, derivation, wrap, wrapped, size)
    }

    /// The shared secret with the owner of a public key; `None` if it is not on the curve, or so
    /// chosen that the secret does not depend on ours.
    pub(super) fn shared_secret(&self, public_key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        with_curve!(self, secret, curve => {
            let public_key = curve::PublicKey::from_sec1_bytes(public_key).ok()?;
            let shared = secret.diffie_hellman(&public_key);
            Some(Zeroizing::new(shared.raw_secret_bytes().to_vec()))
        },
        Self::X25519(secret) => {
            let public_key: [u8; 32] = public_key.try_into().ok()?;
            let shared = secret.diffie_hellman(&public_key.into());
            shared.was_contributory().then(|| Zeroizing::new(shared.as_bytes().to_vec()))
        },
        Self::X448(secret) => {
            let public_key = x448::PublicKey::from_bytes(public_key)?;
            let shared = Zeroizing::new(secret.diffie_hellman(&public_key).as_bytes().to_vec());
            // The crate knows the points of low order in their usual form only (RFC 7748 section
            // 6.2).
            let is_zero = shared.iter().fold(0, |all, byte| all | byte).ct_eq(&0);
            (!bool::from(is_zero)).then_some(shared)
        })
    }
}

/// CurvePrivateKey (RFC 8410 section 7): an OCTET STRING in the OCTET STRING.
fn bytes_of(bytes: &[u8]) -> Result<&[u8], Error> {
    <&OctetStringRef>::from_der(bytes).map(OctetStringRef::as_bytes).map_err(|_| bad())
}

/// A number in as many bytes as the curve's field has: some programs leave zeros at its start out,
/// or write one too many.
fn of_size(number: &[u8], size: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut out = Zeroizing::new(Vec::with_capacity(size));
    if let Some(missing) = size.checked_sub(number.len()) {
        out.resize(missing, 0);
        out.extend_from_slice(number);
    } else {
        let (zeros, rest) = number.split_at(number.len() - size);
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(bad());
        }
        out.extend_from_slice(rest);
    }
    Ok(out)
}

fn bad() -> Error {
    Error::bad_key("an elliptic curve key with invalid numbers")
}
