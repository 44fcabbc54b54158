//! Key wrap: AES (RFC 3394), both ways, and triple DES (`triple_des.rs`). Each gives a
//! content-encryption key of a known size, or the one bare error.

use aes::{Aes128, Aes192, Aes256};
use aes_kw::{AesKw, KeyInit};
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt};
use zeroize::Zeroizing;

use super::triple_des;
use crate::cms::KeyWrapAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::secret::ContentEncryptionKey;

/// Unwraps a key of `size` bytes.
///
/// # Errors
/// `Decrypt`, bare, for everything; `Unsupported` for a wrap that this build leaves out.
pub(super) fn unwrap(
    wrap: KeyWrapAlgorithm,
    kek: &[u8],
    wrapped: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let key = match wrap {
        KeyWrapAlgorithm::Aes128 => aes::<Aes128>(kek, wrapped, size),
        KeyWrapAlgorithm::Aes192 => aes::<Aes192>(kek, wrapped, size),
        KeyWrapAlgorithm::Aes256 => aes::<Aes256>(kek, wrapped, size),
        KeyWrapAlgorithm::DesEde3 => triple_des::unwrap(kek, wrapped, size)?,
    };
    key.map(|mut key| ContentEncryptionKey::new(std::mem::take(&mut *key)))
        .ok_or_else(|| ErrorKind::Decrypt.into())
}

/// Wraps a key; the other way of [`unwrap`].
///
/// # Errors
/// `Unsupported` for triple DES, which is not written; `InvalidArgument` for keys that do not fit.
pub(super) fn wrap(wrap: KeyWrapAlgorithm, kek: &[u8], key: &[u8]) -> Result<Vec<u8>, Error> {
    fn aes<C>(kek: &[u8], key: &[u8]) -> Option<Vec<u8>>
    where
        AesKw<C>: KeyInit,
        C: BlockCipherEncrypt<BlockSize = cipher::typenum::U16>,
    {
        let mut wrapped = vec![0; key.len() + 8];
        AesKw::<C>::new_from_slice(kek).ok()?.wrap_key(key, &mut wrapped).ok()?;
        Some(wrapped)
    }
    let wrapped = match wrap {
        KeyWrapAlgorithm::Aes128 => aes::<Aes128>(kek, key),
        KeyWrapAlgorithm::Aes192 => aes::<Aes192>(kek, key),
        KeyWrapAlgorithm::Aes256 => aes::<Aes256>(kek, key),
        KeyWrapAlgorithm::DesEde3 => {
            return Err(Error::unsupported(format!("sealing with {wrap}")));
        }
    };
    wrapped.ok_or_else(cannot_be_wrapped)
}

pub(super) fn cannot_be_wrapped() -> Error {
    ErrorKind::InvalidArgument("a key that cannot be wrapped".to_owned()).into()
}

fn aes<C>(kek: &[u8], wrapped: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>>
where
    AesKw<C>: KeyInit,
    C: BlockCipherDecrypt<BlockSize = cipher::typenum::U16>,
{
    // Section 2.2: a register of 8 bytes more than the key.
    if wrapped.len() != size + 8 {
        return None;
    }
    let mut key = Zeroizing::new(vec![0; size]);
    AesKw::<C>::new_from_slice(kek).ok()?.unwrap_key(wrapped, &mut key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let text: String = text.split_whitespace().collect();
        crate::hex::decode(&text).unwrap()
    }

    /// RFC 3394 section 4.6, a key of 256 bits under 256 bits.
    #[test]
    fn the_example_of_rfc_3394() {
        let kek: Vec<u8> = (0..32).collect();
        let wrapped = hex(
            "28C9F404C4B810F4CBCCB35CFB87F826 3F5786E2D80ED326CBC7F0E71A99F43B FB988B9B7A02DD21",
        );
        let key = unwrap(KeyWrapAlgorithm::Aes256, &kek, &wrapped, 32).unwrap();
        assert_eq!(
            key.bytes(),
            hex("00112233445566778899AABBCCDDEEFF 000102030405060708090A0B0C0D0E0F")
        );
        for at in 0..wrapped.len() {
            let mut wrong = wrapped.clone();
            wrong[at] ^= 1;
            let error = unwrap(KeyWrapAlgorithm::Aes256, &kek, &wrong, 32).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::Decrypt));
        }
        assert!(unwrap(KeyWrapAlgorithm::Aes256, &kek, &wrapped, 16).is_err());
        assert!(unwrap(KeyWrapAlgorithm::Aes256, &kek[..16], &wrapped, 32).is_err());
    }
}
