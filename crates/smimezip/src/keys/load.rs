//! Private keys and certificates from the octets of a file, PEM or DER: PKCS #1 (RFC 8017), PKCS #8
//! plain and encrypted (RFC 5958), SEC 1 (RFC 5915), traditional encrypted PEM, PKCS #12, X.509.

use der::asn1::OctetStringRef;
use der::{Decode, Reader as _, Tagged};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::pbe::{self, Budget};
use super::pkcs12;
use super::private_key::PrivateKey;
use super::traditional;
use crate::asn1;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::secret::Passphrase;
use crate::smime::pem;

/// Largest key file that is read. A PEM bundle with a chain has some ten KiB.
pub(super) const MAX_FILE: u64 = 1024 * 1024;

/// What a key file may hold.
pub(super) enum Item {
    Key(Box<PrivateKey>),
    Certificate(Certificate),
}

/// Opens what is encrypted in one file: asks for the passphrase at most once, and keeps account of
/// what deriving keys from it costs.
pub(super) struct Opener<'a> {
    ask: &'a mut dyn FnMut() -> Option<Passphrase>,
    known: Option<Passphrase>,
    pub(super) budget: Budget,
    depth: usize,
}

impl<'a> Opener<'a> {
    pub(super) fn new(ask: &'a mut dyn FnMut() -> Option<Passphrase>, limits: &Limits) -> Self {
        Self { ask, known: None, budget: Budget::new(limits), depth: limits.depth }
    }

    pub(super) fn passphrase(&mut self) -> Result<&Passphrase, Error> {
        if self.known.is_none() {
            self.known = (self.ask)();
        }
        self.known.as_ref().ok_or_else(|| ErrorKind::PassphraseRequired.into())
    }

    /// Decrypts octets by a scheme of PKCS #5 or PKCS #12.
    pub(super) fn decrypt(
        &mut self,
        scheme: &AlgorithmIdentifierRef<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.passphrase()?;
        let passphrase = self.known.as_ref().ok_or(ErrorKind::PassphraseRequired)?;
        pbe::decrypt(scheme, sealed, passphrase, &mut self.budget)
    }

    /// The key in an EncryptedPrivateKeyInfo (RFC 5958 section 3).
    pub(super) fn encrypted_private_key(&mut self, der: &[u8]) -> Result<PrivateKey, Error> {
        let (scheme, sealed) = encrypted_private_key_info(der)
            .ok_or(ErrorKind::BadKey("a malformed encrypted key"))?;
        let octets = self.decrypt(&scheme, sealed)?;
        match PrivateKey::from_der(&octets) {
            // Wrong octets may end in valid padding by chance.
            Err(error) if matches!(error.kind(), ErrorKind::BadKey(_)) => {
                Err(ErrorKind::PassphraseWrong.into())
            }
            result => result,
        }
    }

    /// BER made DER, for what programs write in BER.
    pub(super) fn to_der(&self, octets: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        asn1::to_der(octets, self.depth)
            .map(Zeroizing::new)
            .map_err(|_| ErrorKind::BadKey("malformed BER").into())
    }
}

/// All keys and certificates in `octets`.
#[inline(never)]
pub(super) fn items(octets: &[u8], opener: &mut Opener<'_>) -> Result<Vec<Item>, Error> {
    if !pem::looks_like(octets) {
        return from_der(octets, opener);
    }
    let mut items = Vec::new();
    for block in pem::blocks(octets)? {
        match block.label.as_str() {
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY"
                if traditional::is_encrypted(&block) =>
            {
                let octets = traditional::decrypt(&block, opener.passphrase()?)?;
                // A wrong passphrase may leave valid padding by chance, but not a key.
                let key = PrivateKey::from_der(&octets).map_err(|_| ErrorKind::PassphraseWrong)?;
                items.push(Item::Key(Box::new(key)));
            }
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => {
                items.push(Item::Key(Box::new(PrivateKey::from_der(&block.octets)?)));
            }
            "ENCRYPTED PRIVATE KEY" => {
                items.push(Item::Key(Box::new(opener.encrypted_private_key(&block.octets)?)));
            }
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                items.push(Item::Certificate(Certificate::from_der(&block.octets)?));
            }
            "PKCS12" => items.extend(pkcs12::items(&block.octets, opener)?),
            "DSA PRIVATE KEY" => return Err(Error::unsupported("a private key for DSA")),
            "OPENSSH PRIVATE KEY" => {
                return Err(Error::unsupported(
                    "a key in OpenSSH's form; make a PEM file of it: ssh-keygen -p -m PKCS8 -f FILE",
                ));
            }
            _ => {}
        }
    }
    Ok(items)
}

fn from_der(octets: &[u8], opener: &mut Opener<'_>) -> Result<Vec<Item>, Error> {
    if let Ok(certificate) = Certificate::from_der(octets) {
        return Ok(vec![Item::Certificate(certificate)]);
    }
    if pkcs12::looks_like(octets) {
        return pkcs12::items(octets, opener);
    }
    let key = if encrypted_private_key_info(octets).is_some() {
        opener.encrypted_private_key(octets)
    } else {
        PrivateKey::from_der(octets)
    };
    key.map(|key| vec![Item::Key(Box::new(key))])
}

/// EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }.
fn encrypted_private_key_info(der: &[u8]) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let outer = der::AnyRef::from_der(der).ok().filter(|it| it.tag() == der::Tag::Sequence)?;
    let mut reader = der::SliceReader::new(outer.value()).ok()?;
    let scheme = AlgorithmIdentifierRef::decode(&mut reader).ok()?;
    let sealed = <&OctetStringRef>::decode(&mut reader).ok()?;
    reader.is_finished().then_some((scheme, sealed.as_bytes()))
}
