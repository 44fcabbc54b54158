//! Some parts in a row, read as one: positions count from the start of the first of them, and only
//! they are opened.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::set::{Address, PartSet};
use crate::error::{Error, ErrorKind};
use crate::read_at::{ReadAt, clamp};

/// Parts of a set, joined.
#[derive(Clone)]
pub(crate) struct View {
    set: Arc<PartSet>,
    parts: Range<usize>,
    /// Where each of them ends.
    ends: Vec<u64>,
}

impl View {
    /// These parts of a set, which are opened for it.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`] with all that are not there, and what a part's source reports.
    pub(crate) fn of(set: &Arc<PartSet>, parts: Range<usize>) -> Result<Self, Error> {
        let missing = set.missing(parts.clone());
        if !missing.is_empty() {
            return Err(ErrorKind::missing(missing).into());
        }
        Self::laid_out(set, parts)
    }

    /// All parts, those too that are not there but whose size is known: reading them fails, as if
    /// they were asked for then.
    ///
    /// # Errors
    /// As [`of`](Self::of), with the first of those whose size is not known.
    pub(crate) fn with_gaps(set: &Arc<PartSet>) -> Result<Self, Error> {
        Self::laid_out(set, 0..set.count())
    }

    fn laid_out(set: &Arc<PartSet>, parts: Range<usize>) -> Result<Self, Error> {
        let mut ends = Vec::with_capacity(parts.len());
        let mut end = 0_u64;
        for part in parts.clone() {
            let size = set.size(part)?;
            end = end.checked_add(size).ok_or_else(|| Error::record("a set beyond 2^64 bytes"))?;
            ends.push(end);
        }
        Ok(Self { set: Arc::clone(set), parts, ends })
    }

    /// All parts.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn whole(set: &Arc<PartSet>) -> Result<Self, Error> {
        Self::of(set, 0..set.count())
    }

    /// As many of the last parts as have more than `size` bytes, or all; those after the last that
    /// is missing, if they have less.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn tail(set: &Arc<PartSet>, size: u64) -> Result<Self, Error> {
        let (mut first, mut has) = (set.count(), 0_u64);
        while first > 0 && has <= size && !set.is_missing(first - 1) {
            first -= 1;
            has = has.saturating_add(set.opened(first)?.size);
        }
        Self::of(set, first..set.count())
    }

    /// The parts that these are of.
    pub(crate) fn set(&self) -> &Arc<PartSet> {
        &self.set
    }

    /// Whether nothing of the set stands before it.
    pub(crate) fn is_from_start(&self) -> bool {
        self.parts.start == 0
    }

    /// Whether the part before it is not there.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.parts.start.checked_sub(1).is_some_and(|before| self.set.is_missing(before))
    }

    /// Whether it has all of these parts.
    pub(crate) fn has(&self, parts: &Range<usize>) -> bool {
        self.parts.start <= parts.start && parts.end <= self.parts.end
    }

    /// Whether it has this part.
    pub(crate) fn has_part(&self, part: usize) -> bool {
        self.parts.contains(&part)
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Where a part starts in the view.
    pub(crate) fn start_of(&self, part: usize) -> u64 {
        let before = part.checked_sub(self.parts.start).and_then(|nth| nth.checked_sub(1));
        before.map_or(0, |nth| self.ends.get(nth).copied().unwrap_or(self.length()))
    }

    /// How many bytes a part has.
    pub(crate) fn size_of(&self, part: usize) -> u64 {
        self.end_of(part).map_or(0, |end| end - self.start_of(part))
    }

    /// Whether a part, or the place of one that is empty, lies between two positions.
    pub(crate) fn touches(&self, part: usize, start: u64, end: u64) -> bool {
        self.end_of(part).is_some_and(|part_end| self.start_of(part) < end && start <= part_end)
    }

    /// The position of an address, if that is in one of the parts or at its very end.
    pub(crate) fn position(&self, address: Address) -> Option<u64> {
        let position = self.start_of(address.part).checked_add(address.offset)?;
        (position <= self.end_of(address.part)?).then_some(position)
    }

    /// As [`position`](Self::position), for what ends at an address: that may be the start of the
    /// part behind the view.
    pub(crate) fn end_position(&self, address: Address) -> Option<u64> {
        if address == (Address { part: self.parts.end, offset: 0 }) {
            return Some(self.length());
        }
        self.position(address)
    }

    /// The position of an address; of what is said to be behind the end of a part, that end.
    pub(crate) fn nearest(&self, address: Address) -> u64 {
        let end = || self.end_of(address.part).unwrap_or(self.length());
        self.position(address).unwrap_or_else(end)
    }

    /// The address of the byte at a position; of the view's end, that of the last part.
    pub(crate) fn address(&self, position: u64) -> Address {
        let nth = self.nth(position).min(self.ends.len().saturating_sub(1));
        let part = self.parts.start + nth;
        Address { part, offset: position.saturating_sub(self.start_of(part)) }
    }

    /// `error`, said to be in the part that holds `position`.
    pub(crate) fn locate(&self, error: Error, position: u64) -> Error {
        if position >= self.length() {
            return error;
        }
        let Address { part, offset } = self.address(position);
        error.in_part(self.set.name(part)).at(offset)
    }

    fn end_of(&self, part: usize) -> Option<u64> {
        self.ends.get(part.checked_sub(self.parts.start)?).copied()
    }

    /// Which of the parts has the byte at a position.
    fn nth(&self, position: u64) -> usize {
        self.ends.partition_point(|end| *end <= position)
    }
}

impl ReadAt for View {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.length() {
            return Ok(0);
        }
        let Address { part, offset: within } = self.address(offset);
        let opened = self.set.opened(part)?;
        let count = clamp(buf.len(), opened.size.saturating_sub(within));
        match opened.source.read_at(&mut buf[..count], within) {
            Ok(0) if count > 0 => {
                let error = Error::from(ErrorKind::Truncated);
                Err(error.in_part(self.set.name(part)).at(within).into())
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                Err(Error::from(error).in_part(self.set.name(part)).at(within).into())
            }
            result => result,
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::Part;
    use crate::read_at::read_exact_at;

    fn set() -> Arc<PartSet> {
        let parts = [Part::new("a", [0, 1]), Part::new("b", []), Part::new("c", [2, 3, 4])];
        Arc::new(PartSet::new(parts))
    }

    fn at(part: usize, offset: u64) -> Address {
        Address { part, offset }
    }

    #[test]
    fn parts_are_read_as_one() {
        let view = View::whole(&set()).unwrap();
        let mut buf = [9; 4];
        read_exact_at(&view, &mut buf, 1).unwrap();
        assert_eq!(buf, [1, 2, 3, 4]);
        assert_eq!(view.read_at(&mut buf, 5).unwrap(), 0);
    }

    #[test]
    fn positions_and_addresses() {
        let view = View::whole(&set()).unwrap();
        assert_eq!(view.position(at(0, 2)), Some(2));
        assert_eq!(view.position(at(0, 3)), None);
        assert_eq!(view.position(at(2, 1)), Some(3));
        assert_eq!(view.position(at(3, 0)), None);
        assert_eq!(view.end_position(at(3, 0)), Some(5));
        assert_eq!(view.end_position(at(3, 1)), None);
        assert_eq!(view.position(at(0, u64::MAX)), None);
        assert_eq!(view.position(at(usize::MAX, 0)), None);
        assert_eq!((view.address(1), view.address(2)), (at(0, 1), at(2, 0)));
        assert_eq!(view.address(5), at(2, 3));
        assert_eq!((view.start_of(1), view.start_of(2), view.start_of(3)), (2, 2, 5));
        assert_eq!((view.size_of(1), view.size_of(2), view.size_of(3)), (0, 3, 0));
    }

    #[test]
    fn a_view_of_some_parts_counts_from_their_start() {
        let set = set();
        let view = View::of(&set, 1..3).unwrap();
        assert!(!view.is_from_start() && !set.is_open());
        assert_eq!(view.position(at(2, 1)), Some(1));
        assert_eq!(view.position(at(0, 1)), None);
        assert_eq!(view.end_position(at(2, 3)), Some(3));
        assert_eq!(view.address(1), at(2, 1));
        let mut buf = [9; 3];
        read_exact_at(&view, &mut buf, 0).unwrap();
        assert_eq!(buf, [2, 3, 4]);
        assert!(view.has(&(1..2)) && !view.has(&(0..2)) && !view.has(&(2..4)));
    }

    #[test]
    fn a_tail_has_more_than_it_is_asked_for_or_all() {
        for (size, first) in [(0, 2), (2, 2), (3, 0), (9, 0)] {
            let view = View::tail(&set(), size).unwrap();
            assert_eq!((view.parts.clone(), view.is_from_start()), (first..3, first == 0));
        }
    }
}
