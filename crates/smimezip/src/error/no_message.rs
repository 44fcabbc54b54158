//! What an input is that is no message: as data, since each asks for another next step.

use thiserror::Error;

/// What an input is that is in none of the forms an S/MIME or CMS message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NoMessage {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It has nothing but white space.
    #[error("nothing but white space")]
    Blank,
    /// It begins as a zip archive does.
    #[error("a zip archive, which is not sealed")]
    Archive,
    /// PEM of something else.
    #[error("a PEM file of another kind, a key or certificate")]
    KeyOrCertificate,
    /// MIME of something else.
    #[error("a MIME entity whose body is no CMS structure")]
    MimeEntity,
    /// Anything else.
    #[error("neither MIME, PEM, base64 nor BER")]
    Unknown,
}

impl From<NoMessage> for super::Error {
    fn from(what: NoMessage) -> Self {
        super::ErrorKind::NotAMessage(what).into()
    }
}
