//! A key-encryption key that both sides have (`kekri`, RFC 5652 section 6.2.3), both ways.

use std::fmt;

use zeroize::Zeroizing;

use super::key_wrap;
use crate::cms::write::{WrittenRecipientInfo, recipient_info};
use crate::cms::{KeyEncryptionAlgorithm, KeyWrapAlgorithm, RecipientIdentifier, RecipientInfo};
use crate::error::{Error, ErrorKind};
use crate::secret::ContentEncryptionKey;

/// A key-encryption key, perhaps with its name.
pub(super) struct SecretKey {
    identifier: Option<Vec<u8>>,
    bytes: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// # Errors
    /// `BadKey` for a size that no key wrap has.
    pub(super) fn new(
        bytes: impl Into<Vec<u8>>,
        identifier: Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        let bytes = Zeroizing::new(bytes.into());
        if !matches!(bytes.len(), 16 | 24 | 32) {
            return Err(Error::bad_key("a secret key has 16, 24 or 32 bytes"));
        }
        Ok(Self { identifier, bytes })
    }

    /// What it is, for a person.
    pub(super) fn describe(&self) -> String {
        format!("a secret key of {} bits", self.bytes.len() * 8)
    }

    /// Whether a recipient could be for this key.
    pub(super) fn may_open(&self, info: &RecipientInfo) -> bool {
        let Some(KeyEncryptionAlgorithm::KeyWrap(wrap)) = info.key_encryption_algorithm() else {
            return false;
        };
        let named = self.identifier.as_ref().is_none_or(|own| {
            matches!(info.identifier(), Some(RecipientIdentifier::KeyIdentifier(name))
                if name == own)
        });
        named && wrap.key_size() == self.bytes.len()
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
        match info.key_encryption_algorithm() {
            Some(KeyEncryptionAlgorithm::KeyWrap(wrap)) => {
                key_wrap::unwrap(*wrap, &self.bytes, info.encrypted_key(), size)
            }
            _ => Err(ErrorKind::Decrypt.into()),
        }
    }

    /// Encrypts a content-encryption key for whoever has this key under the name `name`.
    ///
    /// # Errors
    /// `InvalidArgument` for a key that cannot be wrapped.
    pub(super) fn wrap_key(&self, name: &[u8], key: &[u8]) -> Result<WrittenRecipientInfo, Error> {
        let wrap = match self.bytes.len() {
            16 => KeyWrapAlgorithm::Aes128,
            24 => KeyWrapAlgorithm::Aes192,
            _ => KeyWrapAlgorithm::Aes256,
        };
        let wrapped = key_wrap::wrap(wrap, &self.bytes, key)?;
        Ok(recipient_info::key_encryption_key(name, wrap, &wrapped))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}
