//! Why nothing is sealed for a certificate.

use std::fmt;
use std::time::SystemTime;

use der::DateTime;
use thiserror::Error;

use crate::oid::{Named, Oid};

/// Why nothing is sealed for a certificate that can be read, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// Its time has not begun.
    #[error("it is not valid before {}; wait until then, or look at the clock", Date(.not_before))]
    NotYetValid {
        /// When it begins.
        not_before: SystemTime,
    },
    /// Its time is over.
    #[error("it expired on {}; ask its owner for the new one", Date(.not_after))]
    Expired {
        /// When it ended.
        not_after: SystemTime,
    },
    /// Its extension keyUsage does not allow what a recipient's key must do (RFC 5280 section
    /// 4.2.1.3).
    #[error("its keyUsage lacks {needed}; ask its owner for a certificate for encryption")]
    KeyUsage {
        /// The bit that is not set: "keyEncipherment" or "keyAgreement".
        needed: &'static str,
    },
    /// Its RSA key is too short.
    #[error(
        "its RSA key has {bits} bits, and at least {minimum} are needed; ask its owner for a new \
         one"
    )]
    WeakKey {
        /// Bits of its modulus.
        bits: u64,
        /// Bits that are needed.
        minimum: u64,
    },
    /// Its key is of a kind that nothing is sealed for.
    #[error(
        "its key is of another kind, {}; a certificate is needed with a key for RSA, P-256, P-384, \
         P-521, X25519 or ML-KEM",
        Named::from(*.algorithm)
    )]
    UnsupportedKey {
        /// The kind, or the curve.
        algorithm: Oid,
    },
    /// Its public key, or the time of its validity, cannot be read.
    #[error("its {what} cannot be read; ask its owner for it again")]
    Malformed {
        /// What of it.
        what: &'static str,
    },
    /// It was to be named by its key identifier, and has none.
    #[error("it has no subjectKeyIdentifier; name it by its issuer and serial number")]
    NoKeyIdentifier,
    /// RSAES-OAEP was asked for, and its key is not one for RSA.
    #[error("its key is not for RSA, so RSAES-OAEP cannot be used")]
    NotRsa,
}

impl CertificateProblem {
    /// A name that programs may compare and store: the same in every language, in JSON and in later
    /// versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::Expired { .. } => "expired",
            Self::KeyUsage { .. } => "key_usage",
            Self::WeakKey { .. } => "weak_key",
            Self::UnsupportedKey { .. } => "unsupported_key",
            Self::Malformed { .. } => "malformed",
            Self::NoKeyIdentifier => "no_key_identifier",
            Self::NotRsa => "not_rsa",
        }
    }
}

/// A time as text (RFC 3339).
struct Date<'a>(&'a SystemTime);

impl fmt::Display for Date<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_system_time(*self.0) {
            Ok(time) => time.fmt(f),
            Err(_) => f.write_str("a day beyond the calendar"),
        }
    }
}
