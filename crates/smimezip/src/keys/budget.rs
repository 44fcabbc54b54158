//! Deriving keys from passphrases, each derivation paid for before it is done: there is no other
//! way to one here, so nothing that a key file says can cost more than the limits allow.
//!
//! The unit is an iteration of PBKDF2, which is two blocks hashed. What PKCS #12 and the salts hash
//! is counted by blocks; a unit of scrypt's N·r·p, which is four rounds of its core, counts as an
//! iteration.

#[cfg(feature = "encrypted-keys")]
mod password;

use zeroize::Zeroizing;

#[cfg(feature = "encrypted-keys")]
pub(super) use self::password::{Pbkdf2, Prf, Scrypt};
use super::hash::{digest, digest_size};
use crate::cms::HashAlgorithm;
use crate::error::Error;
use crate::limits::{Limit, Limits};

/// What bytes derived by PKCS #12 are for (RFC 7292 appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Vector = 2,
    Mac = 3,
}

/// The key derivation of PKCS #12 (RFC 7292 appendix B.2) with its parameters.
pub(super) struct Pkcs12Kdf {
    pub(super) hash: HashAlgorithm,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u64,
}

impl Pkcs12Kdf {
    /// For keys of these sizes, from a password of about this length.
    pub(super) fn cost(&self, sizes: &[usize], password: usize) -> u64 {
        let size = digest_size(self.hash);
        let count: u64 = sizes.iter().map(|it| it.div_ceil(size) as u64).sum();
        // The first hash of each goes over the salt and the password, too.
        let first = (self.salt.len().saturating_add(password) as u64 / 64).saturating_add(3);
        count.saturating_mul(self.iterations.saturating_add(first)).div_ceil(2)
    }
}

/// What opening one file may still cost.
pub(super) struct Budget {
    iterations: u64,
    private_keys: usize,
    limits: Limits,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            iterations: limits.kdf_iterations,
            private_keys: limits.private_keys,
            limits: limits.clone(),
        }
    }

    /// Refuses what is beyond the budget, without spending of it.
    ///
    /// # Errors
    /// `Limit`.
    pub(super) fn check(&self, cost: u64) -> Result<(), Error> {
        if cost > self.iterations {
            return Err(Error::limit(Limit::KdfIterations, self.limits.kdf_iterations));
        }
        Ok(())
    }

    fn spend(&mut self, cost: u64) -> Result<(), Error> {
        self.check(cost)?;
        self.iterations -= cost;
        Ok(())
    }

    /// Takes note of a private key that is to be read, which takes making its public key.
    ///
    /// # Errors
    /// `Limit`.
    pub(super) fn read_private_key(&mut self) -> Result<(), Error> {
        let allowed = self.limits.private_keys as u64;
        self.private_keys = self
            .private_keys
            .checked_sub(1)
            .ok_or_else(|| Error::limit(Limit::PrivateKeys, allowed))?;
        Ok(())
    }

    /// Keys of these sizes, each for its purpose.
    ///
    /// # Errors
    /// `Limit`.
    pub(super) fn pkcs12<const COUNT: usize>(
        &mut self,
        parameters: &Pkcs12Kdf,
        password: &[u8],
        keys: [(Purpose, usize); COUNT],
    ) -> Result<[Zeroizing<Vec<u8>>; COUNT], Error> {
        self.spend(parameters.cost(&keys.map(|(_, size)| size), password.len()))?;
        Ok(keys.map(|(purpose, size)| pkcs12(parameters, password, purpose, size)))
    }
}

fn pkcs12(
    parameters: &Pkcs12Kdf,
    password: &[u8],
    purpose: Purpose,
    size: usize,
) -> Zeroizing<Vec<u8>> {
    let Pkcs12Kdf { hash, salt, iterations } = parameters;
    let block = match hash {
        HashAlgorithm::Sha384 | HashAlgorithm::Sha512 => 128,
        _ => 64,
    };
    let filled = |bytes: &[u8]| -> Zeroizing<Vec<u8>> {
        let size = bytes.len().next_multiple_of(block);
        let mut filled = Zeroizing::new(Vec::with_capacity(size));
        filled.extend(bytes.iter().copied().cycle().take(size));
        filled
    };
    let diversifier = vec![
        match purpose {
            Purpose::Key => 1,
            Purpose::Vector => 2,
            Purpose::Mac => 3,
        };
        block
    ];
    let (salt, password) = (filled(salt), filled(password));
    let mut input = Zeroizing::new([&salt[..], &password[..]].concat());
    let mut out = Zeroizing::new(Vec::with_capacity(size + 64));
    loop {
        let mut hashed = digest(*hash, &[&diversifier, &input]);
        for _ in 1..*iterations {
            hashed = digest(*hash, &[&hashed]);
        }
        work::note((*iterations).max(1));
        out.extend_from_slice(&hashed);
        if out.len() >= size {
            out.truncate(size);
            return out;
        }
        // Every block of the input becomes itself plus the hash plus one.
        let addend: Zeroizing<Vec<u8>> =
            Zeroizing::new(hashed.iter().copied().cycle().take(block).collect());
        for block in input.chunks_mut(block) {
            let mut carry = 1_u16;
            for (byte, addend) in block.iter_mut().rev().zip(addend.iter().rev()) {
                let [low, high] = (u16::from(*byte) + u16::from(*addend) + carry).to_le_bytes();
                (*byte, carry) = (low, u16::from(high));
            }
        }
    }
}

/// What was really done, in blocks hashed, noted where it is done: for the tests that compare it
/// with the budget.
#[cfg(feature = "internals")]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local!(static BLOCKS: Cell<u64> = const { Cell::new(0) });

    pub(super) fn note(blocks: u64) {
        BLOCKS.with(|it| it.set(it.get().saturating_add(blocks)));
    }

    /// What this thread did since the last call, in iterations.
    pub(crate) fn take() -> u64 {
        BLOCKS.with(Cell::take).div_ceil(2)
    }
}

#[cfg(not(feature = "internals"))]
mod work {
    pub(super) fn note(_: u64) {}
}
