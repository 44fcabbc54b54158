//! Hashing, and HMAC, with a hash function that is known at run time only.

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cms::HashAlgorithm;

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
