//! RecipientInfo (RFC 5652 section 6.2): for whom the message is, and the encrypted key for them.

use std::fmt;

use cms::enveloped_data::{RecipientIdentifier as CmsIdentifier, RecipientInfo as CmsInfo};
use der::{Decode, Encode, Reader as _, SliceReader};
use x509_cert::name::Name;

use super::algorithm::KeyEncryptionAlgorithm;
use crate::asn1;
use crate::error::Error;

/// One recipient of a message.
#[derive(Clone, Debug)]
pub struct RecipientInfo {
    kind: RecipientKind,
    identifier: Option<RecipientIdentifier>,
    algorithm: Option<KeyEncryptionAlgorithm>,
    encrypted_key: Vec<u8>,
}

/// The alternatives of the CHOICE RecipientInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientKind {
    /// `ktri`, section 6.2.1: the key is encrypted under a public key.
    KeyTransport,
    /// `kari`, section 6.2.2: by key agreement.
    KeyAgreement,
    /// `kekri`, section 6.2.3: under a key both sides have.
    KeyEncryptionKey,
    /// `pwri`, section 6.2.4: under a password.
    Password,
    /// `ori`, section 6.2.5: by other means.
    Other,
    /// One that this crate cannot read.
    Unknown,
}

/// How a recipient's certificate is named (section 6.2.1, RecipientIdentifier).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientIdentifier {
    /// By its issuer and serial number.
    IssuerAndSerialNumber(IssuerAndSerialNumber),
    /// By the subjectKeyIdentifier extension.
    SubjectKeyIdentifier(Vec<u8>),
}

/// Section 10.2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerAndSerialNumber {
    /// The issuer's distinguished name as text (RFC 4514), control characters removed.
    pub issuer: String,
    /// The same in DER.
    pub issuer_der: Vec<u8>,
    /// The serial number, big-endian.
    pub serial_number: Vec<u8>,
}

impl RecipientInfo {
    /// Reads one RecipientInfo from its BER octets. One that is not understood does not make the
    /// message unreadable for the others: it is of kind `Unknown`.
    pub(crate) fn from_ber(octets: &[u8], depth: usize) -> Result<Self, Error> {
        let der = asn1::to_der(octets, depth)?;
        let der = join_subject_key_identifier(der);
        let unreadable =
            |kind| Self { kind, identifier: None, algorithm: None, encrypted_key: Vec::new() };
        Ok(match CmsInfo::from_der(&der) {
            Ok(CmsInfo::Ktri(info)) => Self {
                kind: RecipientKind::KeyTransport,
                identifier: Some(identifier(&info.rid)?),
                algorithm: Some(KeyEncryptionAlgorithm::new(&info.key_enc_alg.oid)),
                encrypted_key: info.enc_key.as_bytes().to_vec(),
            },
            Ok(CmsInfo::Kari(_)) => unreadable(RecipientKind::KeyAgreement),
            Ok(CmsInfo::Kekri(_)) => unreadable(RecipientKind::KeyEncryptionKey),
            Ok(CmsInfo::Pwri(_)) => unreadable(RecipientKind::Password),
            Ok(CmsInfo::Ori(_)) => unreadable(RecipientKind::Other),
            Err(_) => unreadable(RecipientKind::Unknown),
        })
    }

    /// Which alternative it is.
    pub fn kind(&self) -> RecipientKind {
        self.kind
    }

    /// Whose certificate it names, for key transport.
    pub fn identifier(&self) -> Option<&RecipientIdentifier> {
        self.identifier.as_ref()
    }

    /// How the key is encrypted, for key transport.
    pub fn key_encryption_algorithm(&self) -> Option<&KeyEncryptionAlgorithm> {
        self.algorithm.as_ref()
    }

    /// The encrypted content-encryption key.
    pub fn encrypted_key(&self) -> &[u8] {
        &self.encrypted_key
    }
}

impl fmt::Display for RecipientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyTransport => "key transport",
            Self::KeyAgreement => "key agreement",
            Self::KeyEncryptionKey => "key-encryption key",
            Self::Password => "password",
            Self::Other => "other",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for RecipientInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.identifier {
            Some(identifier) => write!(f, "{identifier}"),
            None => write!(f, "a recipient of kind {}", self.kind),
        }
    }
}

impl fmt::Display for RecipientIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuerAndSerialNumber(name) => {
                write!(f, "issuer {}, serial ", name.issuer)?;
                write_hex(f, &name.serial_number)
            }
            Self::SubjectKeyIdentifier(octets) => {
                f.write_str("key identifier ")?;
                write_hex(f, octets)
            }
        }
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

fn identifier(rid: &CmsIdentifier) -> Result<RecipientIdentifier, Error> {
    Ok(match rid {
        CmsIdentifier::IssuerAndSerialNumber(name) => {
            RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: text_of_name(&name.issuer),
                issuer_der: name
                    .issuer
                    .to_der()
                    .map_err(|_| Error::malformed("the issuer's name"))?,
                serial_number: name.serial_number.as_bytes().to_vec(),
            })
        }
        CmsIdentifier::SubjectKeyIdentifier(identifier) => {
            RecipientIdentifier::SubjectKeyIdentifier(identifier.0.as_bytes().to_vec())
        }
    })
}

/// A distinguished name as text (RFC 4514). Anybody can write anything into one, so control
/// characters do not reach a terminal.
pub(crate) fn text_of_name(name: &Name) -> String {
    name.to_string().chars().filter(|c| !c.is_control()).collect()
}

/// Whether two big-endian serial numbers are equal, leading zeros apart.
pub(crate) fn same_serial(one: &[u8], other: &[u8]) -> bool {
    let significant = |octets: &[u8]| {
        octets.iter().position(|octet| *octet != 0).map_or(Vec::new(), |at| octets[at..].to_vec())
    };
    significant(one) == significant(other)
}

/// In BER the `[0] IMPLICIT SubjectKeyIdentifier` of a `ktri` may be constructed; which type it is
/// cannot be seen without knowing the place, so `asn1::to_der` left it. Joins its pieces.
fn join_subject_key_identifier(der: Vec<u8>) -> Vec<u8> {
    fn joined(der: &[u8]) -> Option<Vec<u8>> {
        let outer = asn1::parse_header(der).ok().filter(|outer| outer.is(asn1::tag::SEQUENCE))?;
        let contents = der.get(usize::from(outer.size)..)?;
        let mut reader = SliceReader::new(contents).ok()?;
        let version = reader.tlv_bytes().ok()?;
        let rid = reader.tlv_bytes().ok().filter(|rid| rid.first() == Some(&0xa0))?;
        let header = asn1::parse_header(rid).ok()?;
        let mut pieces = SliceReader::new(rid.get(usize::from(header.size)..)?).ok()?;
        let mut octets = Vec::new();
        while !pieces.is_finished() {
            let piece = <&der::asn1::OctetStringRef>::decode(&mut pieces).ok()?;
            octets.extend_from_slice(piece.as_bytes());
        }
        let mut inner = version.to_vec();
        inner.extend([0x80, u8::try_from(octets.len()).ok().filter(|length| *length < 0x80)?]);
        inner.extend(octets);
        while !reader.is_finished() {
            inner.extend_from_slice(reader.tlv_bytes().ok()?);
        }
        der::Any::new(der::Tag::Sequence, inner).ok()?.to_der().ok()
    }
    joined(&der).unwrap_or(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `ktri` named by key identifier 01020304; the identifier in one piece or in two.
    fn ktri(constructed: bool) -> Vec<u8> {
        let identifier: &[u8] = if constructed {
            &[0xa0, 0x80, 0x04, 2, 1, 2, 0x04, 2, 3, 4, 0, 0]
        } else {
            &[0x80, 4, 1, 2, 3, 4]
        };
        let mut octets = vec![0x30, 0x80, 0x02, 1, 2];
        octets.extend_from_slice(identifier);
        octets.extend_from_slice(b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
        octets.extend_from_slice(&[0x04, 3, 7, 8, 9, 0, 0]);
        octets
    }

    #[test]
    fn a_key_identifier_in_one_piece_or_several() {
        for constructed in [false, true] {
            let info = RecipientInfo::from_ber(&ktri(constructed), 32).unwrap();
            assert_eq!(info.kind(), RecipientKind::KeyTransport);
            let expected = RecipientIdentifier::SubjectKeyIdentifier(vec![1, 2, 3, 4]);
            assert_eq!(info.identifier(), Some(&expected));
            assert_eq!(info.encrypted_key(), [7, 8, 9]);
            assert_eq!(info.to_string(), "key identifier 01020304");
        }
    }

    #[test]
    fn an_unknown_alternative_is_kept_as_unknown() {
        let info = RecipientInfo::from_ber(&[0xa9, 2, 0x05, 0], 32).unwrap();
        assert_eq!(info.kind(), RecipientKind::Unknown);
    }

    #[test]
    fn serials_compare_as_numbers() {
        assert!(same_serial(&[0, 0x80], &[0x80]));
        assert!(!same_serial(&[0x80], &[0x80, 0]));
    }
}
