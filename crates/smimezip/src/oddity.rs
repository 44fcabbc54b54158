//! What an archive has that no standard asks for, and what was accepted all the same: counted by
//! kind, so that a million odd entries take no more room than one.

use std::collections::BTreeMap;
use std::fmt;

/// A deviation from the standard that was accepted: directory, sizes and CRC-32 still determine
/// every byte of the tree, so nothing had to be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    kind: OddityKind,
    count: u64,
    entry: Option<String>,
}

/// Which deviation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OddityKind {
    /// Bit 3 of the flags announces a data descriptor, and none follows the data (APPNOTE 4.4.4).
    NoDataDescriptor,
    /// Bit 3 of the flags is set in only one of local header and directory, or in neither although
    /// a data descriptor follows.
    DataDescriptorFlag,
    /// A data descriptor has 4 bytes for a size that needs 8, or the mark that it is in the zip64
    /// field.
    DataDescriptorSizes,
    /// A local header has a zip64 field without the values that it should have (APPNOTE 4.5.3).
    LocalZip64Field,
    /// A local header stands at the start of the part after the one that the directory names, which
    /// ends in the header's CRC-32 and sizes: zip4j writes that (APPNOTE 8.5.2).
    MovedLocalHeader,
    /// CRC-32 and sizes of a local header, or some of them, stand at the start of the part after
    /// the entry, and zeros after them as long as the part before: zip4j writes that, too.
    MovedSizes,
    /// The end record's count of entries is right modulo 65,536 only, without a zip64 record.
    EntryCount,
    /// A name begins with `./`.
    LeadingDot,
    /// An entry stands for the root of the tree: `/`, `./`. Nothing is made of it.
    RootFolder,
    /// The same folder has several entries.
    RepeatedFolder,
    /// A folder's name does not end in `/`.
    FolderWithoutSlash,
    /// A file that has data has the mode of a pipe, as a writer stores that reads from one.
    PipeWithData,
    /// Zeros follow the end record.
    TrailingZeros,
    /// Other bytes follow the end record, and were ignored as
    /// [`Accept::trailing_data`](crate::message::Accept::trailing_data) says.
    TrailingData,
    /// Bytes that belong to no entry were ignored as
    /// [`Accept::unused_bytes`](crate::message::Accept::unused_bytes) says.
    UnusedBytes,
}

impl OddityKind {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoDataDescriptor => "no-data-descriptor",
            Self::DataDescriptorFlag => "data-descriptor-flag",
            Self::DataDescriptorSizes => "data-descriptor-sizes",
            Self::LocalZip64Field => "local-zip64-field",
            Self::MovedLocalHeader => "moved-local-header",
            Self::MovedSizes => "moved-sizes",
            Self::EntryCount => "entry-count",
            Self::LeadingDot => "leading-dot",
            Self::RootFolder => "root-folder",
            Self::RepeatedFolder => "repeated-folder",
            Self::FolderWithoutSlash => "folder-without-slash",
            Self::PipeWithData => "pipe-with-data",
            Self::TrailingZeros => "trailing-zeros",
            Self::TrailingData => "trailing-data",
            Self::UnusedBytes => "unused-bytes",
        }
    }
}

impl fmt::Display for OddityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDataDescriptor => "a data descriptor is announced and is not there",
            Self::DataDescriptorFlag => {
                "a data descriptor is announced in only one of both headers, or in none"
            }
            Self::DataDescriptorSizes => "a data descriptor does not have the whole sizes",
            Self::LocalZip64Field => "a local header has a zip64 field without its values",
            Self::MovedLocalHeader => "a local header is not in the part that the directory says",
            Self::MovedSizes => "sizes of a local header stand in the part after the entry",
            Self::EntryCount => "the number of entries is given modulo 65,536",
            Self::LeadingDot => "a name begins with ./",
            Self::RootFolder => "an entry stands for the root of the tree",
            Self::RepeatedFolder => "a folder has several entries",
            Self::FolderWithoutSlash => "a folder's name does not end in a slash",
            Self::PipeWithData => "a file with data has the mode of a pipe",
            Self::TrailingZeros => "zeros follow the end of the archive",
            Self::TrailingData => "bytes follow the end of the archive and were ignored",
            Self::UnusedBytes => "bytes belong to no entry and were ignored",
        })
    }
}

impl Oddity {
    /// Which deviation it is.
    pub fn kind(&self) -> OddityKind {
        self.kind
    }

    /// How many times it was met: entries that have it, or bytes of
    /// [`TrailingZeros`](OddityKind::TrailingZeros), [`TrailingData`](OddityKind::TrailingData) and
    /// [`UnusedBytes`](OddityKind::UnusedBytes).
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The name of an entry that has it, as the archive has it; `None` where it is the archive's
    /// own.
    pub fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match (&self.entry, self.count) {
            (Some(entry), 1) => write!(f, ": \"{}\"", entry.escape_debug()),
            (Some(entry), count) => {
                write!(f, ": \"{}\" and {} more", entry.escape_debug(), count - 1)
            }
            (None, _) if matches!(self.kind, OddityKind::EntryCount) => Ok(()),
            (None, count) => write!(f, ": {count} bytes"),
        }
    }
}

/// Oddities as they are met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Oddities(BTreeMap<OddityKind, Met>);

#[derive(Clone, Debug)]
struct Met {
    count: u64,
    entry: Option<Box<str>>,
}

impl Oddities {
    /// Notes one of an entry.
    pub(crate) fn note(&mut self, kind: OddityKind, entry: &str) {
        let first = || Met { count: 0, entry: Some(entry.into()) };
        let met = self.0.entry(kind).or_insert_with(first);
        met.count = met.count.saturating_add(1);
    }

    /// Notes one of the archive itself: so many bytes, or how often.
    pub(crate) fn note_count(&mut self, kind: OddityKind, count: u64) {
        let met = self.0.entry(kind).or_insert(Met { count: 0, entry: None });
        met.count = met.count.saturating_add(count);
    }

    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over what was met elsewhere, after what was met here.
    pub(crate) fn merge(&mut self, other: Self) {
        for (kind, met) in other.0 {
            if let Some(mine) = self.0.get_mut(&kind) {
                mine.count = mine.count.saturating_add(met.count);
            } else {
                self.0.insert(kind, met);
            }
        }
    }

    /// A list for a caller, one of each kind.
    pub(crate) fn to_list(&self) -> Vec<Oddity> {
        let oddity = |(kind, met): (&OddityKind, &Met)| Oddity {
            kind: *kind,
            count: met.count,
            entry: met.entry.as_deref().map(str::to_owned),
        };
        self.0.iter().map(oddity).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_odd_entries_are_one_line() {
        let mut here = Oddities::default();
        let mut there = Oddities::default();
        here.note(OddityKind::LeadingDot, "./a\n");
        for _ in 0..1_000_000 {
            there.note(OddityKind::LeadingDot, "./b");
        }
        there.note_count(OddityKind::TrailingZeros, 512);
        here.merge(there);
        let list = here.to_list();
        let texts: Vec<_> = list.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "a name begins with ./: \"./a\\n\" and 1000000 more",
                "zeros follow the end of the archive: 512 bytes"
            ]
        );
        assert_eq!((list[0].count(), list[0].entry()), (1_000_001, Some("./a\n")));
    }
}
