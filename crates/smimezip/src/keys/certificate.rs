//! An X.509 certificate (RFC 5280): what chooses a recipient by it. Nothing is verified; a
//! certificate only tells which name its owner's messages carry.

use std::fmt;

use der::{Decode, Encode};
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::cms::{RecipientIdentifier, same_serial, text_of_name};
use crate::error::{Error, ErrorKind};

/// A recipient's certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    issuer: String,
    issuer_der: Vec<u8>,
    serial_number: Vec<u8>,
    subject_key_identifier: Option<Vec<u8>>,
    public_key: Option<RsaPublicKey>,
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
        let public_key = fields.subject_public_key_info().to_der().map_err(bad)?;
        Ok(Self {
            issuer: text_of_name(fields.issuer()),
            issuer_der: fields.issuer().to_der().map_err(bad)?,
            serial_number: fields.serial_number().as_bytes().to_vec(),
            subject_key_identifier,
            public_key: RsaPublicKey::from_public_key_der(&public_key).ok(),
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
        }
    }

    /// Whether it certifies this key.
    pub(super) fn certifies(&self, key: &RsaPublicKey) -> bool {
        self.public_key.as_ref() == Some(key)
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "issuer {}, serial ", self.issuer)?;
        self.serial_number.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
