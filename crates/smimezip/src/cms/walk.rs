//! The walk over the head and the tail of a CMS structure: elements entered, skipped and left, one
//! after the other, within the budget of a `Reader`. No CMS types here.

use der::Decode;
use der::asn1::ObjectIdentifier;

use crate::asn1::{self, Element, Reader, tag};
use crate::error::Error;
use crate::limits::Limits;
use crate::read_at::ReadAt;

/// A reader and where it stands.
pub(super) struct Walk<'a, S: ?Sized> {
    pub(super) reader: Reader<'a, S>,
    pub(super) position: u64,
}

impl<'a, S: ReadAt + ?Sized> Walk<'a, S> {
    pub(super) fn new(source: &'a S, position: u64, limits: &'a Limits) -> Self {
        Self { reader: Reader::new(source, position, limits), position }
    }

    /// The element that begins here; nothing is passed.
    pub(super) fn here(&mut self) -> Result<Element, Error> {
        self.reader.element(self.position)
    }

    /// Enters the construction that `is_it` accepts; returns its end.
    pub(super) fn enter(
        &mut self,
        is_it: impl Fn(&Element) -> bool,
        what: &'static str,
    ) -> Result<Option<u64>, Error> {
        let element = self.here()?;
        if !is_it(&element) || !element.header.constructed {
            return Err(Error::malformed(what).at(element.start));
        }
        self.position = element.contents;
        element.end()
    }

    pub(super) fn enter_sequence(&mut self, what: &'static str) -> Result<Option<u64>, Error> {
        self.enter(|element| element.header.is(tag::SEQUENCE), what)
    }

    /// Leaves a construction that must end here.
    pub(super) fn leave(&mut self, end: Option<u64>) -> Result<(), Error> {
        if let Some(end) = end {
            return if end == self.position {
                Ok(())
            } else {
                Err(Error::malformed("a construction ends elsewhere than it says").at(end))
            };
        }
        let element = self.here()?;
        if !element.header.is_end_of_contents() {
            return Err(Error::malformed("end-of-contents bytes expected").at(element.start));
        }
        self.position = element.contents;
        Ok(())
    }

    pub(super) fn skip_if(
        &mut self,
        is_it: impl Fn(&Element) -> bool,
        what: &'static str,
    ) -> Result<(), Error> {
        let element = self.here()?;
        if !is_it(&element) {
            return Err(Error::malformed(what).at(element.start));
        }
        self.position = self.reader.skip(&element)?;
        Ok(())
    }

    /// Skips `[number]` if it is here.
    pub(super) fn skip_optional(&mut self, number: u32) -> Result<(), Error> {
        let element = self.here()?;
        if element.header.is_context(number) {
            self.position = self.reader.skip(&element)?;
        }
        Ok(())
    }

    /// The bytes of the element here, which is then passed.
    pub(super) fn bytes(&mut self, element: &Element) -> Result<Vec<u8>, Error> {
        let end = self.reader.skip(element)?;
        self.position = end;
        self.reader.bytes(element.start, end)
    }

    pub(super) fn object_identifier(
        &mut self,
        what: &'static str,
    ) -> Result<ObjectIdentifier, Error> {
        let element = self.here()?;
        let bytes = self.bytes(&element)?;
        ObjectIdentifier::from_der(&asn1::to_der(&bytes, 1)?)
            .map_err(|_| Error::malformed(what).at(element.start))
    }
}

/// Where the end-of-contents bytes of `content` are if `after` bytes and nothing but further
/// end-of-contents bytes follow it; `levels` are the ends of the constructions around it, the
/// outermost first.
pub(super) fn expected_end(
    content: &Element,
    levels: &[Option<u64>],
    after: u64,
    length: u64,
) -> Result<u64, Error> {
    if let Some(end) = content.end()? {
        return Ok(end);
    }
    let inner = levels.iter().rev().take_while(|level| level.is_none()).count() as u64;
    let outer_end = levels.iter().rev().find_map(|level| *level).unwrap_or(length);
    // What follows inside an outer construction is past the end of the innermost.
    let after = if inner > 0 { after } else { 0 };
    Ok(outer_end.saturating_sub((inner + 1) * 2 + after))
}
