//! Elements of small structures in DER that are in memory, looked at by their outer form: what
//! distinguishes the kinds of key files before anything in them is trusted. Values are not decoded
//! here.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Tag, Tagged};

use super::header::{self, Header, Length, tag};

/// One element: its header, and its contents.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    header: Header,
    contents: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element that `bytes` start with, and what comes after it.
    pub(crate) fn first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let header = header::parse(bytes).ok()?;
        let Length::Definite(length) = header.length else { return None };
        let start = usize::from(header.size);
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        let (whole, after) = bytes.split_at_checked(end)?;
        Some((Self { header, contents: &whole[start..], whole }, after))
    }

    /// The element that `bytes` consist of.
    pub(crate) fn only(bytes: &'a [u8]) -> Option<Self> {
        Self::first(bytes).filter(|(_, after)| after.is_empty()).map(|(element, _)| element)
    }

    /// The elements in a SEQUENCE that `der` holds.
    pub(crate) fn contents_of(any: &AnyRef<'a>) -> Option<Elements<'a>> {
        (any.tag() == Tag::Sequence).then_some(Elements(any.value()))
    }

    /// Its header and contents.
    pub(crate) fn whole(&self) -> &'a [u8] {
        self.whole
    }

    /// The elements in it, if it is a SEQUENCE.
    pub(crate) fn sequence(&self) -> Option<Elements<'a>> {
        (self.is(tag::SEQUENCE) && self.header.constructed).then_some(Elements(self.contents))
    }

    /// The elements in it, if it is `[number]`, constructed.
    pub(crate) fn explicit(&self, number: u32) -> Option<Elements<'a>> {
        (self.header.is_context(number) && self.header.constructed)
            .then_some(Elements(self.contents))
    }

    /// Whether it is the universal type `tag`.
    pub(crate) fn is(&self, tag: u32) -> bool {
        self.header.is(tag)
    }

    /// The object identifier it is.
    pub(crate) fn oid(&self) -> Option<ObjectIdentifier> {
        ObjectIdentifier::from_der(self.whole).ok()
    }

    /// The contents of the OCTET STRING it is.
    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        (self.is(tag::OCTET_STRING) && !self.header.constructed).then_some(self.contents)
    }

    /// The bytes it has as `[number]`, IMPLICIT and primitive.
    pub(crate) fn context_bytes(&self, number: u32) -> Option<Vec<u8>> {
        let is = self.header.is_context(number) && !self.header.constructed;
        is.then(|| self.contents.to_vec())
    }

    /// The contents of the INTEGER it is.
    pub(crate) fn integer(&self) -> Option<&'a [u8]> {
        let is = self.is(tag::INTEGER) && !self.header.constructed && !self.contents.is_empty();
        is.then_some(self.contents)
    }

    /// The bits of the BIT STRING it is, all of which are used.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        let is = self.is(tag::BIT_STRING) && !self.header.constructed;
        self.contents.split_first().filter(|(unused, _)| is && **unused == 0).map(|(_, bits)| bits)
    }

    /// The positive number it is, or the largest there is for one that is larger.
    pub(crate) fn count(&self) -> Option<u64> {
        let bytes = self.integer().filter(|bytes| bytes[0] & 0x80 == 0)?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        match bytes.get(zeros..)? {
            [] => None,
            large if large.len() > 8 => Some(u64::MAX),
            bytes => Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        }
    }
}

/// Elements in a row. Ends at what is no element.
#[derive(Clone)]
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The elements that `bytes` consist of.
    pub(crate) fn in_bytes(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether all of it was read.
    pub(crate) fn is_finished(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (element, after) = Element::first(self.0)?;
        self.0 = after;
        Some(element)
    }
}
