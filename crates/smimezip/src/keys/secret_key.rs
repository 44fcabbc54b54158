//! Secrets that both sides have: a key-encryption key (`kekri`, RFC 5652 section 6.2.3) and a
//! password (`pwri`, section 6.2.4, RFC 3211), both ways.

use std::fmt;

use zeroize::Zeroizing;

use super::kdf::{digest_size, pbkdf2};
use super::key_wrap;
use crate::cms::write::{WrittenRecipientInfo, recipient_info};
use crate::cms::{
    Details, HashAlgorithm, KeyEncryptionAlgorithm, KeyWrapAlgorithm, PasswordParameters,
    RecipientIdentifier, RecipientInfo,
};
use crate::error::{Error, ErrorKind};
use crate::secret::{ContentEncryptionKey, Passphrase, random};

/// Bytes of the salt for a password (NIST SP 800-132 section 5.1).
const SALT: usize = 16;

/// A key-encryption key, perhaps with its name.
pub(super) struct SecretKey {
    identifier: Option<Vec<u8>>,
    bytes: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// # Errors
    /// `BadKey` for a size that no key wrap has.
    pub(super) fn new(
        bytes: impl Into<Vec<u8>>,
        identifier: Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        let bytes = Zeroizing::new(bytes.into());
        if !matches!(bytes.len(), 16 | 24 | 32) {
            return Err(Error::bad_key("a secret key has 16, 24 or 32 bytes"));
        }
        Ok(Self { identifier, bytes })
    }

    /// What it is, for a person.
    pub(super) fn describe(&self) -> String {
        format!("a secret key of {} bits", self.bytes.len() * 8)
    }

    /// Whether a recipient could be for this key.
    pub(super) fn may_open(&self, info: &RecipientInfo) -> bool {
        let Some(KeyEncryptionAlgorithm::KeyWrap(wrap)) = info.key_encryption_algorithm() else {
            return false;
        };
        let named = self.identifier.as_ref().is_none_or(|own| {
            matches!(info.identifier(), Some(RecipientIdentifier::KeyIdentifier(name))
                if name == own)
        });
        named && wrap.key_size() == self.bytes.len()
    }

    /// Decrypts the content-encryption key of `size` bytes that `info` holds.
    ///
    /// # Errors
    /// `Decrypt`, bare, for everything.
    pub(super) fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        match info.key_encryption_algorithm() {
            Some(KeyEncryptionAlgorithm::KeyWrap(wrap)) => {
                key_wrap::unwrap(*wrap, &self.bytes, info.encrypted_key(), size)
            }
            _ => Err(ErrorKind::Decrypt.into()),
        }
    }

    /// Encrypts a content-encryption key for whoever has this key under the name `name`.
    ///
    /// # Errors
    /// `InvalidArgument` for a key that cannot be wrapped.
    pub(super) fn wrap_key(&self, name: &[u8], key: &[u8]) -> Result<WrittenRecipientInfo, Error> {
        let wrap = match self.bytes.len() {
            16 => KeyWrapAlgorithm::Aes128,
            24 => KeyWrapAlgorithm::Aes192,
            _ => KeyWrapAlgorithm::Aes256,
        };
        let wrapped = key_wrap::wrap(wrap, &self.bytes, key)?;
        Ok(recipient_info::key_encryption_key(name, wrap, &wrapped))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

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
    key_wrap::unwrap_for_password(cipher, &kek, vector, info.encrypted_key(), size)
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
    let wrapped = key_wrap::wrap_for_password(&kek, &initialization_vector, key)?;
    let parameters = PasswordParameters { salt, initialization_vector };
    Ok(recipient_info::password(&parameters, iterations, &wrapped))
}
