//! The records of a zip file whose entries are stored as they are (APPNOTE 6.3.10), written forward
//! only: what an entry's CRC-32 is follows the entry, and how long the file will be is known before
//! it begins.

use crate::clock::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What does not fit into 32 bits stands in a zip64 field, and this in its place.
const MAX_32: u64 = 0xffff_ffff;
const MAX_16: u64 = 0xffff;
/// Version 4.5 of the note, on a system with the permissions of Unix.
const MADE_BY: u16 = 0x032d;
/// Sizes and CRC-32 follow the entry; names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;

/// A file of the zip.
#[derive(Clone, Debug)]
pub(super) struct ZipEntry {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) modified: Millis,
    /// Known once it was written.
    pub(super) crc32: u32,
    /// Where its local header is.
    offset: u64,
}

impl ZipEntry {
    pub(super) fn new(name: &str, size: u64, modified: Millis) -> Self {
        // A name that is longer is no file's here.
        let name = name.chars().take(255).collect();
        Self { name, size, modified, crc32: 0, offset: 0 }
    }

    fn is_large(&self) -> bool {
        self.size >= MAX_32
    }

    fn version(&self) -> u16 {
        if self.is_large() || self.offset >= MAX_32 { 45 } else { 20 }
    }

    /// What stands before its bytes.
    pub(super) fn local_header(&self) -> Vec<u8> {
        let mut record = Record::new(0x0403_4b50);
        record.u16(if self.is_large() { 45 } else { 20 });
        record.u16(FLAGS);
        record.u16(0);
        record.u32(dos_time(self.modified));
        record.u32(0);
        let size = if self.is_large() { MAX_32 } else { 0 };
        record.u32_of(size);
        record.u32_of(size);
        record.u16_of(self.name.len() as u64);
        record.u16(if self.is_large() { 20 } else { 0 });
        record.bytes(self.name.as_bytes());
        if self.is_large() {
            record.u16(1);
            record.u16(16);
            record.u64(0);
            record.u64(0);
        }
        record.0
    }

    /// What stands after them.
    pub(super) fn descriptor(&self) -> Vec<u8> {
        let mut record = Record::new(0x0807_4b50);
        record.u32(self.crc32);
        for _ in 0..2 {
            if self.is_large() { record.u64(self.size) } else { record.u32_of(self.size) }
        }
        record.0
    }

    fn central_header(&self) -> Vec<u8> {
        let mut large = Vec::new();
        if self.is_large() {
            large.extend([self.size, self.size]);
        }
        if self.offset >= MAX_32 {
            large.push(self.offset);
        }
        let mut record = Record::new(0x0201_4b50);
        record.u16(MADE_BY);
        record.u16(self.version());
        record.u16(FLAGS);
        record.u16(0);
        record.u32(dos_time(self.modified));
        record.u32(self.crc32);
        record.u32_of(self.size);
        record.u32_of(self.size);
        record.u16_of(self.name.len() as u64);
        record.u16_of(if large.is_empty() { 0 } else { 4 + 8 * large.len() as u64 });
        // No comment; the first disk; no attributes but those of an ordinary file.
        record.u16(0);
        record.u16(0);
        record.u16(0);
        record.u32(0o100_644 << 16);
        record.u32_of(self.offset);
        record.bytes(self.name.as_bytes());
        if !large.is_empty() {
            record.u16(1);
            record.u16_of(8 * large.len() as u64);
            for number in large {
                record.u64(number);
            }
        }
        record.0
    }
}

/// Says where each entry will be, and returns how long the zip file will be.
pub(super) fn lay_out(entries: &mut [ZipEntry]) -> u64 {
    let mut at = 0_u64;
    for entry in entries.iter_mut() {
        entry.offset = at;
        let around = entry.local_header().len() + entry.descriptor().len();
        at = at.saturating_add(around as u64).saturating_add(entry.size);
    }
    at.saturating_add(directory(entries).len() as u64)
}

/// What stands after all entries.
pub(super) fn directory(entries: &[ZipEntry]) -> Vec<u8> {
    let start = entries.last().map_or(0, |last| {
        last.offset + (last.local_header().len() + last.descriptor().len()) as u64 + last.size
    });
    let mut directory = Record(entries.iter().flat_map(ZipEntry::central_header).collect());
    let (size, number) = (directory.0.len() as u64, entries.len() as u64);
    if start >= MAX_32 || size >= MAX_32 || number >= MAX_16 {
        directory.u32(0x0606_4b50);
        directory.u64(44);
        directory.u16(MADE_BY);
        directory.u16(45);
        directory.u32(0);
        directory.u32(0);
        for value in [number, number, size, start] {
            directory.u64(value);
        }
        directory.u32(0x0706_4b50);
        directory.u32(0);
        directory.u64(start + size);
        directory.u32(1);
    }
    directory.u32(0x0605_4b50);
    directory.u16(0);
    directory.u16(0);
    directory.u16_of(number);
    directory.u16_of(number);
    directory.u32_of(size);
    directory.u32_of(start);
    directory.u16(0);
    directory.0
}

/// Numbers, the least byte first.
struct Record(Vec<u8>);

impl Record {
    fn new(signature: u32) -> Self {
        Self(signature.to_le_bytes().to_vec())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn u16(&mut self, number: u16) {
        self.bytes(&number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// The number, or that it stands elsewhere.
    fn u16_of(&mut self, number: u64) {
        self.u16(u16::try_from(number).unwrap_or(u16::MAX));
    }

    /// The number, or that it stands elsewhere.
    fn u32_of(&mut self, number: u64) {
        self.u32(u32::try_from(number).unwrap_or(u32::MAX));
    }
}

/// Date and time of MS-DOS, by UTC: the date in the upper half.
fn dos_time(at: Millis) -> u32 {
    let Ok(at) = Timestamp::from_millisecond(at) else { return 1 << 21 | 1 << 16 };
    let at = at.to_zoned(TimeZone::UTC);
    let part = |value: i8| u32::from(value.unsigned_abs());
    let Ok(years @ 0..=127) = u32::try_from(i32::from(at.year()) - 1980) else {
        return 1 << 21 | 1 << 16;
    };
    let date = years << 9 | part(at.month()) << 5 | part(at.day());
    let time = part(at.hour()) << 11 | part(at.minute()) << 5 | (part(at.second()) / 2);
    date << 16 | time
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::Command;

    fn write(entries: &mut [ZipEntry], contents: &[&[u8]]) -> Vec<u8> {
        let length = lay_out(entries);
        let mut zip = Vec::new();
        for (entry, bytes) in entries.iter_mut().zip(contents) {
            zip.extend(entry.local_header());
            zip.extend_from_slice(bytes);
            entry.crc32 = crc32fast::hash(bytes);
            zip.extend(entry.descriptor());
        }
        zip.extend(directory(entries));
        assert_eq!(zip.len() as u64, length);
        zip
    }

    #[test]
    fn seven_zip_finds_each_entry_whole() {
        let now = 1_798_761_600_000;
        let mut entries = [ZipEntry::new("a.z01.smime", 5, now), ZipEntry::new("ü.zip", 0, now)];
        let zip = write(&mut entries, &[b"hello", b""]);
        let mut file = tempfile::Builder::new().suffix(".zip").tempfile().unwrap();
        file.write_all(&zip).unwrap();
        let Ok(tested) = Command::new("7z").args(["t", "-bd"]).arg(file.path()).output() else {
            println!("SKIPPED: no 7z is installed");
            return;
        };
        assert!(tested.status.success(), "{tested:?}");
        assert!(String::from_utf8_lossy(&tested.stdout).contains("Everything is Ok"));
    }

    #[test]
    fn what_is_larger_than_four_gibibytes_has_zip64_fields() {
        let size = 5 << 30;
        let mut entries = [ZipEntry::new("a", size, 0), ZipEntry::new("b", 1, 0)];
        let length = lay_out(&mut entries);
        assert_eq!(entries[1].offset, 30 + 1 + 20 + size + 24);
        let end = directory(&entries);
        assert_eq!(length, entries[1].offset + 30 + 1 + 1 + 16 + end.len() as u64);
        assert_eq!(end[end.len() - 42..end.len() - 38], 0x0706_4b50_u32.to_le_bytes());
    }
}
