//! Authenticated ciphers over a view: the tag is verified over all of the ciphertext first, then
//! any range is decrypted on its own. What is not verified is not decrypted for anybody.

use std::io;

use aes::{Aes128Enc, Aes192Enc, Aes256Enc};
use cipher::KeyInit;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::ccm::Ccm;
use super::chacha20_poly1305::ChaCha20Poly1305;
use super::gcm::Gcm;
use super::mode::Mode;
use crate::cms::ContentEncryptionAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::progress::current;
use crate::read_at::{ReadAt, clamp, read_exact_at};

/// Bytes verified or decrypted at once; a multiple of every cipher's block.
const PIECE: usize = 256 * 1024;

/// An authenticated cipher with its key and nonce.
pub(crate) struct Aead(Box<dyn Mode>);

impl Aead {
    /// Whether this build has the authenticated ciphers.
    ///
    /// # Errors
    /// None in a build that has them.
    #[allow(clippy::unnecessary_wraps, reason = "as where the feature is left out")]
    pub(crate) fn check_build(_: &ContentEncryptionAlgorithm) -> Result<(), Error> {
        Ok(())
    }

    /// The cipher of `algorithm` under `key`.
    ///
    /// # Errors
    /// `Unsupported` for an algorithm without an authenticated cipher here, `Decrypt` for a key of
    /// another size.
    pub(crate) fn new(
        algorithm: &ContentEncryptionAlgorithm,
        key: &[u8],
        nonce: &[u8],
        tag_size: usize,
    ) -> Result<Self, Error> {
        use ContentEncryptionAlgorithm as Algorithm;
        fn with<C: KeyInit>(key: &[u8]) -> Result<C, Error> {
            C::new_from_slice(key).map_err(|_| ErrorKind::Decrypt.into())
        }
        Ok(Self(match algorithm {
            Algorithm::Aes128Gcm => Box::new(Gcm::new(with::<Aes128Enc>(key)?, nonce)),
            Algorithm::Aes192Gcm => Box::new(Gcm::new(with::<Aes192Enc>(key)?, nonce)),
            Algorithm::Aes256Gcm => Box::new(Gcm::new(with::<Aes256Enc>(key)?, nonce)),
            Algorithm::Aes128Ccm => Box::new(Ccm::new(with::<Aes128Enc>(key)?, nonce, tag_size)),
            Algorithm::Aes192Ccm => Box::new(Ccm::new(with::<Aes192Enc>(key)?, nonce, tag_size)),
            Algorithm::Aes256Ccm => Box::new(Ccm::new(with::<Aes256Enc>(key)?, nonce, tag_size)),
            Algorithm::ChaCha20Poly1305 => Box::new(ChaCha20Poly1305::new(key, nonce)?),
            _ => return Err(Error::unsupported(algorithm.to_string())),
        }))
    }

    /// Whether `tag` is that of `ciphertext` and `associated` data. The current call's gauge counts
    /// what was read.
    ///
    /// # Errors
    /// What the source reports, `Cancelled`, or `Unsupported` for more than the cipher can do.
    pub(crate) fn verify<S: ReadAt>(
        &self,
        ciphertext: &S,
        associated: &[u8],
        tag: &[u8],
    ) -> Result<Choice, Error> {
        let length = ciphertext.size()?;
        if length > self.0.longest() {
            return Err(Error::unsupported("more content than is safe under one nonce"));
        }
        let call = current();
        let mut authenticator = self.0.authenticate(associated, length);
        // One of the modes decrypts in here on its way.
        let mut piece = Zeroizing::new(vec![0; clamp(PIECE, length)]);
        let mut position = 0;
        while position < length {
            let count = clamp(piece.len(), length - position);
            let piece = &mut piece[..count];
            read_exact_at(ciphertext, piece, position)?;
            authenticator.update(piece);
            position += count as u64;
            if let Some(call) = &call {
                call.gauge().add_bytes(count as u64);
            }
        }
        let computed = authenticator.finish();
        Ok(computed.get(..tag.len()).map_or(Choice::from(0), |computed| computed.ct_eq(tag)))
    }
}

/// The plaintext of a ciphertext that was verified.
pub(crate) struct AeadView<S> {
    source: S,
    cipher: Aead,
}

impl<S: ReadAt> AeadView<S> {
    /// The plaintext of `source`. The caller has verified it.
    pub(crate) fn new(source: S, cipher: Aead) -> Self {
        Self { source, cipher }
    }
}

impl<S: ReadAt> ReadAt for AeadView<S> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let wanted = buf.len().min(PIECE);
        let count = self.source.read_at(&mut buf[..wanted], offset)?;
        self.cipher.0.decrypt(&mut buf[..count], offset);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        self.source.size()
    }
}
