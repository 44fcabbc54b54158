//! ASN.1 written (X.690): small structures whole, in DER, and the frame of a message of any size:
//! headers of definite length for what comes after them, or indefinite ones, with the content in
//! chunks. Nothing here holds the content or needs its size to fit in memory.

use der::Encode;
use der::asn1::ObjectIdentifier;

/// Identifier bytes (X.690 8.1.2) of what is written.
pub(crate) mod identifier {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[number]` of a primitive, with a number below 31.
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]` of a construction, with a number below 31.
    pub(crate) const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// The end of what has an indefinite length (section 8.1.5).
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// Appends a header of definite length, as short as it can be (section 10.1).
pub(crate) fn header(out: &mut Vec<u8>, identifier: u8, length: u64) {
    out.push(identifier);
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = &bytes[zeros..];
    match (significant, u8::try_from(significant.len())) {
        ([], _) => out.push(0),
        ([short @ 0..=0x7f], _) => out.push(*short),
        (long, count) => {
            out.push(0x80 | count.unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
}

/// Bytes that the header before so many bytes takes.
pub(crate) fn header_size(length: u64) -> u64 {
    match length {
        0..=0x7f => 2,
        _ => 2 + u64::from(length.ilog2() / 8 + 1),
    }
}

/// Bytes of a whole element with so many bytes of contents; `None` beyond all numbers.
pub(crate) fn element_size(length: u64) -> Option<u64> {
    length.checked_add(header_size(length))
}

/// A whole element.
pub(crate) fn element(identifier: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(contents.len() + 10);
    header(&mut out, identifier, contents.len() as u64);
    out.extend_from_slice(contents);
    out
}

/// A SEQUENCE of elements.
pub(crate) fn sequence<T: AsRef<[u8]>>(elements: &[T]) -> Vec<u8> {
    let contents: Vec<u8> = elements.iter().flat_map(AsRef::as_ref).copied().collect();
    element(identifier::SEQUENCE, &contents)
}

/// A SET OF: its elements in the order of DER (section 11.6).
pub(crate) fn set_of(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut elements: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    elements.sort_unstable();
    element(identifier::SET, &elements.concat())
}

/// An INTEGER from 0 to 127.
pub(crate) fn small_integer(number: u8) -> Vec<u8> {
    debug_assert!(number < 0x80);
    vec![identifier::INTEGER, 1, number]
}

/// An INTEGER that is not negative.
pub(crate) fn integer(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // One zero stays for 0 itself, and before a first bit that would be the sign.
    let keeps_zero = bytes.get(zeros).is_none_or(|first| *first >= 0x80);
    let mut contents = vec![0; usize::from(keeps_zero)];
    contents.extend_from_slice(&bytes[zeros..]);
    element(identifier::INTEGER, &contents)
}

/// An OBJECT IDENTIFIER.
pub(crate) fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    // Encoding what was parsed cannot fail; an empty one would be refused by every reader.
    oid.to_der().unwrap_or_default()
}

/// Appends a header of indefinite length.
pub(crate) fn begin_indefinite(out: &mut Vec<u8>, identifier: u8) {
    out.extend_from_slice(&[identifier, 0x80]);
}

/// Appends the ends of so many constructions of indefinite length.
pub(crate) fn end_indefinite(out: &mut Vec<u8>, count: usize) {
    for _ in 0..count {
        out.extend_from_slice(&END_OF_CONTENTS);
    }
}

/// Cuts bytes that come as they come into OCTET STRINGs of equal size, the last one shorter.
pub(crate) struct Chunks {
    size: usize,
    pending: Vec<u8>,
}

impl Chunks {
    /// Chunks of `size` bytes, which is not 0.
    pub(crate) fn new(size: usize) -> Self {
        debug_assert!(size > 0);
        Self { size, pending: Vec::with_capacity(size) }
    }

    /// Takes the next bytes; appends all chunks that are full to `out`.
    pub(crate) fn update(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            if self.pending.is_empty() && bytes.len() >= self.size {
                let (chunk, rest) = bytes.split_at(self.size);
                append_chunk(chunk, out);
                bytes = rest;
                continue;
            }
            let count = bytes.len().min(self.size - self.pending.len());
            let (now, rest) = bytes.split_at(count);
            self.pending.extend_from_slice(now);
            bytes = rest;
            if self.pending.len() == self.size {
                self.flush(out);
            }
        }
    }

    /// There are no more bytes: appends the last chunk, if any are left.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.pending.is_empty() {
            self.flush(out);
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        append_chunk(&self.pending, out);
        self.pending.clear();
    }
}

fn append_chunk(chunk: &[u8], out: &mut Vec<u8>) {
    header(out, identifier::OCTET_STRING, chunk.len() as u64);
    out.extend_from_slice(chunk);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::der::Element;
    use crate::asn1::{Length, parse_header};

    #[test]
    fn lengths_are_as_short_as_they_can_be_and_read_back() {
        for (length, size) in [
            (0, 2),
            (1, 2),
            (0x7f, 2),
            (0x80, 3),
            (0xff, 3),
            (0x100, 4),
            (0xffff, 4),
            (0x1_0000, 5),
            (u64::from(u32::MAX), 6),
            (1 << 32, 7),
            (u64::MAX, 10),
        ] {
            let mut out = Vec::new();
            header(&mut out, identifier::OCTET_STRING, length);
            let read = parse_header(&out).unwrap();
            assert_eq!(read.length, Length::Definite(length));
            assert_eq!((out.len() as u64, header_size(length)), (size, size), "{length}");
        }
        assert_eq!(element_size(u64::MAX - 10), Some(u64::MAX));
        assert_eq!(element_size(u64::MAX - 9), None);
    }

    #[test]
    fn small_structures_are_those_that_der_reads() {
        use der::Decode;
        let written = sequence(&[small_integer(7), small_integer(0), small_integer(127)]);
        let read = Element::only(&written).unwrap().sequence().unwrap();
        let numbers: Vec<_> = read.map(|it| it.integer().unwrap()).collect();
        assert_eq!(numbers, [[7], [0], [127]]);
        for number in [0, 1, 127, 128, 255, 256, 600_000, u64::from(u32::MAX), u64::MAX] {
            let written = integer(number);
            assert_eq!(u64::from_der(&written).unwrap(), number);
            assert_eq!(number.to_der().unwrap(), written);
        }
        let name = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
        assert_eq!(ObjectIdentifier::from_der(&oid(&name)).unwrap(), name);
    }

    #[test]
    fn a_set_is_in_the_order_of_der() {
        let elements = [vec![0x04, 2, 1, 1], vec![0x04, 1, 9], vec![0x02, 1, 5]];
        assert_eq!(set_of(&elements), [0x31, 10, 0x02, 1, 5, 0x04, 1, 9, 0x04, 2, 1, 1]);
    }

    #[test]
    fn chunks_do_not_depend_on_how_the_bytes_come() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for size in [1, 7, 250, 999, 1000, 1001] {
            let mut expected = Vec::new();
            bytes.chunks(size).for_each(|chunk| append_chunk(chunk, &mut expected));
            for piece in [1, 6, 7, 8, 249, 1000] {
                let (mut chunks, mut out) = (Chunks::new(size), Vec::new());
                bytes.chunks(piece).for_each(|piece| chunks.update(piece, &mut out));
                chunks.finish(&mut out);
                assert_eq!(out, expected, "{size} {piece}");
            }
        }
        let (mut chunks, mut out) = (Chunks::new(5), Vec::new());
        chunks.finish(&mut out);
        assert!(out.is_empty());
    }
}
