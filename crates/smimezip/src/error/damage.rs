//! How data contradict themselves: the facts behind [`ErrorKind::Damaged`](super::ErrorKind).

/// How data contradict themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// CRC-32 of the decompressed entry (APPNOTE 4.4.7).
    #[error("CRC-32 is {actual:08x}, should be {expected:08x}")]
    Crc {
        /// What the directory says.
        expected: u32,
        /// What the data give.
        actual: u32,
    },
    /// Size of the decompressed entry (APPNOTE 4.4.9).
    #[error("size differs from the declared {expected} bytes")]
    Size {
        /// What the directory says.
        expected: u64,
    },
    /// The compressed stream is invalid.
    #[error("invalid compressed data")]
    Compressed,
    /// Bytes follow the end of the archive. The offset is that of the first.
    /// [`Accept::trailing_data`](crate::message::Accept::trailing_data) ignores them.
    #[error("{count} bytes after the end of the archive")]
    TrailingBytes {
        /// How many.
        count: u64,
    },
    /// Bytes of the archive belong to no entry. The offset is that of the first.
    /// [`Accept::unused_bytes`](crate::message::Accept::unused_bytes) ignores them.
    #[error("{count} bytes that belong to no entry")]
    UnusedBytes {
        /// How many.
        count: u64,
    },
    /// A record of the archive contradicts another, or the bytes of the set.
    #[error("{0}")]
    Record(&'static str),
    /// A part has another size than the archive's directory and the other parts say; decrypted,
    /// where it is sealed.
    #[error("the part has {actual} bytes and should have {expected}")]
    PartSize {
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has.
        actual: u64,
    },
    /// The archive's directory refers to bytes past the end of a part; decrypted, where it is
    /// sealed.
    #[error("the part has {actual} bytes and should have at least {least}")]
    PartTooShort {
        /// The least number of bytes that it should have.
        least: u64,
        /// Bytes that it has.
        actual: u64,
    },
    /// All parts together have another size than the archive's directory says, and nothing shows
    /// which of them is to blame.
    #[error("the parts have {actual} bytes together and should have {expected}")]
    SetSize {
        /// Bytes that they should have.
        expected: u64,
        /// Bytes that they have.
        actual: u64,
    },
    /// A part has another SHA-256 than the export's manifest says.
    #[error("SHA-256 is another than the manifest says")]
    Sha256,
    /// The text of a manifest is not what one can be. The offset is that in it.
    #[error("the manifest {0}")]
    Manifest(&'static str),
}
