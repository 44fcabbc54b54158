//! In place of `triple_des.rs` in a build without the feature `legacy`.

use crate::cms::ContentEncryptionAlgorithm;
use crate::error::Error;

/// The cipher, of which there is none.
pub(crate) enum TripleDes {}

impl TripleDes {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(super) fn new(_: &[u8]) -> Result<Self, Error> {
        let algorithm = ContentEncryptionAlgorithm::DesEde3Cbc;
        Err(Error::without("legacy", algorithm.to_string()))
    }

    pub(super) fn decrypt(&self, _: &[u8], _: &mut [u8]) {
        match *self {}
    }
}
