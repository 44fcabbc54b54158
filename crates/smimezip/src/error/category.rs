//! What a caller can do about an error.

use std::fmt;

/// What a caller can do about an error: the classes behind the exit codes of the command line
/// and the status codes of other languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// Input or output failed: look at the disk, the path, the permissions.
    Io,
    /// The input is not what it should be: look at what was downloaded.
    Format,
    /// No key fits, or the passphrase is wrong: look for the right key.
    Key,
    /// The data are damaged: download again.
    Damaged,
    /// The set is not complete, or not unique: fetch or remove the parts named.
    Set,
    /// What was asked for is not there: look at the name.
    NotFound,
    /// A limit or a rule of safety refused it: decide, then raise or allow.
    Refused,
    /// The call makes no sense: look at the program that makes it.
    Argument,
    /// The caller cancelled.
    Cancelled,
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Io => "input or output failed",
            Self::Format => "not what it should be",
            Self::Key => "no key fits",
            Self::Damaged => "damaged",
            Self::Set => "not one complete set",
            Self::NotFound => "not there",
            Self::Refused => "refused",
            Self::Argument => "a mistake in the call",
            Self::Cancelled => "cancelled",
        })
    }
}
