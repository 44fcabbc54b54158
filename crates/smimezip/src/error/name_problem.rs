//! Why an entry's name is not safe: as data, as some of it can be encoded, and some is refused
//! whatever a caller chose.

use thiserror::Error;

/// Why the name of an entry is not safe to create on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NameProblem {
    /// It begins at the root of a file system.
    #[error("it is an absolute path")]
    Absolute,
    /// It leads out of the folder that everything is in.
    #[error("it climbs with ..")]
    Climbs,
    /// The path is longer than 4,096 bytes.
    #[error("the path is longer than 4096 bytes")]
    TooLong,
    /// It lies in more than 64 folders.
    #[error("it is more than 64 folders deep")]
    TooDeep,
    /// A component is empty.
    #[error("a folder or file has no name")]
    Empty,
    /// A component is `.` or `..`.
    #[error("it has a component . or ..")]
    Dots,
    /// A component is longer than 255 bytes.
    #[error("a component is longer than 255 bytes")]
    LongComponent,
    /// It has a backslash, which separates folders on Windows.
    #[error("it has a backslash")]
    Backslash,
    /// It has a colon, which separates streams on Windows.
    #[error("it has a colon")]
    Colon,
    /// It has a control character.
    #[error("it has a control character")]
    Control,
    /// A component ends in a dot or a space, which Windows drops.
    #[error("a component ends in a dot or a space")]
    TrailingDotOrSpace,
    /// Windows takes a component for a device.
    #[error("a component is the name of a device on Windows")]
    Device,
    /// It has one of `<`, `>`, `"`, `|`, `?` and `*`, of which Windows makes no file. Only Windows
    /// says so.
    #[error("it has one of < > \" | ? *, of which Windows makes no file")]
    Forbidden,
    /// It is not Unicode text, as the name of a file that an archive is made of.
    #[error("it is not Unicode text")]
    NotUnicode,
}

impl NameProblem {
    /// Whether [`Names::Skip`](crate::extract::Names::Skip) leaves out an entry with such a name;
    /// if not, its archive is refused in any case.
    pub fn can_be_skipped(self) -> bool {
        !matches!(self, Self::Absolute | Self::Climbs)
    }

    /// Whether [`Names::Encode`](crate::extract::Names::Encode) makes another name of it that is
    /// safe.
    pub fn can_be_encoded(self) -> bool {
        self.can_be_skipped() && !matches!(self, Self::TooLong | Self::TooDeep | Self::NotUnicode)
    }
}
