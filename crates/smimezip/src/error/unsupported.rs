//! What a legal input has that is not opened here: as data where a caller can do something about
//! it.

use thiserror::Error;

use crate::oid::Oid;

/// A legal input that this crate does not open.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// An entry, or a file of which one would be made, that is a symbolic link, device, pipe or
    /// socket; [`Links::Skip`](crate::extract::Links::Skip) and
    /// [`Unfit::Skip`](crate::build::Unfit::Skip) leave it out.
    #[error("a symbolic link, device, pipe or socket")]
    SpecialFile,
    /// An entry that the archive itself encrypts (APPNOTE 4.4.4, bit 0).
    #[error("an encrypted zip entry")]
    EncryptedEntry,
    /// A compression method (APPNOTE 4.4.5).
    #[error("compression method {number} ({name})")]
    CompressionMethod {
        /// Its number.
        number: u16,
        /// Its name, or "unknown".
        name: &'static str,
    },
    /// An authenticated cipher in EnvelopedData, which
    /// [`Accept::gcm_in_enveloped_data`](crate::message::Accept::gcm_in_enveloped_data) accepts.
    #[error("{0} in EnvelopedData, as Bouncy Castle writes it; it must be allowed")]
    AuthenticatedCipherInEnvelopedData(String),
    /// A message in whose content, instead of a part of an archive, a message stands again:
    /// [`Envelope`](crate::message::Envelope) opens one seal after the other.
    #[error("sealed twice: what is in the message is a message again")]
    SealedTwice,
    /// What a Cargo feature of this crate would open, without which it was built.
    #[error("{what}, which a build with the feature \"{feature}\" opens")]
    Feature {
        /// What it is.
        what: String,
        /// The feature's name.
        feature: &'static str,
    },
    /// An algorithm, a content type or a kind of key that an object identifier names.
    #[error("{what}")]
    Named {
        /// What it is and what it is called, in words.
        what: String,
        /// The object identifier.
        oid: Oid,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<Unsupported> for super::Error {
    fn from(what: Unsupported) -> Self {
        super::ErrorKind::Unsupported(what).into()
    }
}
