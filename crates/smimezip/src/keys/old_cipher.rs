//! The ciphers of the schemes of PKCS #12 (RFC 7292 appendix C): triple DES and RC2. How their keys
//! are derived is in `budget.rs`.

use cbc::cipher::KeyInit;
use der::asn1::ObjectIdentifier;
use des::TdesEde3;
use rc2::Rc2;
use zeroize::Zeroizing;

use super::padded::open;
use super::unusable::not_known;
use crate::error::Error;
use crate::oid;

/// Bytes of a block of each of them.
pub(super) const BLOCK: usize = 8;

/// The ciphers of PKCS #12.
#[derive(Clone, Copy)]
pub(super) enum OldCipher {
    /// With three keys.
    DesEde3,
    /// With two keys: the third is the first.
    DesEde2,
    Rc2Of128,
    Rc2Of40,
}

impl OldCipher {
    /// # Errors
    /// `Unsupported` naming what is not one of them.
    pub(super) fn new(oid: ObjectIdentifier) -> Result<Self, Error> {
        Ok(match oid {
            oid::PBE_SHA1_3DES => Self::DesEde3,
            oid::PBE_SHA1_2KEY_3DES => Self::DesEde2,
            oid::PBE_SHA1_RC2_128 => Self::Rc2Of128,
            oid::PBE_SHA1_RC2_40 => Self::Rc2Of40,
            other => return Err(not_known(other)),
        })
    }

    pub(super) fn key_size(self) -> usize {
        match self {
            Self::DesEde3 => 24,
            Self::DesEde2 | Self::Rc2Of128 => 16,
            Self::Rc2Of40 => 5,
        }
    }

    /// Decrypts; `None` if the padding is not in order.
    pub(super) fn decrypt(
        self,
        key: &[u8],
        vector: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::DesEde3 => open(TdesEde3::new_from_slice(key), vector, sealed),
            Self::DesEde2 => {
                let key = Zeroizing::new([key, &key[..8]].concat());
                open(TdesEde3::new_from_slice(&key), vector, sealed)
            }
            Self::Rc2Of128 => open(Ok(Rc2::new_with_eff_key_len(key, 128)), vector, sealed),
            Self::Rc2Of40 => open(Ok(Rc2::new_with_eff_key_len(key, 40)), vector, sealed),
        }
    }
}
