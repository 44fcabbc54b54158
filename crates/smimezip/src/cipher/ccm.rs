//! Counter with CBC-MAC (RFC 3610, NIST SP 800-38C), the counter and the code apart.

use cipher::typenum::U16;
use cipher::{
    Block, BlockCipherEncrypt, InnerIvInit, StreamCipher, StreamCipherCoreWrapper, StreamCipherSeek,
};
use ctr::{CtrCore, flavors};

use super::mode::{Authenticator, Mode};

const BLOCK: usize = 16;

/// AES-CCM under one key and nonce.
pub(super) struct Ccm<C> {
    cipher: C,
    nonce: Vec<u8>,
    tag_size: usize,
}

impl<C: BlockCipherEncrypt<BlockSize = U16>> Ccm<C> {
    /// With a nonce of 7 to 13 bytes and a tag of an even number of them, 4 to 16.
    pub(super) fn new(cipher: C, nonce: &[u8], tag_size: usize) -> Self {
        Self { cipher, nonce: nonce.to_vec(), tag_size }
    }

    /// Bytes of the length field, `L` of RFC 3610: 2 to 8.
    fn length_size(&self) -> usize {
        BLOCK - 1 - self.nonce.len()
    }

    /// A block of first byte, nonce and zeros.
    fn block(&self, first: u8) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        block[0] = first;
        block[1..=self.nonce.len()].copy_from_slice(&self.nonce);
        block
    }

    /// The key stream from the block with this number on; number 0 masks the tag.
    fn apply(&self, buf: &mut [u8], position: u64) {
        let counter = self.block(self.length_size().to_le_bytes()[0] - 1);
        let core = CtrCore::<&C, flavors::Ctr128BE>::inner_iv_init(&self.cipher, &counter.into());
        let mut stream = StreamCipherCoreWrapper::from_core(core);
        // `longest` keeps the counter inside its bytes.
        stream.seek(position);
        stream.apply_keystream(buf);
    }
}

impl<C: BlockCipherEncrypt<BlockSize = U16> + Send + Sync> Mode for Ccm<C> {
    fn decrypt(&self, buf: &mut [u8], offset: u64) {
        self.apply(buf, offset + BLOCK as u64);
    }

    fn authenticate<'a>(&'a self, associated: &[u8], length: u64) -> Box<dyn Authenticator + 'a> {
        // RFC 3610 section 2.2: flags, nonce, length.
        let flags = (self.tag_size / 2).saturating_sub(1) * 8 + self.length_size() - 1;
        let flags = flags.to_le_bytes()[0] | if associated.is_empty() { 0 } else { 0x40 };
        let mut first = self.block(flags);
        let length = length.to_be_bytes();
        let size = self.length_size();
        first[BLOCK - size..].copy_from_slice(&length[length.len() - size..]);
        let mut tag = CcmTag { mode: self, state: Block::<C>::default(), position: 0 };
        tag.absorb(&first);
        if !associated.is_empty() {
            // Attributes are bounded by the budget for structure, far below 2^32.
            let size = u32::try_from(associated.len()).unwrap_or(u32::MAX).to_be_bytes();
            let short = size[..2] == [0, 0] && associated.len() < 0xff00;
            let mut bytes =
                if short { size[2..].to_vec() } else { [&[0xff, 0xfe], &size[..]].concat() };
            bytes.extend_from_slice(associated);
            tag.absorb(&bytes);
        }
        Box::new(tag)
    }

    fn longest(&self) -> u64 {
        match self.length_size() {
            8 => u64::MAX >> 4,
            size => (1 << (8 * size)) - 1,
        }
    }
}

struct CcmTag<'a, C: BlockCipherEncrypt<BlockSize = U16>> {
    mode: &'a Ccm<C>,
    state: Block<C>,
    position: u64,
}

impl<C: BlockCipherEncrypt<BlockSize = U16>> CcmTag<'_, C> {
    /// Takes whole blocks, the last filled up with zeros.
    fn absorb(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(BLOCK) {
            for (state, byte) in self.state.iter_mut().zip(block) {
                *state ^= byte;
            }
            self.mode.cipher.encrypt_block(&mut self.state);
        }
    }
}

impl<C: BlockCipherEncrypt<BlockSize = U16> + Send + Sync> Authenticator for CcmTag<'_, C> {
    fn update(&mut self, ciphertext: &mut [u8]) {
        // The code is over the plaintext.
        self.mode.decrypt(ciphertext, self.position);
        self.absorb(ciphertext);
        self.position += ciphertext.len() as u64;
    }

    fn finish(self: Box<Self>) -> [u8; 16] {
        let mut tag: [u8; 16] = self.state.into();
        self.mode.apply(&mut tag, 0);
        tag
    }
}
