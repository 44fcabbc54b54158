//! CBC (NIST SP 800-38A section 6.2) as a view: plaintext block n needs ciphertext blocks n and
//! n-1 only, so any range is decrypted on its own.
//!
//! Blocks are decrypted many at a time by the cipher alone and then combined with the ciphertext
//! before them: about twice as fast as a chaining block mode, with the widest instructions that
//! the `aes` crate finds at run time.

#[cfg_attr(not(feature = "legacy"), path = "absent/triple_des.rs")]
mod triple_des;

use std::io;
use std::sync::Arc;

use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use cipher::{Array, Block, BlockCipherDecrypt, KeyInit};
use subtle::Choice;

use self::triple_des::TripleDes;
use super::padding;
use crate::cms::ContentEncryptionAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::read_at::{ReadAt, clamp, read_exact_at, with_scratch};
use crate::secret::{DECRYPTING, wipe_stack};

/// Bytes decrypted by one read: bounds the working memory of a thread.
const PIECE: usize = 256 * 1024;
/// Bytes decrypted before they are combined: they are still in the first-level cache then.
const STEP: usize = 4096;

/// A block cipher with its key schedule, which wipes itself.
pub(crate) enum BlockCipher {
    Aes128(Aes128Dec),
    Aes192(Aes192Dec),
    Aes256(Aes256Dec),
    DesEde3(TripleDes),
}

impl BlockCipher {
    /// The cipher of `algorithm` under `key`.
    ///
    /// # Errors
    /// `Unsupported` for an algorithm without a cipher here, `Decrypt` for a key of another size.
    pub(crate) fn new(algorithm: &ContentEncryptionAlgorithm, key: &[u8]) -> Result<Self, Error> {
        fn with<C: KeyInit>(key: &[u8]) -> Result<C, Error> {
            C::new_from_slice(key).map_err(|_| ErrorKind::Decrypt.into())
        }
        Ok(match algorithm {
            ContentEncryptionAlgorithm::Aes128Cbc => Self::Aes128(with(key)?),
            ContentEncryptionAlgorithm::Aes192Cbc => Self::Aes192(with(key)?),
            ContentEncryptionAlgorithm::Aes256Cbc => Self::Aes256(with(key)?),
            ContentEncryptionAlgorithm::DesEde3Cbc => Self::DesEde3(TripleDes::new(key)?),
            _ => return Err(Error::unsupported(algorithm.to_string())),
        })
    }

    pub(crate) fn block_size(&self) -> usize {
        match self {
            Self::Aes128(_) | Self::Aes192(_) | Self::Aes256(_) => 16,
            Self::DesEde3(_) => 8,
        }
    }

    /// Decrypts whole blocks to `out`. `chained` holds the ciphertext block before them (or the
    /// initialization vector) and then their ciphertext.
    pub(super) fn decrypt(&self, chained: &[u8], out: &mut [u8]) {
        self.decrypt_without_wiping(chained, out);
        wipe_stack::<DECRYPTING>();
    }

    /// As `decrypt`, for callers that overwrite the stack once they have decrypted all.
    fn decrypt_without_wiping(&self, chained: &[u8], out: &mut [u8]) {
        match self {
            Self::Aes128(cipher) => decrypt_with(cipher, chained, out),
            Self::Aes192(cipher) => decrypt_with(cipher, chained, out),
            Self::Aes256(cipher) => decrypt_with(cipher, chained, out),
            Self::DesEde3(cipher) => cipher.decrypt(chained, out),
        }
    }

    /// Whether the last block, after the block before it in `chained`, ends in valid padding,
    /// and the padding's size. Takes the same time whatever the answer is.
    pub(crate) fn padding(&self, chained: &[u8]) -> (Choice, u8) {
        let mut block = zeroize::Zeroizing::new([0; 16]);
        let block = &mut block[..self.block_size()];
        self.decrypt(chained, block);
        padding::check(block)
    }
}

/// Not inlined, so that what it leaves on the stack is below the frame that wipes it.
#[inline(never)]
fn decrypt_with<C: BlockCipherDecrypt>(cipher: &C, chained: &[u8], out: &mut [u8]) {
    let size = C::block_size();
    for (at, out) in (0..).step_by(STEP).zip(out.chunks_mut(STEP)) {
        let (blocks, _) = Array::slice_as_chunks(&chained[at + size..][..out.len()]);
        let (out_blocks, _): (&mut [Block<C>], _) = Array::slice_as_chunks_mut(out);
        // Both have the same number of blocks, so this cannot fail.
        let same_length = cipher.decrypt_blocks_b2b(blocks, out_blocks);
        debug_assert!(same_length.is_ok());
        for (byte, before) in out.iter_mut().zip(&chained[at..]) {
            *byte ^= before;
        }
    }
}

/// The plaintext of a CBC ciphertext, padding removed.
pub(crate) struct CbcView<S> {
    source: S,
    cipher: Arc<BlockCipher>,
    initialization_vector: Vec<u8>,
    length: u64,
}

impl<S: ReadAt> CbcView<S> {
    /// The plaintext of `source`, whose last `padding` bytes are none.
    pub(crate) fn new(
        source: S,
        cipher: impl Into<Arc<BlockCipher>>,
        initialization_vector: Vec<u8>,
        padding: u8,
    ) -> io::Result<Self> {
        let cipher = cipher.into();
        let length = source.size()?.saturating_sub(u64::from(padding));
        Ok(Self { source, cipher, initialization_vector, length })
    }

    /// Calls `work` with the block before block `first`, followed by `count` blocks.
    fn with_chained<R>(
        &self,
        first: u64,
        count: usize,
        work: impl FnOnce(&[u8]) -> R,
    ) -> io::Result<R> {
        let size = self.cipher.block_size();
        with_scratch((count + 1) * size, |chained| {
            if let Some(before) = first.checked_sub(1) {
                read_exact_at(&self.source, chained, before * size as u64)?;
            } else {
                chained[..size].copy_from_slice(&self.initialization_vector);
                read_exact_at(&self.source, &mut chained[size..], 0)?;
            }
            Ok(work(chained))
        })
    }
}

impl<S: ReadAt> ReadAt for CbcView<S> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = clamp(buf.len().min(PIECE), self.length.saturating_sub(offset));
        if count == 0 {
            return Ok(0);
        }
        let size = self.cipher.block_size();
        let first = offset / size as u64;
        let skip = clamp(size, offset % size as u64);
        let blocks = (skip + count).div_ceil(size);
        self.with_chained(first, blocks, |chained| {
            let mut edge = zeroize::Zeroizing::new([0; 16]);
            let edge = &mut edge[..size];
            let mut out = &mut buf[..count];
            let mut chained = chained;
            if skip > 0 {
                self.cipher.decrypt_without_wiping(&chained[..2 * size], edge);
                let (now, later) = out.split_at_mut(count.min(size - skip));
                now.copy_from_slice(&edge[skip..skip + now.len()]);
                (out, chained) = (later, &chained[size..]);
            }
            let whole = out.len() / size * size;
            let (now, later) = out.split_at_mut(whole);
            self.cipher.decrypt_without_wiping(&chained[..whole + size], now);
            if !later.is_empty() {
                self.cipher.decrypt_without_wiping(&chained[whole..whole + 2 * size], edge);
                later.copy_from_slice(&edge[..later.len()]);
            }
        })?;
        wipe_stack::<DECRYPTING>();
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};

    fn sealed<C>(key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8>
    where
        ::cbc::Encryptor<C>: KeyIvInit + BlockModeEncrypt,
        C: cipher::BlockCipherEncrypt,
    {
        ::cbc::Encryptor::<C>::new_from_slices(key, iv).unwrap().encrypt_padded_vec::<Pkcs7>(data)
    }

    fn check(
        algorithm: &ContentEncryptionAlgorithm,
        seal: impl Fn(&[u8], &[u8], &[u8]) -> Vec<u8>,
    ) {
        let key: Vec<u8> = (0..32).take(algorithm.key_size().unwrap()).collect();
        let iv = vec![9; algorithm.block_size().unwrap()];
        for length in [0_usize, 1, 7, 8, 15, 16, 17, 4095, 4096, 4097, 20_001] {
            let data: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let sealed = seal(&key, &iv, &data);
            let cipher = BlockCipher::new(algorithm, &key).unwrap();
            let size = cipher.block_size();
            let mut chained = iv.clone();
            chained.extend_from_slice(&sealed);
            let (valid, padding) = cipher.padding(&chained[chained.len() - 2 * size..]);
            assert!(bool::from(valid));
            let view = CbcView::new(sealed, cipher, iv.clone(), padding).unwrap();
            assert_eq!(view.size().unwrap(), length as u64);
            for (start, count) in
                [(0, length), (1, 15), (5, 40), (16, 16), (4000, 200), (19_990, 99)]
            {
                let wanted = &data[start.min(length)..(start + count).min(length)];
                let mut buf = vec![0; wanted.len()];
                read_exact_at(&view, &mut buf, start as u64).unwrap();
                assert!(buf == wanted, "{length}: {count} at {start}");
            }
        }
    }

    #[test]
    fn agrees_with_the_cbc_crate_at_any_offset() {
        check(&ContentEncryptionAlgorithm::Aes128Cbc, sealed::<aes::Aes128Enc>);
        check(&ContentEncryptionAlgorithm::Aes192Cbc, sealed::<aes::Aes192Enc>);
        check(&ContentEncryptionAlgorithm::Aes256Cbc, sealed::<aes::Aes256Enc>);
        check(&ContentEncryptionAlgorithm::DesEde3Cbc, sealed::<des::TdesEde3>);
    }
}
