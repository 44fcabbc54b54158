//! The central directory (APPNOTE 4.3.12), read strictly: headers that touch each other up to the
//! end record, their number the one that is told, entries that do not overlap and account for every
//! byte of the set.

use std::io::{BufReader, Read};

use super::end::{self, After};
use super::entry::Entry;
use super::extra;
use super::record::{CentralHeader, EndRecord, modulo};
use crate::error::{Damage, Error, ErrorKind};
use crate::limits::Limit;
use crate::oddity::{Oddities, OddityKind};
use crate::options::{Accept, Rules};
use crate::parts::PartSet;
use crate::read_at::{Cursor, Slice, read_exact, read_full_at};

/// Buffer for reading the directory: headers are small.
const BUFFER: usize = 128 * 1024;

/// What the directory says: all entries, in its order, and what is odd about it.
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    pub(super) oddities: Oddities,
}

/// Reads the directory.
pub(super) fn read(set: &PartSet, rules: &Rules) -> Result<Directory, Error> {
    let mut oddities = Oddities::default();
    let locate = |error, at| set.locate(error, at);
    let end = end::find(set, rules.accept, locate, |disk| set.position(disk, 0))?;
    match end.after {
        After::Nothing => {}
        After::Zeros(count) => oddities.note_count(OddityKind::TrailingZeros, count),
        After::Data(count) => oddities.note_count(OddityKind::TrailingData, count),
    }
    let ends = end.resolve(set)?;
    let (record, directory_end) = (ends.record, ends.directory_end);
    let disks = set.count() as u64;
    // Pieces of an archive that was cut after it was made know nothing of disks.
    let is_split = record.disk != 0;
    if is_split && u64::from(record.disk) + 1 != disks {
        return Err(Error::record("the end record says another number of parts"));
    }
    if !is_split && record.entries_here != record.entries {
        return Err(Error::record("the end record says two numbers of entries"));
    }
    let misplaced = || {
        let error = Error::record("the directory does not end at the end record");
        set.locate(error, directory_end)
    };
    let start = directory_end.checked_sub(record.directory_size).ok_or_else(misplaced)?;
    let shift = if is_split { 0 } else { shift(set, &record, start)?.ok_or_else(misplaced)? };
    if ends.shift.is_some_and(|it| it != shift) {
        return Err(misplaced());
    }
    let position = |disk: u32, offset: u64| {
        if is_split {
            set.position(disk, offset)
        } else {
            let position = offset.checked_add(shift)?;
            (disk == 0 && position <= directory_end).then_some(position)
        }
    };
    let told = position(record.directory_disk, record.directory_offset)
        .ok_or_else(|| Error::record("the directory's place is outside its part"))?;
    if told != start {
        return Err(misplaced());
    }
    if record.directory_size > rules.directory {
        return Err(Error::limit(Limit::Directory, rules.directory));
    }
    // Where only the lower bits are told, there are at least as many.
    if record.entries > rules.entries {
        return Err(Error::limit(Limit::Entries, rules.entries));
    }
    if record.entries > record.directory_size / CentralHeader::SIZE as u64 {
        return Err(Error::record("more entries than the directory has room for"));
    }
    let mut left = record.directory_size;
    let mut reader = BufReader::with_capacity(BUFFER, Cursor::new(Slice::new(set, start, left)));
    let mut entries = Vec::new();
    while left > 0 {
        if entries.len() as u64 >= rules.entries {
            return Err(Error::limit(Limit::Entries, rules.entries));
        }
        let entry = read_entry(&mut reader, &mut left, &position)?;
        if let Some(kind) = entry.oddity() {
            oddities.note(kind, entry.raw_name());
        }
        entries.push(entry);
    }
    let count = entries.len() as u64;
    if count != record.entries && (ends.is_zip64 || modulo(count) != record.entries) {
        return Err(Error::record("the end record says another number of entries"));
    }
    if count != record.entries || ends.is_modulo {
        oddities.note_count(OddityKind::EntryCount, 1);
    }
    let unused = check_extents(&mut entries, set, start, rules.accept)?;
    if unused > 0 {
        oddities.note_count(OddityKind::UnusedBytes, unused);
    }
    Ok(Directory { entries, oddities })
}

/// How much further than it tells the directory is. That is what stands before an archive that
/// counts from its own start, as in a program that extracts itself. Nothing else may be there:
/// behind another archive, or with bytes in the middle, it would not be the only reading.
fn shift(set: &PartSet, record: &EndRecord, start: u64) -> Result<Option<u64>, Error> {
    let Some(shift) = start.checked_sub(record.directory_offset) else { return Ok(None) };
    if shift == 0 || record.directory_disk != 0 {
        return Ok(Some(0));
    }
    let (mut first, mut header) = ([0; 2], [0; 4]);
    read_full_at(set, &mut first, 0)?;
    read_full_at(set, &mut header, start)?;
    let is_alone = first != *b"PK" && header == CentralHeader::SIGNATURE;
    Ok(is_alone.then_some(shift))
}

fn read_entry(
    reader: &mut impl Read,
    left: &mut u64,
    position: &impl Fn(u32, u64) -> Option<u64>,
) -> Result<Entry, Error> {
    let mut take = |count: usize| {
        *left = left
            .checked_sub(count as u64)
            .ok_or_else(|| Error::record("the directory ends in the middle of a header"))?;
        Ok::<_, Error>(())
    };
    let mut bytes = [0; CentralHeader::SIZE];
    take(bytes.len())?;
    read_exact(reader, &mut bytes)?;
    let mut header = CentralHeader::parse(&bytes)
        .ok_or_else(|| Error::record("a directory header has no signature"))?;
    let name_size = usize::from(header.name_size);
    let extra_size = usize::from(header.extra_size);
    let mut variable = vec![0; name_size + extra_size + usize::from(header.comment_size)];
    take(variable.len())?;
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

/// Gives each entry its end, the next one's start. Every byte from the start of the set (after the
/// marker, APPNOTE 8.5.3 and 8.5.4) to the directory belongs to exactly one entry; those before the
/// first one may be accepted as unused, and are counted.
fn check_extents(
    entries: &mut [Entry],
    set: &PartSet,
    directory: u64,
    accept: Accept,
) -> Result<u64, Error> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].start);
    let first = order.first().map_or(directory, |at| entries[*at].start);
    let marker = if first >= 4 && has_marker(set)? { 4 } else { 0 };
    let unused = first - marker;
    if unused > 0 && !accept.unused_bytes {
        let error = ErrorKind::Damaged(Damage::UnusedBytes { count: unused }).into();
        return Err(set.locate(error, marker));
    }
    for (nth, at) in order.iter().enumerate() {
        let end = order.get(nth + 1).map_or(directory, |next| entries[*next].start);
        let entry = &mut entries[*at];
        entry.end = end;
        let least = 30 + entry.raw_name_bytes().len() as u64;
        let room = end.checked_sub(entry.start).and_then(|room| room.checked_sub(least));
        if room.is_none_or(|room| room < entry.compressed_size()) {
            let error = Error::record("it overlaps what follows it");
            return Err(set.locate(error.in_entry(entry.raw_name()), entry.start));
        }
    }
    Ok(unused)
}

fn has_marker(set: &PartSet) -> Result<bool, Error> {
    let mut marker = [0; 4];
    read_full_at(set, &mut marker, 0)?;
    Ok(matches!(&marker, b"PK\x07\x08" | b"PK00"))
}
