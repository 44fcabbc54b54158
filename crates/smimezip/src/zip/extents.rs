//! What belongs to each entry: everything from its local header to the next one's, or to the
//! directory. Entries neither overlap nor leave anything between them; whether one that reaches
//! from one part to another has the room that it needs is known only where those parts are open.

use std::ops::Range;
use std::sync::Arc;

use super::entry::Entry;
use super::record::LocalHeader;
use crate::error::{Damage, Error, ErrorKind};
use crate::options::Accept;
use crate::parts::{Address, PartSet, View};
use crate::read_at::read_full_at;

/// The marker that sets begin with (APPNOTE 8.5.3 and 8.5.4).
const MARKER: u64 = 4;

/// The numbers of the entries in the order in which they stand.
pub(super) fn order(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].start);
    order
}

/// Gives each entry its end.
pub(super) fn assign(entries: &mut [Entry], order: &[usize], directory: Address) {
    let mut end = directory;
    for at in order.iter().rev() {
        let entry = &mut entries[*at];
        (entry.end, end) = (end, entry.start);
    }
}

/// Whether what stands before `first`, where the first entry starts, can be the marker or nothing:
/// only the start of the first part knows.
pub(super) fn may_be_all(first: Address) -> bool {
    first.part == 0 && (first.offset == 0 || first.offset == MARKER)
}

/// How many bytes stand before the first entry that are not the marker. They may be accepted.
///
/// # Errors
/// That they are not; what a source reports.
pub(super) fn unused(view: &View, first: Address, accept: Accept) -> Result<u64, Error> {
    let first = view.position(first).ok_or_else(outside)?;
    let marker = if first >= MARKER && has_marker(view)? { MARKER } else { 0 };
    let count = first - marker;
    if count > 0 && !accept.unused_bytes {
        let error = ErrorKind::Damaged(Damage::UnusedBytes { count }).into();
        return Err(view.locate(error, marker));
    }
    Ok(count)
}

/// As [`unused`], if this is the first entry, of an archive whose first part was not looked at.
///
/// # Errors
/// As `unused`.
pub(super) fn check_before(set: &Arc<PartSet>, entry: &Entry, accept: Accept) -> Result<(), Error> {
    if entry.start == (Address { part: 0, offset: MARKER }) {
        unused(&View::of(set, 0..1)?, entry.start, accept)?;
    }
    Ok(())
}

/// Checks that each entry is in its parts and has the room that it needs, as far as the view shows.
///
/// # Errors
/// That one is not, or has not.
pub(super) fn check(entries: &[Entry], order: &[usize], view: &View) -> Result<(), Error> {
    let is_outside =
        |it: &&Entry| view.has_part(it.start.part) && view.position(it.start).is_none();
    if let Some(entry) = entries.iter().find(is_outside) {
        return Err(outside().in_entry(entry.raw_name()));
    }
    for at in order {
        let entry = &entries[*at];
        let Entry { start, end, .. } = entry;
        if view.has(&entry.parts()) {
            locate(view, entry)?;
        } else if start.part == end.part
            && !has_room(entry, end.offset.saturating_sub(start.offset))
        {
            let error = overlaps().in_entry(entry.raw_name());
            return Err(error.in_part(view.set().name(start.part)).at(start.offset));
        }
    }
    Ok(())
}

/// Where an entry is in a view of all its parts.
///
/// # Errors
/// That it is not in its parts, or has not the room that it needs.
pub(super) fn locate(view: &View, entry: &Entry) -> Result<Range<u64>, Error> {
    let of_entry = |error: Error| error.in_entry(entry.raw_name());
    let (Some(start), Some(end)) = (view.position(entry.start), view.end_position(entry.end))
    else {
        return Err(of_entry(outside()));
    };
    if !has_room(entry, end.saturating_sub(start)) {
        return Err(view.locate(of_entry(overlaps()), start));
    }
    Ok(start..end)
}

fn has_room(entry: &Entry, room: u64) -> bool {
    let least = (LocalHeader::SIZE + entry.raw_name_bytes().len()) as u64;
    room.checked_sub(least).is_some_and(|room| room >= entry.compressed_size())
}

pub(super) fn outside() -> Error {
    Error::record("the entry's place is outside its part")
}

fn overlaps() -> Error {
    Error::record("it overlaps what follows it")
}

fn has_marker(view: &View) -> Result<bool, Error> {
    let mut marker = [0; 4];
    read_full_at(view, &mut marker, 0)?;
    Ok(matches!(&marker, b"PK\x07\x08" | b"PK00"))
}
