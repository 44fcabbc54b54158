//! In place of `authenticated.rs` in a build without the feature `aead`.

use super::ForwardMode;
use crate::cms::ContentEncryptionAlgorithm;
use crate::error::Error;

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn mode(
    algorithm: &ContentEncryptionAlgorithm,
    _: &[u8],
    _: &[u8],
) -> Result<(Box<dyn ForwardMode>, u64), Error> {
    Err(Error::without("aead", format!("sealing with {algorithm}")))
}
