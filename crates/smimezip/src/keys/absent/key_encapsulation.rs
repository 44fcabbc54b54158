//! In place of `key_encapsulation.rs` in a build without the feature `kem`: there are no such keys.

use pkcs8::PrivateKeyInfoRef;

use super::pkcs8::unsupported;
use crate::cms::write::WrittenRecipientInfo;
use crate::cms::{
    Encapsulation, KemAlgorithm, KeyDerivation, KeyWrapAlgorithm, RecipientIdentifier,
};
use crate::error::Error;
use crate::secret::ContentEncryptionKey;

/// An encapsulation key, of which there are none.
#[derive(Clone, Debug)]
pub(super) enum EncapsulationKey {}

impl EncapsulationKey {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(super) fn new(_: KemAlgorithm, _: &[u8]) -> Result<Option<Self>, Error> {
        Err(Error::without("kem", "a certificate for ML-KEM"))
    }

    pub(super) fn wrap_key(
        &self,
        _: &RecipientIdentifier,
        _: &[u8],
    ) -> Result<WrittenRecipientInfo, Error> {
        match *self {}
    }
}

/// A decapsulation key, of which there are none.
pub(super) enum DecapsulationKey {}

impl DecapsulationKey {
    /// # Errors
    /// `Unsupported`, naming the feature or the algorithm.
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        KemAlgorithm::new(&info.algorithm.oid).map_err(unsupported)?;
        Err(Error::without("kem", "a private key for ML-KEM"))
    }

    pub(super) fn mechanism(&self) -> KemAlgorithm {
        match *self {}
    }

    pub(super) fn public_key_info(&self) -> Result<Vec<u8>, Error> {
        match *self {}
    }

    pub(super) fn unwrap_key(
        &self,
        _: &Encapsulation,
        _: KeyDerivation,
        _: KeyWrapAlgorithm,
        _: &[u8],
        _: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        match *self {}
    }
}
