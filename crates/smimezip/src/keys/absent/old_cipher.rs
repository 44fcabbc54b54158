//! In place of `old_cipher.rs` in a build without the feature `legacy`: there are no such ciphers.

use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::unusable::not_known;
use crate::error::Error;
use crate::oid;

/// Bytes of a block of each of them.
pub(super) const BLOCK: usize = 8;

/// The ciphers of PKCS #12, of which there are none.
#[derive(Clone, Copy)]
pub(super) enum OldCipher {}

impl OldCipher {
    /// # Errors
    /// `Unsupported`, naming the feature or what is not known.
    pub(super) fn new(oid: ObjectIdentifier) -> Result<Self, Error> {
        Err(match oid {
            oid::PBE_SHA1_3DES | oid::PBE_SHA1_2KEY_3DES => {
                Error::without("legacy", "a key encrypted with 3DES")
            }
            oid::PBE_SHA1_RC2_128 | oid::PBE_SHA1_RC2_40 => {
                Error::without("legacy", "a key encrypted with RC2")
            }
            other => not_known(other),
        })
    }

    pub(super) fn key_size(self) -> usize {
        match self {}
    }

    pub(super) fn decrypt(self, _: &[u8], _: &[u8], _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {}
    }
}
