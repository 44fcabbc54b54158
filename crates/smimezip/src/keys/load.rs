//! Private keys and certificates from the octets of a file, whatever they are wrapped in: PKCS #1
//! (RFC 8017), PKCS #8 plain and encrypted (RFC 5958), SEC 1 (RFC 5915), traditional encrypted PEM,
//! PKCS #12, X.509. Each object is read by its contents; one that cannot be used does not cost
//! those beside it.

use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::element::Element;
use super::object::{self, Content};
use super::opener::{Opener, Place};
use super::pbe::{self, Scheme};
use super::pbes2::identifier;
use super::pkcs12;
use super::private_key::PrivateKey;
use super::shape::Shape;
use super::traditional;
use super::unusable::{UnusableItem, nothing_usable};
use crate::error::{Error, ErrorKind};
use crate::smime::pem;

/// Largest key file that is read. A PEM bundle with a chain has some ten KiB.
pub(super) const MAX_FILE: u64 = 1024 * 1024;

/// What a key file may hold.
pub(super) enum Item {
    Key(Box<PrivateKey>),
    Certificate(Certificate),
}

/// What a key file holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) items: Vec<Item>,
    pub(super) unusable: Vec<UnusableItem>,
}

impl Contents {
    /// Takes a key, or what became of it.
    pub(super) fn take_key(&mut self, name: &str, key: Result<PrivateKey, Error>) {
        match key {
            Ok(key) => self.items.push(Item::Key(Box::new(key))),
            Err(error) => self.unusable.push(UnusableItem::key(name, error)),
        }
    }

    /// Takes a certificate, or what became of it.
    pub(super) fn take_certificate(&mut self, name: &str, der: &[u8]) {
        match Certificate::from_der(der) {
            Ok(certificate) => self.items.push(Item::Certificate(certificate)),
            Err(error) => self.unusable.push(UnusableItem::new(name, error)),
        }
    }

    /// # Errors
    /// If there is nothing usable in it; or private keys of which none is usable, a certificate
    /// beside them or not.
    fn check(self) -> Result<Self, Error> {
        if self.items.iter().any(|item| matches!(item, Item::Key(_))) {
            return Ok(self);
        }
        if let Some(item) = self.unusable.iter().find(|item| item.is_unopened()) {
            return Err(item.error().clone());
        }
        let keys: Vec<_> = self.unusable.iter().filter(|item| item.is_key()).collect();
        match (keys.is_empty(), self.items.is_empty()) {
            (false, _) => Err(nothing_usable(&keys)),
            (true, true) => Err(nothing_usable(&self.unusable.iter().collect::<Vec<_>>())),
            (true, false) => Ok(self),
        }
    }
}

/// All keys and certificates in `file`.
#[inline(never)]
pub(super) fn contents(file: &[u8], opener: &mut Opener<'_>) -> Result<Contents, Error> {
    if file.len() as u64 > MAX_FILE {
        return Err(Error::bad_key("too large for a key file"));
    }
    let mut contents = Contents::default();
    for object in object::objects(file, opener.depth())? {
        let name = object.name;
        match object.content {
            Ok(Content::Der(der)) => read(&name, &der, opener, &mut contents),
            Ok(Content::Encrypted(block)) => {
                contents.take_key(&name, traditional_key(&block, opener));
            }
            Err(error) if name.contains("PRIVATE KEY") => contents.take_key(&name, Err(error)),
            Err(error) => contents.unusable.push(UnusableItem::new(name, error)),
        }
    }
    contents.check()
}

/// Reads one structure by its shape.
fn read(name: &str, der: &[u8], opener: &mut Opener<'_>, contents: &mut Contents) {
    let error = match Shape::of(der) {
        Shape::Parameters => return,
        Shape::Certificate => return contents.take_certificate(name, der),
        Shape::EncryptedPkcs8 => {
            let key = encrypted_private_key(der, Place::Alone, opener);
            return contents.take_key(name, key);
        }
        Shape::Pkcs8 | Shape::Pkcs1 | Shape::Sec1 | Shape::Dsa => {
            return contents.take_key(name, private_key(der, opener));
        }
        Shape::Pkcs12 => match pkcs12::read(name, der, opener, contents) {
            Ok(()) => return,
            Err(error) => error,
        },
        Shape::Other(problem) => problem.into(),
        Shape::Unknown => Error::bad_key("neither PKCS #8, PKCS #1, SEC 1, PKCS #12 nor X.509"),
    };
    contents.unusable.push(UnusableItem::new(name, error));
}

/// A key that is not encrypted.
pub(super) fn private_key(der: &[u8], opener: &mut Opener<'_>) -> Result<PrivateKey, Error> {
    opener.budget.read_private_key()?;
    PrivateKey::from_der(der)
}

/// The key in an EncryptedPrivateKeyInfo (RFC 5958 section 3).
pub(super) fn encrypted_private_key(
    der: &[u8],
    place: Place,
    opener: &mut Opener<'_>,
) -> Result<PrivateKey, Error> {
    let (scheme, sealed) = encrypted_private_key_info(der)?;
    // Wrong octets may end in valid padding by chance, but are no key then.
    let is_key = |octets: &[u8]| Shape::of(octets).is_private_key();
    let octets: Zeroizing<Vec<u8>> = opener.decrypt(&scheme, sealed, place, is_key)?;
    private_key(&octets, opener)
}

/// EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }.
pub(super) fn encrypted_private_key_info(der: &[u8]) -> Result<(Scheme, &[u8]), Error> {
    let mut fields = Element::only(der).and_then(|it| it.sequence()).ok_or_else(pbe::malformed)?;
    let scheme = Scheme::new(&identifier(&mut fields)?)?;
    let sealed = fields.next().and_then(|it| it.octets()).ok_or_else(pbe::malformed)?;
    if fields.is_finished() { Ok((scheme, sealed)) } else { Err(pbe::malformed()) }
}

fn traditional_key(block: &pem::Block, opener: &mut Opener<'_>) -> Result<PrivateKey, Error> {
    let octets = traditional::decrypt(block, opener.passphrase()?)?;
    if !Shape::of(&octets).is_private_key() {
        return Err(ErrorKind::PassphraseWrong.into());
    }
    private_key(&octets, opener)
}
