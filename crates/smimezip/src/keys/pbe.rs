//! Password-based encryption of keys: the schemes of PKCS #12 (RFC 7292 appendix C), which old
//! files have, and PBES2 (`pbes2.rs`). Read first, so that its cost is known before anything is
//! derived.

use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::algorithm::{malformed, parameters};
use super::budget::{Budget, Pkcs12Kdf, Purpose};
use super::old_cipher::{BLOCK, OldCipher};
use super::pbes2::Pbes2;
use crate::cms::HashAlgorithm;
use crate::error::Error;
use crate::oid;

/// How a key, or the contents of a PKCS #12 file, are encrypted.
pub(super) enum Scheme {
    Pbes2(Pbes2),
    Pkcs12 { cipher: OldCipher, kdf: Pkcs12Kdf },
}

impl Scheme {
    /// # Errors
    /// `Unsupported` naming what is not known; `BadKey` for malformed parameters.
    pub(super) fn new(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        let cipher = match algorithm.oid {
            oid::PBES2 => return Pbes2::new(algorithm).map(Self::Pbes2),
            other => OldCipher::new(other)?,
        };
        let kdf = pkcs12_parameters(algorithm).ok_or_else(malformed)?;
        Ok(Self::Pkcs12 { cipher, kdf })
    }

    /// What deriving its keys costs, from a password of about this length.
    pub(super) fn cost(&self, password: usize) -> u64 {
        match self {
            Self::Pbes2(pbes2) => pbes2.cost(),
            Self::Pkcs12 { cipher, kdf } => kdf.cost(&[cipher.key_size(), BLOCK], password),
        }
    }

    /// Decrypts; `None` if the padding is not in order. The password is in the scheme's own form.
    ///
    /// # Errors
    /// `Limit`, or `BadKey` for impossible parameters.
    pub(super) fn decrypt(
        &self,
        sealed: &[u8],
        password: &[u8],
        budget: &mut Budget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        match self {
            Self::Pbes2(pbes2) => pbes2.decrypt(sealed, password, budget),
            Self::Pkcs12 { cipher, kdf } => {
                let sizes = [(Purpose::Key, cipher.key_size()), (Purpose::Vector, BLOCK)];
                let [key, vector] = budget.pkcs12(kdf, password, sizes)?;
                Ok(cipher.decrypt(&key, &vector, sealed))
            }
        }
    }
}

/// pkcs-12PbeParams: SEQUENCE { salt OCTET STRING, iterations INTEGER }.
fn pkcs12_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Option<Pkcs12Kdf> {
    let mut fields = parameters(algorithm)?;
    let salt = fields.next()?.bytes()?.to_vec();
    let iterations = fields.next()?.count()?;
    fields.is_finished().then_some(Pkcs12Kdf { hash: HashAlgorithm::Sha1, salt, iterations })
}
