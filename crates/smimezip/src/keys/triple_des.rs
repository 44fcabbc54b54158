//! What triple DES is used for with keys: the key wrap of RFC 3217, that of RFC 3211 and the
//! encryption of private keys.

use cbc::cipher::KeyInit;
use des::TdesEde3;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hash::digest;
use super::padded;
use super::padded::unpadded;
use crate::cms::HashAlgorithm;
use crate::error::Error;

/// Whether this build has it, for what is encrypted by it.
///
/// # Errors
/// None in a build that has it.
#[allow(clippy::unnecessary_wraps, reason = "as where the feature is left out")]
pub(super) fn check(_what: impl Into<String>) -> Result<(), Error> {
    Ok(())
}

/// Unwraps a key of `size` bytes (RFC 3217 section 3.2); `None` if it is not in order.
///
/// # Errors
/// None in a build that has this cipher.
#[allow(clippy::unnecessary_wraps, reason = "as where the feature is left out")]
pub(super) fn unwrap(
    kek: &[u8],
    wrapped: &[u8],
    size: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    Ok(unwrapped(kek, wrapped, size))
}

fn unwrapped(kek: &[u8], wrapped: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>> {
    const VECTOR: [u8; 8] = [0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05];
    if size != 24 || wrapped.len() != 40 {
        return None;
    }
    let mut outer = unpadded::<TdesEde3>(kek, &VECTOR, wrapped)?;
    outer.reverse();
    let (vector, inner) = outer.split_at(8);
    let mut key = unpadded::<TdesEde3>(kek, vector, inner)?;
    let checksum = digest(HashAlgorithm::Sha1, &[&key[..24]]);
    if !bool::from(checksum[..8].ct_eq(&key[24..])) {
        return None;
    }
    key.truncate(24);
    Some(key)
}

/// Both passes of the key wrap of RFC 3211.
pub(super) fn twice(kek: &[u8], vector: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    padded::twice::<TdesEde3>(kek, vector, wrapped)
}

/// Decrypts in CBC mode and removes the padding of PKCS #7; `None` if it is not in order.
pub(super) fn open(key: &[u8], vector: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    padded::open(TdesEde3::new_from_slice(key), vector, sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        crate::hex::decode(text).unwrap()
    }

    /// RFC 3217 section 3.4.
    #[test]
    fn the_example_of_rfc_3217() {
        let kek = hex("255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f");
        let wrapped =
            hex("690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4");
        let key = unwrap(&kek, &wrapped, 24).unwrap().unwrap();
        assert_eq!(*key, hex("2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98"));
        for at in 0..wrapped.len() {
            let mut wrong = wrapped.clone();
            wrong[at] ^= 0x10;
            assert!(unwrap(&kek, &wrong, 24).unwrap().is_none());
        }
        assert!(unwrap(&kek, &wrapped, 16).unwrap().is_none());
    }
}
