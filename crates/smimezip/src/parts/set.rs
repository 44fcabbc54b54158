//! The parts of an archive in their order, each opened and asked for its size when somebody needs
//! it, and (part, offset) as the address of what stands in them. Reading them as one is
//! `parts/view.rs`.

use std::ops::Range;
use std::sync::Arc;

use super::part::Part;
use crate::error::{Damage, Error};
use crate::part_name::PartName;
use crate::read_at::{ReadAt, Scan};

/// The parts of an archive.
pub(crate) struct PartSet {
    parts: Vec<Member>,
    contradictions: Scan<Vec<Contradiction>>,
}

/// That a part has another size than it should have; `None` is any of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) part: Option<usize>,
    pub(crate) damage: Damage,
}

/// Where something stands: the number of a part, from 0, and the offset in it, as directories say
/// it (APPNOTE 4.4.13, 4.4.16). The very end of a part is where the next one starts. In the order
/// of addresses everything stands as it does in the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) part: usize,
    pub(crate) offset: u64,
}

struct Member {
    part: Part,
    opened: Scan<Opened>,
}

/// A part that was opened.
pub(super) struct Opened {
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) size: u64,
}

impl Address {
    /// `offset` on a disk, of which a part is one.
    pub(crate) fn on_disk(disk: u32, offset: u64) -> Self {
        Self { part: usize::try_from(disk).unwrap_or(usize::MAX), offset }
    }
}

impl PartSet {
    /// Parts in their order, of which nothing is asked yet.
    pub(crate) fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let member = |part| Member { part, opened: Scan::new() };
        Self { parts: parts.into_iter().map(member).collect(), contradictions: Scan::new() }
    }

    /// A part, opened now or before.
    ///
    /// # Errors
    /// What the part's source reports. If that passes, the next call tries again.
    pub(super) fn opened(&self, part: usize) -> Result<&Opened, Error> {
        let member = self.parts.get(part).ok_or_else(|| Error::record("a part is missing"))?;
        if let Some(opened) = member.opened.found() {
            return Ok(opened);
        }
        member.opened.find(|| {
            let source = member.part.open()?;
            let size =
                source.size().map_err(|error| Error::from(error).in_part(self.name(part)))?;
            Ok(Opened { source, size })
        })
    }

    /// How many bytes a part has, which is opened for it, if it is there.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`](crate::ErrorKind::IncompleteSet) if it is not and nothing says
    /// its size, and what the part's source reports.
    pub(super) fn size(&self, part: usize) -> Result<u64, Error> {
        match self.parts.get(part).and_then(|it| it.part.missing_size()) {
            Some(size) => Ok(size),
            None => self.opened(part).map(|opened| opened.size),
        }
    }

    /// Which of these parts are not there.
    pub(crate) fn missing(&self, parts: Range<usize>) -> Vec<PartName> {
        let members = self.parts.iter().take(parts.end).skip(parts.start);
        members.filter_map(|it| it.part.missing_name().cloned()).collect()
    }

    /// Whether this part is not there.
    pub(crate) fn is_missing(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|it| it.part.missing_name().is_some())
    }

    /// Whether the size of every part that is not there is known.
    pub(crate) fn has_all_sizes(&self) -> bool {
        let mut missing = self.parts.iter().filter(|it| it.part.missing_name().is_some());
        missing.all(|it| it.part.missing_size().is_some())
    }

    /// Opens all parts that are there.
    ///
    /// # Errors
    /// What a part's source reports.
    pub(crate) fn open_present(&self) -> Result<(), Error> {
        let mut present = (0..self.count()).filter(|part| !self.is_missing(*part));
        present.try_for_each(|part| self.opened(part).map(drop))
    }

    /// Whether all parts were opened.
    pub(crate) fn is_open(&self) -> bool {
        self.parts.iter().all(|it| it.opened.found().is_some())
    }

    /// The same parts joined anew, if one of them is of another size than it was said to be: where
    /// its layout was assumed, reading may have shown that it is another. Of those among `parts`
    /// it is made certain, for which they are read once. Parts that were not opened have said
    /// nothing.
    ///
    /// # Errors
    /// What a part's source reports.
    pub(crate) fn resized(&self, parts: Range<usize>) -> Result<Option<Self>, Error> {
        for (part, member) in self.parts.iter().enumerate() {
            if let Some(opened) = member.opened.found().filter(|_| parts.contains(&part)) {
                let settled = opened.source.settle();
                settled.map_err(|error| Error::from(error).in_part(member.part.name()))?;
            }
        }
        let is_same = |it: &Opened| it.source.size().map_or(true, |size| size == it.size);
        if self.parts.iter().filter_map(|it| it.opened.found()).all(is_same) {
            return Ok(None);
        }
        let members = self.parts.iter().map(Member::anew).collect::<Result<_, _>>()?;
        Ok(Some(Self { parts: members, contradictions: Scan::new() }))
    }

    /// How many parts there are.
    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }

    /// The name of the last part.
    pub(crate) fn last_name(&self) -> &str {
        self.parts.last().map_or("", |it| it.part.name())
    }

    /// The name of a part.
    pub(crate) fn name(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |it| it.part.name())
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

    /// The names of the parts that hold the bytes from `start` to `end`. Whether one of those at
    /// the ends is empty is seen only if it was opened.
    pub(crate) fn parts_of(&self, start: Address, end: Address) -> impl Iterator<Item = &str> {
        let mut first = start.part;
        if self.known_size(first).is_some_and(|size| size <= start.offset) {
            first += 1;
            while self.known_size(first) == Some(0) {
                first += 1;
            }
        }
        let mut after = if end.offset > 0 { end.part.saturating_add(1) } else { end.part };
        while after > first + 1 && self.known_size(after - 1) == Some(0) {
            after -= 1;
        }
        let after = after.max(first.saturating_add(1));
        self.parts.iter().take(after).skip(first).map(|it| it.part.name())
    }

    fn known_size(&self, part: usize) -> Option<u64> {
        self.parts.get(part)?.opened.found().map(|opened| opened.size)
    }
}

impl Member {
    /// The same part, of the size that it has now.
    fn anew(&self) -> Result<Self, Error> {
        let part = self.part.clone();
        let Some(opened) = self.opened.found() else {
            return Ok(Self { part, opened: Scan::new() });
        };
        let source = Arc::clone(&opened.source);
        let size = source.size().map_err(|error| Error::from(error).in_part(part.name()))?;
        Ok(Self { part, opened: Scan::done(Opened { source, size }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(part: usize, offset: u64) -> Address {
        Address { part, offset }
    }

    #[test]
    fn the_parts_of_a_range_have_bytes_of_it() {
        let parts = [("a", vec![0, 1]), ("b", vec![]), ("c", vec![2, 3, 4]), ("d", vec![5])];
        let set = PartSet::new(parts.map(|(name, bytes)| Part::new(name, bytes)));
        let of = |start, end| set.parts_of(start, end).collect::<String>();
        // Nothing is opened for it.
        assert_eq!(of(at(0, 1), at(0, 2)), "a");
        assert_eq!(of(at(0, 1), at(1, 0)), "a");
        assert_eq!(of(at(0, 1), at(2, 0)), "ab");
        assert_eq!(of(at(0, 1), at(3, 1)), "abcd");
        assert!(set.parts.iter().all(|it| it.opened.found().is_none()) && !set.is_open());
        for part in 0..4 {
            set.opened(part).unwrap();
        }
        assert!(set.is_open());
        assert_eq!(of(at(0, 1), at(2, 0)), "a");
        assert_eq!(of(at(0, 2), at(2, 1)), "c");
        assert_eq!(of(at(1, 0), at(2, 1)), "c");
        assert_eq!(of(at(0, 0), at(2, 1)), "abc");
        assert_eq!(of(at(3, 1), at(3, 1)), "");
        assert!(set.opened(4).is_err());
    }
}
