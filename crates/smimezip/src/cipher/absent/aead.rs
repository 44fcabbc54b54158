//! In place of `aead.rs` in a build without the feature `aead`: there are no authenticated ciphers.

use std::io;

use subtle::Choice;

use crate::cms::ContentEncryptionAlgorithm;
use crate::error::Error;
use crate::read_at::ReadAt;

/// An authenticated cipher, of which there are none.
pub(crate) enum Aead {}

impl Aead {
    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(crate) fn check_build(algorithm: &ContentEncryptionAlgorithm) -> Result<(), Error> {
        Err(Error::without("aead", algorithm.to_string()))
    }

    /// # Errors
    /// `Unsupported`, naming the feature.
    pub(crate) fn new(
        algorithm: &ContentEncryptionAlgorithm,
        _: &[u8],
        _: &[u8],
        _: usize,
    ) -> Result<Self, Error> {
        Self::check_build(algorithm)?;
        Err(Error::unsupported(algorithm.to_string()))
    }

    pub(crate) fn verify<S: ReadAt>(&self, _: &S, _: &[u8], _: &[u8]) -> Result<Choice, Error> {
        match *self {}
    }
}

/// The plaintext of a ciphertext, of which there is none.
pub(crate) struct AeadView<S> {
    source: S,
    cipher: Aead,
}

impl<S: ReadAt> AeadView<S> {
    pub(crate) fn new(source: S, cipher: Aead) -> Self {
        Self { source, cipher }
    }
}

impl<S: ReadAt> ReadAt for AeadView<S> {
    fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
        match self.cipher {}
    }

    fn size(&self) -> io::Result<u64> {
        match self.cipher {}
    }
}
