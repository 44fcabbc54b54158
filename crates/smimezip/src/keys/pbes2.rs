//! PBES2 (RFC 8018 section 6.2): a cipher under a key that PBKDF2 or scrypt (RFC 7914) derives.
//! Salts of any length are read; each part that is not known is called by its name.

use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use cbc::cipher::KeyInit;
use der::Tagged;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use der::asn1::ObjectIdentifier;

use super::algorithm::{identifier, malformed, parameters};
use super::budget::{Budget, Pbkdf2, Prf, Scrypt};
use super::padded::open;
use super::triple_des;
use crate::cms::{HashAlgorithm, Pbkdf2Params};
use crate::error::Error;
use crate::oid::{self, Named};

/// A cipher in CBC mode and the derivation of its key.
pub(super) struct Pbes2 {
    cipher: Cipher,
    vector: Vec<u8>,
    kdf: Kdf,
}

enum Kdf {
    Pbkdf2(Pbkdf2),
    Scrypt(Scrypt),
}

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    DesEde3,
}

impl Pbes2 {
    /// PBES2-params: SEQUENCE { keyDerivationFunc, encryptionScheme }.
    pub(super) fn new(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        let mut fields = parameters(algorithm).ok_or_else(malformed)?;
        let derivation = identifier(&mut fields)?;
        let encryption = identifier(&mut fields)?;
        let cipher = Cipher::new(&encryption)?;
        let kdf = match derivation.oid {
            oid::PBKDF2 => Kdf::Pbkdf2(pbkdf2(&derivation, Some(cipher.key_size()))?),
            oid::SCRYPT => Kdf::Scrypt(scrypt(&derivation, cipher.key_size())?),
            other => return Err(unsupported("a key derivation", other)),
        };
        let vector = encryption.parameters.filter(|it| it.tag() == der::Tag::OctetString);
        let vector = vector.ok_or_else(malformed)?.value().to_vec();
        if vector.len() != cipher.block_size() {
            return Err(malformed());
        }
        Ok(Self { cipher, vector, kdf })
    }

    pub(super) fn cost(&self) -> u64 {
        match &self.kdf {
            Kdf::Pbkdf2(pbkdf2) => pbkdf2.cost(),
            Kdf::Scrypt(scrypt) => scrypt.cost(),
        }
    }

    /// Decrypts; `None` if the padding is not in order.
    pub(super) fn decrypt(
        &self,
        sealed: &[u8],
        password: &[u8],
        budget: &mut Budget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let key = match &self.kdf {
            Kdf::Pbkdf2(pbkdf2) => budget.pbkdf2(pbkdf2, password)?,
            Kdf::Scrypt(scrypt) => budget.scrypt(scrypt, password)?,
        };
        let vector = &self.vector;
        Ok(match self.cipher {
            Cipher::Aes128 => open(Aes128Dec::new_from_slice(&key), vector, sealed),
            Cipher::Aes192 => open(Aes192Dec::new_from_slice(&key), vector, sealed),
            Cipher::Aes256 => open(Aes256Dec::new_from_slice(&key), vector, sealed),
            Cipher::DesEde3 => triple_des::open(&key, vector, sealed),
        })
    }
}

impl Cipher {
    fn new(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        Ok(match algorithm.oid {
            oid::AES128_CBC => Self::Aes128,
            oid::AES192_CBC => Self::Aes192,
            oid::AES256_CBC => Self::Aes256,
            oid::DES_EDE3_CBC => {
                triple_des::check("a key encrypted with 3DES")?;
                Self::DesEde3
            }
            other => return Err(unsupported("the cipher", other)),
        })
    }

    fn key_size(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 | Self::DesEde3 => 24,
            Self::Aes256 => 32,
        }
    }

    fn block_size(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::DesEde3 => 8,
        }
    }
}

/// PBKDF2-params (RFC 8018 appendix A.2), for a key of `size` bytes; or of the size that they must
/// say then (RFC 9579 section 5).
pub(super) fn pbkdf2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    size: Option<usize>,
) -> Result<Pbkdf2, Error> {
    let fields = parameters(algorithm).ok_or_else(malformed)?;
    let read = Pbkdf2Params::read(fields).ok_or_else(malformed)?;
    let Some(salt) = read.salt else {
        return Err(Error::unsupported("PBKDF2 with a salt from elsewhere (otherSource)"));
    };
    let (prf, size) = (prf_of(read.prf)?, key_size(read.key_size, size)?);
    Ok(Pbkdf2 { prf, salt, iterations: read.iterations, size })
}

fn prf_of(oid: ObjectIdentifier) -> Result<Prf, Error> {
    if let Some(hash) = HashAlgorithm::from_hmac_oid(&oid) {
        return Ok(Prf::Hash(hash));
    }
    match oid {
        oid::HMAC_SHA512_224 => Ok(Prf::Sha512_224),
        oid::HMAC_SHA512_256 => Ok(Prf::Sha512_256),
        other => Err(unsupported("a pseudorandom function", other)),
    }
}

/// scrypt-params (RFC 7914 section 7.1).
fn scrypt(algorithm: &AlgorithmIdentifierRef<'_>, size: usize) -> Result<Scrypt, Error> {
    let mut fields = parameters(algorithm).ok_or_else(malformed)?;
    let salt = fields.next().and_then(|it| it.bytes()).ok_or_else(malformed)?.to_vec();
    let mut counts = fields.map(|it| it.count().ok_or_else(malformed));
    let mut count = || counts.next().ok_or_else(malformed)?;
    let (cost, block_size, parallelization) = (count()?, count()?, count()?);
    if let Some(said) = counts.next() {
        key_size(Some(usize::try_from(said?).unwrap_or(usize::MAX)), Some(size))?;
    }
    Ok(Scrypt { salt, cost, block_size, parallelization, size })
}

/// The size that is said, which must be the one that is needed where that is known.
fn key_size(said: Option<usize>, needed: Option<usize>) -> Result<usize, Error> {
    match (said, needed) {
        (Some(said), Some(needed)) if said != needed => {
            Err(Error::bad_key("an encrypted key with a key length that its cipher has not"))
        }
        (said, needed) => needed.or(said).ok_or_else(malformed),
    }
}

fn unsupported(what: &str, oid: ObjectIdentifier) -> Error {
    Error::unsupported_oid(oid, format!("a key encrypted by PBES2 with {what} {}", Named(oid)))
}
