//! AlgorithmIdentifier (RFC 5280 section 4.1.1.2) and its parameters, as encrypted keys have them.
//! What the algorithms are is said where they are used.

use der::Decode;
use spki::AlgorithmIdentifierRef;

use crate::asn1::der::{Element, Elements};
use crate::error::Error;

/// The AlgorithmIdentifier that comes next.
pub(super) fn identifier<'a>(
    fields: &mut Elements<'a>,
) -> Result<AlgorithmIdentifierRef<'a>, Error> {
    let next = fields.next().ok_or_else(malformed)?;
    AlgorithmIdentifierRef::from_der(next.whole()).map_err(|_| malformed())
}

/// The fields of an algorithm's parameters, which are a SEQUENCE.
pub(super) fn parameters<'a>(algorithm: &AlgorithmIdentifierRef<'a>) -> Option<Elements<'a>> {
    let parameters = algorithm.parameters?;
    Element::contents_of(&parameters)
}

/// That parameters, or what is around them, cannot be read.
pub(super) fn malformed() -> Error {
    Error::bad_key("an encrypted key with malformed parameters")
}
