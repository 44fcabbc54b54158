//! AES in Galois/Counter mode (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439), forward.

use aes::{Aes128Enc, Aes192Enc, Aes256Enc};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use cipher::typenum::U16;
use cipher::{Block, BlockCipherEncrypt, InnerIvInit, KeyInit, StreamCipherCoreWrapper};
use ctr::{CtrCore, flavors};
use ghash::GHash;
use poly1305::Poly1305;
use universal_hash::UniversalHash;
use zeroize::Zeroizing;

use super::{ForwardMode, GROUP, TAG, append};
use crate::cms::ContentEncryptionAlgorithm;
use crate::error::{Error, ErrorKind};

/// 2^39 - 256 bits (SP 800-38D section 5.2.1.1).
const LONGEST_GCM: u64 = (1 << 36) - 32;
/// 2^32 - 1 blocks (RFC 8439 section 2.8).
const LONGEST_CHACHA20: u64 = ((1 << 32) - 1) * 64;

/// The mode, and the longest content in it.
///
/// # Errors
/// `Unsupported` for an algorithm that is not written; `Decrypt` for a key of another size, or a
/// nonce.
pub(super) fn mode(
    algorithm: &ContentEncryptionAlgorithm,
    key: &[u8],
    nonce: &[u8],
) -> Result<(Box<dyn ForwardMode>, u64), Error> {
    use ContentEncryptionAlgorithm as Algorithm;
    Ok(match algorithm {
        Algorithm::Aes128Gcm => (gcm::<Aes128Enc>(key, nonce)?, LONGEST_GCM),
        Algorithm::Aes192Gcm => (gcm::<Aes192Enc>(key, nonce)?, LONGEST_GCM),
        Algorithm::Aes256Gcm => (gcm::<Aes256Enc>(key, nonce)?, LONGEST_GCM),
        Algorithm::ChaCha20Poly1305 => (chacha20_poly1305(key, nonce)?, LONGEST_CHACHA20),
        other => return Err(Error::unsupported(format!("sealing with {other}"))),
    })
}

struct Gcm<C: BlockCipherEncrypt<BlockSize = U16>> {
    stream: StreamCipherCoreWrapper<CtrCore<C, flavors::Ctr32BE>>,
    hash: GHash,
    /// The pre-counter block, encrypted: what the hash is masked with.
    mask: Zeroizing<[u8; TAG]>,
}

fn gcm<C>(key: &[u8], nonce: &[u8]) -> Result<Box<dyn ForwardMode>, Error>
where
    C: BlockCipherEncrypt<BlockSize = U16> + KeyInit + Send + Sync + 'static,
{
    let cipher = C::new_from_slice(key).map_err(|_| ErrorKind::Decrypt)?;
    let mut hash_key = Block::<C>::default();
    cipher.encrypt_block(&mut hash_key);
    let hash = GHash::new(&hash_key);
    zeroize::Zeroize::zeroize(hash_key.as_mut_slice());
    // Section 7.1 for a nonce of 96 bits.
    let mut counter = [0; 16];
    counter[..12].copy_from_slice(nonce);
    counter[15] = 1;
    let core = CtrCore::inner_iv_init(cipher, &counter.into());
    let mut stream = StreamCipherCoreWrapper::from_core(core);
    let mut mask = Zeroizing::new([0; TAG]);
    stream.apply_keystream(&mut *mask);
    Ok(Box::new(Gcm::<C> { stream, hash, mask }))
}

impl<C: BlockCipherEncrypt<BlockSize = U16> + Send + Sync> ForwardMode for Gcm<C> {
    fn encrypt(&mut self, groups: &mut [u8]) {
        self.stream.apply_keystream(groups);
        self.hash.update_padded(groups);
    }

    fn finish(
        mut self: Box<Self>,
        rest: &[u8],
        length: u64,
        out: &mut Vec<u8>,
    ) -> Option<[u8; TAG]> {
        append(&mut *self, rest, out);
        let mut lengths = [0; TAG];
        // No associated data; the length in bits.
        lengths[8..].copy_from_slice(&(length << 3).to_be_bytes());
        self.hash.update(&[lengths.into()]);
        let mut tag: [u8; TAG] = self.hash.finalize().into();
        for (byte, mask) in tag.iter_mut().zip(&*self.mask) {
            *byte ^= mask;
        }
        Some(tag)
    }
}

struct ChaCha20Poly1305 {
    stream: ChaCha20,
    code: Poly1305,
}

fn chacha20_poly1305(key: &[u8], nonce: &[u8]) -> Result<Box<dyn ForwardMode>, Error> {
    let mut stream = ChaCha20::new_from_slices(key, nonce).map_err(|_| ErrorKind::Decrypt)?;
    let mut one_time = Zeroizing::new([0; 32]);
    stream.apply_keystream(&mut *one_time);
    // The rest of the first block is not used (RFC 8439 section 2.6).
    stream.seek(GROUP as u64);
    let code = Poly1305::new((&*one_time).into());
    Ok(Box::new(ChaCha20Poly1305 { stream, code }))
}

impl ForwardMode for ChaCha20Poly1305 {
    fn encrypt(&mut self, groups: &mut [u8]) {
        self.stream.apply_keystream(groups);
        self.code.update_padded(groups);
    }

    fn finish(
        mut self: Box<Self>,
        rest: &[u8],
        length: u64,
        out: &mut Vec<u8>,
    ) -> Option<[u8; TAG]> {
        append(&mut *self, rest, out);
        let mut lengths = [0; TAG];
        // No associated data; the length in bytes.
        lengths[8..].copy_from_slice(&length.to_le_bytes());
        self.code.update_padded(&lengths);
        Some(self.code.finalize().into())
    }
}
