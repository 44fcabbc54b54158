//! Key wrap: AES (RFC 3394) and the one of RFC 3211 for passwords, both ways, and triple DES
//! (RFC 3217). Each gives a content-encryption key of a known size, or the one bare error.

use aes::{Aes128, Aes192, Aes256};
use aes_kw::{AesKw, KeyInit};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
};
#[cfg(feature = "legacy")]
use des::TdesEde3;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

#[cfg(feature = "legacy")]
use super::kdf::digest;
#[cfg(feature = "legacy")]
use crate::cms::HashAlgorithm;
use crate::cms::{ContentEncryptionAlgorithm, KeyWrapAlgorithm};
use crate::error::{Error, ErrorKind};
use crate::secret::{ContentEncryptionKey, random};

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
        #[cfg(feature = "legacy")]
        KeyWrapAlgorithm::DesEde3 => des_ede3(kek, wrapped, size),
        #[cfg(not(feature = "legacy"))]
        KeyWrapAlgorithm::DesEde3 => return Err(Error::without("legacy", wrap.to_string())),
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

fn cannot_be_wrapped() -> Error {
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

/// RFC 3217 section 3.2.
#[cfg(feature = "legacy")]
fn des_ede3(kek: &[u8], wrapped: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>> {
    const VECTOR: [u8; 8] = [0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05];
    if size != 24 || wrapped.len() != 40 {
        return None;
    }
    let mut outer = decrypt::<TdesEde3>(kek, &VECTOR, wrapped)?;
    outer.reverse();
    let (vector, inner) = outer.split_at(8);
    let mut key = decrypt::<TdesEde3>(kek, vector, inner)?;
    let checksum = digest(HashAlgorithm::Sha1, &[&key[..24]]);
    if !bool::from(checksum[..8].ct_eq(&key[24..])) {
        return None;
    }
    key.truncate(24);
    Some(key)
}

/// The key wrap of RFC 3211 section 2.3.2: twice the cipher over a count, a check and the key.
///
/// # Errors
/// `Decrypt`, bare, for what can be seen from outside; what depends on secrets is inside the key.
/// `Unsupported` for a cipher that this build leaves out.
pub(super) fn unwrap_for_password(
    cipher: &ContentEncryptionAlgorithm,
    kek: &[u8],
    vector: &[u8],
    wrapped: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let block = match cipher {
        ContentEncryptionAlgorithm::Aes128Cbc => twice::<Aes128>(kek, vector, wrapped),
        ContentEncryptionAlgorithm::Aes192Cbc => twice::<Aes192>(kek, vector, wrapped),
        ContentEncryptionAlgorithm::Aes256Cbc => twice::<Aes256>(kek, vector, wrapped),
        #[cfg(feature = "legacy")]
        ContentEncryptionAlgorithm::DesEde3Cbc => twice::<TdesEde3>(kek, vector, wrapped),
        #[cfg(not(feature = "legacy"))]
        ContentEncryptionAlgorithm::DesEde3Cbc => {
            return Err(Error::without("legacy", cipher.to_string()));
        }
        _ => None,
    };
    let block = block.ok_or(ErrorKind::Decrypt)?;
    let (Some(head), Some(key)) = (block.get(..7), block.get(4..4 + size)) else {
        return Err(ErrorKind::Decrypt.into());
    };
    let mut valid: Choice = u64::from(head[0]).ct_eq(&(size as u64));
    for (check, byte) in head[1..4].iter().zip(&head[4..7]) {
        valid &= check.ct_eq(&!byte);
    }
    Ok(ContentEncryptionKey::with_validity(key.to_vec(), valid))
}

/// Wraps a key so (section 2.3.1), by AES-256 in CBC mode; the other way of
/// [`unwrap_for_password`].
///
/// # Errors
/// `Io` if the system gives no random bytes; `InvalidArgument` for keys that do not fit.
pub(super) fn wrap_for_password(kek: &[u8], vector: &[u8], key: &[u8]) -> Result<Vec<u8>, Error> {
    const BLOCK: usize = 16;
    let (Ok(count), Some(checked)) = (u8::try_from(key.len()), key.get(..3)) else {
        return Err(cannot_be_wrapped());
    };
    // Padded to whole blocks, of which there must be two for the second pass to mix all.
    let size = (4 + key.len()).next_multiple_of(BLOCK).max(2 * BLOCK);
    let mut block = Zeroizing::new(vec![0; size]);
    random(&mut block)?;
    block[0] = count;
    block[1..4].iter_mut().zip(checked).for_each(|(check, byte)| *check = !byte);
    block[4..4 + key.len()].copy_from_slice(key);
    let mut vector = vector.to_vec();
    for _ in 0..2 {
        let encryptor = cbc::Encryptor::<Aes256>::new_from_slices(kek, &vector);
        let encryptor = encryptor.map_err(|_| cannot_be_wrapped())?;
        encryptor.encrypt_padded::<NoPadding>(&mut block, size).map_err(|_| cannot_be_wrapped())?;
        vector = block[size - BLOCK..].to_vec();
    }
    Ok(std::mem::take(&mut *block))
}

fn twice<C>(kek: &[u8], vector: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>>
where
    C: BlockCipherDecrypt,
    cbc::Decryptor<C>: KeyIvInit,
{
    let size = C::block_size();
    if wrapped.len() < 2 * size || !wrapped.len().is_multiple_of(size) {
        return None;
    }
    // The outer pass had the last block of the inner one as its initialization vector.
    let last = decrypt::<C>(
        kek,
        &wrapped[wrapped.len() - 2 * size..wrapped.len() - size],
        &wrapped[wrapped.len() - size..],
    )?;
    let inner = decrypt::<C>(kek, &last, wrapped)?;
    decrypt::<C>(kek, vector, &inner)
}

fn decrypt<C>(key: &[u8], vector: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>>
where
    C: BlockCipherDecrypt,
    cbc::Decryptor<C>: KeyIvInit,
{
    let mut plain = Zeroizing::new(bytes.to_vec());
    cbc::Decryptor::<C>::new_from_slices(key, vector)
        .ok()?
        .decrypt_padded::<NoPadding>(&mut plain)
        .ok()?;
    Some(plain)
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

    /// RFC 3217 section 3.4.
    #[cfg(feature = "legacy")]
    #[test]
    fn the_example_of_rfc_3217() {
        let kek = hex("255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f");
        let wrapped =
            hex("690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4");
        let key = unwrap(KeyWrapAlgorithm::DesEde3, &kek, &wrapped, 24).unwrap();
        assert_eq!(key.bytes(), hex("2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98"));
        for at in 0..wrapped.len() {
            let mut wrong = wrapped.clone();
            wrong[at] ^= 0x10;
            assert!(unwrap(KeyWrapAlgorithm::DesEde3, &kek, &wrong, 24).is_err());
        }
        assert!(unwrap(KeyWrapAlgorithm::DesEde3, &kek, &wrapped, 16).is_err());
    }

    #[test]
    fn what_is_wrapped_for_a_password_is_unwrapped_and_no_other() {
        let cipher = ContentEncryptionAlgorithm::Aes256Cbc;
        for size in [16, 24, 32] {
            let key: Vec<u8> = (1..).take(size).collect();
            let wrapped = wrap_for_password(&[1; 32], &[2; 16], &key).unwrap();
            assert_eq!(wrapped.len(), if size == 32 { 48 } else { 32 });
            let open = |kek: &[u8], size| {
                unwrap_for_password(&cipher, kek, &[2; 16], &wrapped, size).unwrap()
            };
            let opened = open(&[1; 32], size);
            assert!(bool::from(opened.valid()) && opened.bytes() == key);
            assert!(!bool::from(open(&[3; 32], size).valid()));
            assert!(!bool::from(open(&[1; 32], size - 8).valid()));
        }
        assert!(wrap_for_password(&[1; 32], &[2; 16], &[0; 2]).is_err());
        assert!(wrap_for_password(&[1; 32], &[2; 16], &[0; 256]).is_err());
        assert!(wrap_for_password(&[1; 16], &[2; 16], &[0; 16]).is_err());
    }

    #[test]
    fn no_length_of_a_password_wrap_reads_out_of_bounds() {
        let cipher = ContentEncryptionAlgorithm::Aes128Cbc;
        for length in 0..100 {
            let result = unwrap_for_password(&cipher, &[1; 16], &[2; 16], &vec![3; length], 16);
            let fits = length >= 32 && length % 16 == 0;
            assert_eq!(result.is_ok(), fits, "{length}");
            assert!(result.is_err() || !bool::from(result.unwrap().valid()));
        }
    }
}
