//! An archive as it is written, forward only: local header, data, descriptor, and at the end the
//! directory (APPNOTE 4.3.6). What the data are compressed with is not known here, but by number.
//!
//! Sizes that are not known beforehand are announced by bit 3 of the flags and follow the data
//! (4.4.4). How many bytes such a size has must be known before the data are: eight if the entry
//! may have 4 GiB or more, which a zip64 field in its local header says (4.3.9.2), else four.

use std::time::SystemTime;

use super::extra;
use super::record::{CentralHeader, EndRecord, LocalHeader, Sizes, Zip64Locator, flag, is_long};
use super::split::{Place, SplitStream};
use super::time::{self, DosDateTime};
use crate::error::{Error, ErrorKind};
use crate::parts::{PartName, PartReceipt, PartSink};

/// Version 4.5 of the standard, on Unix (4.4.2): who has written it, and so what its external
/// attributes mean.
const MADE_BY: u16 = 0x0300 | NEEDS_ZIP64;
/// What a reader must know (4.4.3): folders and deflate, or zip64.
const NEEDS: u16 = 20;
const NEEDS_ZIP64: u16 = 45;

/// Compression methods (4.4.5).
pub(crate) const STORED: u16 = 0;
pub(crate) const DEFLATE: u16 = 8;

/// The most that an entry takes beside its data: two headers, two names, their extra fields, a
/// descriptor, all with zip64.
pub(crate) fn overhead(name: &str) -> u64 {
    const FIXED: u64 = (LocalHeader::SIZE + CentralHeader::SIZE + 24 + 2 * 9 + 20 + 28) as u64;
    FIXED.saturating_add(2 * name.len() as u64)
}

/// The most that the end of an archive takes.
pub(crate) const END_SIZE: u64 =
    (EndRecord::ZIP64_SIZE + Zip64Locator::SIZE + EndRecord::SIZE) as u64;

/// What is known of an entry before its data.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry {
    /// Ends in `/` if it is a folder.
    pub(crate) name: String,
    /// Unix mode with its type.
    pub(crate) mode: u32,
    pub(crate) modified: Option<SystemTime>,
}

/// Data that are compressed already.
pub(crate) struct Data<'a> {
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) bytes: &'a [u8],
    /// Decompressed.
    pub(crate) size: u64,
}

/// Writes an archive.
pub(crate) struct ZipStream<S: PartSink> {
    split: SplitStream<S>,
    entries: Vec<Written>,
    /// Whose data are being written, and how many there are.
    current: Option<(Written, u64)>,
    /// Where records are put together.
    record: Vec<u8>,
}

/// An archive all of which is written, and whose parts have no names yet.
pub(crate) struct Finished<S> {
    pub(crate) sink: S,
    pub(crate) parts: Vec<PartReceipt>,
    /// Bytes of all data, as they are compressed.
    pub(crate) compressed_bytes: u64,
    /// Bytes of the directory.
    pub(crate) directory_size: u64,
}

/// An entry as the directory will have it.
struct Written {
    name: Box<str>,
    mode: u32,
    modified: DosDateTime,
    seconds: Option<i32>,
    method: u16,
    flags: u16,
    has_zip64: bool,
    sizes: Sizes,
    place: Place,
}

impl<S: PartSink> ZipStream<S> {
    /// An archive in parts of `part_size` bytes, or in one: also if no more than `max_size` bytes
    /// will come, as far as that is known, and fit in one part.
    ///
    /// # Errors
    /// `InvalidArgument` for a size that no part may have.
    pub(crate) fn new(
        sink: S,
        name: &PartName,
        part_size: Option<u64>,
        max_size: Option<u64>,
    ) -> Result<Self, Error> {
        let split = SplitStream::new(sink, name, part_size, max_size)?;
        Ok(Self { split, entries: Vec::new(), current: None, record: Vec::new() })
    }

    /// Adds an entry all of whose data are there.
    pub(crate) fn add(&mut self, entry: NewEntry, data: &Data<'_>) -> Result<(), Error> {
        let sizes =
            Sizes { crc: data.crc, compressed: data.bytes.len() as u64, uncompressed: data.size };
        let has_zip64 = is_long(sizes.compressed) || is_long(sizes.uncompressed);
        let written = Written::new(entry, data.method, flag::UTF8, has_zip64, sizes);
        let written = self.write_local(written, !data.bytes.is_empty())?;
        self.split.data(data.bytes)?;
        self.entries.push(written);
        Ok(())
    }

    /// Begins an entry whose data follow. Without `has_zip64` it must stay below 4 GiB, compressed
    /// and decompressed.
    pub(crate) fn begin(&mut self, entry: NewEntry, has_zip64: bool) -> Result<(), Error> {
        let flags = flag::UTF8 | flag::DATA_DESCRIPTOR;
        let sizes = Sizes { crc: 0, compressed: 0, uncompressed: 0 };
        let written = Written::new(entry, DEFLATE, flags, has_zip64, sizes);
        let written = self.write_local(written, true)?;
        self.current = Some((written, 0));
        Ok(())
    }

    /// The next compressed bytes of the entry that was begun.
    pub(crate) fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some((_, compressed)) = &mut self.current {
            *compressed = compressed.saturating_add(bytes.len() as u64);
        }
        self.split.data(bytes)
    }

    /// The entry that was begun has this CRC-32 and size.
    pub(crate) fn end(&mut self, crc: u32, uncompressed: u64) -> Result<(), Error> {
        let Some((mut written, compressed)) = self.current.take() else { return Ok(()) };
        written.sizes = Sizes { crc, compressed, uncompressed };
        if !written.has_zip64 && (is_long(compressed) || is_long(uncompressed)) {
            let what = "an entry that is larger than was said before";
            let error = Error::from(ErrorKind::InvalidArgument(what.into()));
            return Err(error.in_entry(&*written.name));
        }
        self.record.clear();
        written.sizes.write_descriptor(written.has_zip64, &mut self.record);
        self.split.record(&self.record)?;
        self.entries.push(written);
        Ok(())
    }

    /// How many entries there are.
    pub(crate) fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Writes the directory and the end records, and ends the last part. The sink has yet to give
    /// all parts their names.
    pub(crate) fn finish(mut self) -> Result<Finished<S>, Error> {
        let directory_size: u64 = self.entries.iter().map(Written::central_size).sum();
        let entries = self.count();
        let mut end = EndRecord {
            disk: 0,
            directory_disk: 0,
            entries_here: entries,
            entries,
            directory_size,
            directory_offset: self.split.place_for(0)?.offset,
        };
        // Offsets are long in an archive of one part only, where this is the directory's.
        let is_zip64 = end.needs_zip64();
        let end_size = if is_zip64 { END_SIZE } else { EndRecord::SIZE as u64 };
        let last_size = directory_size.saturating_add(end_size);
        let shift = self.split.decide(last_size);
        // All of it stands in the last part where it fits: zip4j looks for it nowhere else.
        if self.split.fits(last_size) {
            self.split.place_for(last_size)?;
        }
        let mut left = self.entries.len();
        let mut start = None;
        let (mut disk, mut entries_here) = (0, 0);
        for written in &mut self.entries {
            written.place.offset = written.place.offset.saturating_sub(shift);
            self.record.clear();
            written.write_central(&mut self.record);
            left -= 1;
            if left == 0 {
                // Info-ZIP does not find the directory from a part that has nothing of it.
                self.split.place_for(end_size.saturating_add(self.record.len() as u64))?;
            }
            let place = self.split.record(&self.record)?;
            start.get_or_insert(place);
            if place.disk != disk {
                (disk, entries_here) = (place.disk, 0);
            }
            entries_here += 1;
        }
        // They stand in one part: readers look for them before the last bytes of the archive.
        let place = self.split.place_for(end_size)?;
        let start = start.unwrap_or(place);
        end.disk = place.disk;
        end.directory_disk = start.disk;
        end.directory_offset = start.offset;
        end.entries_here = if place.disk == disk { entries_here } else { 0 };
        self.record.clear();
        if is_zip64 {
            end.write_zip64(MADE_BY, NEEDS_ZIP64, &mut self.record);
            let disks = place.disk.saturating_add(1);
            let Place { disk, offset } = place;
            Zip64Locator { disk, offset, disks }.write(&mut self.record);
        }
        end.write(&mut self.record);
        self.split.record(&self.record)?;
        let compressed = self.entries.iter().map(|written| written.sizes.compressed);
        let compressed_bytes = compressed.fold(0, u64::saturating_add);
        let (sink, parts) = self.split.finish()?;
        Ok(Finished { sink, parts, compressed_bytes, directory_size })
    }

    /// Writes the local header of an entry, and notes where. A byte of its data, if it has any,
    /// comes into the same part: Info-ZIP loses what begins in the next one.
    fn write_local(&mut self, mut written: Written, has_data: bool) -> Result<Written, Error> {
        self.record.clear();
        written.write_local(&mut self.record);
        self.split.place_for((self.record.len() + usize::from(has_data)) as u64)?;
        written.place = self.split.record(&self.record)?;
        Ok(written)
    }
}

impl Written {
    fn new(entry: NewEntry, method: u16, flags: u16, has_zip64: bool, sizes: Sizes) -> Self {
        let seconds = entry.modified.and_then(time::to_unix);
        Self {
            name: entry.name.into(),
            mode: entry.mode,
            modified: seconds.map_or(DosDateTime::EARLIEST, DosDateTime::at),
            // The field has 32 bits.
            seconds: seconds.and_then(|seconds| i32::try_from(seconds).ok()),
            method,
            flags,
            has_zip64,
            sizes,
            place: Place { disk: 0, offset: 0 },
        }
    }

    /// The local header with name and extra fields, 4.3.7.
    fn write_local(&self, out: &mut Vec<u8>) {
        let mut extra = Vec::new();
        let mut sizes = self.sizes;
        if self.has_zip64 {
            // The field has both sizes, and the header the marks that it does (4.5.3).
            extra::write_zip64(&[sizes.uncompressed, sizes.compressed], &mut extra);
            (sizes.uncompressed, sizes.compressed) = (u64::MAX, u64::MAX);
        }
        self.write_time(&mut extra);
        let header = LocalHeader {
            flags: self.flags,
            method: self.method,
            time: self.modified.time_field(),
            date: self.modified.date_field(),
            sizes,
            name_size: size(self.name.as_bytes()),
            extra_size: size(&extra),
        };
        let needs = if self.has_zip64 { NEEDS_ZIP64 } else { NEEDS };
        header.write(needs, out);
        out.extend(self.name.as_bytes());
        out.extend(extra);
    }

    /// The values that a header of the directory has no room for, in the order of 4.5.3.
    fn long_values(&self) -> impl Iterator<Item = u64> {
        let Sizes { compressed, uncompressed, .. } = self.sizes;
        [uncompressed, compressed, self.place.offset].into_iter().filter(|value| is_long(*value))
    }

    fn central_size(&self) -> u64 {
        let long = self.long_values().count();
        let zip64 = if long == 0 { 0 } else { 4 + 8 * long };
        let time = if self.seconds.is_some() { 9 } else { 0 };
        (CentralHeader::SIZE + self.name.len() + zip64 + time) as u64
    }

    /// The header of the directory with name and extra fields, 4.3.12.
    fn write_central(&self, out: &mut Vec<u8>) {
        let mut extra = Vec::new();
        let long: Vec<u64> = self.long_values().collect();
        if !long.is_empty() {
            extra::write_zip64(&long, &mut extra);
        }
        self.write_time(&mut extra);
        // The lower half is for MS-DOS, which knows folders only (4.4.15).
        let directory = if self.name.ends_with('/') { 0x10 } else { 0 };
        let header = CentralHeader {
            version_made_by: MADE_BY,
            flags: self.flags,
            method: self.method,
            time: self.modified.time_field(),
            date: self.modified.date_field(),
            sizes: self.sizes,
            name_size: size(self.name.as_bytes()),
            extra_size: size(&extra),
            comment_size: 0,
            disk: self.place.disk,
            external_attributes: self.mode << 16 | directory,
            offset: self.place.offset,
        };
        let is_zip64 = self.has_zip64 || !long.is_empty();
        header.write(if is_zip64 { NEEDS_ZIP64 } else { NEEDS }, out);
        out.extend(self.name.as_bytes());
        out.extend(extra);
    }

    fn write_time(&self, extra: &mut Vec<u8>) {
        if let Some(seconds) = self.seconds {
            extra::write_unix_time(seconds, extra);
        }
    }
}

/// The size of a name or of extra fields, which have no more than 4,096 bytes here.
fn size(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX)
}
