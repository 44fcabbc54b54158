//! The integrity code of a PKCS #12 file (RFC 7292 section 4, RFC 9579): right only under the right
//! passphrase.

use spki::AlgorithmIdentifierRef;

use super::algorithm::{identifier, parameters};
use super::budget::{Pbkdf2, Pkcs12Kdf, Purpose};
use super::hash::{digest_size, is_hmac};
use super::opener::Opener;
use super::passphrase_form;
use super::pbes2::pbkdf2;
use crate::asn1::der::Element;
use crate::cms::HashAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::oid::{self, Named};
use crate::secret::Passphrase;

/// MacData: SEQUENCE { DigestInfo, salt OCTET STRING, iterations INTEGER DEFAULT 1 }.
pub(super) struct Mac {
    expected: Vec<u8>,
    hash: HashAlgorithm,
    derivation: Derivation,
}

enum Derivation {
    Pkcs12(Pkcs12Kdf),
    Pbmac1(Pbkdf2),
}

impl Mac {
    /// # Errors
    /// `Unsupported` naming what is not known; `BadKey`.
    pub(super) fn new(mac_data: &Element<'_>) -> Result<Self, Error> {
        let mut fields = mac_data.sequence().ok_or_else(bad)?;
        let mut digest_info = fields.next().and_then(|it| it.sequence()).ok_or_else(bad)?;
        let algorithm = identifier(&mut digest_info)?;
        let expected = digest_info.next().and_then(|it| it.bytes()).ok_or_else(bad)?.to_vec();
        let salt = fields.next().and_then(|it| it.bytes()).ok_or_else(bad)?.to_vec();
        let iterations = match fields.next() {
            None => 1,
            Some(iterations) => iterations.count().ok_or_else(bad)?,
        };
        let (hash, derivation) = if algorithm.oid == oid::PBMAC1 {
            let (hash, pbkdf2) = pbmac1(&algorithm)?;
            (hash, Derivation::Pbmac1(pbkdf2))
        } else {
            let hash =
                HashAlgorithm::from_oid(&algorithm.oid).ok_or_else(|| unsupported(&algorithm))?;
            (hash, Derivation::Pkcs12(Pkcs12Kdf { hash, salt, iterations }))
        };
        // The key is as long as the code, so a longer code would be a longer derivation.
        if expected.len() != digest_size(hash) {
            return Err(Error::bad_key(
                "a PKCS #12 file whose integrity code is not as long as its hash function's output",
            ));
        }
        Ok(Self { expected, hash, derivation })
    }

    /// What deriving its key costs, from a password of about this length.
    pub(super) fn cost(&self, password: usize) -> u64 {
        match &self.derivation {
            Derivation::Pkcs12(kdf) => kdf.cost(&[self.expected.len()], password),
            Derivation::Pbmac1(pbkdf2) => pbkdf2.cost(),
        }
    }

    /// # Errors
    /// `PassphraseRequired`, `PassphraseWrong`, `Limit`.
    pub(super) fn check(&self, content: &[u8], opener: &mut Opener<'_>) -> Result<(), Error> {
        // Files without a passphrase have an empty one.
        let empty = Passphrase::new(b"");
        let given = opener.passphrase();
        let is_given = given.is_ok();
        let passphrase = given.unwrap_or(&empty);
        let forms = match &self.derivation {
            Derivation::Pkcs12(_) => passphrase_form::for_pkcs12(passphrase),
            Derivation::Pbmac1(_) => passphrase_form::for_pkcs5_in_pkcs12(passphrase),
        };
        for form in forms {
            let key = match &self.derivation {
                Derivation::Pkcs12(kdf) => {
                    let purpose = (Purpose::Mac, self.expected.len());
                    let [key] = opener.budget.pkcs12(kdf, &form, [purpose])?;
                    key
                }
                Derivation::Pbmac1(pbkdf2) => opener.budget.pbkdf2(pbkdf2, &form)?,
            };
            if is_hmac(self.hash, &key, content, &self.expected) {
                if !is_given {
                    opener.take(empty);
                }
                return Ok(());
            }
        }
        let kind =
            if is_given { ErrorKind::PassphraseWrong } else { ErrorKind::PassphraseRequired };
        Err(kind.into())
    }
}

/// PBMAC1-params (RFC 8018 appendix A.5): SEQUENCE { keyDerivationFunc, messageAuthScheme }.
fn pbmac1(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(HashAlgorithm, Pbkdf2), Error> {
    let mut fields = parameters(algorithm).ok_or_else(bad)?;
    let derivation = identifier(&mut fields)?;
    let scheme = identifier(&mut fields)?;
    let hash = HashAlgorithm::from_hmac_oid(&scheme.oid).ok_or_else(|| unsupported(&scheme))?;
    if derivation.oid != oid::PBKDF2 {
        return Err(unsupported(&derivation));
    }
    // RFC 9579 section 5: the size of the key must be said.
    Ok((hash, pbkdf2(&derivation, None)?))
}

fn unsupported(algorithm: &AlgorithmIdentifierRef<'_>) -> Error {
    let what = format!("a PKCS #12 file with an integrity code by {}", Named(algorithm.oid));
    Error::unsupported_oid(algorithm.oid, what)
}

/// That the file is not as RFC 7292 says.
pub(super) fn bad() -> Error {
    Error::bad_key("a malformed PKCS #12 file")
}
