//! What a structure is, seen from its outer form: no two of those that a key file may hold look
//! alike. So neither a label nor a file's name has to be believed, and a structure that cannot be
//! used is called by its name.

use crate::asn1::der::{Element, Elements};
use crate::asn1::tag;
use crate::error::KeyProblem;
use crate::oid::{self, Named};

/// The kinds of structures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// PFX (RFC 7292 section 4).
    Pkcs12,
    /// PrivateKeyInfo or OneAsymmetricKey (RFC 5958 section 2).
    Pkcs8,
    /// EncryptedPrivateKeyInfo (RFC 5958 section 3).
    EncryptedPkcs8,
    /// RSAPrivateKey (RFC 8017 appendix A.1.2).
    Pkcs1,
    /// ECPrivateKey (RFC 5915).
    Sec1,
    /// OpenSSL's private key for DSA.
    Dsa,
    /// Certificate (RFC 5280).
    Certificate,
    /// Parameters that a key repeats.
    Parameters,
    /// What is neither a private key nor a certificate.
    Other(KeyProblem),
    /// Nothing of these.
    Unknown,
}

impl Shape {
    /// What the element that `der` consists of is.
    pub(super) fn of(der: &[u8]) -> Self {
        let Some(outer) = Element::only(der) else { return Self::Unknown };
        if outer.is(tag::OBJECT_IDENTIFIER) {
            return Self::Parameters;
        }
        outer.sequence().and_then(of_sequence).unwrap_or(Self::Unknown)
    }

    /// Whether it is a private key that is not encrypted.
    pub(super) fn is_private_key(&self) -> bool {
        matches!(self, Self::Pkcs8 | Self::Pkcs1 | Self::Sec1 | Self::Dsa)
    }
}

fn of_sequence(mut elements: Elements<'_>) -> Option<Shape> {
    let all = elements.clone();
    let first = elements.next()?;
    let second = elements.next();
    if first.is(tag::INTEGER) {
        return after_integer(all, first, second?, elements.next());
    }
    if let Some(inner) = first.sequence() {
        return after_sequence(inner, second?, elements.next());
    }
    let content_type = first.oid()?;
    second?.explicit(0)?;
    Some(Shape::Other(match content_type {
        oid::SIGNED_DATA => {
            KeyProblem::new("certificates in a PKCS #7 bundle, or a signed message")
                .convert_by("openssl pkcs7 -in FILE -print_certs -out certs.pem")
        }
        other => KeyProblem::new(format!("a message (content type {})", Named(other))),
    }))
}

fn after_integer(
    all: Elements<'_>,
    first: Element<'_>,
    second: Element<'_>,
    third: Option<Element<'_>>,
) -> Option<Shape> {
    if second.bytes().is_some() {
        return Some(Shape::Sec1);
    }
    if let Some(mut inner) = second.sequence() {
        inner.next()?.oid()?;
        return if first.count() == Some(3) {
            Some(Shape::Pkcs12)
        } else if third.as_ref()?.is(tag::OCTET_STRING) {
            Some(Shape::Pkcs8)
        } else {
            // SpecifiedECDomain (SEC 1 appendix C.2).
            third?.sequence().map(|_| Shape::Parameters)
        };
    }
    // Of the private keys that are all numbers, RSA's has nine or more, DSA's six.
    match all.take_while(|element| element.is(tag::INTEGER)).take(9).count() {
        9 => Some(Shape::Pkcs1),
        6 => Some(Shape::Dsa),
        2 | 3 => Some(Shape::Other(KeyProblem::new(
            "a public key, or parameters of Diffie-Hellman or DSA; the private key is needed",
        ))),
        _ => None,
    }
}

fn after_sequence(
    mut inner: Elements<'_>,
    second: Element<'_>,
    third: Option<Element<'_>>,
) -> Option<Shape> {
    let all = inner.clone();
    let first = inner.next()?;
    let is_algorithm = first.oid().is_some();
    if second.is(tag::OCTET_STRING) && is_algorithm {
        return Some(Shape::EncryptedPkcs8);
    }
    if second.is(tag::BIT_STRING) && is_algorithm {
        return Some(Shape::Other(KeyProblem::new("a public key; the private key is needed")));
    }
    second.sequence()?;
    if third.is_some_and(|third| third.is(tag::BIT_STRING)) {
        return Some(signed(all));
    }
    // EncryptedObjectStoreData and its integrity check.
    if first.sequence().is_some() && inner.next()?.is(tag::OCTET_STRING) {
        return Some(Shape::Other(super::foreign::bcfks()));
    }
    None
}

/// What is signed: a certificate, a request for one (RFC 2986), a list of revoked ones.
fn signed(mut fields: Elements<'_>) -> Shape {
    let is_public_key = |field: &Element<'_>| {
        let mut inner = field.sequence();
        let mut next = || inner.as_mut().and_then(Iterator::next);
        next().is_some_and(|algorithm| algorithm.sequence().is_some())
            && next().is_some_and(|key| key.is(tag::BIT_STRING))
    };
    // A request has the version, the subject, the key; a certificate's key comes later.
    let at = fields.by_ref().take(8).position(|field| is_public_key(&field));
    match at {
        Some(2) => Shape::Other(KeyProblem::new(
            "a request for a certificate (CSR); the private key is needed",
        )),
        Some(_) => Shape::Certificate,
        None => Shape::Other(KeyProblem::new("a list of revoked certificates (CRL)")),
    }
}
