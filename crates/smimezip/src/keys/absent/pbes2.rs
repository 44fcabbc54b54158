//! In place of `pbes2.rs` in a build without the feature `encrypted-keys`.

use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::budget::Budget;
use crate::error::Error;

/// A scheme of PBES2, of which there is none.
pub(super) enum Pbes2 {}

impl Pbes2 {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(super) fn new(_: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        Err(Error::without("encrypted-keys", "a key encrypted by PBES2"))
    }

    pub(super) fn cost(&self) -> u64 {
        match *self {}
    }

    pub(super) fn decrypt(
        &self,
        _: &[u8],
        _: &[u8],
        _: &mut Budget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        match *self {}
    }
}
