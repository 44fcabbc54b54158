//! The walk over the primitive chunks of an OCTET STRING in BER (X.690 8.7), nested or not. It
//! knows positions only; it reads no contents and keeps no list.

use super::header::{Length, tag};
use super::reader::{Element, Window};
use crate::error::Error;
use crate::limits::Limits;
use crate::read_at::ReadAt;

/// A primitive chunk that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Where its header starts.
    pub(super) header: u64,
    /// Where its octets start.
    pub(super) start: u64,
    /// How many there are.
    pub(super) length: u64,
}

/// Where a walk stands: enough to go on from here, small enough to keep thousands.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    position: u64,
    /// End of each constructed level that is open, if its length is definite.
    levels: Vec<Option<u64>>,
    empty_in_a_row: u64,
}

impl Walk {
    /// A walk that starts with the first header inside a constructed string.
    pub(super) fn new(contents: u64, end: Option<u64>) -> Self {
        Self { position: contents, levels: vec![end], empty_in_a_row: 0 }
    }

    /// The position behind what was walked over; behind the whole string once
    /// [`next`](Self::next) gave `None`.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next chunk that is not empty. `fetch` is how much to read where a header is not at
    /// hand in `window`.
    pub(super) fn next<S: ReadAt + ?Sized>(
        &mut self,
        source: &S,
        window: &mut Window,
        fetch: usize,
        limits: &Limits,
    ) -> Result<Option<Chunk>, Error> {
        loop {
            while self.levels.last() == Some(&Some(self.position)) {
                self.levels.pop();
            }
            let Some(level) = self.levels.last() else {
                return Ok(None);
            };
            let element = window.element(source, self.position, fetch)?;
            if element.header.is_end_of_contents() {
                if level.is_some() {
                    return Err(
                        Error::malformed("unexpected end-of-contents octets").at(element.start)
                    );
                }
                self.levels.pop();
                self.position = element.contents;
                continue;
            }
            if !element.header.is(tag::OCTET_STRING) {
                return Err(Error::malformed("a chunk is not an OCTET STRING").at(element.start));
            }
            let end = element.end()?;
            let innermost_end = self.levels.iter().rev().flatten().next();
            if let (Some(end), Some(limit)) = (end.or(Some(element.contents)), innermost_end)
                && end > *limit
            {
                return Err(
                    Error::malformed("a chunk ends behind the string it is in").at(element.start)
                );
            }
            match element.header.length {
                Length::Definite(length) if !element.header.constructed => {
                    self.position = end.unwrap_or(element.contents);
                    if length > 0 {
                        self.empty_in_a_row = 0;
                        let Element { start, contents, .. } = element;
                        return Ok(Some(Chunk { header: start, start: contents, length }));
                    }
                    self.count_empty(limits)?;
                }
                _ => {
                    self.levels.push(end);
                    if self.levels.len() > limits.depth {
                        return Err(Error::limit("depth", limits.depth as u64).at(element.start));
                    }
                    self.position = element.contents;
                    self.count_empty(limits)?;
                }
            }
        }
    }

    /// Constructed levels count as empty chunks until an octet follows: neither makes progress.
    fn count_empty(&mut self, limits: &Limits) -> Result<(), Error> {
        self.empty_in_a_row += 1;
        if self.empty_in_a_row > limits.empty_chunks {
            return Err(Error::limit("empty_chunks", limits.empty_chunks).at(self.position));
        }
        Ok(())
    }
}
