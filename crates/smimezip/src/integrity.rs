//! What is known about the integrity of bytes.

use std::fmt;

/// What is known about the integrity of what is read. What is later in order promises more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Integrity {
    /// Nothing: whoever could change the message could change its content unnoticed. So it is
    /// with every CBC cipher.
    None,
    /// Accidents would be noticed, attacks would not.
    Checksummed,
    /// The content is what somebody who knew the content-encryption key encrypted. To whom that
    /// is open is the recipients' matter: a public key is known to everybody.
    Authenticated,
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "not authenticated",
            Self::Checksummed => "checksummed",
            Self::Authenticated => "authenticated",
        })
    }
}
