//! An X.509 certificate (RFC 5280): what chooses a recipient by it. Nothing is verified; a
//! certificate only says which name its owner's messages carry. So nothing but that is read, and a
//! certificate is not refused for what it says elsewhere.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::SystemTime;

use der::Decode;
use x509_cert::name::Name;
use x509_cert::time::Validity;

use super::file::read_small;
use super::object::{self, Content};
use super::private_key::PrivateKey;
use super::shape::Shape;
use crate::asn1::der::{Element, Elements};
use crate::asn1::{self, tag};
use crate::cms::{IssuerAndSerialNumber, RecipientIdentifier, same_serial, text_of_name};
use crate::error::{Error, KeyProblem};
use crate::hex::Hex;
use crate::oid;

/// Nesting that is read; RFC 5280 needs fewer than 12.
const DEPTH: usize = 32;
/// What stands in a file in place of a certificate.
const PRIVATE_KEY: &str = "a private key is in it, and no certificate";

/// A recipient's certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// As text, if it is a name that can be read.
    issuer: Option<String>,
    issuer_der: Vec<u8>,
    serial_number: Vec<u8>,
    subject_key_identifier: Option<Vec<u8>>,
    /// As text, if it is a name that can be read.
    subject: Option<String>,
    validity: Option<RangeInclusive<SystemTime>>,
    /// The subjectPublicKey of its SubjectPublicKeyInfo.
    public_key: Vec<u8>,
    /// All of it in DER.
    der: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate in DER or BER. What OpenSSL adds after a certificate that it calls
    /// trusted is left out.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`](crate::ErrorKind::BadKey) if it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let bad = || Error::bad_key("not an X.509 certificate");
        let (certificate, used) = asn1::first_to_der(der, DEPTH).map_err(|_| bad())?;
        let rest = &der[used..];
        let is_auxiliary = Element::only(rest).is_some_and(|it| it.sequence().is_some());
        if !rest.is_empty() && !is_auxiliary {
            return Err(bad());
        }
        Self::read(&certificate).ok_or_else(bad)
    }

    /// Reads the first certificate in the file at `path`, PEM or DER.
    ///
    /// ```
    /// use smimezip::Certificate;
    ///
    /// let certificate = Certificate::from_file("../../examples/data/certificate.pem")?;
    /// assert!(certificate.subject().is_some());
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`from_bytes`](Self::from_bytes), and what the operating system says, each naming
    /// the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let read = || Self::from_bytes(&read_small(path)?);
        read().map_err(|error| error.in_part(path.display().to_string()))
    }

    /// Reads the first certificate in the bytes of a file, PEM or DER.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`](crate::ErrorKind::BadKey) if there is none in it, saying what is
    /// instead.
    pub fn from_bytes(file: &[u8]) -> Result<Self, Error> {
        let mut instead = None;
        for object in object::objects(file, DEPTH)? {
            let found = match object.content {
                Ok(Content::Der(der)) => match Shape::of(&der) {
                    Shape::Certificate => return Self::from_der(&der),
                    shape => of_shape(shape),
                },
                Ok(Content::Encrypted(_)) => Some(KeyProblem::new(PRIVATE_KEY)),
                Err(_) => None,
            };
            instead = instead.or(found);
        }
        Err(instead.unwrap_or_else(|| KeyProblem::new("no certificate is in it")).into())
    }

    fn read(der: &[u8]) -> Option<Self> {
        let mut certificate = Element::only(der)?.sequence()?;
        let mut fields = certificate.next()?.sequence()?;
        let mut next = || fields.next();
        let mut field = next()?;
        if field.explicit(0).is_some() {
            field = next()?;
        }
        let serial_number = field.integer()?.to_vec();
        let _signature = next()?.sequence()?;
        let issuer = next()?;
        issuer.sequence()?;
        let validity = next()?;
        validity.sequence()?;
        let subject = next()?;
        subject.sequence()?;
        let mut key = next()?.sequence()?;
        key.next()?.sequence()?.next()?.oid()?;
        let public_key = key.next()?.bits()?.to_vec();
        let is_signed =
            certificate.next()?.sequence().is_some() && certificate.next()?.is(tag::BIT_STRING);
        is_signed.then(|| Self {
            issuer: text_of(&issuer),
            subject: text_of(&subject),
            validity: times(&validity),
            issuer_der: issuer.whole().to_vec(),
            serial_number,
            subject_key_identifier: subject_key_identifier(fields),
            public_key,
            der: der.to_vec(),
        })
    }

    /// Whether it certifies this key.
    ///
    /// ```
    /// use smimezip::{Certificate, KeyRing};
    ///
    /// # let folder = std::path::Path::new("../../examples/data");
    /// let certificate = Certificate::from_file(folder.join("certificate.pem"))?;
    /// let keys = KeyRing::from_file(folder.join("key.pem"))?;
    /// assert!(keys.private_keys().all(|key| certificate.certifies(key)));
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    pub fn certifies(&self, key: &PrivateKey) -> bool {
        key.has_public_key(&self.public_key)
    }

    /// The distinguished name of its subject (RFC 4514), if it can be read.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// From when until when it is valid (RFC 5280 section 4.1.2.5), if that can be read.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use smimezip::Certificate;
    ///
    /// let file = std::fs::read("../../examples/data/certificate.pem")?;
    /// let certificate = Certificate::from_bytes(&file)?;
    /// assert_eq!(certificate.subject(), Some("CN=Export key 1,O=Sample customer"));
    /// assert!(certificate.validity().is_some_and(|times| times.contains(&SystemTime::now())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn validity(&self) -> Option<RangeInclusive<SystemTime>> {
        self.validity.clone()
    }

    /// Whether `identifier` names this certificate.
    pub fn is_named_by(&self, identifier: &RecipientIdentifier) -> bool {
        match identifier {
            RecipientIdentifier::IssuerAndSerialNumber(name) => {
                // Some senders re-encode the strings in a name, so its text may match as well.
                let same_text = self.issuer.as_ref().is_some_and(|issuer| *issuer == name.issuer);
                (name.issuer_der == self.issuer_der || same_text)
                    && same_serial(&name.serial_number, &self.serial_number)
            }
            RecipientIdentifier::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier.as_ref() == Some(identifier)
            }
            RecipientIdentifier::KeyIdentifier(_) => false,
        }
    }

    /// All of it in DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its name in messages: issuer and serial number.
    pub(super) fn issuer_and_serial_number(&self) -> RecipientIdentifier {
        RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: self.issuer.clone().unwrap_or_default(),
            issuer_der: self.issuer_der.clone(),
            serial_number: self.serial_number.clone(),
        })
    }

    /// Its other name in messages, if it has one: the subjectKeyIdentifier.
    pub(super) fn key_identifier(&self) -> Option<RecipientIdentifier> {
        self.subject_key_identifier.clone().map(RecipientIdentifier::SubjectKeyIdentifier)
    }
}

/// What a file has in place of a certificate, if that is worth a word.
fn of_shape(shape: Shape) -> Option<KeyProblem> {
    match shape {
        Shape::EncryptedPkcs8 => Some(KeyProblem::new(PRIVATE_KEY)),
        Shape::Pkcs12 => Some(
            KeyProblem::new("a PKCS #12 file, which has a private key, too")
                .convert_by("openssl pkcs12 -in FILE -clcerts -nokeys -out certificate.pem"),
        ),
        // What can be converted.
        Shape::Other(problem) => Some(problem).filter(|problem| problem.convert().is_some()),
        shape => shape.is_private_key().then(|| KeyProblem::new(PRIVATE_KEY)),
    }
}

fn text_of(name: &Element<'_>) -> Option<String> {
    Name::from_der(name.whole()).ok().map(|name| text_of_name(&name))
}

fn times(validity: &Element<'_>) -> Option<RangeInclusive<SystemTime>> {
    let validity = <Validity>::from_der(validity.whole()).ok()?;
    Some(validity.not_before.to_system_time()..=validity.not_after.to_system_time())
}

/// The value of the extension, among the fields after the public key.
fn subject_key_identifier(mut fields: Elements<'_>) -> Option<Vec<u8>> {
    let extensions = fields.find_map(|field| field.explicit(3))?.next()?.sequence()?;
    for extension in extensions {
        let mut extension = extension.sequence()?;
        if extension.next()?.oid()? == oid::SUBJECT_KEY_IDENTIFIER {
            let value = extension.find_map(|it| it.bytes())?;
            return Element::only(value)?.bytes().map(<[u8]>::to_vec);
        }
    }
    None
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.issuer {
            Some(issuer) => write!(f, "issuer {issuer}, serial ")?,
            None => f.write_str("issuer of an unreadable name, serial ")?,
        }
        write!(f, "{}", Hex(&self.serial_number))
    }
}
