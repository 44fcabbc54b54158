//! Encryption, forward only: plaintext goes in as it comes, ciphertext comes out, and of it nothing
//! is kept but what a block lacks. AES in CBC mode, padded as RFC 5652 section 6.3 says, and the
//! authenticated ciphers (`encrypt/authenticated.rs`). Nothing here makes keys or nonces: who calls
//! gives fresh ones, and never one nonce twice under one key.

#[cfg_attr(not(feature = "aead"), path = "absent/authenticated.rs")]
mod authenticated;

use aes::{Aes128Enc, Aes192Enc, Aes256Enc};
use cbc::cipher::{BlockModeEncrypt, InnerIvInit};
use cipher::typenum::U16;
use cipher::{Array, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

use crate::cms::ContentEncryptionAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::secret::{DECRYPTING, wipe_stack};

/// Bytes that are encrypted together at least: a whole number of every cipher's blocks.
const GROUP: usize = 64;
/// Bytes copied and then encrypted where they lie: they are still in the first-level cache then.
const STEP: usize = 16 * 1024;

/// Bytes of the tag of every authenticated cipher here.
pub(crate) const TAG: usize = 16;

/// A content being encrypted under one key and one initialization vector or nonce. It wipes itself.
pub(crate) struct Encryptor {
    mode: Box<dyn ForwardMode>,
    /// Plaintext that does not make a whole group yet.
    pending: Zeroizing<[u8; GROUP]>,
    filled: usize,
    length: u64,
    /// Bytes of the longest content that is safe.
    longest: u64,
}

impl Encryptor {
    /// Encryption by `algorithm` under `key`. `vector` is the initialization vector of CBC or the
    /// nonce of another mode, of [`vector_size`] bytes.
    ///
    /// # Errors
    /// `Unsupported` for an algorithm that is not written; `Decrypt` for a key or vector of another
    /// size.
    pub(crate) fn new(
        algorithm: &ContentEncryptionAlgorithm,
        key: &[u8],
        vector: &[u8],
    ) -> Result<Self, Error> {
        let made = mode(algorithm, key, vector);
        wipe_stack::<DECRYPTING>();
        let (mode, longest) = made?;
        Ok(Self { mode, pending: Zeroizing::new([0; GROUP]), filled: 0, length: 0, longest })
    }

    /// Whether a content of `size` bytes is safe.
    ///
    /// # Errors
    /// `Unsupported` if it is not.
    pub(crate) fn check_size(&self, size: u64) -> Result<(), Error> {
        if size <= self.longest { Ok(()) } else { Err(too_long()) }
    }

    /// Takes the next bytes of plaintext; appends the ciphertext of all groups that are whole.
    ///
    /// # Errors
    /// `Unsupported` for more content than the cipher can do under one nonce.
    pub(crate) fn update(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let length = self.length.checked_add(plaintext.len() as u64);
        self.length = length.filter(|length| *length <= self.longest).ok_or_else(too_long)?;
        let mut rest = plaintext;
        if self.filled > 0 {
            let count = rest.len().min(GROUP - self.filled);
            let (now, later) = rest.split_at(count);
            self.pending[self.filled..][..count].copy_from_slice(now);
            self.filled += count;
            rest = later;
            if self.filled < GROUP {
                return Ok(());
            }
            append(&mut *self.mode, &*self.pending, out);
        }
        let (whole, part) = rest.split_at(rest.len() - rest.len() % GROUP);
        append(&mut *self.mode, whole, out);
        self.pending[..part.len()].copy_from_slice(part);
        self.filled = part.len();
        wipe_stack::<DECRYPTING>();
        Ok(())
    }

    /// There is no more plaintext: appends what is left of the ciphertext; returns the tag, if the
    /// cipher has one.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Option<[u8; TAG]> {
        let tag = self.mode.finish(&self.pending[..self.filled], self.length, out);
        wipe_stack::<DECRYPTING>();
        tag
    }
}

/// Bytes of the initialization vector or nonce, if the algorithm is one that is written.
pub(crate) fn vector_size(algorithm: &ContentEncryptionAlgorithm) -> Result<usize, Error> {
    use ContentEncryptionAlgorithm as Algorithm;
    match algorithm {
        Algorithm::Aes128Cbc | Algorithm::Aes192Cbc | Algorithm::Aes256Cbc => Ok(16),
        Algorithm::Aes128Gcm
        | Algorithm::Aes192Gcm
        | Algorithm::Aes256Gcm
        | Algorithm::ChaCha20Poly1305 => Ok(12),
        other => Err(Error::unsupported(format!("sealing with {other}"))),
    }
}

/// Bytes of the ciphertext of so much plaintext, the tag apart; `None` beyond all numbers.
pub(crate) fn ciphertext_size(
    algorithm: &ContentEncryptionAlgorithm,
    plaintext: u64,
) -> Option<u64> {
    match algorithm.block_size() {
        Some(block) => (plaintext / block as u64).checked_add(1)?.checked_mul(block as u64),
        None => Some(plaintext),
    }
}

fn too_long() -> Error {
    Error::unsupported("more content than is safe under one nonce")
}

/// Not inlined, so that what it leaves on the stack is below the frame that wipes it.
#[inline(never)]
fn append(mode: &mut dyn ForwardMode, plaintext: &[u8], out: &mut Vec<u8>) {
    out.reserve(plaintext.len());
    for piece in plaintext.chunks(STEP) {
        let before = out.len();
        out.extend_from_slice(piece);
        mode.encrypt(&mut out[before..]);
    }
}

/// The mode, and the longest content in it.
#[inline(never)]
fn mode(
    algorithm: &ContentEncryptionAlgorithm,
    key: &[u8],
    vector: &[u8],
) -> Result<(Box<dyn ForwardMode>, u64), Error> {
    use ContentEncryptionAlgorithm as Algorithm;
    if vector.len() != vector_size(algorithm)? {
        return Err(ErrorKind::Decrypt.into());
    }
    Ok(match algorithm {
        Algorithm::Aes128Cbc => (cbc::<Aes128Enc>(key, vector)?, u64::MAX),
        Algorithm::Aes192Cbc => (cbc::<Aes192Enc>(key, vector)?, u64::MAX),
        Algorithm::Aes256Cbc => (cbc::<Aes256Enc>(key, vector)?, u64::MAX),
        other => authenticated::mode(other, key, vector)?,
    })
}

/// One mode of operation under one key and nonce.
trait ForwardMode: Send + Sync {
    /// Encrypts whole groups in place.
    fn encrypt(&mut self, groups: &mut [u8]);

    /// Encrypts what is less than a group, the end of `length` bytes of content.
    fn finish(self: Box<Self>, rest: &[u8], length: u64, out: &mut Vec<u8>) -> Option<[u8; TAG]>;
}

struct Cbc<C: BlockCipherEncrypt<BlockSize = U16>>(cbc::Encryptor<C>);

fn cbc<C>(key: &[u8], vector: &[u8]) -> Result<Box<dyn ForwardMode>, Error>
where
    C: BlockCipherEncrypt<BlockSize = U16> + KeyInit + Send + Sync + 'static,
{
    let cipher = C::new_from_slice(key).map_err(|_| ErrorKind::Decrypt)?;
    let mode = cbc::Encryptor::inner_iv_slice_init(cipher, vector);
    Ok(Box::new(Cbc(mode.map_err(|_| ErrorKind::Decrypt)?)))
}

impl<C: BlockCipherEncrypt<BlockSize = U16> + Send + Sync> ForwardMode for Cbc<C> {
    fn encrypt(&mut self, groups: &mut [u8]) {
        let (blocks, _) = Array::slice_as_chunks_mut(groups);
        self.0.encrypt_blocks(blocks);
    }

    fn finish(mut self: Box<Self>, rest: &[u8], _: u64, out: &mut Vec<u8>) -> Option<[u8; TAG]> {
        const BLOCK: usize = 16;
        let count = BLOCK - rest.len() % BLOCK;
        let mut last = Zeroizing::new([0; GROUP]);
        let padded = &mut last[..rest.len() + count];
        padded[..rest.len()].copy_from_slice(rest);
        padded[rest.len()..].fill(u8::try_from(count).unwrap_or_default());
        self.encrypt(padded);
        out.extend_from_slice(padded);
        None
    }
}
