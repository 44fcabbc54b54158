//! Elements read from a `ReadAt`, within a budget of bytes: the walk through a message's head.

use super::header::{self, Header, Length, MAX_HEADER};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::read_at::{ReadAt, read_exact_at, read_full_at};

/// How much is fetched at once. Heads have one to a few KiB.
const WINDOW: usize = 4096;

/// One element: where it is, its header, where its contents are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    pub(crate) header: Header,
    pub(crate) start: u64,
    /// First byte of the contents.
    pub(crate) contents: u64,
}

impl Element {
    /// End of the contents, if its length is definite.
    pub(crate) fn end(&self) -> Result<Option<u64>, Error> {
        match self.header.length {
            Length::Indefinite => Ok(None),
            Length::Definite(length) => self
                .contents
                .checked_add(length)
                .map(Some)
                .ok_or_else(|| Error::malformed("length beyond 2^64").at(self.start)),
        }
    }
}

/// Reads elements at positions. Whatever lies at or after `budget_end` is refused, so no input
/// makes it read or hold more than the limit.
pub(crate) struct Reader<'a, S: ?Sized> {
    source: &'a S,
    limits: &'a Limits,
    budget_end: u64,
    window: Window,
}

impl<'a, S: ReadAt + ?Sized> Reader<'a, S> {
    /// A reader that may look at `limits.structure` bytes from `start`.
    pub(crate) fn new(source: &'a S, start: u64, limits: &'a Limits) -> Self {
        Self {
            source,
            limits,
            budget_end: start.saturating_add(limits.structure),
            window: Window::default(),
        }
    }

    /// The element at `position`.
    pub(crate) fn element(&mut self, position: u64) -> Result<Element, Error> {
        if position >= self.budget_end {
            return Err(Error::limit(Limit::Structure, self.limits.structure).at(position));
        }
        self.window.element(self.source, position, WINDOW)
    }

    /// The bytes from `start` to `end`, both within the budget.
    pub(crate) fn bytes(&mut self, start: u64, end: u64) -> Result<Vec<u8>, Error> {
        if end > self.budget_end {
            return Err(Error::limit(Limit::Structure, self.limits.structure).at(start));
        }
        let size = usize::try_from(end.saturating_sub(start))
            .map_err(|_| Error::limit(Limit::Structure, self.limits.structure))?;
        // The budget bounds the size, but a short input must not cost even that.
        let available = self.source.size()?.saturating_sub(start);
        if size as u64 > available {
            return Err(Error::from(ErrorKind::Truncated).at(start));
        }
        let mut bytes = vec![0; size];
        read_exact_at(self.source, &mut bytes, start)?;
        Ok(bytes)
    }

    /// The position after `element`, found without looking inside where the length says.
    pub(crate) fn skip(&mut self, element: &Element) -> Result<u64, Error> {
        if let Some(end) = element.end()? {
            return Ok(end);
        }
        let mut open = 1_usize;
        let mut position = element.contents;
        while open > 0 {
            let inner = self.element(position)?;
            position = match inner.end()? {
                Some(end) => end,
                None => inner.contents,
            };
            if inner.header.is_end_of_contents() {
                open -= 1;
            } else if inner.header.length == Length::Indefinite {
                open += 1;
                if open > self.limits.depth {
                    return Err(
                        Error::limit(Limit::Depth, self.limits.depth as u64).at(inner.start)
                    );
                }
            }
        }
        Ok(position)
    }
}

/// The bytes around the header read last, so that neighbouring headers cost one read.
#[derive(Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    start: u64,
}

impl Window {
    /// The element at `position`; `fetch` bytes are read if its header is not at hand.
    pub(super) fn element<S: ReadAt + ?Sized>(
        &mut self,
        source: &S,
        position: u64,
        fetch: usize,
    ) -> Result<Element, Error> {
        let inside = position
            .checked_sub(self.start)
            .and_then(|offset| usize::try_from(offset).ok())
            .filter(|offset| offset.saturating_add(MAX_HEADER) <= self.bytes.len());
        let offset = if let Some(offset) = inside {
            offset
        } else {
            self.bytes.resize(fetch.max(MAX_HEADER), 0);
            let count = read_full_at(source, &mut self.bytes, position)?;
            self.bytes.truncate(count);
            self.start = position;
            0
        };
        let header = header::parse(&self.bytes[offset..]).map_err(|error| error.at(position))?;
        // A position in a view plus 15 cannot overflow: views end long before 2^64 - 15.
        let contents = position
            .checked_add(u64::from(header.size))
            .ok_or_else(|| Error::malformed("position beyond 2^64"))?;
        Ok(Element { header, start: position, contents })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_nested_indefinite_lengths() {
        let data = vec![0x30, 0x80, 0x24, 0x80, 0x04, 1, 7, 0, 0, 0, 0, 0x05, 0x00];
        let limits = Limits::default();
        let mut reader = Reader::new(&data, 0, &limits);
        let outer = reader.element(0).unwrap();
        assert_eq!(reader.skip(&outer).unwrap(), 11);
    }

    #[test]
    fn the_budget_holds() {
        let limits = Limits { structure: 8, ..Limits::default() };
        let data = vec![0x30, 0x80, 0x05, 0, 0x05, 0, 0x05, 0, 0x05, 0, 0, 0];
        let mut reader = Reader::new(&data, 0, &limits);
        let outer = reader.element(0).unwrap();
        let error = reader.skip(&outer).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Structure, .. }));
    }

    #[test]
    fn the_last_byte_of_the_budget_may_be_read() {
        let limits = Limits { structure: 8, ..Limits::default() };
        let data = vec![7; 20];
        let mut reader = Reader::new(&data, 2, &limits);
        assert_eq!(reader.bytes(4, 10).unwrap(), [7; 6]);
        assert!(reader.bytes(4, 11).is_err());
    }

    #[test]
    fn lengths_do_not_overflow() {
        let data = vec![0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let limits = Limits::default();
        let mut reader = Reader::new(&data, 0, &limits);
        let outer = reader.element(0).unwrap();
        assert!(reader.skip(&outer).is_err());
    }
}
