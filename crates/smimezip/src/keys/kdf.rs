//! Key derivation from a shared secret: the KDF of ANSI X9.63 (SEC 1 section 3.6.1) and HKDF
//! (RFC 5869). No keys of persons here.

use hkdf::Hkdf;
use hmac::EagerHash;
use zeroize::Zeroizing;

use super::hash::{digest, with_hash};
use crate::cms::{HashAlgorithm, KeyDerivation};
use crate::error::{Error, ErrorKind};

/// A key of `size` bytes from a shared secret.
///
/// # Errors
/// `Decrypt` for a size that no hash function gives.
pub(super) fn derive(
    derivation: KeyDerivation,
    secret: &[u8],
    info: &[u8],
    size: usize,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut key = Zeroizing::new(vec![0; size]);
    match derivation {
        KeyDerivation::X963(hash) => x963(hash, secret, info, &mut key),
        KeyDerivation::Hkdf(hash) => with_hash!(hash, D => hkdf::<D>(secret, info, &mut key))?,
    }
    Ok(key)
}

fn x963(hash: HashAlgorithm, secret: &[u8], info: &[u8], key: &mut [u8]) {
    let mut rest = key;
    for counter in 1_u32.. {
        let block = digest(hash, &[secret, &counter.to_be_bytes(), info]);
        let (now, later) = rest.split_at_mut(block.len().min(rest.len()));
        now.copy_from_slice(&block[..now.len()]);
        if later.is_empty() {
            return;
        }
        rest = later;
    }
}

fn hkdf<D: EagerHash>(secret: &[u8], info: &[u8], key: &mut [u8]) -> Result<(), Error> {
    // No salt (RFC 8418 section 2.2, RFC 9936 section 2.3).
    Hkdf::<D>::new(None, secret).expand(info, key).map_err(|_| ErrorKind::Decrypt.into())
}
