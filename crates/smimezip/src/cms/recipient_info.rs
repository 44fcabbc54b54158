//! RecipientInfo (RFC 5652 section 6.2): for whom the message is, and the encrypted key for them.
//! Reading and naming; how a key is got out of one is the business of `keys`.

mod read;

use std::fmt;

use super::key_encryption::{KemAlgorithm, KeyEncryptionAlgorithm};
use super::recipient_identifier::RecipientIdentifier;
use crate::error::Error;

/// One recipient of a message.
#[derive(Clone, Debug)]
pub struct RecipientInfo {
    kind: RecipientKind,
    identifier: Option<RecipientIdentifier>,
    algorithm: Option<KeyEncryptionAlgorithm>,
    encrypted_key: Vec<u8>,
    details: Details,
    unsupported: Option<String>,
    der: Vec<u8>,
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
    /// `ori` with a KEMRecipientInfo (RFC 9629): by key encapsulation.
    KeyEncapsulation,
    /// `ori`, section 6.2.5: by other means.
    Other,
    /// One that this crate cannot read.
    Unknown,
}

/// What each kind has of its own.
#[derive(Clone, Debug)]
pub(crate) enum Details {
    None,
    /// The label of OAEP.
    Transport {
        label: Vec<u8>,
    },
    Agreement(Agreement),
    Password(PasswordParameters),
    Encapsulation(Encapsulation),
}

/// Of a `kari` with an ephemeral key of the sender (RFC 5753 section 3.1, RFC 8418).
#[derive(Clone, Debug)]
pub(crate) struct Agreement {
    /// The sender's public key: a point as in SEC 1 section 2.3.3, or RFC 7748's bytes.
    pub(crate) public_key: Vec<u8>,
    /// What goes into the derivation beside the secret: ECC-CMS-SharedInfo in DER (RFC 5753
    /// section 7.2).
    pub(crate) shared_info: Vec<u8>,
}

/// Of a `pwri` (RFC 3211, RFC 5652 section 6.2.4).
#[derive(Clone, Debug)]
pub(crate) struct PasswordParameters {
    pub(crate) salt: Vec<u8>,
    /// Of the key wrap's cipher.
    pub(crate) initialization_vector: Vec<u8>,
}

/// Of a KEMRecipientInfo (RFC 9629 section 3).
#[derive(Clone, Debug)]
pub(crate) struct Encapsulation {
    pub(crate) mechanism: KemAlgorithm,
    /// The encapsulated secret, `kemct`.
    pub(crate) ciphertext: Vec<u8>,
    /// What goes into the derivation beside it: CMSORIforKEMOtherInfo in DER (section 5).
    pub(crate) other_info: Vec<u8>,
}

impl RecipientInfo {
    /// Reads the BER bytes of one RecipientInfo. A key agreement may hold keys for several
    /// recipients, each of which is one here. One that is not understood does not make the message
    /// unreadable for the others: it is of kind `Unknown`.
    pub(crate) fn from_ber(bytes: &[u8], depth: usize) -> Result<Vec<Self>, Error> {
        read::recipient_infos(bytes, depth)
    }

    /// Which alternative it is.
    pub fn kind(&self) -> RecipientKind {
        self.kind
    }

    /// How it names its recipient. A password has no name.
    pub fn identifier(&self) -> Option<&RecipientIdentifier> {
        self.identifier.as_ref()
    }

    /// How the key is encrypted.
    pub fn key_encryption_algorithm(&self) -> Option<&KeyEncryptionAlgorithm> {
        self.algorithm.as_ref()
    }

    /// The encrypted content-encryption key.
    pub fn encrypted_key(&self) -> &[u8] {
        &self.encrypted_key
    }

    /// The sender's public key, for key agreement: a point (SEC 1 section 2.3.3), or the bytes of
    /// RFC 7748.
    pub fn originator_public_key(&self) -> Option<&[u8]> {
        match &self.details {
            Details::Agreement(agreement) => Some(&agreement.public_key),
            _ => None,
        }
    }

    /// The label of OAEP (RFC 8017 section 7.1), for key transport; mostly empty.
    pub fn oaep_label(&self) -> Option<&[u8]> {
        match &self.details {
            Details::Transport { label } => Some(label),
            _ => None,
        }
    }

    /// Why nobody's key can open it with this crate, if so.
    pub fn unsupported(&self) -> Option<&str> {
        self.unsupported.as_deref()
    }

    /// The whole RecipientInfo in DER, for a [`RecipientKey`](crate::keys::RecipientKey) that needs
    /// more of it than the other calls return.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Bits of the RSA modulus that its key has, for key transport: as many as the encrypted key
    /// has, and those of zeros that were left out at its start.
    pub fn modulus_bits(&self) -> Option<usize> {
        // Moduli have whole words.
        let words = self.encrypted_key.len().div_ceil(8);
        (self.kind == RecipientKind::KeyTransport).then_some(words * 64)
    }

    /// For whom it is and what kind and size of key that takes, for a person who looks for the key.
    pub fn describe(&self) -> String {
        let how = match (&self.unsupported, &self.algorithm) {
            (Some(reason), _) => format!("not supported: {reason}"),
            (None, Some(algorithm)) => algorithm.to_string(),
            (None, None) => self.kind.to_string(),
        };
        match self.modulus_bits() {
            Some(bits) => format!("{self} ({how}, {bits} bits)"),
            None => format!("{self} ({how})"),
        }
    }

    pub(crate) fn details(&self) -> &Details {
        &self.details
    }
}

impl fmt::Display for RecipientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyTransport => "key transport",
            Self::KeyAgreement => "key agreement",
            Self::KeyEncryptionKey => "key-encryption key",
            Self::Password => "password",
            Self::KeyEncapsulation => "key encapsulation",
            Self::Other => "other",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for RecipientInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.identifier, self.kind) {
            (Some(identifier), _) => write!(f, "{identifier}"),
            (None, RecipientKind::Password) => f.write_str("whoever knows the password"),
            (None, kind) => write!(f, "a recipient of kind {kind}"),
        }
    }
}
