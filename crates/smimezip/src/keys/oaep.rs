//! Key transport with RSAES-OAEP (RFC 8017 section 7.1), both ways: the `rsa` crate's encoding and
//! decoding, which reports nothing but success or failure, with hash functions known at run time
//! only.

use rsa::Oaep;
use rsa::rand_core::TryCryptoRng;

use super::hash::with_hash;
use crate::cms::HashAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::random::SysRng;
use crate::secret::ContentEncryptionKey;

/// Decrypts a content-encryption key of `size` bytes, blinded by random numbers.
///
/// # Errors
/// `Decrypt`, bare, for everything.
pub(super) fn unwrap_key(
    key: &rsa::PrivateKey,
    blinding: &mut impl TryCryptoRng,
    (hash, mask_hash): (HashAlgorithm, HashAlgorithm),
    label: &[u8],
    encrypted_key: &[u8],
    size: usize,
) -> Result<ContentEncryptionKey, Error> {
    let bytes = with_hash!(hash, D => with_hash!(mask_hash, M => {
        let padding = Oaep::<D, M>::new_with_mgf_hash_and_label(label);
        key.decrypt_blinded(blinding, padding, encrypted_key)
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

/// Encrypts a content-encryption key for the owner of `public`, with an empty label.
///
/// # Errors
/// `Io` if the system gives no random bytes; `InvalidArgument` for a key that the modulus has no
/// room for.
pub(super) fn wrap_key(
    public: &rsa::PublicKey,
    hash: HashAlgorithm,
    mask_hash: HashAlgorithm,
    key: &[u8],
) -> Result<Vec<u8>, Error> {
    let wrapped = with_hash!(hash, D => with_hash!(mask_hash, M => {
        public.encrypt(&mut SysRng, Oaep::<D, M>::new_with_mgf_hash(), key)
    }));
    wrapped.map_err(|error| match error {
        rsa::Error::Rng => std::io::Error::other("no random bytes").into(),
        _ => ErrorKind::InvalidArgument("an RSA key that is too small".to_owned()).into(),
    })
}
