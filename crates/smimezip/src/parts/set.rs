//! All parts in order as one view, and (disk number, offset) in it.

use std::io;
use std::sync::Arc;

use super::part::Part;
use crate::error::{Damage, Error, ErrorKind};
use crate::read_at::{ReadAt, Scan, clamp};

/// The parts of an archive, joined.
pub(crate) struct PartSet {
    parts: Vec<Member>,
    size: u64,
    contradictions: Scan<Vec<Contradiction>>,
}

/// That a part has another size than it should have; `None` is any of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) part: Option<usize>,
    pub(crate) damage: Damage,
}

struct Member {
    name: String,
    source: Arc<dyn ReadAt>,
    start: u64,
    size: u64,
}

impl PartSet {
    /// Joins parts in their order.
    ///
    /// # Errors
    /// What a part's source reports.
    pub(crate) fn new(parts: impl IntoIterator<Item = Part>) -> Result<Self, Error> {
        let mut members = Vec::new();
        let mut end = 0_u64;
        for part in parts {
            let (name, source) = (part.name().to_owned(), part.open()?);
            let size = source.size().map_err(|error| Error::from(error).in_part(&name))?;
            members.push(Member { name, source, start: end, size });
            end = end.checked_add(size).ok_or_else(|| Error::record("a set beyond 2^64 bytes"))?;
        }
        Ok(Self { parts: members, size: end, contradictions: Scan::new() })
    }

    /// The same parts joined anew, if one of them is of another size than it was said to be: where
    /// its layout was assumed, reading may have shown that it is another. Of the parts that lie
    /// between `start` and `end` it is made certain, for which they are read once.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn resized(&self, start: u64, end: u64) -> Result<Option<Self>, Error> {
        for (number, part) in self.parts.iter().enumerate() {
            if self.touches(number, start, end) {
                part.source.settle().map_err(|error| Error::from(error).in_part(&part.name))?;
            }
        }
        let differs = |it: &Member| it.source.size().is_ok_and(|size| size != it.size);
        if !self.parts.iter().any(differs) {
            return Ok(None);
        }
        let parts = self.parts.iter().map(|it| Part::shared(&it.name, Arc::clone(&it.source)));
        Self::new(parts).map(Some)
    }

    /// How many parts there are.
    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }

    /// The name of the last part.
    pub(crate) fn last_name(&self) -> &str {
        self.parts.last().map_or("", |part| &part.name)
    }

    /// The name of a part.
    pub(crate) fn name(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |part| &part.name)
    }

    /// Where a part starts in the view.
    pub(crate) fn start_of(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(self.size, |part| part.start)
    }

    /// How many bytes a part has.
    pub(crate) fn size_of(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.size)
    }

    /// Whether a part, or the place of one that is empty, lies between two positions.
    pub(crate) fn touches(&self, part: usize, start: u64, end: u64) -> bool {
        self.parts.get(part).is_some_and(|it| it.start < end && start <= it.start + it.size)
    }

    /// The parts whose size is wrong, which `find` looks for when it is asked for the first time.
    ///
    /// # Errors
    /// Those of `find`, and `Cancelled`.
    pub(crate) fn contradictions(
        &self,
        find: impl FnOnce() -> Result<Vec<Contradiction>, Error>,
    ) -> Result<&[Contradiction], Error> {
        self.contradictions.find(find).map(Vec::as_slice)
    }

    /// The position in the view of `offset` in part `disk` (APPNOTE 4.4.16: disks count from 0).
    /// An offset at the very end of a part is the start of the next.
    pub(crate) fn position(&self, disk: u32, offset: u64) -> Option<u64> {
        let part = self.parts.get(usize::try_from(disk).ok()?)?;
        (offset <= part.size).then(|| part.start + offset)
    }

    /// The name of the part that holds `position`, and the offset in it.
    pub(crate) fn part_at(&self, position: u64) -> Option<(&str, u64)> {
        let part = self.at(position)?;
        Some((&part.name, position - part.start))
    }

    /// The names of the parts that hold the bytes from `start` to `end`.
    pub(crate) fn parts_of(&self, start: u64, end: u64) -> impl Iterator<Item = &str> {
        let after = |position| self.parts.partition_point(|it| it.start + it.size <= position);
        let (first, last) = (after(start), after(end.saturating_sub(1).max(start)));
        self.parts.iter().take(last.saturating_add(1)).skip(first).map(|part| part.name.as_str())
    }

    /// `error`, said to be in the part that holds `position`.
    pub(crate) fn locate(&self, error: Error, position: u64) -> Error {
        match self.part_at(position) {
            Some((name, offset)) => error.in_part(name).at(offset),
            None => error,
        }
    }

    fn at(&self, position: u64) -> Option<&Member> {
        let at = self.parts.partition_point(|part| part.start + part.size <= position);
        self.parts.get(at)
    }
}

impl ReadAt for PartSet {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let Some(part) = self.at(offset) else {
            return Ok(0);
        };
        let within = offset - part.start;
        let count = clamp(buf.len(), part.size - within);
        match part.source.read_at(&mut buf[..count], within) {
            Ok(0) if count > 0 => {
                let error = Error::from(ErrorKind::Truncated);
                Err(error.in_part(&part.name).at(within).into())
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                Err(Error::from(error).in_part(&part.name).at(within).into())
            }
            result => result,
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_at::read_exact_at;

    fn set() -> PartSet {
        PartSet::new([Part::new("a", [0, 1]), Part::new("b", []), Part::new("c", [2, 3, 4])])
            .unwrap()
    }

    #[test]
    fn parts_are_read_as_one() {
        let set = set();
        let mut buf = [9; 4];
        read_exact_at(&set, &mut buf, 1).unwrap();
        assert_eq!(buf, [1, 2, 3, 4]);
        assert_eq!(set.read_at(&mut buf, 5).unwrap(), 0);
    }

    #[test]
    fn disks_and_offsets() {
        let set = set();
        assert_eq!(set.position(0, 2), Some(2));
        assert_eq!(set.position(0, 3), None);
        assert_eq!(set.position(2, 1), Some(3));
        assert_eq!(set.position(3, 0), None);
        assert_eq!(set.part_at(2), Some(("c", 0)));
        assert_eq!(set.part_at(5), None);
    }
}
