//! Private keys and certificates from the bytes of a file, whatever they are wrapped in: PKCS #1
//! (RFC 8017), PKCS #8 plain and encrypted (RFC 5958), SEC 1 (RFC 5915), traditional encrypted PEM,
//! PKCS #12, X.509. Each object is read by its contents; one that cannot be used does not cost
//! those beside it.

use super::contents::{Contents, encrypted_private_key, private_key};
use super::file::MAX_FILE;
use super::object::{self, Content};
use super::opener::{Opener, Place};
use super::pkcs12;
use super::private_key::PrivateKey;
use super::shape::Shape;
use super::traditional;
use super::unusable::UnusableItem;
use crate::error::{Error, ErrorKind};
use crate::smime::pem;

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

fn traditional_key(block: &pem::Block, opener: &mut Opener<'_>) -> Result<PrivateKey, Error> {
    let bytes = traditional::decrypt(block, opener.passphrase()?)?;
    if !Shape::of(&bytes).is_private_key() {
        return Err(ErrorKind::PassphraseWrong.into());
    }
    private_key(&bytes, opener)
}
