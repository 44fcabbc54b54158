//! PBKDF2-params (RFC 8018 appendix A.2): what the recipients by a password and the files of keys
//! have in common. What of it is supported, and what it may cost, is decided there.

use der::Decode;
use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierRef;

use crate::asn1::der::Elements;
use crate::oid;

/// The parameters as they stand. Any count is read, so that a costly one can be refused as such.
pub(crate) struct Pbkdf2Params {
    /// `None` for a salt from elsewhere (otherSource).
    pub(crate) salt: Option<Vec<u8>>,
    pub(crate) iterations: u64,
    /// Bytes of the key, if they are said.
    pub(crate) key_size: Option<usize>,
    /// The pseudorandom function, HMAC-SHA-1 if none is said.
    pub(crate) prf: ObjectIdentifier,
}

impl Pbkdf2Params {
    /// Reads the fields of the SEQUENCE.
    pub(crate) fn read(mut fields: Elements<'_>) -> Option<Self> {
        let salt = fields.next()?;
        let salt = match salt.sequence() {
            Some(_) => None,
            None => Some(salt.bytes()?.to_vec()),
        };
        let iterations = fields.next()?.count()?;
        let mut next = fields.next();
        let size = next.and_then(|it| it.count());
        if size.is_some() {
            next = fields.next();
        }
        let prf = match next {
            None => oid::HMAC_SHA1,
            Some(prf) => AlgorithmIdentifierRef::from_der(prf.whole()).ok()?.oid,
        };
        let key_size = size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        fields.is_finished().then_some(Self { salt, iterations, key_size, prf })
    }
}
