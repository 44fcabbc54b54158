//! In place of `blinding.rs` where no operating system gives random numbers: those that blind an
//! operation come from a secret of the key and from the number that is decrypted. Nobody else can
//! know them, and no two numbers have the same, which is all that blinding needs; only whoever has
//! one number decrypted again and again has the same work done each time.

use std::convert::Infallible;

use rsa::rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The numbers for one operation. They wipe themselves.
pub(super) struct Blinding {
    seed: Zeroizing<[u8; 32]>,
    counter: u64,
}

/// The numbers for the operation with the key of `secret` on `number`.
pub(super) fn blinding(secret: &Zeroizing<[u8; 32]>, number: &[u8]) -> Blinding {
    let seed = hash(&[&**secret, b"blinding of an operation with an RSA key", number]);
    Blinding { seed, counter: 0 }
}

fn hash(pieces: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    Zeroizing::new(hash.finalize().into())
}

impl TryRng for Blinding {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(32) {
            let block = hash(&[&*self.seed, &self.counter.to_le_bytes()]);
            self.counter += 1;
            piece.copy_from_slice(&block[..piece.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Blinding {}
