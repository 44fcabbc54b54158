//! The owner of a certificate (RFC 5280) as a recipient: what can be seen of whether its key may be
//! used, and the key. Whether anybody trusts the certificate is not looked at.

use std::time::SystemTime;

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use spki::AlgorithmIdentifierRef;
use x509_cert::ext::pkix::KeyUsage;

use crate::asn1::der::{Element, Elements};
use crate::cms::write::{WrittenRecipientInfo, recipient_info};
use crate::cms::{HashAlgorithm, KemAlgorithm, RecipientIdentifier};
use crate::error::{CertificateProblem, Error, ErrorKind};
use crate::keys::certificate::Certificate;
use crate::keys::key_agreement::AgreementPublicKey;
use crate::keys::key_encapsulation::EncapsulationKey;
use crate::keys::{key_transport, oaep};
use crate::oid::{self, Oid};

/// Bits of the shortest RSA modulus that is used (NIST SP 800-131A section 6).
const MIN_RSA_BITS: u64 = 2048;

/// The owner of a certificate.
#[derive(Clone, Debug)]
pub(super) struct Certified {
    subject: String,
    identifier: RecipientIdentifier,
    key_identifier: Option<RecipientIdentifier>,
    key: PublicKey,
}

#[derive(Clone, Debug)]
enum PublicKey {
    Rsa { key: Box<rsa::PublicKey>, padding: Padding },
    Agreement(AgreementPublicKey),
    Encapsulation(EncapsulationKey),
}

#[derive(Clone, Copy, Debug)]
enum Padding {
    Pkcs1V15,
    Oaep(HashAlgorithm),
}

impl Certified {
    /// The owner of `certificate`, which must be valid at that time, if one is given.
    ///
    /// # Errors
    /// `UnsuitableCertificate`; `Unsupported` for a key that this build leaves out; `Io` if the
    /// system gives no random bytes.
    pub(super) fn new(certificate: &Certificate, at: Option<SystemTime>) -> Result<Self, Error> {
        let fields = Fields::of(certificate)?;
        let subject = certificate.subject().unwrap_or("an unreadable name");
        let unsuitable = |problem| unsuitable(subject, problem);
        if let Some(now) = at {
            check_validity(certificate, now).map_err(unsuitable)?;
        }
        let key = fields.public_key()?.map_err(unsuitable)?;
        fields.check_usage(&key).map_err(unsuitable)?;
        Ok(Self {
            subject: subject.to_owned(),
            identifier: certificate.issuer_and_serial_number(),
            key_identifier: certificate.key_identifier(),
            key,
        })
    }

    /// # Errors
    /// `UnsuitableCertificate` if its key is not one for RSA.
    pub(super) fn use_oaep(&mut self, hash: HashAlgorithm) -> Result<(), Error> {
        match &mut self.key {
            PublicKey::Rsa { padding, .. } => *padding = Padding::Oaep(hash),
            _ => return Err(unsuitable(&self.subject, CertificateProblem::NotRsa)),
        }
        Ok(())
    }

    /// # Errors
    /// `UnsuitableCertificate` if the certificate has no key identifier.
    pub(super) fn use_key_identifier(&mut self) -> Result<(), Error> {
        let none = || unsuitable(&self.subject, CertificateProblem::NoKeyIdentifier);
        self.identifier = self.key_identifier.clone().ok_or_else(none)?;
        Ok(())
    }

    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    pub(super) fn identifier(&self) -> &RecipientIdentifier {
        &self.identifier
    }

    /// The RecipientInfo with the content-encryption key `key`.
    ///
    /// # Errors
    /// `Io` if the system gives no random bytes.
    pub(super) fn wrap_key(&self, key: &[u8]) -> Result<WrittenRecipientInfo, Error> {
        let (algorithm, encrypted) = match &self.key {
            PublicKey::Rsa { key: public, padding: Padding::Pkcs1V15 } => {
                (recipient_info::rsaes_pkcs1_v1_5(), key_transport::wrap_key(public, key)?)
            }
            PublicKey::Rsa { key: public, padding: Padding::Oaep(hash) } => {
                let encrypted = oaep::wrap_key(public, *hash, *hash, key)?;
                (recipient_info::rsaes_oaep(*hash, *hash), encrypted)
            }
            PublicKey::Agreement(public) => return public.wrap_key(&self.identifier, key),
            PublicKey::Encapsulation(public) => return public.wrap_key(&self.identifier, key),
        };
        Ok(recipient_info::key_transport(&self.identifier, algorithm, &encrypted))
    }
}

fn unsuitable(subject: &str, problem: CertificateProblem) -> Error {
    ErrorKind::UnsuitableCertificate { subject: subject.to_owned(), problem }.into()
}

fn check_validity(certificate: &Certificate, now: SystemTime) -> Result<(), CertificateProblem> {
    let malformed = CertificateProblem::Malformed { what: "validity" };
    let (not_before, not_after) = certificate.validity().ok_or(malformed)?.into_inner();
    if now < not_before {
        return Err(CertificateProblem::NotYetValid { not_before });
    }
    if now > not_after {
        return Err(CertificateProblem::Expired { not_after });
    }
    Ok(())
}

/// What is looked at of a certificate.
struct Fields<'a> {
    algorithm: Element<'a>,
    public_key: &'a [u8],
    /// The fields after the public key.
    rest: Elements<'a>,
}

impl<'a> Fields<'a> {
    fn of(certificate: &'a Certificate) -> Result<Self, Error> {
        // A Certificate has been read, so it has all of these.
        let bad = || Error::bad_key("not an X.509 certificate");
        Self::read(certificate.der()).ok_or_else(bad)
    }

    fn read(der: &'a [u8]) -> Option<Self> {
        let mut fields = Element::only(der)?.sequence()?.next()?.sequence()?;
        let first = fields.next()?;
        if first.explicit(0).is_some() {
            fields.next()?;
        }
        let (_signature, _issuer) = (fields.next()?, fields.next()?);
        let (_validity, _subject) = (fields.next()?, fields.next()?);
        let mut key = fields.next()?.sequence()?;
        let (algorithm, public_key) = (key.next()?, key.next()?.bits()?);
        Some(Self { algorithm, public_key, rest: fields })
    }

    /// The key; outside, what is wrong with the system, inside, with the certificate.
    fn public_key(&self) -> Result<Result<PublicKey, CertificateProblem>, Error> {
        let malformed = CertificateProblem::Malformed { what: "public key" };
        let Ok(algorithm) = AlgorithmIdentifierRef::from_der(self.algorithm.whole()) else {
            return Ok(Err(malformed));
        };
        let curve = match algorithm.oid {
            oid::RSA_ENCRYPTION => return Ok(rsa_key(self.public_key)),
            oid::EC_PUBLIC_KEY => {
                // What spells its curve out instead of naming it is not read.
                let curve = algorithm.parameters.and_then(|it| it.to_der().ok());
                curve.and_then(|it| ObjectIdentifier::from_der(&it).ok()).unwrap_or(algorithm.oid)
            }
            other => other,
        };
        if let Ok(mechanism) = KemAlgorithm::new(&curve) {
            let key = EncapsulationKey::new(mechanism, self.public_key)?;
            return Ok(key.map(PublicKey::Encapsulation).ok_or(malformed));
        }
        if !matches!(curve, oid::P256 | oid::P384 | oid::P521 | oid::X25519) {
            let algorithm = Oid::new(curve);
            return Ok(Err(CertificateProblem::UnsupportedKey { algorithm }));
        }
        let key = AgreementPublicKey::new(curve, self.public_key)?;
        Ok(key.map(PublicKey::Agreement).ok_or(malformed))
    }

    /// A certificate without the extension allows everything.
    fn check_usage(&self, key: &PublicKey) -> Result<(), CertificateProblem> {
        let Some(value) = self.key_usage() else { return Ok(()) };
        let malformed = CertificateProblem::Malformed { what: "keyUsage" };
        let usage = KeyUsage::from_der(value).map_err(|_| malformed)?;
        let (is_allowed, needed) = match key {
            // RFC 9935 section 5: encapsulation is a kind of encipherment here.
            PublicKey::Rsa { .. } | PublicKey::Encapsulation(_) => {
                (usage.key_encipherment(), "keyEncipherment")
            }
            PublicKey::Agreement(_) => (usage.key_agreement(), "keyAgreement"),
        };
        is_allowed.then_some(()).ok_or(CertificateProblem::KeyUsage { needed })
    }

    fn key_usage(&self) -> Option<&'a [u8]> {
        let mut extensions = self.rest.clone().find_map(|field| field.explicit(3))?;
        let mut found = extensions.next()?.sequence()?.filter_map(|it| it.sequence());
        found.find_map(|mut extension| {
            let is_it = extension.next()?.oid()? == oid::KEY_USAGE;
            extension.find_map(|it| it.bytes()).filter(|_| is_it)
        })
    }
}

/// RSAPublicKey (RFC 8017 appendix A.1.1).
fn rsa_key(bits: &[u8]) -> Result<PublicKey, CertificateProblem> {
    let malformed = || CertificateProblem::Malformed { what: "public key" };
    let modulus = Element::only(bits).and_then(|it| it.sequence()?.next()?.integer());
    let modulus = modulus.ok_or_else(malformed)?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &modulus[zeros..];
    let leading = modulus.first().map_or(0, |byte| u64::from(byte.leading_zeros()));
    let bits_of_modulus = modulus.len() as u64 * 8 - leading;
    if bits_of_modulus < MIN_RSA_BITS {
        return Err(CertificateProblem::WeakKey { bits: bits_of_modulus, minimum: MIN_RSA_BITS });
    }
    let key = rsa::PublicKey::from_pkcs1_der(bits).map_err(|_| malformed())?;
    debug_assert_eq!(u64::from(key.n().bit_width()), bits_of_modulus);
    Ok(PublicKey::Rsa { key: Box::new(key), padding: Padding::Pkcs1V15 })
}
