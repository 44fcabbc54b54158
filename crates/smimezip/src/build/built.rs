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

/// What would be made, and what would be left out.
#[cfg(feature = "extract")]
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BuildPlan {
    /// The paths in the archive, in its order; that of a folder ends in `/`.
    pub entries: Vec<String>,
    /// How many of them are files.
    pub files: u64,
    /// How many of them are folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// The most bytes that the archive can have, before its parts are sealed.
    pub max_size: u64,
    /// The most parts that there can be. How many there are depends on how well the files compress.
    /// More than [`MAX_PARTS`](super::MAX_PARTS) are not made.
    pub max_parts: u64,
    /// What is left out, as in [`Built`].
    pub skipped: Vec<Error>,
}
