//! A central directory that was met on the way (APPNOTE 4.3.12 to 4.3.16): the names in it, and
//! where the archive is that it ends. A file may be an archive itself, whose entries are none of
//! ours.

use std::collections::HashMap;

use super::region::Region;
use crate::error::Error;
use crate::zip::record::{CentralHeader, EndRecord, Zip64Locator};

/// The longest variable part of a directory header.
const LONGEST: usize = 3 * u16::MAX as usize;

/// What was met.
pub(super) struct MetDirectory {
    /// Names as bytes, and the offsets that the directory says.
    names: HashMap<Vec<u8>, u64>,
    start: u64,
    /// The end of the archive that it is of, and how long that is, if its end record is there.
    end: Option<(u64, u64)>,
    /// How far it was read.
    pub(super) read_to: u64,
}

impl MetDirectory {
    /// Reads the directory, or the end of one, that begins at a position.
    ///
    /// # Errors
    /// What the source reports.
    pub(super) fn read(region: &mut Region, start: u64) -> Result<Self, Error> {
        let mut names = HashMap::new();
        let mut position = start;
        loop {
            let bytes = region.bytes(position, CentralHeader::SIZE + LONGEST)?;
            let Some(header) = CentralHeader::parse(bytes) else { break };
            let name_end = CentralHeader::SIZE + usize::from(header.name_size);
            let size = name_end + usize::from(header.extra_size) + usize::from(header.comment_size);
            let Some(name) = bytes.get(CentralHeader::SIZE..name_end) else { break };
            names.insert(name.to_vec(), header.offset);
            position += size as u64;
        }
        let end = Self::end(region, position)?;
        let read_to = end.map_or(position, |(end, _)| end);
        Ok(Self { names, start, end, read_to })
    }

    /// The end of the end records that begin at a position, and the length of what is before them.
    fn end(region: &mut Region, mut position: u64) -> Result<Option<(u64, u64)>, Error> {
        let bytes = region.bytes(position, EndRecord::ZIP64_SIZE)?;
        let zip64 = EndRecord::parse_zip64(bytes);
        if let Some((_, size)) = zip64 {
            position = position.saturating_add(size);
            if Zip64Locator::parse(region.bytes(position, Zip64Locator::SIZE)?).is_some() {
                position = position.saturating_add(Zip64Locator::SIZE as u64);
            }
        }
        let parsed = EndRecord::parse(region.bytes(position, EndRecord::SIZE)?);
        let Some((record, comment)) = parsed else { return Ok(None) };
        let record = zip64.map_or(record, |(record, _)| record);
        let end = position.saturating_add(EndRecord::SIZE as u64).saturating_add(comment.into());
        Ok(Some((end, record.directory_size.saturating_add(record.directory_offset))))
    }

    /// Whether it is more than bytes that look like a directory.
    pub(super) fn is_any(&self) -> bool {
        self.end.is_some() || self.names.len() > 1
    }

    /// Whether its end record is there.
    pub(super) fn has_end(&self) -> bool {
        self.end.is_some()
    }

    /// Whether it has most of these names; of some the header may be damaged.
    pub(super) fn has_most<'a>(&self, names: impl Iterator<Item = &'a [u8]>) -> bool {
        let (mut all, mut known) = (0_usize, 0_usize);
        for name in names {
            all += 1;
            known += usize::from(self.names.contains_key(name));
        }
        2 * known >= all
    }

    /// Where the archive is that it ends, as its end record says, or these entries, which are where
    /// they were found: as many bytes before the directory, and perhaps more than the run of parts
    /// has.
    pub(super) fn archive<'a>(
        &self,
        entries: impl Iterator<Item = (u64, &'a [u8])>,
    ) -> ArchiveBefore {
        let by_end = self.end.map(|(_, length)| length);
        let mut by_entries = entries.filter_map(|(position, name)| {
            let start = position.checked_sub(*self.names.get(name)?)?;
            self.start.checked_sub(start)
        });
        let length = by_end.or_else(|| by_entries.next()).unwrap_or(u64::MAX);
        // Data that do not compress are stored by deflate in blocks, which have headers.
        let length = length.saturating_add(length / 1000 + 64);
        ArchiveBefore { length, end: self.start }
    }
}

/// So many bytes before a position.
#[derive(Clone, Copy)]
pub(super) struct ArchiveBefore {
    length: u64,
    end: u64,
}

impl ArchiveBefore {
    /// Whether a position in the same run of parts is in it.
    pub(super) fn has(&self, position: u64) -> bool {
        position < self.end && self.end - position <= self.length
    }

    /// Whether it begins before the run of parts does.
    pub(super) fn begins_before(&self) -> bool {
        self.length > self.end
    }
}
