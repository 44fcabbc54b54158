//! The derivations of PBES2 and PBMAC1, PBKDF2 and scrypt, and what they cost.

use pbkdf2::pbkdf2_hmac;
use sha2::{Sha512_224, Sha512_256};
use zeroize::Zeroizing;

use super::{Budget, work};
use crate::cms::HashAlgorithm;
use crate::error::Error;
use crate::keys::hash::{digest_size, with_hash};
use crate::limits::Limit;

/// The pseudorandom function of PBKDF2: an HMAC with one of these.
#[derive(Clone, Copy, Debug)]
pub(in crate::keys) enum Prf {
    Hash(HashAlgorithm),
    Sha512_224,
    Sha512_256,
}

impl Prf {
    fn size(self) -> usize {
        match self {
            Self::Hash(hash) => digest_size(hash),
            Self::Sha512_224 => 28,
            Self::Sha512_256 => 32,
        }
    }
}

/// PBKDF2 (RFC 8018 section 5.2) with its parameters.
pub(in crate::keys) struct Pbkdf2 {
    pub(in crate::keys) prf: Prf,
    pub(in crate::keys) salt: Vec<u8>,
    pub(in crate::keys) iterations: u64,
    pub(in crate::keys) size: usize,
}

impl Pbkdf2 {
    pub(in crate::keys) fn cost(&self) -> u64 {
        // No cipher and no HMAC has use for so much, which would have to be held as well.
        if self.size > usize::from(u16::MAX) {
            return u64::MAX;
        }
        let blocks = self.size.div_ceil(self.prf.size()) as u64;
        let each = self.iterations.saturating_add(self.salt.len() as u64 / 128);
        blocks.saturating_mul(each)
    }
}

/// scrypt (RFC 7914) with its parameters.
pub(in crate::keys) struct Scrypt {
    pub(in crate::keys) salt: Vec<u8>,
    pub(in crate::keys) cost: u64,
    pub(in crate::keys) block_size: u64,
    pub(in crate::keys) parallelization: u64,
    pub(in crate::keys) size: usize,
}

impl Scrypt {
    pub(in crate::keys) fn cost(&self) -> u64 {
        let rounds = self.cost.saturating_mul(self.block_size).saturating_mul(self.parallelization);
        // PBKDF2 with one iteration stands before and after.
        let rows = self.block_size.saturating_mul(self.parallelization).saturating_mul(4);
        rounds.saturating_add(rows).saturating_add(self.salt.len() as u64 / 32)
    }

    /// RFC 7914 section 2: 128 * r * (N + p) bytes.
    fn memory(&self) -> u64 {
        let rows = self.cost.saturating_add(self.parallelization);
        self.block_size.saturating_mul(128).saturating_mul(rows)
    }
}

impl Budget {
    /// # Errors
    /// `Limit`.
    pub(in crate::keys) fn pbkdf2(
        &mut self,
        parameters: &Pbkdf2,
        password: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.spend(parameters.cost())?;
        let Pbkdf2 { prf, salt, iterations, size } = parameters;
        // More than the functions below can count is beyond any patience.
        let iterations = u32::try_from(*iterations)
            .map_err(|_| Error::limit(Limit::KdfIterations, u32::MAX.into()))?;
        work::note(2 * u64::from(iterations) * size.div_ceil(prf.size()) as u64);
        let mut key = Zeroizing::new(vec![0; *size]);
        match prf {
            Prf::Hash(hash) => {
                with_hash!(*hash, D => pbkdf2_hmac::<D>(password, salt, iterations, &mut key));
            }
            Prf::Sha512_224 => pbkdf2_hmac::<Sha512_224>(password, salt, iterations, &mut key),
            Prf::Sha512_256 => pbkdf2_hmac::<Sha512_256>(password, salt, iterations, &mut key),
        }
        Ok(key)
    }

    /// # Errors
    /// `Limit`; `BadKey` for parameters that scrypt has not.
    pub(in crate::keys) fn scrypt(
        &mut self,
        parameters: &Scrypt,
        password: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        if parameters.memory() > self.limits.scrypt_memory {
            return Err(Error::limit(Limit::ScryptMemory, self.limits.scrypt_memory));
        }
        self.spend(parameters.cost())?;
        let bad = || Error::bad_key("a key encrypted under impossible parameters of scrypt");
        let Scrypt { salt, cost, block_size, parallelization, size } = parameters;
        let log_cost = u8::try_from(cost.trailing_zeros()).map_err(|_| bad())?;
        if !cost.is_power_of_two() || log_cost == 0 {
            return Err(bad());
        }
        let [r, p] = [block_size, parallelization].map(|it| u32::try_from(*it));
        let (r, p) = (r.map_err(|_| bad())?, p.map_err(|_| bad())?);
        r.checked_mul(p).ok_or_else(bad)?;
        let parameters = scrypt::Params::new(log_cost, r, p).map_err(|_| bad())?;
        work::note(cost.saturating_mul(*block_size).saturating_mul(*parallelization) * 2);
        let mut key = Zeroizing::new(vec![0; *size]);
        scrypt::scrypt(password, salt, &parameters, &mut key).map_err(|_| bad())?;
        Ok(key)
    }
}
