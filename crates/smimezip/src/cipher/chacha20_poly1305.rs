//! ChaCha20-Poly1305 (RFC 8439 section 2.8), the stream and the code apart.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use poly1305::Poly1305;
use universal_hash::{KeyInit, UniversalHash};
use zeroize::Zeroizing;

use super::mode::{Authenticator, Mode};
use crate::error::{Error, ErrorKind};

/// Bytes of a block of the stream; the first makes the one-time key.
const BLOCK: u64 = 64;

/// ChaCha20-Poly1305 under one key and nonce.
pub(super) struct ChaCha20Poly1305 {
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; 12],
}

impl ChaCha20Poly1305 {
    /// # Errors
    /// `Decrypt` for a key or nonce of another size.
    pub(super) fn new(key: &[u8], nonce: &[u8]) -> Result<Self, Error> {
        let key = Zeroizing::new(key.try_into().map_err(|_| ErrorKind::Decrypt)?);
        let nonce = nonce.try_into().map_err(|_| ErrorKind::Decrypt)?;
        Ok(Self { key, nonce })
    }

    fn apply(&self, buf: &mut [u8], position: u64) {
        let mut stream = ChaCha20::new((&*self.key).into(), (&self.nonce).into());
        // `longest` keeps all positions in range.
        stream.seek(position);
        stream.apply_keystream(buf);
    }
}

impl Mode for ChaCha20Poly1305 {
    fn decrypt(&self, buf: &mut [u8], offset: u64) {
        self.apply(buf, offset + BLOCK);
    }

    fn authenticate<'a>(&'a self, associated: &[u8], length: u64) -> Box<dyn Authenticator + 'a> {
        let mut key = Zeroizing::new([0; 32]);
        self.apply(&mut *key, 0);
        let mut code = Poly1305::new((&*key).into());
        code.update_padded(associated);
        let mut lengths = [0; 16];
        lengths[..8].copy_from_slice(&(associated.len() as u64).to_le_bytes());
        lengths[8..].copy_from_slice(&length.to_le_bytes());
        Box::new(Code { code, lengths })
    }

    /// 2^32 - 1 blocks (section 2.8).
    fn longest(&self) -> u64 {
        ((1 << 32) - 1) * BLOCK
    }
}

struct Code {
    code: Poly1305,
    lengths: [u8; 16],
}

impl Authenticator for Code {
    fn update(&mut self, ciphertext: &mut [u8]) {
        self.code.update_padded(ciphertext);
    }

    fn finish(mut self: Box<Self>) -> [u8; 16] {
        self.code.update_padded(&self.lengths);
        self.code.finalize().into()
    }
}
