//! CBC fed forward: ciphertext goes in, plaintext comes out, the last block is kept back for its
//! padding.

use subtle::Choice;
use zeroize::Zeroizing;

use super::cbc::BlockCipher;
use super::padding;
use crate::error::{Error, ErrorKind};

/// A CBC ciphertext met in its order.
pub(crate) struct CbcForward {
    cipher: BlockCipher,
    /// The block before, then ciphertext that is not decrypted yet.
    chained: Vec<u8>,
    /// Whether the key was in order; reported with the padding, at the end.
    valid: Choice,
}

impl CbcForward {
    pub(crate) fn new(cipher: BlockCipher, initialization_vector: &[u8], valid: Choice) -> Self {
        Self { cipher, chained: initialization_vector.to_vec(), valid }
    }

    /// Takes the next bytes of ciphertext; appends the plaintext of all blocks that are known not
    /// to be the last to `out`.
    pub(crate) fn update(&mut self, ciphertext: &[u8], out: &mut Vec<u8>) {
        self.chained.extend_from_slice(ciphertext);
        let size = self.cipher.block_size();
        let count = (self.chained.len() / size).saturating_sub(2) * size;
        if count > 0 {
            let before = out.len();
            out.resize(before + count, 0);
            self.cipher.decrypt(&self.chained[..count + size], &mut out[before..]);
            self.chained.drain(..count);
        }
    }

    /// The ciphertext is complete: appends what of the last block is no padding.
    ///
    /// # Errors
    /// `Malformed` if it is not made of whole blocks; `Decrypt`, bare, for everything else.
    pub(crate) fn finish(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let size = self.cipher.block_size();
        if self.chained.len() != 2 * size {
            return Err(Error::malformed("the ciphertext does not consist of whole blocks"));
        }
        let mut block = Zeroizing::new(vec![0; size]);
        self.cipher.decrypt(&self.chained, &mut block);
        let (padded, padding) = padding::check(&block);
        // The one verdict: the key's padding and the content's, together.
        if !bool::from(self.valid & padded) {
            return Err(ErrorKind::Decrypt.into());
        }
        out.extend_from_slice(&block[..size - usize::from(padding)]);
        Ok(())
    }
}
