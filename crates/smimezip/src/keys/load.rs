//! Private keys and certificates from the octets of a file: PEM or DER; PKCS #1 (RFC 8017), PKCS #8
//! plain and encrypted (RFC 5958, PBES2 of RFC 8018), traditional encrypted PEM.

use der::Decode;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::key_transport::RsaKey;
use super::traditional;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::secret::Passphrase;
use crate::smime::pem;

/// Largest key file that is read. A PEM bundle with a chain has some ten KiB.
pub(super) const MAX_FILE: u64 = 1024 * 1024;

/// What a key file may hold.
pub(super) enum Item {
    Key(RsaKey),
    Certificate(Certificate),
}

/// Asks for the passphrase, at most once per file.
pub(super) struct Asker<'a> {
    ask: &'a mut dyn FnMut() -> Option<Passphrase>,
    known: Option<Passphrase>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(ask: &'a mut dyn FnMut() -> Option<Passphrase>) -> Self {
        Self { ask, known: None }
    }

    fn passphrase(&mut self) -> Result<&Passphrase, Error> {
        if self.known.is_none() {
            self.known = (self.ask)();
        }
        self.known.as_ref().ok_or_else(|| ErrorKind::PassphraseRequired.into())
    }
}

/// All keys and certificates in `octets`.
pub(super) fn items(
    octets: &[u8],
    asker: &mut Asker<'_>,
    limits: &Limits,
) -> Result<Vec<Item>, Error> {
    if !pem::looks_like(octets) {
        return Ok(vec![from_der(octets, asker, limits)?]);
    }
    let mut items = Vec::new();
    for block in pem::blocks(octets)? {
        match block.label.as_str() {
            "RSA PRIVATE KEY" if traditional::is_encrypted(&block) => {
                let octets = traditional::decrypt(&block, asker.passphrase()?)?;
                // A wrong passphrase may leave valid padding by chance, but not a key.
                let key = private_key(&octets).map_err(|_| ErrorKind::PassphraseWrong)?;
                items.push(Item::Key(key));
            }
            "PRIVATE KEY" | "RSA PRIVATE KEY" => {
                items.push(Item::Key(private_key(&block.octets)?));
            }
            "ENCRYPTED PRIVATE KEY" => {
                items.push(Item::Key(encrypted_private_key(&block.octets, asker, limits)?));
            }
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                items.push(Item::Certificate(Certificate::from_der(&block.octets)?));
            }
            "EC PRIVATE KEY" => return Err(Error::unsupported("a key that is not RSA")),
            _ => {}
        }
    }
    Ok(items)
}

fn from_der(octets: &[u8], asker: &mut Asker<'_>, limits: &Limits) -> Result<Item, Error> {
    if let Ok(certificate) = Certificate::from_der(octets) {
        return Ok(Item::Certificate(certificate));
    }
    if is_encrypted(octets) {
        return encrypted_private_key(octets, asker, limits).map(Item::Key);
    }
    if is_pkcs12(octets) {
        return Err(Error::unsupported(
            "a PKCS #12 file; make a PEM file of it: openssl pkcs12 -in FILE -nocerts -out key.pem",
        ));
    }
    private_key(octets).map(Item::Key)
}

/// A private key in the DER of PKCS #8 or PKCS #1.
pub(super) fn private_key(der: &[u8]) -> Result<RsaKey, Error> {
    if let Ok(key) = RsaPrivateKey::from_pkcs1_der(der) {
        return Ok(RsaKey::new(key));
    }
    let info = PrivateKeyInfoRef::from_der(der)
        .map_err(|_| ErrorKind::BadKey("neither PKCS #8 nor PKCS #1"))?;
    if info.algorithm.oid.to_string() != "1.2.840.113549.1.1.1" {
        return Err(Error::unsupported("a key that is not RSA"));
    }
    RsaPrivateKey::try_from(info)
        .map(RsaKey::new)
        .map_err(|_| ErrorKind::BadKey("an RSA key with invalid or unsupported numbers").into())
}

fn encrypted_private_key(
    der: &[u8],
    asker: &mut Asker<'_>,
    limits: &Limits,
) -> Result<RsaKey, Error> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
        Error::unsupported("a PKCS #8 key with this encryption; only PBES2 is supported")
    })?;
    check_work(&info.encryption_algorithm, limits)?;
    let octets = info
        .encryption_algorithm
        .decrypt(asker.passphrase()?.octets(), info.encrypted_data.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| ErrorKind::PassphraseWrong)?;
    match private_key(&octets) {
        Err(error) if matches!(error.kind(), ErrorKind::BadKey(_)) => {
            Err(ErrorKind::PassphraseWrong.into())
        }
        result => result,
    }
}

/// Refuses key derivation beyond the budget before any of it is done.
fn check_work(scheme: &pkcs5::EncryptionScheme, limits: &Limits) -> Result<(), Error> {
    let Some(parameters) = scheme.pbes2() else {
        return Err(Error::unsupported("a PKCS #8 key encrypted with PBES1"));
    };
    if let Some(pbkdf2) = parameters.kdf.pbkdf2()
        && u64::from(pbkdf2.iteration_count) > limits.kdf_iterations
    {
        return Err(Error::limit("kdf_iterations", limits.kdf_iterations));
    }
    if let Some(scrypt) = parameters.kdf.scrypt() {
        // RFC 7914 section 2: 128 * r * (N + p) octets.
        let memory = u64::from(scrypt.block_size)
            .checked_mul(128)
            .and_then(|row| {
                row.checked_mul(scrypt.cost_parameter.checked_add(scrypt.parallelization.into())?)
            })
            .unwrap_or(u64::MAX);
        if memory > limits.scrypt_memory {
            return Err(Error::limit("scrypt_memory", limits.scrypt_memory));
        }
    }
    Ok(())
}

/// EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING } (RFC 5958 section 3).
fn is_encrypted(der: &[u8]) -> bool {
    EncryptedPrivateKeyInfoRef::try_from(der).is_ok()
}

/// PFX: SEQUENCE { INTEGER 3, SEQUENCE … } (RFC 7292 section 4).
fn is_pkcs12(der: &[u8]) -> bool {
    let Ok(outer) = crate::asn1::parse_header(der) else { return false };
    der.get(usize::from(outer.size)..).is_some_and(|rest| rest.starts_with(&[2, 1, 3, 0x30]))
}
