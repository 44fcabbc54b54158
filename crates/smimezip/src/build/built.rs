//! What the making of an archive did.

use crate::error::Error;
use crate::parts::PartReceipt;

/// What was made, and what was left out.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Built {
    /// The parts in their order, the last one `.zip`.
    pub parts: Vec<PartReceipt>,
    /// Files in the archive.
    pub files: u64,
    /// Entries of folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// What was left out with [`Unfit::Skip`](super::Unfit::Skip); each error names its entry and
    /// says why.
    pub skipped: Vec<Error>,
}
