//! PrivateKeyInfo (RFC 5958) and the numbers in it, by their outer form: versions, attributes and a
//! public key beside them change nothing of the private key, however they are written.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use pkcs8::PrivateKeyInfoRef;
use rsa::pkcs1::DecodeRsaPrivateKey;
use spki::AlgorithmIdentifierRef;

use super::algorithm::identifier;
use crate::asn1::der::Element;
use crate::error::{Error, KeyProblem};
use crate::oid::Named;

/// Largest modulus of a key that is read, in bytes. Checking larger numbers takes long.
const MAX_MODULUS: usize = 8192 / 8;

/// The algorithm and the bytes of the key in a PrivateKeyInfo.
pub(super) fn private_key_info(der: &[u8]) -> Result<PrivateKeyInfoRef<'_>, Error> {
    let bad = || Error::bad_key("a malformed PKCS #8 key");
    let mut fields = Element::only(der).and_then(|it| it.sequence()).ok_or_else(bad)?;
    let _version = fields.next().ok_or_else(bad)?;
    let algorithm: AlgorithmIdentifierRef<'_> = identifier(&mut fields).map_err(|_| bad())?;
    let bytes = fields.next().and_then(|it| it.bytes()).ok_or_else(bad)?;
    let key = <&OctetStringRef>::try_from(bytes).map_err(|_| bad())?;
    Ok(PrivateKeyInfoRef::new(algorithm, key))
}

/// The key in an RSAPrivateKey (RFC 8017 appendix A.1.2).
pub(super) fn rsa(der: &[u8]) -> Result<rsa::PrivateKey, Error> {
    let bad = || Error::bad_key("an RSA key with invalid or unsupported numbers");
    let mut fields = Element::only(der).and_then(|it| it.sequence()).ok_or_else(bad)?;
    let version = fields.next().and_then(|it| it.integer()).ok_or_else(bad)?;
    if version == [1] {
        return Err(Error::bad_key(
            "an RSA key with invalid or unsupported numbers: more than two primes",
        ));
    }
    let modulus = fields.next().and_then(|it| it.integer()).ok_or_else(bad)?;
    if modulus.len() > MAX_MODULUS + 1 {
        return Err(Error::bad_key("an RSA key of more than 8,192 bits"));
    }
    rsa::PrivateKey::from_pkcs1_der(der).map_err(|_| bad())
}

/// The number in an ECPrivateKey (RFC 5915), and the curve that it names or its PrivateKeyInfo
/// does.
pub(super) fn elliptic<'a>(
    der: &'a [u8],
    algorithm: Option<&AlgorithmIdentifierRef<'_>>,
) -> Result<(ObjectIdentifier, &'a [u8]), Error> {
    let bad = || Error::bad_key("an elliptic curve key with invalid numbers");
    let mut fields = Element::only(der).and_then(|it| it.sequence()).ok_or_else(bad)?;
    let _version = fields.next().ok_or_else(bad)?;
    let bytes = fields.next().and_then(|it| it.bytes()).ok_or_else(bad)?;
    let outer = algorithm.and_then(|it| it.parameters);
    if let Some(parameters) = outer.filter(|it| der::Tagged::tag(it) != der::Tag::Null) {
        let curve = parameters.decode_as::<ObjectIdentifier>();
        return Ok((curve.map_err(|_| explicit_parameters())?, bytes));
    }
    let inner = fields.find_map(|it| it.explicit(0)).and_then(|mut inner| inner.next());
    let parameters =
        inner.ok_or_else(|| Error::bad_key("an elliptic curve key that names no curve"))?;
    Ok((parameters.oid().ok_or_else(explicit_parameters)?, bytes))
}

fn explicit_parameters() -> Error {
    KeyProblem::new("an elliptic curve key with explicit curve parameters, which are not read")
        .convert_by("openssl ec -in FILE -param_enc named_curve -out key.pem")
        .into()
}

/// A key of an algorithm, or on a curve, that no recipient is opened with.
pub(super) fn unsupported(oid: ObjectIdentifier) -> Error {
    Error::unsupported_oid(oid, format!("a private key for {}", Named(oid)))
}
