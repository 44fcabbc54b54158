//! Password-based encryption of keys: PBES2 (RFC 8018 section 6.2) by the `pkcs5` crate, and the
//! schemes of PKCS #12 (RFC 7292 appendices B and C), which old files have. Each derivation is paid
//! for from a budget before it is done.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, InvalidLength, KeyInit};
use der::asn1::OctetStringRef;
use der::{Decode, Encode, Reader as _, SliceReader};
use des::TdesEde3;
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::kdf::digest;
use crate::cms::{HashAlgorithm, Named};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::secret::Passphrase;

/// What opening one file may still cost.
pub(super) struct Budget {
    iterations: u64,
    limits: Limits,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { iterations: limits.kdf_iterations, limits: limits.clone() }
    }

    /// Takes note of a derivation that is to be done.
    pub(super) fn spend(&mut self, iterations: u64) -> Result<(), Error> {
        self.iterations = self
            .iterations
            .checked_sub(iterations)
            .ok_or_else(|| Error::limit(Limit::KdfIterations, self.limits.kdf_iterations))?;
        Ok(())
    }
}

/// Decrypts `sealed`.
///
/// # Errors
/// `PassphraseWrong`; `Unsupported` naming the scheme; `Limit`.
pub(super) fn decrypt(
    scheme: &AlgorithmIdentifierRef<'_>,
    sealed: &[u8],
    passphrase: &Passphrase,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let oid = scheme.oid.to_string();
    let decrypted = match oid.as_str() {
        "1.2.840.113549.1.5.13" => {
            let der = scheme.to_der().map_err(|_| malformed())?;
            let scheme = pkcs5::EncryptionScheme::from_der(&der).map_err(|_| {
                Error::unsupported("a key encrypted by PBES2 with a cipher or KDF not known")
            })?;
            check_work(&scheme, budget)?;
            scheme.decrypt(passphrase.octets(), sealed).map(Zeroizing::new).ok()
        }
        "1.2.840.113549.1.12.1.3" => {
            open(scheme, sealed, passphrase, budget, 24, TdesEde3::new_from_slice)?
        }
        "1.2.840.113549.1.12.1.4" => {
            // Two keys: the third is the first.
            let new = |key: &[u8]| TdesEde3::new_from_slice(&[key, &key[..8]].concat());
            open(scheme, sealed, passphrase, budget, 16, new)?
        }
        "1.2.840.113549.1.12.1.5" => {
            let new = |key: &[u8]| Ok(Rc2::new_with_eff_key_len(key, 128));
            open(scheme, sealed, passphrase, budget, 16, new)?
        }
        "1.2.840.113549.1.12.1.6" => {
            let new = |key: &[u8]| Ok(Rc2::new_with_eff_key_len(key, 40));
            open(scheme, sealed, passphrase, budget, 5, new)?
        }
        other => {
            return Err(Error::unsupported(format!("a key encrypted with {}", named(other))));
        }
    };
    decrypted.ok_or_else(|| ErrorKind::PassphraseWrong.into())
}

fn named(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.5.1"
        | "1.2.840.113549.1.5.3"
        | "1.2.840.113549.1.5.4"
        | "1.2.840.113549.1.5.6"
        | "1.2.840.113549.1.5.10"
        | "1.2.840.113549.1.5.11" => {
            format!("PBES1 ({oid})")
        }
        "1.2.840.113549.1.12.1.1" | "1.2.840.113549.1.12.1.2" => format!("RC4 ({oid})"),
        other => Named(other).to_string(),
    }
}

/// Decrypts with the scheme of PKCS #12 that has a key of `key_size` octets.
fn open<C: BlockCipherDecrypt>(
    scheme: &AlgorithmIdentifierRef<'_>,
    sealed: &[u8],
    passphrase: &Passphrase,
    budget: &mut Budget,
    key_size: usize,
    new: impl FnOnce(&[u8]) -> Result<C, InvalidLength>,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    // pkcs-12PbeParams: SEQUENCE { salt OCTET STRING, iterations INTEGER }.
    let parameters = scheme.parameters.ok_or_else(malformed)?;
    let mut reader = SliceReader::new(parameters.value()).map_err(|_| malformed())?;
    let salt = <&OctetStringRef>::decode(&mut reader).map_err(|_| malformed())?.as_bytes();
    let iterations = u64::decode(&mut reader).map_err(|_| malformed())?;
    if !reader.is_finished() {
        return Err(malformed());
    }
    budget.spend(iterations.saturating_mul(2))?;
    let password = to_bmp_string(passphrase)?;
    let derive =
        |purpose, size| pkcs12_kdf(HashAlgorithm::Sha1, &password, salt, iterations, purpose, size);
    let (key, vector) = (derive(Purpose::Key, key_size), derive(Purpose::Vector, C::block_size()));
    let cipher = new(&key).map_err(|_| malformed())?;
    let Ok(decryptor) = cbc::Decryptor::inner_iv_slice_init(cipher, &vector) else {
        return Err(malformed());
    };
    let mut octets = Zeroizing::new(sealed.to_vec());
    let Ok(length) = decryptor.decrypt_padded::<Pkcs7>(&mut octets).map(<[u8]>::len) else {
        return Ok(None);
    };
    octets.truncate(length);
    Ok(Some(octets))
}

/// What derived octets are for (appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Vector = 2,
    Mac = 3,
}

/// The key derivation of RFC 7292 appendix B.2.
pub(super) fn pkcs12_kdf(
    hash: HashAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u64,
    purpose: Purpose,
    size: usize,
) -> Zeroizing<Vec<u8>> {
    let block = match hash {
        HashAlgorithm::Sha384 | HashAlgorithm::Sha512 => 128,
        _ => 64,
    };
    let filled = |octets: &[u8]| -> Vec<u8> {
        octets.iter().copied().cycle().take(octets.len().next_multiple_of(block)).collect()
    };
    let diversifier = vec![
        match purpose {
            Purpose::Key => 1,
            Purpose::Vector => 2,
            Purpose::Mac => 3,
        };
        block
    ];
    let mut input = Zeroizing::new(filled(salt));
    input.extend_from_slice(&filled(password));
    let mut out = Zeroizing::new(Vec::with_capacity(size + 64));
    loop {
        let mut hashed = digest(hash, &[&diversifier, &input]);
        for _ in 1..iterations {
            hashed = digest(hash, &[&hashed]);
        }
        out.extend_from_slice(&hashed);
        if out.len() >= size {
            out.truncate(size);
            return out;
        }
        // Every block of the input becomes itself plus the hash plus one.
        let addend: Zeroizing<Vec<u8>> =
            Zeroizing::new(hashed.iter().copied().cycle().take(block).collect());
        for block in input.chunks_mut(block) {
            let mut carry = 1_u16;
            for (octet, addend) in block.iter_mut().rev().zip(addend.iter().rev()) {
                let [low, high] = (u16::from(*octet) + u16::from(*addend) + carry).to_le_bytes();
                (*octet, carry) = (low, u16::from(high));
            }
        }
    }
}

/// The passphrase as a BMPString with two octets of zero behind it (appendix B.1).
pub(super) fn to_bmp_string(passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Error> {
    let text = std::str::from_utf8(passphrase.octets())
        .map_err(|_| Error::from(ErrorKind::PassphraseWrong))?;
    let mut octets = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    for unit in text.encode_utf16().chain([0]) {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    Ok(octets)
}

/// Refuses key derivation beyond the budget before any of it is done.
fn check_work(scheme: &pkcs5::EncryptionScheme, budget: &mut Budget) -> Result<(), Error> {
    let parameters = scheme.pbes2().ok_or_else(malformed)?;
    if let Some(pbkdf2) = parameters.kdf.pbkdf2() {
        budget.spend(pbkdf2.iteration_count.into())?;
    }
    if let Some(scrypt) = parameters.kdf.scrypt() {
        // RFC 7914 section 2: 128 * r * (N + p) octets.
        let memory = u64::from(scrypt.block_size)
            .checked_mul(128)
            .and_then(|row| {
                row.checked_mul(scrypt.cost_parameter.checked_add(scrypt.parallelization.into())?)
            })
            .unwrap_or(u64::MAX);
        let allowed = budget.limits.scrypt_memory;
        if memory > allowed {
            return Err(Error::limit(Limit::ScryptMemory, allowed));
        }
    }
    Ok(())
}

fn malformed() -> Error {
    ErrorKind::BadKey("an encrypted key with malformed parameters").into()
}
