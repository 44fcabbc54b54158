//! The bytes of a string met in their order, for input that cannot be read at a position. The
//! same walk over the chunks as that of the views.

use super::chunks::{Chunk, ChunkWalk};
use super::octets::OctetPlace;
use super::reader::{Element, Window};
use crate::error::Error;
use crate::limits::Limits;
use crate::read_at::ReadAt;

/// Where the bytes of a string are, one chunk after the other.
pub(crate) struct OctetFeed {
    walk: ChunkWalk,
    window: Window,
    limits: Limits,
    /// The one chunk of a primitive string, until it was handed out.
    primitive: Option<Chunk>,
    is_primitive: bool,
}

/// What the walk comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A chunk's bytes.
    Bytes { start: u64, length: u64 },
    /// The position after the string.
    End(u64),
}

impl OctetFeed {
    pub(crate) fn new(place: &OctetPlace, limits: &Limits) -> Result<Self, Error> {
        let Element { header, contents, start } = place.element;
        let end = place.element.end()?;
        let is_primitive = !header.constructed;
        let primitive = end.filter(|_| is_primitive).map(|end| Chunk {
            header: start,
            start: contents,
            length: end - contents,
        });
        let walk = ChunkWalk::new(contents, end);
        Ok(Self {
            walk,
            window: Window::default(),
            limits: limits.clone(),
            primitive,
            is_primitive,
        })
    }

    /// The next chunk in `source`; asked again after it found the source cut off, it goes on from
    /// where it was.
    pub(crate) fn next<S: ReadAt>(&mut self, source: &S) -> Result<Next, Error> {
        let chunk = if self.is_primitive {
            self.primitive.take().inspect(|chunk| {
                self.walk = ChunkWalk::new(chunk.start + chunk.length, None);
            })
        } else {
            self.walk.next(source, &mut self.window, 64, &self.limits)?
        };
        Ok(match chunk {
            Some(Chunk { start, length, .. }) => Next::Bytes { start, length },
            None => Next::End(self.walk.position()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Reader;

    fn steps(data: &[u8]) -> Vec<Next> {
        let limits = Limits::default();
        let element = Reader::new(data, 0, &limits).element(0).unwrap();
        let place = OctetPlace { element, expected_end: data.len() as u64 };
        let mut feed = OctetFeed::new(&place, &limits).unwrap();
        let mut met = Vec::new();
        loop {
            met.push(feed.next(&data).unwrap());
            if let Some(Next::End(_)) = met.last() {
                return met;
            }
        }
    }

    #[test]
    fn strings_of_each_form_end_after_their_bytes() {
        let primitive = [4, 3, 7, 7, 7, 9, 9];
        assert_eq!(steps(&primitive), [Next::Bytes { start: 2, length: 3 }, Next::End(5)]);
        let definite = [0x24, 5, 4, 3, 7, 7, 7, 9];
        assert_eq!(steps(&definite), [Next::Bytes { start: 4, length: 3 }, Next::End(7)]);
        let indefinite = [0x24, 0x80, 4, 1, 7, 4, 1, 7, 0, 0, 9];
        assert_eq!(
            steps(&indefinite),
            [
                Next::Bytes { start: 4, length: 1 },
                Next::Bytes { start: 7, length: 1 },
                Next::End(10)
            ]
        );
        assert_eq!(steps(&[4, 0]), [Next::Bytes { start: 2, length: 0 }, Next::End(2)]);
    }
}
