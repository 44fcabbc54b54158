//! In place of `key_agreement.rs` in a build without the feature `ec`: there are no such keys.

use der::asn1::ObjectIdentifier;
use pkcs8::PrivateKeyInfoRef;

use super::pkcs8::unsupported;
use crate::cms::write::WrittenRecipientInfo;
use crate::cms::{Agreement, KeyDerivation, KeyWrapAlgorithm, RecipientIdentifier, RecipientInfo};
use crate::error::Error;
use crate::oid;
use crate::secret::ContentEncryptionKey;

/// # Errors
/// `Unsupported`, naming the feature.
pub fn unwrap_with_shared_secret(
    _: &RecipientInfo,
    _: &[u8],
    _: usize,
) -> Result<ContentEncryptionKey, Error> {
    Err(Error::without("ec", "a recipient by key agreement"))
}

/// A public key for key agreement, of which there are none.
#[derive(Clone, Debug)]
pub(super) enum AgreementPublicKey {}

impl AgreementPublicKey {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(super) fn new(_: ObjectIdentifier, _: &[u8]) -> Result<Option<Self>, Error> {
        Err(Error::without("ec", "a certificate for an elliptic curve"))
    }

    pub(super) fn wrap_key(
        &self,
        _: &RecipientIdentifier,
        _: &[u8],
    ) -> Result<WrittenRecipientInfo, Error> {
        match *self {}
    }
}

/// A private key for key agreement, of which there are none.
pub(super) enum AgreementKey {}

impl AgreementKey {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(super) fn from_sec1(_: &[u8]) -> Result<Self, Error> {
        Err(absent())
    }

    /// # Errors
    /// `Unsupported`, naming the feature or the algorithm.
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        Err(match info.algorithm.oid {
            oid::EC_PUBLIC_KEY | oid::X25519 | oid::X448 => absent(),
            other => unsupported(other),
        })
    }

    pub(super) fn is_on_a_curve_of_nist(&self) -> bool {
        match *self {}
    }

    pub(super) fn name(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn bits(&self) -> u32 {
        match *self {}
    }

    pub(super) fn public_key_info(&self) -> Result<Vec<u8>, Error> {
        match *self {}
    }

    pub(super) fn agrees_with_size(&self, _: usize) -> bool {
        match *self {}
    }

    pub(super) fn unwrap_key(
        &self,
        _: &Agreement,
        _: KeyDerivation,
        _: KeyWrapAlgorithm,
        _: &[u8],
        _: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        match *self {}
    }
}

fn absent() -> Error {
    Error::without("ec", "a private key for an elliptic curve")
}
