//! What a caller says of an entry beside its name and its data.

use std::time::SystemTime;

/// What is stored of an entry beside its name and its data, and how large it may become.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use smimezip::build::EntryAttributes;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
/// let attributes = EntryAttributes::new().modified(time).permissions(0o640).max_size(1 << 20);
/// ```
#[derive(Clone, Debug, Default)]
pub struct EntryAttributes {
    pub(super) modified: Option<SystemTime>,
    pub(super) permissions: Option<u32>,
    pub(super) max_size: Option<u64>,
}

impl EntryAttributes {
    /// No time, usual permissions, any size.
    pub fn new() -> Self {
        Self::default()
    }

    /// When it was modified, to the second: as an extended timestamp (0x5455) from 1901 to 2038,
    /// and in any case in the header's own field (APPNOTE 4.4.6), to two seconds from 1980 to 2107,
    /// as a clock in UTC shows it. Without it, that field says 1 January 1980.
    #[must_use]
    pub fn modified(mut self, modified: SystemTime) -> Self {
        self.modified = Some(modified);
        self
    }

    /// Unix permission bits, of which only the lower nine are stored; by default `0o644` for a file
    /// and `0o755` for a folder.
    #[must_use]
    pub fn permissions(mut self, permissions: u32) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// The most bytes that will be written; more are refused. An entry that cannot reach 4 GiB
    /// needs no zip64 field, so that also readers without zip64 (APPNOTE 4.5.3) take it; one of
    /// unknown size has that field, unless all of it turns out to be short.
    #[must_use]
    pub fn max_size(mut self, max_size: u64) -> Self {
        self.max_size = Some(max_size);
        self
    }
}
