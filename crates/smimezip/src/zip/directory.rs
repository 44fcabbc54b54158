//! The end records and the central directory (APPNOTE 4.3.12 to 4.3.16), read strictly: exactly
//! one end record whose comment ends the archive, records that touch each other, the number of
//! entries exact, entries that do not overlap and account for every byte of the set.

use std::io::{BufReader, Read};

use super::entry::Entry;
use super::extra;
use super::record::{CentralHeader, EndRecord, IN_ZIP64_16, Zip64Locator};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::read_at::{Cursor, ReadAt, Slice, clamp, read_exact, read_exact_at, read_full_at};
use crate::volumes::VolumeSet;

/// Buffer for reading the directory: headers are small.
const BUFFER: usize = 128 * 1024;

/// Where the end record is, and what it says.
struct End {
    record: EndRecord,
    position: u64,
    locator: Option<Zip64Locator>,
}

/// The number of parts of the set whose last part is `last`, as its end record tells it.
///
/// # Errors
/// `NotAnArchive` if there is no end record.
pub(crate) fn count_of_disks<S: ReadAt + ?Sized>(last: &S) -> Result<u32, Error> {
    let end = find_end(last)?;
    Ok(match end.locator {
        Some(locator) if end.record.disk == u32::from(IN_ZIP64_16) => locator.disks,
        _ => end.record.disk.saturating_add(1),
    })
}

/// All entries, in the order of the directory.
pub(super) fn read(volumes: &VolumeSet, limits: &Limits) -> Result<Vec<Entry>, Error> {
    let end = find_end(volumes)?;
    let (record, directory_end) = resolve_zip64(volumes, &end)?;
    let disks = volumes.count() as u64;
    // Pieces of an archive that was cut after it was made know nothing of disks.
    let is_split = record.disk != 0;
    if is_split && u64::from(record.disk) + 1 != disks {
        return Err(Error::record("the end record tells another number of parts"));
    }
    if !is_split && record.entries_here != record.entries {
        return Err(Error::record("the end record tells two numbers of entries"));
    }
    let position = |disk: u32, offset: u64| {
        if is_split {
            volumes.position(disk, offset)
        } else {
            (disk == 0 && offset <= directory_end).then_some(offset)
        }
    };
    let start = position(record.directory_disk, record.directory_offset)
        .ok_or_else(|| Error::record("the directory's place is outside its part"))?;
    if start.checked_add(record.directory_size) != Some(directory_end) {
        let error = Error::record("the directory does not end at the end record");
        return Err(volumes.locate(error, end.position));
    }
    if record.directory_size > limits.directory {
        return Err(Error::limit(Limit::Directory, limits.directory));
    }
    if record.entries > limits.entries {
        return Err(Error::limit(Limit::Entries, limits.entries));
    }
    if record.entries > record.directory_size / CentralHeader::SIZE as u64 {
        return Err(Error::record("more entries than the directory has room for"));
    }
    let slice = Slice::new(volumes, start, record.directory_size);
    let mut reader = BufReader::with_capacity(BUFFER, Cursor::new(slice));
    let mut entries = Vec::new();
    for _ in 0..record.entries {
        entries.push(read_entry(&mut reader, &position)?);
    }
    if reader.read(&mut [0])? != 0 {
        return Err(Error::record("the directory has more than the entries it tells"));
    }
    check_extents(&mut entries, volumes, start)?;
    Ok(entries)
}

/// Finds the end record: the one whose comment ends with the archive.
fn find_end<S: ReadAt + ?Sized>(source: &S) -> Result<End, Error> {
    let size = source.size()?;
    let longest = EndRecord::SIZE + usize::from(u16::MAX) + Zip64Locator::SIZE;
    let mut tail = vec![0; clamp(longest, size)];
    let start = size - tail.len() as u64;
    read_exact_at(source, &mut tail, start)?;
    let mut found = None;
    for at in 0..tail.len().saturating_sub(EndRecord::SIZE - 1) {
        if tail[at..].starts_with(&EndRecord::SIGNATURE)
            && let Some((record, comment)) = EndRecord::parse(&tail[at..])
            && at + EndRecord::SIZE + usize::from(comment) == tail.len()
        {
            if found.is_some() {
                return Err(Error::record("more than one end record"));
            }
            found = Some((at, record));
        }
    }
    let Some((at, record)) = found else {
        let what = if size == 0 { "it is empty" } else { "it has no end record" };
        return Err(ErrorKind::NotAnArchive(what).into());
    };
    let locator = at
        .checked_sub(Zip64Locator::SIZE)
        .and_then(|locator| Zip64Locator::parse(&tail[locator..]));
    Ok(End { record, position: start + at as u64, locator })
}

/// What the end records say together, and where the directory must end.
fn resolve_zip64(volumes: &VolumeSet, end: &End) -> Result<(EndRecord, u64), Error> {
    let Some(locator) = end.locator else {
        return Ok((end.record, end.position));
    };
    let locator_position = end.position - Zip64Locator::SIZE as u64;
    let is_split = locator.disks > 1;
    let position = if is_split {
        volumes.position(locator.disk, locator.offset)
    } else {
        (locator.disk == 0).then_some(locator.offset)
    };
    let mut octets = [0; EndRecord::ZIP64_SIZE];
    let (record, size) = position
        .and_then(|position| read_full_at(volumes, &mut octets, position).ok())
        .and_then(|_| EndRecord::parse_zip64(&octets))
        .ok_or_else(|| {
            let error = Error::record("no zip64 end record where the locator says");
            volumes.locate(error, locator_position)
        })?;
    let directory_end = position.unwrap_or(0);
    if directory_end.checked_add(size) != Some(locator_position) {
        let error = Error::record("the zip64 end record does not end at its locator");
        return Err(volumes.locate(error, directory_end));
    }
    if !end.record.agrees_with(&record) {
        let error = Error::record("the two end records contradict each other");
        return Err(volumes.locate(error, end.position));
    }
    if locator.disks.max(1) != record.disk.saturating_add(1) {
        return Err(Error::record("locator and zip64 end record tell another number of parts"));
    }
    Ok((record, directory_end))
}

fn read_entry(
    reader: &mut impl Read,
    position: &impl Fn(u32, u64) -> Option<u64>,
) -> Result<Entry, Error> {
    let mut octets = [0; CentralHeader::SIZE];
    read_exact(reader, &mut octets)?;
    let mut header = CentralHeader::parse(&octets)
        .ok_or_else(|| Error::record("a directory header has no signature"))?;
    let name_size = usize::from(header.name_size);
    let extra_size = usize::from(header.extra_size);
    let mut variable = vec![0; name_size + extra_size + usize::from(header.comment_size)];
    read_exact(reader, &mut variable)?;
    let (name, rest) = variable.split_at(name_size);
    let (extra, _) = rest.split_at(extra_size);
    let resolved = extra::resolve_zip64(
        extra,
        &mut header.sizes,
        Some(&mut header.offset),
        Some(&mut header.disk),
    );
    let shown = || String::from_utf8_lossy(name).into_owned();
    if !resolved {
        return Err(Error::record("a zip64 field is too short").in_entry(shown()));
    }
    let start = position(header.disk, header.offset)
        .ok_or_else(|| Error::record("the entry's place is outside its part").in_entry(shown()))?;
    Entry::new(&header, name, extra, start).map_err(|error| error.in_entry(shown()))
}

/// Gives each entry its end, the next one's start. Every byte from the start of the set (behind
/// the marker, APPNOTE 8.5.3 and 8.5.4) to the directory belongs to exactly one entry.
fn check_extents(entries: &mut [Entry], volumes: &VolumeSet, directory: u64) -> Result<(), Error> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].start);
    let first = order.first().map_or(directory, |at| entries[*at].start);
    if first != 0 && !(first == 4 && has_marker(volumes)?) {
        return Err(volumes.locate(Error::record("bytes before the first entry"), 0));
    }
    for (nth, at) in order.iter().enumerate() {
        let end = order.get(nth + 1).map_or(directory, |next| entries[*next].start);
        let entry = &mut entries[*at];
        entry.end = end;
        let least = 30 + entry.raw_name().len() as u64;
        let room = end.checked_sub(entry.start).and_then(|room| room.checked_sub(least));
        if room.is_none_or(|room| room < entry.compressed_size()) {
            let error = Error::record("it overlaps what follows it");
            return Err(volumes.locate(error.in_entry(entry.name()), entry.start));
        }
    }
    Ok(())
}

fn has_marker(volumes: &VolumeSet) -> Result<bool, Error> {
    let mut marker = [0; 4];
    read_full_at(volumes, &mut marker, 0)?;
    Ok(matches!(&marker, b"PK\x07\x08" | b"PK00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of an archive: a locator that tells of `disks`, and an end record on this disk.
    fn tail(disks: Option<u32>, disk: u16) -> Vec<u8> {
        let mut octets = vec![0; 5];
        if let Some(disks) = disks {
            octets.extend(b"PK\x06\x07\0\0\0\0\0\0\0\0\0\0\0\0");
            octets.extend(disks.to_le_bytes());
        }
        octets.extend(EndRecord::SIGNATURE);
        octets.extend(disk.to_le_bytes());
        octets.extend([0; 16]);
        octets
    }

    #[test]
    fn the_number_of_disks_is_in_the_locator_where_it_is_escaped() {
        assert_eq!(count_of_disks(&tail(None, 0)).unwrap(), 1);
        assert_eq!(count_of_disks(&tail(None, 41)).unwrap(), 42);
        assert_eq!(count_of_disks(&tail(None, u16::MAX)).unwrap(), 65_536);
        assert_eq!(count_of_disks(&tail(Some(70_000), u16::MAX)).unwrap(), 70_000);
        assert_eq!(count_of_disks(&tail(Some(70_000), 41)).unwrap(), 42);
    }

    #[test]
    fn one_end_record_ends_the_archive() {
        let one = tail(None, 0);
        for octets in [&one[..one.len() - 1], &[&one[..], &[0]].concat(), &[]] {
            let error = count_of_disks(octets).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NotAnArchive(_)), "{error}");
        }
        // One whose comment is another one.
        let mut two = [&one[..], &one[5..]].concat();
        two[one.len() - 2] = 22;
        assert!(count_of_disks(&two).is_err());
        // Signatures in a comment that are none.
        let mut comment = [&one[..], b"PK\x05\x06 and so on"].concat();
        comment[one.len() - 2] = 14;
        assert_eq!(count_of_disks(&comment).unwrap(), 1);
    }
}
