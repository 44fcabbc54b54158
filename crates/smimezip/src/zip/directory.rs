//! The central directory (APPNOTE 4.3.12), read strictly: headers that touch each other up to the
//! end record, their number the one that is told, entries that do not overlap and account for every
//! byte of the set.

use std::io::{BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use super::end::{self, After, Ends};
use super::entry::Entry;
use super::record::{CentralHeader, EndRecord, modulo};
use super::{extents, extra};
use crate::error::{Category, Error};
use crate::limits::Limit;
use crate::oddity::{Oddities, OddityKind};
use crate::options::{Accept, Rules};
use crate::parts::{Address, PartSet, View};
use crate::read_at::{Cursor, Slice, read_exact, read_full_at};

/// Buffer for reading the directory: headers are small.
const BUFFER: usize = 128 * 1024;

/// What the directory says: all entries, in its order, and what is odd about it.
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    pub(super) oddities: Oddities,
    /// Whether all was checked that is known of extents; else it is where parts are not open.
    pub(super) is_checked: bool,
}

/// Reads the directory: by the last parts alone, if it is there and nothing about it is odd, else
/// by all.
pub(super) fn read(set: &Arc<PartSet>, rules: &Rules) -> Result<Directory, Error> {
    if !set.is_open() {
        let view = View::tail(set, end::TAIL as u64)?;
        // The whole may tell more of what is wrong.
        let may_differ = |error: &Error| {
            !view.is_from_start()
                && matches!(error.category(), Category::Damaged | Category::Format)
        };
        match read_in(&view, rules) {
            Ok(Some(directory)) => return Ok(directory),
            Err(error) if !may_differ(&error) => return Err(error),
            Ok(None) | Err(_) => {}
        }
    }
    // Of pieces the places count from the start of all, so it takes the sizes of those too that are
    // not there.
    let view = if set.has_all_sizes() { View::with_gaps(set)? } else { View::whole(set)? };
    let directory = read_in(&view, rules)?;
    directory.ok_or_else(|| Error::record("the directory is outside the set"))
}

/// What the directory of a damaged set says: the entries, whether or not they are where they should
/// be; `None` if there is none that can be read. Places in a split archive count from the start of
/// their parts, so it does not matter what the others have lost.
///
/// # Errors
/// What the source reports.
pub(super) fn read_damaged(set: &Arc<PartSet>, rules: &Rules) -> Result<Option<Vec<Entry>>, Error> {
    match try_damaged(set, rules) {
        Err(error) if error.is_passing() => Err(error),
        Err(_) => Ok(None),
        Ok(entries) => Ok(entries),
    }
}

fn try_damaged(set: &Arc<PartSet>, rules: &Rules) -> Result<Option<Vec<Entry>>, Error> {
    let view = View::tail(set, u64::MAX)?;
    let start_of = |disk| view.position(Address::on_disk(disk, 0));
    let end = end::find(&view, rules.accept, |error, at| view.locate(error, at), start_of)?;
    let ends = end.resolve(&view)?;
    let is_split = ends.record.disk != 0;
    if !is_split && !view.is_from_start() {
        return Ok(None);
    }
    let places = Places { is_damaged: is_split, ..Places::of(&view, &ends, is_split)? };
    let (told, directory) = places.directory(&ends.record, rules)?;
    let mut entries = read_entries(&view, directory, rules, &places)?;
    check_count(entries.len() as u64, &ends, &mut Oddities::default())?;
    let order = extents::order(&entries);
    extents::assign(&mut entries, &order, told);
    Ok(Some(entries))
}

/// Reads the directory in a view of the last parts; `None` if what stands before the view may make
/// a difference.
fn read_in(view: &View, rules: &Rules) -> Result<Option<Directory>, Error> {
    let is_whole = view.is_from_start();
    let mut oddities = Oddities::default();
    let locate = |error, at| view.locate(error, at);
    let start_of = |disk| view.position(Address::on_disk(disk, 0));
    let end = end::find(view, rules.accept, locate, start_of)?;
    // Where the part before it is missing, the end record in the last one is all that there is.
    let may_be_more = end.searched_from == 0 && !view.is_cut_off();
    if !is_whole && (may_be_more || matches!(end.after, After::Data(_))) {
        return Ok(None);
    }
    match end.after {
        After::Nothing => {}
        After::Zeros(count) => oddities.note_count(OddityKind::TrailingZeros, count),
        After::Data(count) => oddities.note_count(OddityKind::TrailingData, count),
    }
    let ends = end.resolve(view)?;
    // Pieces of an archive that was cut after it was made know nothing of disks.
    let is_split = ends.record.disk != 0;
    if !is_whole && !is_split {
        return Ok(None);
    }
    let places = Places::of(view, &ends, is_split)?;
    let (told, directory) = places.directory(&ends.record, rules)?;
    let mut entries = read_entries(view, directory, rules, &places)?;
    for entry in &entries {
        if let Some(kind) = entry.oddity() {
            oddities.note(kind, entry.raw_name());
        }
    }
    check_count(entries.len() as u64, &ends, &mut oddities)?;
    let accept = rules.accept;
    let is_known = give_extents(&mut entries, told, view, accept, &mut oddities)?;
    Ok(is_known.then_some(Directory { entries, oddities, is_checked: is_whole }))
}

/// Where in a view stands what the records say to be on a disk, at an offset.
struct Places<'a> {
    view: &'a View,
    is_split: bool,
    /// Whether entries may be in what is not there.
    is_damaged: bool,
    /// How much further everything is than it is said to be, in an archive that is not split.
    shift: u64,
    directory_start: u64,
    directory_end: u64,
}

impl<'a> Places<'a> {
    /// # Errors
    /// What contradicts itself, or the number of parts, in the end records.
    fn of(view: &'a View, ends: &Ends, is_split: bool) -> Result<Self, Error> {
        let (record, directory_end) = (&ends.record, ends.directory_end);
        if is_split && u64::from(record.disk) + 1 != view.set().count() as u64 {
            return Err(Error::record("the end record says another number of parts"));
        }
        if !is_split && record.entries_here != record.entries {
            return Err(Error::record("the end record says two numbers of entries"));
        }
        let start = directory_end.checked_sub(record.directory_size);
        let directory_start = start.ok_or_else(|| misplaced(view, directory_end))?;
        let found = if is_split { Some(0) } else { shift(view, record, directory_start)? };
        let shift = found.filter(|shift| ends.shift.is_none_or(|it| it == *shift));
        let shift = shift.ok_or_else(|| misplaced(view, directory_end))?;
        let is_damaged = false;
        Ok(Self { view, is_split, is_damaged, shift, directory_start, directory_end })
    }

    /// Where the directory starts, and its positions in the view.
    ///
    /// # Errors
    /// That it is elsewhere; that it exceeds a limit, or its own size.
    fn directory(&self, record: &EndRecord, rules: &Rules) -> Result<(Address, Range<u64>), Error> {
        let told = self
            .address(record.directory_disk, record.directory_offset)
            .ok_or_else(|| Error::record("the directory's place is outside its part"))?;
        if self.view.position(told) != Some(self.directory_start) {
            return Err(misplaced(self.view, self.directory_end));
        }
        if record.directory_size > rules.directory {
            return Err(Error::limit(Limit::Directory, rules.directory));
        }
        // Where only the lower bits are said, there are at least as many.
        if record.entries > rules.entries {
            return Err(Error::limit(Limit::Entries, rules.entries));
        }
        if record.entries > record.directory_size / CentralHeader::SIZE as u64 {
            return Err(Error::record("more entries than the directory has room for"));
        }
        Ok((told, self.directory_start..self.directory_end))
    }

    /// The address of what is said to be on this disk, at this offset; `None` if that is outside.
    fn address(&self, disk: u32, offset: u64) -> Option<Address> {
        let view = self.view;
        if !self.is_split {
            let position = offset.checked_add(self.shift)?;
            return (disk == 0 && position <= self.directory_end).then(|| view.address(position));
        }
        let address = Address::on_disk(disk, offset);
        // Where a part that is not open ends is asked when the entry is.
        let is_inside = if self.is_damaged {
            address.part < view.set().count()
        } else if view.has_part(address.part) {
            view.position(address).is_some()
        } else {
            !view.is_from_start() && address.part < view.set().count()
        };
        is_inside.then_some(address)
    }
}

fn misplaced(view: &View, directory_end: u64) -> Error {
    view.locate(Error::record("the directory does not end at the end record"), directory_end)
}

/// Compares the number of entries that were read with what the end records say.
fn check_count(count: u64, ends: &Ends, oddities: &mut Oddities) -> Result<(), Error> {
    let said = ends.record.entries;
    if count != said && (ends.is_zip64 || modulo(count) != said) {
        return Err(Error::record("the end record says another number of entries"));
    }
    if count != said || ends.is_modulo {
        oddities.note_count(OddityKind::EntryCount, 1);
    }
    Ok(())
}

/// Gives each entry its end and checks what the view shows of it. Returns whether that is enough:
/// what stands before the first entry may be in parts that are not there.
fn give_extents(
    entries: &mut [Entry],
    directory: Address,
    view: &View,
    accept: Accept,
    oddities: &mut Oddities,
) -> Result<bool, Error> {
    let order = extents::order(entries);
    let first = order.first().map_or(directory, |at| entries[*at].start);
    if view.is_from_start() {
        let unused = extents::unused(view, first, accept)?;
        if unused > 0 {
            oddities.note_count(OddityKind::UnusedBytes, unused);
        }
    } else if !extents::may_be_all(first) {
        return Ok(false);
    }
    extents::assign(entries, &order, directory);
    extents::check(entries, &order, view)?;
    Ok(true)
}

fn read_entries(
    view: &View,
    directory: Range<u64>,
    rules: &Rules,
    places: &Places<'_>,
) -> Result<Vec<Entry>, Error> {
    let mut left = directory.end - directory.start;
    let slice = Slice::new(view, directory.start, left);
    let mut reader = BufReader::with_capacity(BUFFER, Cursor::new(slice));
    let mut entries = Vec::new();
    while left > 0 {
        if entries.len() as u64 >= rules.entries {
            return Err(Error::limit(Limit::Entries, rules.entries));
        }
        entries.push(read_entry(&mut reader, &mut left, places)?);
    }
    Ok(entries)
}

/// How much further than it tells the directory is. That is what stands before an archive that
/// counts from its own start, as in a program that extracts itself. Nothing else may be there:
/// behind another archive, or with bytes in the middle, it would not be the only reading.
fn shift(view: &View, record: &EndRecord, start: u64) -> Result<Option<u64>, Error> {
    let Some(shift) = start.checked_sub(record.directory_offset) else { return Ok(None) };
    if shift == 0 || record.directory_disk != 0 {
        return Ok(Some(0));
    }
    let (mut first, mut header) = ([0; 2], [0; 4]);
    read_full_at(view, &mut first, 0)?;
    read_full_at(view, &mut header, start)?;
    let is_alone = first != *b"PK" && header == CentralHeader::SIGNATURE;
    Ok(is_alone.then_some(shift))
}

fn read_entry(reader: &mut impl Read, left: &mut u64, places: &Places<'_>) -> Result<Entry, Error> {
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
    let start = places
        .address(header.disk, header.offset)
        .ok_or_else(|| extents::outside().in_entry(shown()))?;
    Entry::new(&header, name, extra, start).map_err(|error| error.in_entry(shown()))
}
