//! In place of `password.rs` in a build without the feature `encrypted-keys`.

use crate::cms::write::WrittenRecipientInfo;
use crate::cms::{KeyEncryptionAlgorithm, RecipientInfo};
use crate::error::Error;
use crate::secret::{ContentEncryptionKey, Passphrase};

/// What a password recipient costs to try, which is nothing; `None` for another recipient.
pub(super) fn iterations(info: &RecipientInfo) -> Option<u64> {
    matches!(info.key_encryption_algorithm(), Some(KeyEncryptionAlgorithm::Password { .. }))
        .then_some(0)
}

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn unwrap_by_password(
    _: &Passphrase,
    _: &RecipientInfo,
    _: usize,
) -> Result<ContentEncryptionKey, Error> {
    Err(Error::without("encrypted-keys", "a recipient by a password"))
}

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn wrap_by_password(
    _: &Passphrase,
    _: u32,
    _: &[u8],
) -> Result<WrittenRecipientInfo, Error> {
    Err(Error::without("encrypted-keys", "a recipient by a password"))
}
