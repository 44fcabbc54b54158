//! PKCS #12 files (RFC 7292): their integrity code, and the keys and certificates in them. No
//! released crate of the current generation reads them. What can be seen of a file's cost is summed
//! before any of it is paid, and before a passphrase is asked for.

use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::algorithm::identifier;
use super::contents::{Contents, encrypted_private_key, encrypted_private_key_info, private_key};
use super::opener::{Opener, Place};
use super::pbe::Scheme;
use super::pkcs12_mac::{Mac, bad};
use crate::asn1;
use crate::asn1::der::{Element, Elements};
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;
use crate::oid::{self, Named};

/// One ContentInfo of the AuthenticatedSafe (section 4.1).
enum Safe {
    Plain(Vec<Bag>),
    Encrypted { scheme: Scheme, sealed: Vec<u8> },
}

/// One SafeBag (section 4.2).
enum Bag {
    Key(Zeroizing<Vec<u8>>),
    ShroudedKey(Vec<u8>),
    Certificate(Vec<u8>),
}

/// Adds all keys and certificates in the PFX of that name to `contents`.
///
/// # Errors
/// What keeps the file as a whole from being read.
pub(super) fn read(
    name: &str,
    der: &[u8],
    opener: &mut Opener<'_>,
    contents: &mut Contents,
) -> Result<(), Error> {
    let depth = opener.depth();
    let mut pfx = Element::only(der).and_then(|it| it.sequence()).ok_or_else(bad)?;
    let _version = pfx.next().ok_or_else(bad)?;
    let (oid, content) = content_info(pfx.next())?;
    if oid != oid::DATA {
        return Err(Error::unsupported_oid(oid, format!("a PKCS #12 file in {}", Named(oid))));
    }
    let content = content.bytes().ok_or_else(bad)?;
    let mac = pfx.next().map(|mac| Mac::new(&mac)).transpose()?;
    let safes = to_der(content, depth)?;
    let mut safes = sequence(&safes)?;
    let mut read = Vec::new();
    for info in safes.by_ref() {
        read.push(safe(info, depth));
    }
    if !safes.is_finished() {
        return Err(bad());
    }
    let visible = read.iter().flatten().map(Safe::cost).fold(0, u64::saturating_add);
    let mac_cost = mac.as_ref().map_or(0, |mac| mac.cost(0));
    opener.budget.check(visible.saturating_add(mac_cost))?;

    let place = Place::Pkcs12 { is_right: mac.is_some() };
    if let Some(mac) = mac {
        mac.check(content, opener)?;
    }
    for (number, safe) in (1..).zip(read) {
        let name = format!("{name}, contents {number}");
        let bags = match safe {
            Ok(Safe::Plain(bags)) => Ok(bags),
            Ok(Safe::Encrypted { scheme, sealed }) => decrypt(&scheme, &sealed, place, opener),
            Err(error) => Err(error),
        };
        match bags {
            Ok(bags) => {
                for (number, bag) in (1..).zip(bags) {
                    bag.read(&format!("{name}, bag {number}"), place, opener, contents);
                }
            }
            // It may have held the key.
            Err(error) => contents.take_key(&name, Err(error)),
        }
    }
    Ok(())
}

impl Safe {
    fn cost(&self) -> u64 {
        match self {
            Self::Encrypted { scheme, .. } => scheme.cost(0),
            Self::Plain(bags) => bags.iter().map(Bag::cost).fold(0, u64::saturating_add),
        }
    }
}

impl Bag {
    fn cost(&self) -> u64 {
        match self {
            Self::ShroudedKey(der) => {
                encrypted_private_key_info(der).map_or(0, |(scheme, _)| scheme.cost(0))
            }
            Self::Key(_) | Self::Certificate(_) => 0,
        }
    }

    fn read(&self, name: &str, place: Place, opener: &mut Opener<'_>, contents: &mut Contents) {
        match self {
            Self::Key(der) => contents.take_key(name, private_key(der, opener)),
            Self::ShroudedKey(der) => {
                contents.take_key(name, encrypted_private_key(der, place, opener));
            }
            Self::Certificate(der) => contents.take_certificate(name, der),
        }
    }
}

fn safe(info: Element<'_>, depth: usize) -> Result<Safe, Error> {
    let (oid, content) = content_info(Some(info))?;
    match oid {
        oid::DATA => Ok(Safe::Plain(safe_contents(content.bytes().ok_or_else(bad)?, depth)?)),
        oid::ENCRYPTED_DATA => {
            let mut data = content.sequence().ok_or_else(bad)?;
            let _version = data.next().ok_or_else(bad)?;
            let mut encrypted = data.next().and_then(|it| it.sequence()).ok_or_else(bad)?;
            let _content_type = encrypted.next().ok_or_else(bad)?;
            let scheme: AlgorithmIdentifierRef<'_> = identifier(&mut encrypted)?;
            let sealed = encrypted.next().and_then(|it| implicit_bytes(&it)).ok_or_else(bad)?;
            Ok(Safe::Encrypted { scheme: Scheme::new(&scheme)?, sealed })
        }
        other => Err(Error::unsupported_oid(other, format!("{} in a PKCS #12 file", Named(other)))),
    }
}

fn decrypt(
    scheme: &Scheme,
    sealed: &[u8],
    place: Place,
    opener: &mut Opener<'_>,
) -> Result<Vec<Bag>, Error> {
    // Wrong bytes may end in valid padding by chance, but are no bags then.
    let looks_right = |bytes: &[u8]| match asn1::parse_header(bytes) {
        Ok(outer) if outer.is(asn1::tag::SEQUENCE) && outer.constructed => {
            let bag = bytes.get(usize::from(outer.size)..).map(asn1::parse_header);
            bytes.len() <= 4
                || bag.is_some_and(|bag| bag.is_ok_and(|it| it.is(asn1::tag::SEQUENCE)))
        }
        _ => false,
    };
    let bytes = opener.decrypt(scheme, sealed, place, looks_right)?;
    safe_contents(&bytes, opener.depth())
}

/// SafeContents: a SEQUENCE OF SafeBag (section 4.2), nested ones at their place.
fn safe_contents(ber: &[u8], depth: usize) -> Result<Vec<Bag>, Error> {
    let der = to_der(ber, depth)?;
    let mut bags = Vec::new();
    add_bags(sequence(&der)?, depth, depth, &mut bags)?;
    Ok(bags)
}

fn add_bags(
    mut safe: Elements<'_>,
    allowed: usize,
    depth: usize,
    bags: &mut Vec<Bag>,
) -> Result<(), Error> {
    let depth = depth.checked_sub(1).ok_or_else(|| Error::limit(Limit::Depth, allowed as u64))?;
    for bag in safe.by_ref() {
        let mut fields = bag.sequence().ok_or_else(bad)?;
        let kind = identifier_in(fields.next())?;
        let value = explicit(fields.next())?;
        match kind {
            oid::KEY_BAG => bags.push(Bag::Key(Zeroizing::new(value.whole().to_vec()))),
            oid::SHROUDED_KEY_BAG => bags.push(Bag::ShroudedKey(value.whole().to_vec())),
            oid::CERT_BAG => {
                let mut fields = value.sequence().ok_or_else(bad)?;
                if identifier_in(fields.next())? == oid::X509_CERTIFICATE {
                    let bytes = explicit(fields.next())?.bytes().ok_or_else(bad)?;
                    bags.push(Bag::Certificate(bytes.to_vec()));
                }
            }
            oid::SAFE_CONTENTS_BAG => {
                add_bags(value.sequence().ok_or_else(bad)?, allowed, depth, bags)?;
            }
            // Lists of revoked certificates and other secrets are of no use here.
            _ => {}
        }
    }
    if safe.is_finished() { Ok(()) } else { Err(bad()) }
}

/// ContentInfo: its type and its content.
fn content_info(info: Option<Element<'_>>) -> Result<(ObjectIdentifier, Element<'_>), Error> {
    let mut fields = info.and_then(|it| it.sequence()).ok_or_else(bad)?;
    Ok((identifier_in(fields.next())?, explicit(fields.next())?))
}

fn identifier_in(element: Option<Element<'_>>) -> Result<ObjectIdentifier, Error> {
    element.and_then(|it| it.oid()).ok_or_else(bad)
}

/// What is inside a `[0] EXPLICIT`.
fn explicit(element: Option<Element<'_>>) -> Result<Element<'_>, Error> {
    element.and_then(|it| it.explicit(0)).and_then(|mut inner| inner.next()).ok_or_else(bad)
}

/// The contents of the SEQUENCE that `der` is.
fn sequence(der: &[u8]) -> Result<Elements<'_>, Error> {
    Element::only(der).and_then(|it| it.sequence()).ok_or_else(bad)
}

/// The bytes of a `[0] IMPLICIT OCTET STRING`, in one piece or several.
fn implicit_bytes(element: &Element<'_>) -> Option<Vec<u8>> {
    let Some(pieces) = element.explicit(0) else { return element.context_bytes(0) };
    let mut bytes = Vec::new();
    for piece in pieces {
        bytes.extend_from_slice(piece.bytes()?);
    }
    Some(bytes)
}

/// BER made DER, for what programs write in BER.
fn to_der(bytes: &[u8], depth: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    asn1::to_der(bytes, depth).map(Zeroizing::new).map_err(|error| match error.kind() {
        ErrorKind::Limit { .. } => error,
        _ => Error::bad_key("a PKCS #12 file in malformed BER"),
    })
}
