//! The end of an archive (APPNOTE 4.3.14 to 4.3.16): the one end record, found from behind, and
//! what it says together with the zip64 one. What the directory has is not asked here.
//!
//! Programs that read archives take the *last* signature of an end record. So do we, and refuse
//! what leaves another choice: a signature in the comment, or a second record that ends the archive
//! as well.

mod before;

pub(crate) use before::size_before;

use super::record::{CentralHeader, EndRecord, IN_ZIP64_16, Zip64Locator};
use crate::error::{Category, Damage, Error, ErrorKind};
use crate::options::Accept;
use crate::parts::{Address, View};
use crate::read_at::{ReadAt, clamp, read_exact_at, read_full_at};

/// Zeros that an end record itself may end in: all of it but the signature.
const ZEROS: usize = EndRecord::SIZE - EndRecord::SIGNATURE.len();
/// What is read at once: a locator, an end record with the longest comment, zeros after the last
/// byte that is none.
pub(crate) const TAIL: usize = Zip64Locator::SIZE + EndRecord::SIZE + u16::MAX as usize + ZEROS;
/// How much two tails have in common: what a record needs that lies across them.
const OVERLAP: u64 = (Zip64Locator::SIZE + EndRecord::SIZE - 1) as u64;
/// How far from the end a record is looked for: more than the padding of any tape block, less than
/// a tenth of a second.
const SEARCHED: u64 = 16 * 1024 * 1024;

/// Where the end record is, and what it says.
pub(super) struct End {
    record: EndRecord,
    position: u64,
    locator: Option<Zip64Locator>,
    /// What comes after it and its comment.
    pub(super) after: After,
    /// From where on it was looked for: what stands before was not read.
    pub(super) searched_from: u64,
}

/// What follows an end record and its comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Nothing,
    /// So many zeros.
    Zeros(u64),
    /// So many bytes that are to be ignored.
    Data(u64),
}

/// What the end records say together.
pub(super) struct Ends {
    pub(super) record: EndRecord,
    /// Where the directory must end.
    pub(super) directory_end: u64,
    /// Whether the count of entries has all its bits.
    pub(super) is_zip64: bool,
    /// Whether the end record has the lower bits of that count only.
    pub(super) is_modulo: bool,
    /// How much further the zip64 record is than its locator says; `None` without them.
    pub(super) shift: Option<u64>,
}

/// The number of parts of the set whose last part is `last`, as its end record says.
///
/// # Errors
/// `NotAnArchive` if there is no end record; `Damaged` if bytes follow it that are not accepted, or
/// if there are several.
pub(crate) fn count_of_disks<S: ReadAt + ?Sized>(last: &S, accept: Accept) -> Result<u32, Error> {
    let end = find(last, accept, Error::at, |_| Some(0))?;
    Ok(match end.locator {
        Some(locator) if end.record.disk == u32::from(IN_ZIP64_16) => locator.disks,
        _ => end.record.disk.saturating_add(1),
    })
}

/// Finds the end record. `locate` says where in the parts an error is, `start_of` where in `source`
/// a part begins.
pub(super) fn find<S: ReadAt + ?Sized>(
    source: &S,
    accept: Accept,
    locate: impl Fn(Error, u64) -> Error,
    start_of: impl Fn(u32) -> Option<u64>,
) -> Result<End, Error> {
    let size = source.size()?;
    let mut tail = Tail::read(source, size)?;
    let content_end = match tail.content_end() {
        Some(end) if size - end <= ZEROS as u64 => end,
        _ => {
            let end = content_end(source, size)?;
            tail = Tail::read(source, size.min(end.saturating_add(ZEROS as u64)))?;
            end
        }
    };
    let mut last = None;
    let mut exact = None;
    tail.check_records()?;
    for found in tail.records() {
        // Zeros may belong to the comment.
        if (content_end..=size).contains(&found.end) {
            if exact.is_some() {
                return Err(Error::record("more than one end record"));
            }
            exact = Some(found);
        }
        last = Some(found);
    }
    if let (Some(exact), Some(last)) = (exact, last) {
        if exact.position != last.position {
            return Err(locate(Error::record("an end record in the comment"), last.position));
        }
        let after = match size - exact.end {
            0 => After::Nothing,
            count => After::Zeros(count),
        };
        return Ok(exact.followed_by(after, tail.start));
    }
    // Nothing ends the archive: the last one there is may be followed by other bytes.
    while last.is_none() && tail.start > 0 && size - tail.start < SEARCHED {
        if let Some(damage) = tail.damage {
            return Err(damage);
        }
        tail = Tail::read(source, tail.start + OVERLAP)?;
        tail.check_records()?;
        last = tail.records().last();
    }
    let last = last.filter(|last| last.end <= size);
    let Some(last) = last else { return Err(no_end_record()) };
    let count = size - last.end;
    let end = last.followed_by(After::Data(count), tail.start);
    if !end.is_plausible(source, start_of)? {
        return Err(no_end_record());
    }
    if !accept.trailing_data {
        return Err(locate(ErrorKind::Damaged(Damage::TrailingBytes { count }).into(), last.end));
    }
    Ok(end)
}

/// Whether the error says that some bytes cannot be had, and nothing of those after them.
fn is_unreadable(error: &Error) -> bool {
    error.category() == Category::Damaged || matches!(error.kind(), ErrorKind::IncompleteSet { .. })
}

fn no_end_record() -> Error {
    ErrorKind::NotAnArchive("it has no end record").into()
}

/// The end of what is more than zeros.
fn content_end<S: ReadAt + ?Sized>(source: &S, size: u64) -> Result<u64, Error> {
    let mut end = size;
    while end > 0 && size - end < SEARCHED {
        let tail = Tail::read(source, end)?;
        if let Some(content_end) = tail.content_end() {
            return Ok(content_end);
        }
        end = tail.start;
    }
    let what = match (size, end) {
        (0, _) => "it is empty",
        (_, 0) => "it has nothing but zeros",
        _ => "it ends in more than 16 MiB of zeros",
    };
    Err(ErrorKind::NotAnArchive(what).into())
}

/// Some bytes of a source.
struct Tail {
    bytes: Vec<u8>,
    start: u64,
    /// Why there are no more before them.
    damage: Option<Error>,
}

impl Tail {
    /// Those before `end`: as many as a tail has, or as can be read after what is damaged or in a
    /// part that is not there.
    fn read<S: ReadAt + ?Sized>(source: &S, end: u64) -> Result<Self, Error> {
        let most = clamp(TAIL, end);
        let read = |count: usize| {
            let mut bytes = vec![0; count];
            let start = end - count as u64;
            read_exact_at(source, &mut bytes, start)?;
            Ok::<_, Error>(Self { bytes, start, damage: None })
        };
        let mut damage = match read(most) {
            Err(error) if is_unreadable(&error) => error,
            outcome => return outcome,
        };
        // The most that can be read, by halving what lies between what can and what cannot.
        let (mut tail, mut beyond) = (None, most);
        let mut count = 0;
        while beyond - count > 1 {
            let middle = count.midpoint(beyond);
            match read(middle) {
                Ok(found) => (tail, count) = (Some(found), middle),
                Err(error) if is_unreadable(&error) => {
                    (damage, beyond) = (error, middle);
                }
                Err(error) => return Err(error),
            }
        }
        match tail {
            Some(tail) if count >= EndRecord::SIZE => Ok(Self { damage: Some(damage), ..tail }),
            _ => Err(damage),
        }
    }

    /// # Errors
    /// The damage, if there is a record so close after it that its locator is not known.
    fn check_records(&self) -> Result<(), Error> {
        let unknown = self.start + Zip64Locator::SIZE as u64;
        match &self.damage {
            Some(damage) if self.records().any(|found| found.position < unknown) => {
                Err(damage.clone())
            }
            _ => Ok(()),
        }
    }

    fn content_end(&self) -> Option<u64> {
        let last = self.bytes.iter().rposition(|byte| *byte != 0)?;
        Some(self.start + last as u64 + 1)
    }

    /// All end records that are here as a whole, with room for a locator before them where there
    /// are bytes that can be read.
    fn records(&self) -> impl Iterator<Item = Found> {
        let is_whole = self.start == 0 || self.damage.is_some();
        let room = if is_whole { 0 } else { Zip64Locator::SIZE };
        let records = self.bytes.windows(EndRecord::SIZE).enumerate().skip(room);
        records.filter_map(|(at, bytes)| {
            let (record, comment) = EndRecord::parse(bytes)?;
            let position = self.start + at as u64;
            let end = position.saturating_add(EndRecord::SIZE as u64 + u64::from(comment));
            let before = at.checked_sub(Zip64Locator::SIZE);
            let locator = before.and_then(|before| Zip64Locator::parse(&self.bytes[before..]));
            Some(Found { record, position, end, locator })
        })
    }
}

/// A record that was found, and where its comment ends.
#[derive(Clone, Copy)]
struct Found {
    record: EndRecord,
    position: u64,
    end: u64,
    locator: Option<Zip64Locator>,
}

impl Found {
    fn followed_by(self, after: After, searched_from: u64) -> End {
        let Self { record, position, locator, .. } = self;
        End { record, position, locator, after, searched_from }
    }
}

impl End {
    /// Whether a directory ends at this record, as far as can be told from here. In an archive that
    /// was cut off, the last record may be that of an archive inside it.
    fn is_plausible<S: ReadAt + ?Sized>(
        &self,
        source: &S,
        start_of: impl Fn(u32) -> Option<u64>,
    ) -> Result<bool, Error> {
        let record = &self.record;
        if self.locator.is_some() || record.directory_disk != record.disk {
            return Ok(true);
        }
        let part = start_of(record.disk);
        let Some(start) = part.and_then(|part| part.checked_add(record.directory_offset)) else {
            return Ok(false);
        };
        if start.checked_add(record.directory_size) != Some(self.position) {
            return Ok(false);
        }
        let mut signature = [0; 4];
        read_full_at(source, &mut signature, start)?;
        Ok(record.directory_size == 0 || signature == CentralHeader::SIGNATURE)
    }

    /// What it says together with the zip64 record that its locator leads to.
    pub(super) fn resolve(&self, view: &View) -> Result<Ends, Error> {
        let Some(locator) = self.locator else {
            return Ok(Ends {
                record: self.record,
                directory_end: self.position,
                is_zip64: false,
                is_modulo: false,
                shift: None,
            });
        };
        let locator_position = self.position - Zip64Locator::SIZE as u64;
        let at = |position: u64| {
            let mut bytes = [0; EndRecord::ZIP64_SIZE];
            read_full_at(view, &mut bytes, position)?;
            Ok::<_, Error>(EndRecord::parse_zip64(&bytes))
        };
        let told = if locator.disks > 1 {
            view.position(Address::on_disk(locator.disk, locator.offset))
        } else {
            (locator.disk == 0).then_some(locator.offset)
        };
        let mut found = None;
        if let Some(told) = told {
            found = at(told)?.map(|(record, size)| (record, size, told));
            // What was written after something else may count from its own start.
            let before = locator_position.checked_sub(EndRecord::ZIP64_SIZE as u64);
            if let (None, Some(before), true) = (&found, before, locator.disks <= 1) {
                found = at(before)?
                    .filter(|_| before > told)
                    .map(|(record, size)| (record, size, before));
            }
        }
        let (Some((record, size, position)), Some(told)) = (found, told) else {
            let error = Error::record("no zip64 end record where the locator says");
            return Err(view.locate(error, locator_position));
        };
        if position.checked_add(size) != Some(locator_position) {
            let error = Error::record("the zip64 end record does not end at its locator");
            return Err(view.locate(error, position));
        }
        if !self.record.agrees_with(&record) {
            let error = Error::record("the two end records contradict each other");
            return Err(view.locate(error, self.position));
        }
        if locator.disks.max(1) != record.disk.saturating_add(1) {
            let what = "locator and zip64 end record tell another number of parts";
            return Err(Error::record(what));
        }
        Ok(Ends {
            is_modulo: self.record.is_modulo(&record),
            record,
            directory_end: position,
            is_zip64: true,
            shift: position.checked_sub(told),
        })
    }
}

#[cfg(test)]
mod tests;
