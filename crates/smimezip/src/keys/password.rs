//! A password that both sides know (`pwri`, RFC 5652 section 6.2.4): PBKDF2 (RFC 8018) and the key
//! wrap of RFC 3211, both ways.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::hash::{digest_size, with_hash};
use super::key_wrap::cannot_be_wrapped;
use super::padded::twice;
use super::triple_des;
use crate::cms::write::{WrittenRecipientInfo, recipient_info};
use crate::cms::{
    ContentEncryptionAlgorithm, Details, HashAlgorithm, KeyEncryptionAlgorithm, PasswordParameters,
    RecipientInfo,
};
use crate::error::{Error, ErrorKind};
use crate::random::random;
use crate::secret::{ContentEncryptionKey, Passphrase};

/// Bytes of the salt for a password (NIST SP 800-132 section 5.1).
const SALT: usize = 16;

/// What a password recipient costs to try, in iterations; `None` for another recipient.
pub(super) fn iterations(info: &RecipientInfo) -> Option<u64> {
    match info.key_encryption_algorithm() {
        Some(KeyEncryptionAlgorithm::Password { hash, iterations, cipher }) => {
            let blocks = cipher.key_size().unwrap_or_default().div_ceil(digest_size(*hash)) as u64;
            Some(iterations.saturating_mul(blocks))
        }
        _ => None,
    }
}

/// Decrypts the content-encryption key of `size` bytes that a password recipient holds. What it
/// costs has been allowed.
///
/// # Errors
/// `Decrypt`, bare, for everything; whether the password was right is inside the key.
pub(super) fn unwrap_by_password(
    password: &Passphrase,
    info: &RecipientInfo,
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let (
        Some(KeyEncryptionAlgorithm::Password { hash, iterations, cipher }),
        Details::Password(parameters),
    ) = (info.key_encryption_algorithm(), info.details())
    else {
        return Err(ErrorKind::Decrypt.into());
    };
    let iterations = u32::try_from(*iterations).map_err(|_| ErrorKind::Decrypt)?;
    let key_size = cipher.key_size().ok_or(ErrorKind::Decrypt)?;
    let kek = pbkdf2(*hash, password.bytes(), &parameters.salt, iterations, key_size);
    let vector = &parameters.initialization_vector;
    unwrap_for_password(cipher, &kek, vector, info.encrypted_key(), size)
}

/// Encrypts a content-encryption key for whoever knows `password`: PBKDF2 with HMAC-SHA-256, and
/// AES-256 for the key wrap.
///
/// # Errors
/// `Io` if the system gives no random bytes; `InvalidArgument` for a key that cannot be wrapped.
pub(super) fn wrap_by_password(
    password: &Passphrase,
    iterations: u32,
    key: &[u8],
) -> Result<WrittenRecipientInfo, Error> {
    let mut salt = vec![0; SALT];
    let mut initialization_vector = vec![0; 16];
    random(&mut salt)?;
    random(&mut initialization_vector)?;
    let kek = pbkdf2(HashAlgorithm::Sha256, password.bytes(), &salt, iterations, 32);
    let wrapped = wrap_for_password(&kek, &initialization_vector, key)?;
    let parameters = PasswordParameters { salt, initialization_vector };
    Ok(recipient_info::password(&parameters, iterations, &wrapped))
}

/// A key of `size` bytes from a password, by PBKDF2 with the HMAC of `hash`. The caller has
/// checked what the iterations cost.
fn pbkdf2(
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

/// The key wrap of RFC 3211 section 2.3.2: twice the cipher over a count, a check and the key.
///
/// # Errors
/// `Decrypt`, bare, for what can be seen from outside; what depends on secrets is inside the key.
/// `Unsupported` for a cipher that this build leaves out.
fn unwrap_for_password(
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
        ContentEncryptionAlgorithm::DesEde3Cbc => {
            triple_des::check(cipher.to_string())?;
            triple_des::twice(kek, vector, wrapped)
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
fn wrap_for_password(kek: &[u8], vector: &[u8], key: &[u8]) -> Result<Vec<u8>, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
