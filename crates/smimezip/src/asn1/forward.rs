//! The octets of a string met in their order, for input that cannot be read at a position. The
//! same walk over the chunks as that of the views.

use super::chunks::{Chunk, Walk};
use super::octets::OctetPlace;
use super::reader::{Element, Window};
use crate::error::Error;
use crate::limits::Limits;
use crate::read_at::ReadAt;

/// Where the octets of a string are, one chunk after the other.
pub(crate) struct OctetFeed {
    walk: Walk,
    window: Window,
    limits: Limits,
    /// The one chunk of a primitive string, until it was told.
    primitive: Option<Chunk>,
    is_primitive: bool,
}

/// What the walk comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A chunk's octets.
    Octets { start: u64, length: u64 },
    /// The position behind the string.
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
        let walk = Walk::new(contents, end);
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
                self.walk = Walk::new(chunk.start + chunk.length, None);
            })
        } else {
            self.walk.next(source, &mut self.window, 64, &self.limits)?
        };
        Ok(match chunk {
            Some(Chunk { start, length, .. }) => Next::Octets { start, length },
            None => Next::End(self.walk.position()),
        })
    }
}
