//! PKCS #12 files (RFC 7292): their integrity code, and the keys and certificates in them. No
//! released crate of the current generation reads them.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Reader as _, SliceReader, Tagged};
use spki::AlgorithmIdentifierRef;

use super::certificate::Certificate;
use super::kdf::{is_hmac, pbkdf2};
use super::load::{Item, Opener};
use super::pbe::{Purpose, pkcs12_kdf, to_bmp_string};
use super::private_key::PrivateKey;
use crate::asn1;
use crate::cms::{HashAlgorithm, Named};
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;

/// Nested SafeContents. Nobody writes even one.
const DEPTH: usize = 4;

/// Whether `octets` start as a PFX: SEQUENCE { INTEGER 3, SEQUENCE … } (section 4).
pub(super) fn looks_like(octets: &[u8]) -> bool {
    let Ok(outer) = asn1::parse_header(octets) else { return false };
    outer.is(asn1::tag::SEQUENCE)
        && octets
            .get(usize::from(outer.size)..)
            .is_some_and(|rest| rest.starts_with(&[2, 1, 3, 0x30]))
}

/// All keys and certificates in a PFX.
pub(super) fn items(octets: &[u8], opener: &mut Opener<'_>) -> Result<Vec<Item>, Error> {
    let der = opener.to_der(octets)?;
    let mut pfx = sequence(&der)?;
    u8::decode(&mut pfx).map_err(bad)?;
    let mut auth_safe = contents_of(&mut pfx)?;
    let oid = object_identifier(&mut auth_safe)?;
    if oid != DATA {
        return Err(Error::unsupported(format!("a PKCS #12 file in {}", Named(&oid))));
    }
    let content = explicit(&mut auth_safe)?;
    let content = <&OctetStringRef>::from_der(content).map_err(bad)?.as_bytes();
    if !pfx.is_finished() {
        check_mac(content, contents_of(&mut pfx)?, opener)?;
    }
    let safe = opener.to_der(content)?;
    let mut safe = sequence(&safe)?;
    let mut items = Vec::new();
    while !safe.is_finished() {
        content_info(&mut safe, opener, &mut items)?;
    }
    Ok(items)
}

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";

/// MacData (section 4): over the octets of the content, under a key derived from the passphrase.
fn check_mac(
    content: &[u8],
    mut mac_data: SliceReader<'_>,
    opener: &mut Opener<'_>,
) -> Result<(), Error> {
    let mut digest_info = contents_of(&mut mac_data)?;
    let algorithm = AlgorithmIdentifierRef::decode(&mut digest_info).map_err(bad)?;
    let expected = <&OctetStringRef>::decode(&mut digest_info).map_err(bad)?.as_bytes();
    let salt = <&OctetStringRef>::decode(&mut mac_data).map_err(bad)?.as_bytes();
    let iterations =
        if mac_data.is_finished() { 1 } else { u64::decode(&mut mac_data).map_err(bad)? };
    let unsupported = |oid: &ObjectIdentifier| {
        let name = Named(&oid.to_string()).to_string();
        Error::unsupported(format!("a PKCS #12 file with an integrity code by {name}"))
    };
    let is_right = if algorithm.oid.to_string() == "1.2.840.113549.1.5.14" {
        let parameters = Pbmac1::new(&algorithm).map_err(|oid| unsupported(&oid))?;
        opener.budget.spend(parameters.iterations.into())?;
        let passphrase = opener.passphrase()?;
        let Pbmac1 { salt, iterations, size, prf, hash } = parameters;
        let key = pbkdf2(prf, passphrase.octets(), &salt, iterations, size);
        is_hmac(hash, &key, content, expected)
    } else {
        let hash =
            HashAlgorithm::from_oid(&algorithm.oid).ok_or_else(|| unsupported(&algorithm.oid))?;
        opener.budget.spend(iterations.saturating_mul(2))?;
        let is_right = |password: &[u8]| {
            let key = pkcs12_kdf(hash, password, salt, iterations, Purpose::Mac, expected.len());
            is_hmac(hash, &key, content, expected)
        };
        let passphrase = opener.passphrase()?;
        // Some programs derive from nothing at all where the passphrase is empty.
        is_right(&to_bmp_string(passphrase)?) || (passphrase.octets().is_empty() && is_right(&[]))
    };
    if is_right { Ok(()) } else { Err(ErrorKind::PassphraseWrong.into()) }
}

/// PBMAC1-params (RFC 8018 appendix A.5, RFC 9579).
struct Pbmac1 {
    salt: Vec<u8>,
    iterations: u32,
    size: usize,
    prf: HashAlgorithm,
    hash: HashAlgorithm,
}

impl Pbmac1 {
    fn new(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, ObjectIdentifier> {
        let unknown = |_| algorithm.oid;
        let parameters = algorithm.parameters.ok_or(algorithm.oid)?;
        let mut reader = SliceReader::new(parameters.value()).map_err(unknown)?;
        let derivation = AlgorithmIdentifierRef::decode(&mut reader).map_err(unknown)?;
        let scheme = AlgorithmIdentifierRef::decode(&mut reader).map_err(unknown)?;
        let hash = HashAlgorithm::from_hmac_oid(&scheme.oid).ok_or(scheme.oid)?;
        if derivation.oid.to_string() != "1.2.840.113549.1.5.12" {
            return Err(derivation.oid);
        }
        let parameters = derivation.parameters.ok_or(derivation.oid)?;
        let mut reader = SliceReader::new(parameters.value()).map_err(unknown)?;
        let salt = <&OctetStringRef>::decode(&mut reader).map_err(unknown)?.as_bytes().to_vec();
        let iterations = u32::decode(&mut reader).map_err(unknown)?;
        // RFC 9579 section 5: the size of the key must be said.
        let size = u16::decode(&mut reader).map_err(unknown)?.into();
        let prf = if reader.is_finished() {
            HashAlgorithm::Sha1
        } else {
            let prf = AlgorithmIdentifierRef::decode(&mut reader).map_err(unknown)?;
            HashAlgorithm::from_hmac_oid(&prf.oid).ok_or(prf.oid)?
        };
        Ok(Self { salt, iterations, size, prf, hash })
    }
}

/// One ContentInfo of the AuthenticatedSafe (section 4.1).
fn content_info(
    safe: &mut SliceReader<'_>,
    opener: &mut Opener<'_>,
    items: &mut Vec<Item>,
) -> Result<(), Error> {
    let mut info = contents_of(safe)?;
    let oid = object_identifier(&mut info)?;
    let content = explicit(&mut info)?;
    match oid.as_str() {
        DATA => {
            let octets = <&OctetStringRef>::from_der(content).map_err(bad)?.as_bytes();
            safe_contents(&opener.to_der(octets)?, opener, items, DEPTH)
        }
        ENCRYPTED_DATA => {
            let mut data = sequence(content)?;
            u8::decode(&mut data).map_err(bad)?;
            let mut encrypted = contents_of(&mut data)?;
            object_identifier(&mut encrypted)?;
            let scheme = AlgorithmIdentifierRef::decode(&mut encrypted).map_err(bad)?;
            let sealed = implicit_octets(encrypted.tlv_bytes().map_err(bad)?)?;
            let octets = opener.decrypt(&scheme, &sealed)?;
            safe_contents(&opener.to_der(&octets)?, opener, items, DEPTH)
        }
        other => Err(Error::unsupported(format!("{} in a PKCS #12 file", Named(other)))),
    }
}

/// SafeContents: a SEQUENCE OF SafeBag (section 4.2).
fn safe_contents(
    der: &[u8],
    opener: &mut Opener<'_>,
    items: &mut Vec<Item>,
    depth: usize,
) -> Result<(), Error> {
    let depth = depth.checked_sub(1).ok_or_else(|| Error::limit(Limit::Depth, DEPTH as u64))?;
    let mut bags = sequence(der)?;
    while !bags.is_finished() {
        let mut bag = contents_of(&mut bags)?;
        let kind = object_identifier(&mut bag)?;
        let value = explicit(&mut bag)?;
        match kind.strip_prefix("1.2.840.113549.1.12.10.1.") {
            Some("1") => items.push(Item::Key(Box::new(PrivateKey::from_der(value)?))),
            Some("2") => items.push(Item::Key(Box::new(opener.encrypted_private_key(value)?))),
            Some("3") => {
                let mut bag = sequence(value)?;
                let kind = object_identifier(&mut bag)?;
                if kind == "1.2.840.113549.1.9.22.1" {
                    let octets = explicit(&mut bag)?;
                    let octets = <&OctetStringRef>::from_der(octets).map_err(bad)?.as_bytes();
                    items.push(Item::Certificate(Certificate::from_der(octets)?));
                }
            }
            Some("6") => safe_contents(value, opener, items, depth)?,
            // Lists of revoked certificates and other secrets are of no use here.
            _ => {}
        }
    }
    Ok(())
}

fn object_identifier(reader: &mut SliceReader<'_>) -> Result<String, Error> {
    ObjectIdentifier::decode(reader).map(|oid: ObjectIdentifier| oid.to_string()).map_err(bad)
}

/// The contents of the SEQUENCE that `der` is.
fn sequence(der: &[u8]) -> Result<SliceReader<'_>, Error> {
    let mut reader = SliceReader::new(der).map_err(bad)?;
    contents_of(&mut reader)
}

/// The contents of the SEQUENCE that comes next.
fn contents_of<'a>(reader: &mut SliceReader<'a>) -> Result<SliceReader<'a>, Error> {
    let any = AnyRef::decode(reader).map_err(bad)?;
    if any.tag() != der::Tag::Sequence {
        return Err(bad(()));
    }
    SliceReader::new(any.value()).map_err(bad)
}

/// What is inside the `[0] EXPLICIT` that comes next.
fn explicit<'a>(reader: &mut SliceReader<'a>) -> Result<&'a [u8], Error> {
    let octets = reader.tlv_bytes().map_err(bad)?;
    let header = asn1::parse_header(octets).map_err(bad)?;
    if header.is_context(0) && header.constructed {
        Ok(&octets[usize::from(header.size)..])
    } else {
        Err(bad(()))
    }
}

/// The octets of a `[0] IMPLICIT OCTET STRING`, in one piece or several.
fn implicit_octets(der: &[u8]) -> Result<Vec<u8>, Error> {
    let header = asn1::parse_header(der).map_err(bad)?;
    let contents = &der[usize::from(header.size)..];
    if !header.is_context(0) {
        return Err(bad(()));
    }
    if !header.constructed {
        return Ok(contents.to_vec());
    }
    let mut pieces = SliceReader::new(contents).map_err(bad)?;
    let mut octets = Vec::new();
    while !pieces.is_finished() {
        let piece = <&OctetStringRef>::decode(&mut pieces).map_err(bad)?;
        octets.extend_from_slice(piece.as_bytes());
    }
    Ok(octets)
}

fn bad<E>(_: E) -> Error {
    ErrorKind::BadKey("a malformed PKCS #12 file").into()
}
