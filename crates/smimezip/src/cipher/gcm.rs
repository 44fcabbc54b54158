//! Galois/Counter Mode (NIST SP 800-38D) with the counter and the hash apart, so that neither
//! wants the message in memory.

use cipher::typenum::U16;
use cipher::{
    Block, BlockCipherEncrypt, InnerIvInit, StreamCipher, StreamCipherCoreWrapper, StreamCipherSeek,
};
use ctr::{CtrCore, flavors};
use ghash::GHash;
use universal_hash::UniversalHash;

use super::mode::{Authenticator, Mode};

const BLOCK: u64 = 16;

/// AES-GCM under one key and nonce.
pub(super) struct Gcm<C> {
    cipher: C,
    hash: GHash,
    /// The pre-counter block J0 (section 7.1): its encryption masks the tag, the content's first
    /// block has the next counter.
    counter: [u8; 16],
}

impl<C: BlockCipherEncrypt<BlockSize = U16>> Gcm<C> {
    pub(super) fn new(cipher: C, nonce: &[u8]) -> Self {
        let mut key = Block::<C>::default();
        cipher.encrypt_block(&mut key);
        let hash = GHash::new(&key);
        let counter = if let Ok(nonce) = <[u8; 12]>::try_from(nonce) {
            let mut counter = [0; 16];
            counter[..12].copy_from_slice(&nonce);
            counter[15] = 1;
            counter
        } else {
            let mut hash = hash.clone();
            hash.update_padded(nonce);
            hash.update(&[lengths(0, nonce.len() as u64).into()]);
            hash.finalize().into()
        };
        Self { cipher, hash, counter }
    }
}

impl<C: BlockCipherEncrypt<BlockSize = U16> + Send + Sync> Mode for Gcm<C> {
    fn decrypt(&self, buf: &mut [u8], offset: u64) {
        let core =
            CtrCore::<&C, flavors::Ctr32BE>::inner_iv_init(&self.cipher, &self.counter.into());
        let mut stream = StreamCipherCoreWrapper::from_core(core);
        // The first block masks the tag. `longest` keeps all positions in range.
        stream.seek(offset + BLOCK);
        stream.apply_keystream(buf);
    }

    fn authenticate<'a>(&'a self, associated: &[u8], length: u64) -> Box<dyn Authenticator + 'a> {
        let mut hash = self.hash.clone();
        hash.update_padded(associated);
        let mut mask = self.counter.into();
        self.cipher.encrypt_block(&mut mask);
        let lengths = lengths(associated.len() as u64, length);
        Box::new(GcmTag { hash, mask: mask.into(), lengths })
    }

    /// 2^39 - 256 bits (section 5.2.1.1).
    fn longest(&self) -> u64 {
        (1 << 36) - 32
    }
}

struct GcmTag {
    hash: GHash,
    mask: [u8; 16],
    lengths: [u8; 16],
}

impl Authenticator for GcmTag {
    fn update(&mut self, ciphertext: &mut [u8]) {
        self.hash.update_padded(ciphertext);
    }

    fn finish(mut self: Box<Self>) -> [u8; 16] {
        self.hash.update(&[self.lengths.into()]);
        let mut tag: [u8; 16] = self.hash.finalize().into();
        for (byte, mask) in tag.iter_mut().zip(self.mask) {
            *byte ^= mask;
        }
        tag
    }
}

/// Both lengths in bits, as the last block of the hash has them.
fn lengths(associated: u64, content: u64) -> [u8; 16] {
    let mut block = [0; 16];
    block[..8].copy_from_slice(&(associated << 3).to_be_bytes());
    block[8..].copy_from_slice(&(content << 3).to_be_bytes());
    block
}
