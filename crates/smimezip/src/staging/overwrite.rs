//! What happens where a file is there already.

/// What happens where a file already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overwrite {
    /// Nothing is extracted at all.
    #[default]
    Never,
    /// The existing file stays, all others are extracted.
    Skip,
    /// The existing file is replaced.
    Always,
}
