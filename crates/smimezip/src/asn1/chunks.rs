//! The walk over the primitive chunks of an OCTET STRING in BER (X.690 8.7), nested or not. It
//! knows positions only; it reads no contents and keeps no list.

use super::header::{Length, tag};
use super::reader::{Element, Window};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::read_at::ReadAt;

/// A primitive chunk that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Where its header starts.
    pub(super) header: u64,
    /// Where its bytes start.
    pub(super) start: u64,
    /// How many there are.
    pub(super) length: u64,
}

/// Where a walk stands: enough to go on from here, small enough to keep thousands.
#[derive(Clone, Debug)]
pub(super) struct ChunkWalk {
    position: u64,
    /// End of each constructed level that is open, if its length is definite.
    levels: Vec<Option<u64>>,
    empty_in_a_row: u64,
}

impl ChunkWalk {
    /// A walk that starts with the first header inside a constructed string.
    pub(super) fn new(contents: u64, end: Option<u64>) -> Self {
        Self { position: contents, levels: vec![end], empty_in_a_row: 0 }
    }

    /// The position after what was walked over; after the whole string once
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
                        Error::malformed("unexpected end-of-contents bytes").at(element.start)
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
                    Error::malformed("a chunk ends past the string it is in").at(element.start)
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
                        return Err(
                            Error::limit(Limit::Depth, limits.depth as u64).at(element.start)
                        );
                    }
                    self.position = element.contents;
                    self.count_empty(limits)?;
                }
            }
        }
    }

    /// Constructed levels count as empty chunks until a byte follows: neither makes progress.
    fn count_empty(&mut self, limits: &Limits) -> Result<(), Error> {
        self.empty_in_a_row += 1;
        if self.empty_in_a_row > limits.empty_chunks {
            return Err(Error::limit(Limit::EmptyChunks, limits.empty_chunks).at(self.position));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks over the contents of an indefinite string; the chunks' places, or the error.
    fn walk(data: &[u8], limits: &Limits) -> Result<(Vec<(u64, u64)>, u64), Error> {
        let (mut walk, mut window) = (ChunkWalk::new(0, None), Window::default());
        let mut found = Vec::new();
        while let Some(chunk) = walk.next(data, &mut window, 64, limits)? {
            assert!(chunk.header < chunk.start);
            found.push((chunk.start, chunk.length));
        }
        Ok((found, walk.position()))
    }

    #[test]
    fn chunks_of_each_kind_are_met_in_order() {
        let data = [4, 2, 7, 7, 0x24, 0x80, 4, 1, 7, 4, 0, 0, 0, 0x24, 3, 4, 1, 7, 0, 0, 9];
        let (found, end) = walk(&data, &Limits::default()).unwrap();
        assert_eq!((found.as_slice(), end), (&[(2, 2), (8, 1), (17, 1)][..], 20));
    }

    #[test]
    fn the_limit_on_depth_is_the_last_that_is_allowed() {
        let limits = Limits { depth: 3, ..Limits::default() };
        let nested = |levels: usize| {
            [[0x24, 0x80].repeat(levels), vec![4, 1, 7], [0, 0].repeat(levels + 1)].concat()
        };
        // The string itself is a level, too.
        assert_eq!(walk(&nested(2), &limits).unwrap().0, [(6, 1)]);
        let error = walk(&nested(3), &limits).unwrap_err();
        assert!(
            matches!(error.kind(), crate::ErrorKind::Limit { limit: Limit::Depth, .. }),
            "{error}"
        );
    }

    #[test]
    fn the_limit_on_empty_chunks_is_the_last_that_is_allowed() {
        let limits = Limits { empty_chunks: 3, ..Limits::default() };
        let empty = |count| [[4, 0].repeat(count), vec![4, 1, 7]].concat();
        let twice = [empty(3), empty(3), vec![0, 0]].concat();
        assert_eq!(walk(&twice, &limits).unwrap().0, [(8, 1), (17, 1)]);
        let error = walk(&empty(4), &limits).unwrap_err();
        assert!(matches!(error.kind(), crate::ErrorKind::Limit { limit: Limit::EmptyChunks, .. }));
    }

    #[test]
    fn a_chunk_stays_within_its_string() {
        let limits = Limits::default();
        // Three bytes of contents are announced; the chunk in them has one, or two.
        assert!(walk(&[0x24, 3, 4, 1, 7, 0, 0], &limits).is_ok());
        assert!(walk(&[0x24, 3, 4, 2, 7, 7, 0, 0], &limits).is_err());
        assert!(walk(&[0x24, 3, 0x24, 0x80, 4, 1, 7, 0, 0, 0, 0], &limits).is_err());
        // The end of contents of a string that has a length.
        assert!(walk(&[0x24, 2, 0, 0, 0, 0], &limits).is_err());
        assert!(walk(&[5, 0, 0, 0], &limits).is_err());
    }
}
