//! What a key file holds, as it is collected, and the forms of private keys that stand in files of
//! several kinds: plain, and encrypted as PKCS #8 has it. Which file has what is not known here.

use zeroize::Zeroizing;

use super::algorithm::{identifier, malformed};
use super::certificate::Certificate;
use super::opener::{Opener, Place};
use super::pbe::Scheme;
use super::private_key::PrivateKey;
use super::shape::Shape;
use super::unusable::{UnusableItem, nothing_usable};
use crate::asn1::der::Element;
use crate::error::Error;

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
    pub(super) fn check(self) -> Result<Self, Error> {
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
    // Wrong bytes may end in valid padding by chance, but are no key then.
    let is_key = |bytes: &[u8]| Shape::of(bytes).is_private_key();
    let bytes: Zeroizing<Vec<u8>> = opener.decrypt(&scheme, sealed, place, is_key)?;
    private_key(&bytes, opener)
}

/// EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }.
pub(super) fn encrypted_private_key_info(der: &[u8]) -> Result<(Scheme, &[u8]), Error> {
    let mut fields = Element::only(der).and_then(|it| it.sequence()).ok_or_else(malformed)?;
    let scheme = Scheme::new(&identifier(&mut fields)?)?;
    let sealed = fields.next().and_then(|it| it.bytes()).ok_or_else(malformed)?;
    if fields.is_finished() { Ok((scheme, sealed)) } else { Err(malformed()) }
}
