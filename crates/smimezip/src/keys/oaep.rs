//! Key transport with RSAES-OAEP (RFC 8017 section 7.1.2): the `rsa` crate's decoding, which
//! reports nothing but success or failure, with hash functions known at run time only.

use rsa::Oaep;

use super::kdf::with_hash;
use crate::cms::HashAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::secret::ContentEncryptionKey;

/// Decrypts a content-encryption key of `size` bytes.
///
/// # Errors
/// `Decrypt`, bare, for everything.
pub(super) fn unwrap_key(
    key: &rsa::PrivateKey,
    hash: HashAlgorithm,
    mask_hash: HashAlgorithm,
    label: &[u8],
    encrypted_key: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let bytes = with_hash!(hash, D => with_hash!(mask_hash, M => {
        let padding = Oaep::<D, M>::new_with_mgf_hash_and_label(label);
        key.decrypt(padding, encrypted_key)
    }));
    match bytes {
        Ok(bytes) if bytes.len() == size => Ok(ContentEncryptionKey::new(bytes)),
        Ok(bytes) => {
            drop(zeroize::Zeroizing::new(bytes));
            Err(ErrorKind::Decrypt.into())
        }
        Err(_) => Err(ErrorKind::Decrypt.into()),
    }
}
