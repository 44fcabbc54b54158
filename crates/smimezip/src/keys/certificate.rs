//! An X.509 certificate (RFC 5280): what chooses a recipient by it. Nothing is verified; a
//! certificate only tells which name its owner's messages carry.

use std::fmt;

use der::{Decode, Encode};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::private_key::PrivateKey;
use crate::cms::{RecipientIdentifier, same_serial, text_of_name};
use crate::error::{Error, ErrorKind};

/// A recipient's certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    issuer: String,
    issuer_der: Vec<u8>,
    serial_number: Vec<u8>,
    subject_key_identifier: Option<Vec<u8>>,
    /// The subjectPublicKey of its SubjectPublicKeyInfo.
    public_key: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`] if it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let bad = |_| Error::from(ErrorKind::BadKey("not an X.509 certificate"));
        let certificate = x509_cert::Certificate::from_der(der).map_err(bad)?;
        let fields = certificate.tbs_certificate();
        let subject_key_identifier = fields
            .get_extension::<SubjectKeyIdentifier>()
            .map_err(bad)?
            .map(|(_, identifier)| identifier.0.as_bytes().to_vec());
        let public_key = fields.subject_public_key_info().subject_public_key.raw_bytes();
        Ok(Self {
            issuer: text_of_name(fields.issuer()),
            issuer_der: fields.issuer().to_der().map_err(bad)?,
            serial_number: fields.serial_number().as_bytes().to_vec(),
            subject_key_identifier,
            public_key: public_key.to_vec(),
        })
    }

    /// Whether `identifier` names this certificate.
    pub fn is_named_by(&self, identifier: &RecipientIdentifier) -> bool {
        match identifier {
            RecipientIdentifier::IssuerAndSerialNumber(name) => {
                // Some senders re-encode the strings in a name, so its text may match as well.
                (name.issuer_der == self.issuer_der || name.issuer == self.issuer)
                    && same_serial(&name.serial_number, &self.serial_number)
            }
            RecipientIdentifier::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier.as_ref() == Some(identifier)
            }
            RecipientIdentifier::KeyIdentifier(_) => false,
        }
    }

    /// Whether it certifies this key.
    pub(super) fn certifies(&self, key: &PrivateKey) -> bool {
        self.public_key == key.public_key()
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "issuer {}, serial ", self.issuer)?;
        self.serial_number.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
