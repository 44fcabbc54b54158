//! Hashing and key derivation with a hash function that is known at run time only: the KDF of
//! ANSI X9.63 (SEC 1 section 3.6.1), HKDF (RFC 5869), PBKDF2 (RFC 8018). No keys of persons here.

use hkdf::Hkdf;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cms::{HashAlgorithm, KeyDerivation};
use crate::error::{Error, ErrorKind};

/// Calls `$body` with `$D` as the type of the hash function.
macro_rules! with_hash {
    ($hash:expr, $D:ident => $body:expr) => {{
        use $crate::cms::HashAlgorithm;
        match $hash {
            HashAlgorithm::Sha1 => {
                type $D = sha1::Sha1;
                $body
            }
            HashAlgorithm::Sha224 => {
                type $D = sha2::Sha224;
                $body
            }
            HashAlgorithm::Sha256 => {
                type $D = sha2::Sha256;
                $body
            }
            HashAlgorithm::Sha384 => {
                type $D = sha2::Sha384;
                $body
            }
            HashAlgorithm::Sha512 => {
                type $D = sha2::Sha512;
                $body
            }
        }
    }};
}

pub(super) use with_hash;

/// Bytes that a hash function gives.
pub(super) fn digest_size(hash: HashAlgorithm) -> usize {
    match hash {
        HashAlgorithm::Sha1 => 20,
        HashAlgorithm::Sha224 => 28,
        HashAlgorithm::Sha256 => 32,
        HashAlgorithm::Sha384 => 48,
        HashAlgorithm::Sha512 => 64,
    }
}

/// The hash of the pieces in a row.
pub(super) fn digest(hash: HashAlgorithm, pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    fn of<D: Digest>(pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let mut digest = D::new();
        for piece in pieces {
            digest.update(piece);
        }
        Zeroizing::new(digest.finalize().to_vec())
    }
    match hash {
        HashAlgorithm::Sha1 => of::<Sha1>(pieces),
        HashAlgorithm::Sha224 => of::<Sha224>(pieces),
        HashAlgorithm::Sha256 => of::<Sha256>(pieces),
        HashAlgorithm::Sha384 => of::<Sha384>(pieces),
        HashAlgorithm::Sha512 => of::<Sha512>(pieces),
    }
}

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

/// A key of `size` bytes from a password, by PBKDF2 with the HMAC of `hash`. The caller has
/// checked what the iterations cost.
pub(super) fn pbkdf2(
    hash: HashAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    size: usize,
) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; size]);
    with_hash!(hash, D => pbkdf2::pbkdf2_hmac::<D>(password, salt, iterations, &mut key));
    key
}

/// Whether `expected` is the HMAC of `data` under `key`.
pub(super) fn is_hmac(hash: HashAlgorithm, key: &[u8], data: &[u8], expected: &[u8]) -> bool {
    fn of<D: EagerHash>(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let mut mac = Hmac::<D>::new_from_slice(key).ok()?;
        mac.update(data);
        Some(mac.finalize().into_bytes().to_vec())
    }
    let computed = with_hash!(hash, D => of::<D>(key, data));
    computed.is_some_and(|computed| bool::from(computed.ct_eq(expected)))
}
