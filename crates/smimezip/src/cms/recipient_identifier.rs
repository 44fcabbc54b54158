//! Whom a recipient is named by: its certificate's issuer and serial number, or a key identifier.

use std::fmt;

use cms::cert::IssuerAndSerialNumber as CmsIssuerAndSerialNumber;
use cms::enveloped_data::{KeyAgreeRecipientIdentifier, RecipientIdentifier as CmsIdentifier};
use der::Encode;
use x509_cert::name::Name;

use crate::error::Error;
use crate::hex::Hex;

/// How a recipient is named (RFC 5652 section 6.2: rid and kekid).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientIdentifier {
    /// By the issuer and serial number of a certificate.
    IssuerAndSerialNumber(IssuerAndSerialNumber),
    /// By a certificate's subjectKeyIdentifier extension.
    SubjectKeyIdentifier(Vec<u8>),
    /// By the name of a key that both sides have (section 6.2.3, KEKIdentifier).
    KeyIdentifier(Vec<u8>),
}

/// Section 10.2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuerAndSerialNumber {
    /// The issuer's distinguished name as text (RFC 4514), control characters removed.
    pub issuer: String,
    /// The same in DER.
    pub issuer_der: Vec<u8>,
    /// The serial number, big-endian.
    pub serial_number: Vec<u8>,
}

impl fmt::Display for RecipientIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuerAndSerialNumber(name) => {
                write!(f, "issuer {}, serial ", name.issuer)?;
                write!(f, "{}", Hex(&name.serial_number))
            }
            Self::SubjectKeyIdentifier(bytes) => {
                f.write_str("key identifier ")?;
                write!(f, "{}", Hex(bytes))
            }
            Self::KeyIdentifier(bytes) => {
                f.write_str("secret key ")?;
                write!(f, "{}", Hex(bytes))
            }
        }
    }
}

/// The identifier of a `ktri` or a KEMRecipientInfo.
pub(super) fn of_certificate(rid: &CmsIdentifier) -> Result<RecipientIdentifier, Error> {
    Ok(match rid {
        CmsIdentifier::IssuerAndSerialNumber(name) => issuer_and_serial_number(name)?,
        CmsIdentifier::SubjectKeyIdentifier(identifier) => {
            RecipientIdentifier::SubjectKeyIdentifier(identifier.0.as_bytes().to_vec())
        }
    })
}

/// The identifier of a RecipientEncryptedKey.
pub(super) fn of_key_agreement(
    rid: &KeyAgreeRecipientIdentifier,
) -> Result<RecipientIdentifier, Error> {
    Ok(match rid {
        KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(name) => issuer_and_serial_number(name)?,
        KeyAgreeRecipientIdentifier::RKeyId(identifier) => {
            let identifier = identifier.subject_key_identifier.0.as_bytes().to_vec();
            RecipientIdentifier::SubjectKeyIdentifier(identifier)
        }
    })
}

fn issuer_and_serial_number(name: &CmsIssuerAndSerialNumber) -> Result<RecipientIdentifier, Error> {
    Ok(RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: text_of_name(&name.issuer),
        issuer_der: name.issuer.to_der().map_err(|_| Error::malformed("the issuer's name"))?,
        serial_number: name.serial_number.as_bytes().to_vec(),
    }))
}

/// A distinguished name as text (RFC 4514). Anybody can write anything into one, so control
/// characters do not reach a terminal.
pub(crate) fn text_of_name(name: &Name) -> String {
    name.to_string().chars().filter(|c| !c.is_control()).collect()
}

/// Whether two big-endian serial numbers are equal, leading zeros apart.
pub(crate) fn same_serial(one: &[u8], other: &[u8]) -> bool {
    let significant = |bytes: &[u8]| {
        bytes.iter().position(|byte| *byte != 0).map_or(Vec::new(), |at| bytes[at..].to_vec())
    };
    significant(one) == significant(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_compare_as_numbers() {
        assert!(same_serial(&[0, 0x80], &[0x80]));
        assert!(!same_serial(&[0x80], &[0x80, 0]));
    }
}
