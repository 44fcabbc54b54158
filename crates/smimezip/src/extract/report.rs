//! What an extraction did.

use crate::error::Error;
use crate::oddity::Oddity;
use crate::parts::PartName;

/// What [`Archive::extract`](crate::Archive::extract) or
/// [`Archive::verify`](crate::Archive::verify) did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Files extracted or verified.
    pub files: u64,
    /// Folders that entries named.
    pub folders: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Entries left out.
    pub skipped: Vec<Skipped>,
    /// Entries whose files have other names than they, with
    /// [`Names::Encode`](crate::extract::Names::Encode).
    pub renamed: Vec<Renamed>,
    /// Deviations from the standard that were met and accepted, one of each kind.
    pub oddities: Vec<Oddity>,
    /// Entries that lie in missing parts, with
    /// [`available`](crate::ExtractOptions::available).
    pub unavailable: Vec<Unavailable>,
    /// Entries that could not be verified, with `keep_going`; each error names its entry.
    pub failed: Vec<Error>,
}

/// An entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The entry's name.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// An entry that could not be read, as parts are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unavailable {
    /// The entry's name.
    pub name: String,
    /// The missing parts that it needs, in their order.
    pub parts: Vec<PartName>,
}

/// An entry whose file or folder has another name than it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renamed {
    /// The entry's name.
    pub name: String,
    /// The path it was given, with `/` between folders.
    pub path: String,
}

/// Why an entry was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// A symbolic link, device, pipe or socket.
    NotAFile,
    /// A file of that name is there and stays.
    Exists,
    /// Its name is not safe on every platform, with [`Names::Skip`](crate::extract::Names::Skip).
    UnsafeName,
}
