//! Random names: of jobs, artifacts and users, and the secrets of cookies, tokens and links, of
//! which only a digest is kept.

use std::fmt::Write as _;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use crate::ServiceError;

/// A new random identifier: 128 bits as a UUID of version 4 (RFC 9562, section 5.4).
///
/// # Errors
/// [`ServiceError::Random`] if the system gives no random bytes.
pub fn new_id() -> Result<String, ServiceError> {
    let mut bytes = random::<16>()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex(&bytes);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
    Ok(groups.join("-"))
}

/// A new secret of 256 bits, in base64url.
///
/// # Errors
/// [`ServiceError::Random`] if the system gives no random bytes.
pub fn new_secret() -> Result<String, ServiceError> {
    Ok(Base64UrlUnpadded::encode_string(&random::<32>()?))
}

/// Whether it may be one that [`new_secret`] made.
pub(crate) fn is_secret(text: &str) -> bool {
    Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// What is kept of a secret: its SHA-256, in hexadecimal digits. The secrets are random, so nothing
/// slower is needed.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn random<const N: usize>() -> Result<[u8; N], ServiceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ServiceError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_uuid_of_version_4() {
        let id = new_id().unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(id, new_id().unwrap());
    }

    #[test]
    fn a_digest_is_sha_256_in_hexadecimal_digits() {
        assert!(digest("abc").starts_with("ba7816bf8f01cfea414140de5dae2223"));
    }
}
