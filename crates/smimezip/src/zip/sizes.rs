//! Which part has another size than the archive's directory and the other parts say. Looked for
//! when a set or an entry of it does not open, so that the part that is damaged is named and not
//! the last. Nothing is decided here: a set whose parts differ in size, and which contradicts
//! itself nowhere, never comes here.

mod usual;

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use usual::Usual;

use super::extra;
use super::record::{CentralHeader, EndRecord, LocalHeader, Zip64Locator, flag};
use crate::error::{Damage, Error, ErrorKind};
use crate::parts::{Address, Contradiction, PartSet, View};
use crate::progress::check;
use crate::read_at::{Cursor, ReadAt, Slice, clamp, read_exact, read_full_at};

/// Entries that are looked at. What is wrong is known already; to say where must not cost more.
const ENTRIES: u64 = 1 << 22;
/// Bytes at the end in which the end record is.
const TAIL: usize = 128 * 1024;
/// Sizes a data descriptor may have (APPNOTE 4.3.9), the usual first.
const DESCRIPTORS: [i128; 5] = [16, 24, 12, 20, 0];

/// `error`, which happened between two addresses, or anywhere; or the part there whose size is
/// wrong, for which all are opened.
pub(super) fn explain(
    set: &Arc<PartSet>,
    error: Error,
    between: Option<(Address, Address)>,
) -> Error {
    let may_be_size =
        matches!(
            error.kind(),
            ErrorKind::Damaged(_) | ErrorKind::Truncated | ErrorKind::NotAnArchive(_)
        ) && !matches!(error.kind(), ErrorKind::Damaged(Damage::TrailingBytes { .. }));
    if set.count() < 2 || !may_be_size {
        return error;
    }
    let Ok(view) = &View::whole(set) else { return error };
    let Ok(found) = set.contradictions(|| survey(view)) else { return error };
    let (start, end) =
        between.map_or((0, u64::MAX), |(start, end)| (view.nearest(start), view.nearest(end)));
    // Bytes that are too many after an entry that is right were written so, if the part is as large
    // as others.
    let is_unused = matches!(error.kind(), ErrorKind::Damaged(Damage::UnusedBytes { .. }));
    let explains = |it: &&Contradiction| {
        it.part.is_none_or(|part| {
            view.touches(part, start, end)
                && !is_as_most(view, part)
                && !(is_unused && has_twin(view, part))
        })
    };
    let Some(Contradiction { part, damage }) = found.iter().find(explains) else { return error };
    let mut better = Error::from(ErrorKind::Damaged(*damage));
    if let Some(part) = part {
        better = better.in_part(set.name(*part));
    }
    match error.entry() {
        Some(entry) => better.in_entry(entry),
        None => better,
    }
}

/// The parts whose size is wrong. What a call that was cancelled, or a source that failed, did not
/// let be read is an error, so that nobody keeps it for the answer.
fn survey(view: &View) -> Result<Vec<Contradiction>, Error> {
    let watched = Watched { view, failed: Mutex::new(None) };
    let found = Survey::of(&watched).map_or_else(Vec::new, Survey::find);
    match watched.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// A view that remembers the first error which says nothing about what stands in it.
struct Watched<'a> {
    view: &'a View,
    failed: Mutex<Option<Error>>,
}

impl ReadAt for Watched<'_> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        check()?;
        match self.view.read_at(buf, offset) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let error = Error::from(error);
                if error.is_passing() {
                    let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.get_or_insert_with(|| error.clone());
                }
                Err(error.into())
            }
            result => result,
        }
    }

    fn size(&self) -> io::Result<u64> {
        self.view.size()
    }
}

/// Whether a part has the size that most have, the last apart: then what says otherwise is wrong
/// itself.
fn is_as_most(view: &View, part: usize) -> bool {
    let all_but_last = 0..view.set().count().saturating_sub(1);
    let sizes: Vec<u64> = all_but_last.clone().map(|part| view.size_of(part)).collect();
    all_but_last.contains(&part) && Usual::of(&sizes).most() == Some(view.size_of(part))
}

/// Whether another part has the same size; the last says nothing.
fn has_twin(view: &View, part: usize) -> bool {
    let all_but_last = 0..view.set().count().saturating_sub(1);
    let size = view.size_of(part);
    all_but_last.into_iter().any(|other| other != part && view.size_of(other) == size)
}

/// Bytes that a local header's extra field and a descriptor rarely exceed.
const LOCAL_EXTRA: i128 = 1024;

/// What the directory says about sizes.
struct Survey<'a> {
    view: &'a View,
    bytes: &'a Watched<'a>,
    sizes: Vec<u64>,
    /// Positions are (disk, offset); else the archive was cut after it was made.
    is_split: bool,
    record: EndRecord,
    /// Where the directory is, counted from the end record.
    directory: Range<u64>,
    /// In the order in which they say they stand.
    entries: Vec<Place>,
    usual: Usual,
}

/// Where an entry says that it stands, and what it takes.
#[derive(Clone, Copy)]
struct Place {
    disk: u32,
    offset: u64,
    compressed: u64,
    name_size: u16,
}

impl<'a> Survey<'a> {
    /// Reads the end record and the directory, of whatever else may be wrong.
    fn of(bytes: &'a Watched<'a>) -> Option<Self> {
        let view = bytes.view;
        let size = view.length();
        let mut tail = vec![0; clamp(TAIL, size)];
        let start = size - tail.len() as u64;
        read_full_at(bytes, &mut tail, start).ok()?;
        let at = tail.windows(4).rposition(|it| it == EndRecord::SIGNATURE)?;
        let (mut record, _) = EndRecord::parse(&tail[at..])?;
        let mut end = start + at as u64;
        let mut is_split = record.disk != 0;
        let locator = at.checked_sub(Zip64Locator::SIZE);
        if let Some(locator) = locator.and_then(|at| Zip64Locator::parse(&tail[at..])) {
            let before = Zip64Locator::SIZE + EndRecord::ZIP64_SIZE;
            let zip64 = at.checked_sub(before)?;
            (record, _) = EndRecord::parse_zip64(&tail[zip64..])?;
            end = start + zip64 as u64;
            is_split = locator.disks > 1;
        }
        let directory = end.checked_sub(record.directory_size)?..end;
        let sizes: Vec<u64> = (0..view.set().count()).map(|part| view.size_of(part)).collect();
        if is_split && u64::from(record.disk) + 1 != sizes.len() as u64 {
            return None;
        }
        let usual = Usual::of(sizes.split_last()?.1);
        let mut survey =
            Self { view, bytes, sizes, is_split, record, directory, entries: Vec::new(), usual };
        survey.read_entries();
        Some(survey)
    }

    /// Reads the places of entries, as far as the directory can be read.
    fn read_entries(&mut self) {
        let size = self.directory.end - self.directory.start;
        let slice = Slice::new(self.bytes, self.directory.start, size);
        let mut reader = io::BufReader::new(Cursor::new(slice));
        let mut variable = Vec::new();
        for _ in 0..ENTRIES {
            let mut header = [0; CentralHeader::SIZE];
            if read_exact(&mut reader, &mut header).is_err() {
                break;
            }
            let Some(mut header) = CentralHeader::parse(&header) else { break };
            let name = usize::from(header.name_size);
            let extra = name + usize::from(header.extra_size);
            variable.resize(extra + usize::from(header.comment_size), 0);
            if read_exact(&mut reader, &mut variable).is_err() {
                break;
            }
            let (offset, disk) = (Some(&mut header.offset), Some(&mut header.disk));
            if !extra::resolve_zip64(&variable[name..extra], &mut header.sizes, offset, disk) {
                break;
            }
            let CentralHeader { disk, offset, sizes, name_size, .. } = header;
            self.entries.push(Place { disk, offset, compressed: sizes.compressed, name_size });
        }
        self.entries.sort_by_key(|place| (place.disk, place.offset));
    }

    /// The parts whose size is wrong.
    fn find(self) -> Vec<Contradiction> {
        let mut found = if self.is_split { self.find_in_split() } else { self.find_in_pieces() };
        found.sort_by_key(|it| it.part);
        found.dedup_by_key(|it| it.part);
        found
    }

    fn find_in_split(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        let last = self.sizes.len() - 1;
        let EndRecord { directory_disk, directory_offset, .. } = self.record;
        let places = || (0..).map_while(|number| self.next_place(number));
        // The directory, whose size is known.
        let start = self.view.start_of(last);
        let in_last = i128::from(self.directory.end) - i128::from(start);
        if let Some(part) = index(directory_disk).filter(|part| *part <= last) {
            let before: i128 = self.sizes[part..last].iter().copied().map(i128::from).sum();
            let takes = before - i128::from(directory_offset) + in_last;
            let excess = takes - i128::from(self.record.directory_size);
            if excess != 0 && part == last {
                found.extend(self.size_less(last, excess));
            } else if excess != 0 {
                found.extend(self.blame(part..last, excess));
            }
        }
        // Entries that reach from one part to another.
        for (one, next) in places().zip(places().skip(1)) {
            if one.disk < next.disk {
                found.extend(self.of_entry(one, next));
            }
        }
        // What the sizes of the others say, if the entries agree.
        for part in 0..last {
            let size = self.sizes[part];
            let usual = self.usual.without(size).filter(|usual| *usual != size);
            let usual = usual
                .filter(|usual| !self.is_plausible(part, size) && self.is_plausible(part, *usual));
            found.extend(usual.map(|usual| self.size(part, usual)));
        }
        // What refers to bytes that are not there says less. If nothing goes with it, the directory
        // is wrong, and the part may be as it should be.
        for (number, Place { disk, offset, .. }) in places().enumerate() {
            if let Some(part) = index(disk).filter(|part| *part <= last)
                && offset > self.sizes[part]
                && self.follows(number)
            {
                found.push(self.too_short(part, offset));
            }
        }
        found
    }

    /// Whether an entry stands about where the one before it in the same part ends.
    fn follows(&self, number: usize) -> bool {
        let before = number.checked_sub(1).and_then(|before| self.entries.get(before));
        let (Some(before), Some(place)) = (before, self.next_place(number)) else { return false };
        let ends = i128::from(before.offset)
            + 30
            + i128::from(before.name_size)
            + i128::from(before.compressed);
        before.disk == place.disk && (0..=LOCAL_EXTRA).contains(&(i128::from(place.offset) - ends))
    }

    /// Whether the last entry that begins in a part would have about the room that it needs, if the
    /// part had this size.
    fn is_plausible(&self, part: usize, size: u64) -> bool {
        let after = self.entries.partition_point(|it| index(it.disk).is_some_and(|it| it <= part));
        let (Some(one), Some(next)) =
            (after.checked_sub(1).and_then(|at| self.entries.get(at)), self.next_place(after))
        else {
            return false;
        };
        let Some(others) = index(next.disk).and_then(|last| self.sizes.get(part + 1..last)) else {
            return false;
        };
        let others: i128 = others.iter().copied().map(i128::from).sum();
        let takes = i128::from(size) + others - i128::from(one.offset) + i128::from(next.offset);
        let spare = takes - 30 - i128::from(one.name_size) - i128::from(one.compressed);
        index(one.disk) == Some(part) && (0..=LOCAL_EXTRA).contains(&spare)
    }

    /// The place of an entry by its number, or after the last that of the directory.
    fn next_place(&self, number: usize) -> Option<Place> {
        let EndRecord { directory_disk: disk, directory_offset: offset, .. } = self.record;
        let directory = Place { disk, offset, compressed: 0, name_size: 0 };
        self.entries.get(number).copied().or((number == self.entries.len()).then_some(directory))
    }

    /// What is wrong between the start of an entry and the next that is in another part.
    fn of_entry(&self, one: Place, next: Place) -> Option<Contradiction> {
        let (first, last) = (index(one.disk)?, index(next.disk)?);
        let between: i128 = self.sizes.get(first..last)?.iter().copied().map(i128::from).sum();
        let takes = between - i128::from(one.offset) + i128::from(next.offset);
        let header =
            self.local_header(self.view.position(Address::on_disk(one.disk, one.offset))?)?;
        let needs = 30
            + i128::from(header.name_size)
            + i128::from(header.extra_size)
            + i128::from(one.compressed);
        let mut excesses: Vec<i128> = vec![takes - needs];
        if header.flags & flag::DATA_DESCRIPTOR != 0 {
            excesses = DESCRIPTORS.iter().map(|size| takes - needs - size).collect();
        }
        if excesses.contains(&0) {
            return None;
        }
        let sure = |excess: &i128| self.candidates(first..last, *excess).next().is_some();
        let excess = excesses.iter().find(|excess| sure(excess)).or(excesses.first())?;
        self.blame(first..last, *excess)
    }

    fn find_in_pieces(&self) -> Vec<Contradiction> {
        let last = self.sizes.len() - 1;
        let excess = i128::from(self.directory.start) - i128::from(self.record.directory_offset);
        if excess == 0 {
            return Vec::new();
        }
        if let Some(found) = self.blame(0..last, excess) {
            if last > 1 || !self.is_right_after(self.sizes[0]) {
                return vec![found];
            }
        } else if self.usual.are_all() {
            return self.size_less(last, excess).into_iter().collect();
        } else if let Some(usual) = self.usual.most() {
            // Several are damaged.
            let odd = (0..last).filter(|part| self.sizes[*part] != usual);
            return odd.map(|part| self.size(part, usual)).collect();
        }
        if last == 1 {
            return self.size_less(last, excess).into_iter().collect();
        }
        let actual = self.sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
        let expected = u64::try_from(i128::from(actual) - excess).unwrap_or(0);
        vec![Contradiction { part: None, damage: Damage::SetSize { expected, actual } }]
    }

    /// Whether an entry after `position` stands where the directory says.
    fn is_right_after(&self, position: u64) -> bool {
        let behind = self.entries.iter().filter(|place| place.offset > position);
        behind.take(8).any(|place| self.local_header(place.offset).is_some())
    }

    /// The one of these parts that is to blame if together they have so many bytes too many.
    fn blame(&self, parts: Range<usize>, excess: i128) -> Option<Contradiction> {
        if parts.len() == 1 {
            return self.size_less(parts.start, excess);
        }
        let one = |mut found: Box<dyn Iterator<Item = usize> + '_>| {
            found.next().filter(|_| found.next().is_none())
        };
        let odd = |part: &usize| self.usual.most().is_some_and(|usual| usual != self.sizes[*part]);
        let part = one(Box::new(self.candidates(parts.clone(), excess)))
            .or_else(|| one(Box::new(parts.filter(odd))))?;
        self.size_less(part, excess)
    }

    /// Those of the parts that would have the size of the others without the excess.
    fn candidates(&self, parts: Range<usize>, excess: i128) -> impl Iterator<Item = usize> + '_ {
        parts.filter(move |part| {
            let size = self.sizes[*part];
            let usual = self.usual.without(size);
            usual.is_some_and(|usual| i128::from(usual) == i128::from(size) - excess)
        })
    }

    fn local_header(&self, position: u64) -> Option<LocalHeader> {
        let mut header = [0; LocalHeader::SIZE];
        read_full_at(self.bytes, &mut header, position).ok()?;
        LocalHeader::parse(&header)
    }

    fn size_less(&self, part: usize, excess: i128) -> Option<Contradiction> {
        let expected = u64::try_from(i128::from(self.sizes[part]) - excess).ok()?;
        Some(self.size(part, expected))
    }

    fn size(&self, part: usize, expected: u64) -> Contradiction {
        let damage = Damage::PartSize { expected, actual: self.sizes[part] };
        Contradiction { part: Some(part), damage }
    }

    fn too_short(&self, part: usize, least: u64) -> Contradiction {
        let damage = Damage::PartTooShort { least, actual: self.sizes[part] };
        Contradiction { part: Some(part), damage }
    }
}

fn index(disk: u32) -> Option<usize> {
    usize::try_from(disk).ok()
}
