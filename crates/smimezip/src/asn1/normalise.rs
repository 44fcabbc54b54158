//! One small element from BER to DER: definite minimal lengths, strings in one piece. What `cms`
//! and `x509-cert` then decode. The order of a SET OF is kept as it was sent.

use zeroize::Zeroizing;

use super::header::{self, Class, Length, tag};
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;

/// `bytes` hold one element in BER; the same element in DER.
///
/// # Errors
/// `Malformed` or `Truncated` if they do not, `Limit` beyond `depth` levels.
pub(crate) fn to_der(bytes: &[u8], depth: usize) -> Result<Vec<u8>, Error> {
    let (der, used) = first_to_der(bytes, depth)?;
    if used == bytes.len() { Ok(der) } else { Err(Error::malformed("bytes after the element")) }
}

/// The element that `bytes` start with, in DER, and how many of them it took. It may be a private
/// key: no copy of its contents is left behind.
///
/// # Errors
/// As [`to_der`].
pub(crate) fn first_to_der(bytes: &[u8], depth: usize) -> Result<(Vec<u8>, usize), Error> {
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let used = element(bytes, depth, &mut out).map_err(|error| match error.kind() {
        // Counted down on the way; what the caller allowed is what is said.
        ErrorKind::Limit { limit, .. } => Error::limit(*limit, depth as u64),
        _ => error,
    })?;
    Ok((std::mem::take(&mut *out), used))
}

/// The size of the element that `bytes` start with, if it is in the form that [`to_der`] gives.
pub(crate) fn size_if_der(bytes: &[u8], depth: usize) -> Option<usize> {
    let header = header::parse(bytes).ok()?;
    let start = usize::from(header.size);
    let Length::Definite(length) = header.length else { return None };
    let contents = sized(&bytes[start..], length).ok()?;
    // One byte, or as few as hold it and one that counts them.
    let significant = match contents.len() {
        0..=0x7f => 0,
        length => (usize::BITS - length.leading_zeros()).div_ceil(8),
    };
    if start - identifier_size(bytes) != 1 + usize::try_from(significant).ok()? {
        return None;
    }
    if header.constructed {
        if header.class == Class::Universal && is_string(header.tag) {
            return None;
        }
        let depth = depth.checked_sub(1)?;
        let mut rest = contents;
        while !rest.is_empty() {
            rest = &rest[size_if_der(rest, depth)?..];
        }
    }
    Some(start + contents.len())
}

/// Appends to what may be a private key: what is moved while it grows is wiped where it was.
fn append(out: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    let needed = out.len().saturating_add(bytes.len());
    if needed > out.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(out);
        *out = larger;
    }
    out.extend_from_slice(bytes);
}

/// Appends the DER of the element at the start of `bytes`; returns the bytes it took.
fn element(bytes: &[u8], depth: usize, out: &mut Zeroizing<Vec<u8>>) -> Result<usize, Error> {
    let header = header::parse(bytes)?;
    let start = usize::from(header.size);
    if !header.constructed {
        let Length::Definite(length) = header.length else {
            return Err(Error::malformed("primitive with indefinite length"));
        };
        let contents = sized(&bytes[start..], length)?;
        push(bytes, contents, header.constructed, out);
        return Ok(start + contents.len());
    }
    if depth == 0 {
        return Err(Error::limit(Limit::Depth, 0));
    }
    let string = header.class == Class::Universal && is_string(header.tag);
    let mut contents = Zeroizing::new(Vec::new());
    let used = children(&bytes[start..], header.length, |child| {
        if string {
            let mut piece = Zeroizing::new(Vec::new());
            let used = element(child, depth - 1, &mut piece)?;
            append_piece(header.tag, &piece, &mut contents)?;
            Ok(used)
        } else {
            element(child, depth - 1, &mut contents)
        }
    })?;
    push(bytes, &contents, !string, out);
    Ok(start + used)
}

/// Calls `each` with the bytes from every child on; it returns the child's size. Returns the
/// bytes that the children took, end-of-contents bytes included.
fn children(
    bytes: &[u8],
    length: Length,
    mut each: impl FnMut(&[u8]) -> Result<usize, Error>,
) -> Result<usize, Error> {
    let mut position = 0;
    match length {
        Length::Definite(length) => {
            let contents = sized(bytes, length)?;
            while position < contents.len() {
                position += each(&contents[position..])?;
            }
            Ok(contents.len())
        }
        Length::Indefinite => {
            while !header::parse(&bytes[position..])?.is_end_of_contents() {
                position += each(&bytes[position..])?;
            }
            Ok(position + 2)
        }
    }
}

fn sized(bytes: &[u8], length: u64) -> Result<&[u8], Error> {
    usize::try_from(length)
        .ok()
        .and_then(|length| bytes.get(..length))
        .ok_or_else(|| ErrorKind::Truncated.into())
}

/// String types may come in pieces (X.690 8.6.4, 8.7.3, 8.23.6).
fn is_string(number: u32) -> bool {
    matches!(number, tag::BIT_STRING | tag::OCTET_STRING | 12 | 18..=22 | 25..=30)
}

/// Appends the contents of a primitive `piece` of a string of type `number`.
fn append_piece(number: u32, piece: &[u8], contents: &mut Zeroizing<Vec<u8>>) -> Result<(), Error> {
    let header = header::parse(piece)?;
    // The pieces of a character string are OCTET STRINGs, as in X.690 8.23.6.
    if !header.is(number) && !header.is(tag::OCTET_STRING) {
        return Err(Error::malformed("a piece of a string has another type"));
    }
    let bytes = &piece[usize::from(header.size)..];
    if number != tag::BIT_STRING {
        append(contents, bytes);
        return Ok(());
    }
    // The first byte counts the unused bits; only the last piece may have some (X.690 8.6.4.1).
    let (unused, bits) =
        bytes.split_first().ok_or_else(|| Error::malformed("empty piece of a BIT STRING"))?;
    match contents.first_mut() {
        None => append(contents, &[*unused]),
        Some(0) => contents[0] = *unused,
        Some(_) => return Err(Error::malformed("unused bits inside a BIT STRING")),
    }
    append(contents, bits);
    Ok(())
}

/// Bytes before the length of the element that `bytes`, which have been parsed, start with.
fn identifier_size(bytes: &[u8]) -> usize {
    if bytes[0] & 0x1f == 0x1f {
        1 + bytes[1..].iter().take_while(|byte| **byte & 0x80 != 0).count() + 1
    } else {
        1
    }
}

/// Appends the element with the identifier bytes of `original` and `contents`.
fn push(original: &[u8], contents: &[u8], constructed: bool, out: &mut Zeroizing<Vec<u8>>) {
    let constructed_bit = if constructed { 0x20 } else { 0 };
    append(out, &[(original[0] & !0x20) | constructed_bit]);
    append(out, &original[1..identifier_size(original)]);
    if let Ok(short @ 0..=0x7f) = u8::try_from(contents.len()) {
        append(out, &[short]);
    } else {
        let length = contents.len().to_be_bytes();
        let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
        // At most 8 bytes, so the count fits the low bits.
        append(out, &[0x80 | significant.len().to_le_bytes()[0]]);
        append(out, significant);
    }
    append(out, contents);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(bytes: &[u8]) -> Result<Vec<u8>, Error> {
        to_der(bytes, 32)
    }

    #[test]
    fn der_stays_as_it_is() {
        let bytes = [0x30, 0x06, 0x02, 0x01, 0x00, 0x80, 0x01, 0xff];
        assert_eq!(der(&bytes).unwrap(), bytes);
        assert_eq!(size_if_der(&bytes, 1), Some(8));
        assert_eq!(size_if_der(&bytes, 0), None);
        assert_eq!(size_if_der(&[&bytes[..], b"\n"].concat(), 1), Some(8));
        for size in [127, 128, 255, 256, 65_535, 65_536] {
            let bytes = der(&[&[4, 0x83][..], &[0, 0, 0], &vec![7; size]].concat());
            assert!(bytes.is_err(), "{size} bytes after an empty string");
            let length = u32::try_from(size).unwrap().to_be_bytes();
            let long = [&[4, 0x83], &length[1..], &vec![7; size]].concat();
            let bytes = der(&long).unwrap();
            assert_eq!(size_if_der(&bytes, 0), Some(bytes.len()));
            assert_eq!(size_if_der(&long, 0).is_some(), size > 65_535);
        }
        for other in [&[0x30, 0x80, 0, 0][..], &[0x24, 3, 4, 1, 1], &[4, 0x81, 1, 0], &[4, 2, 1]] {
            assert_eq!(size_if_der(other, 3), None);
        }
    }

    #[test]
    fn indefinite_and_long_lengths_become_minimal() {
        let bytes = [0x30, 0x80, 0x02, 0x81, 0x01, 0x05, 0, 0];
        assert_eq!(der(&bytes).unwrap(), [0x30, 0x03, 0x02, 0x01, 0x05]);
    }

    #[test]
    fn strings_become_one_piece() {
        let bytes = [0x24, 0x80, 0x04, 1, 1, 0x24, 0x05, 0x04, 1, 2, 0x04, 0, 0, 0];
        assert_eq!(der(&bytes).unwrap(), [0x04, 2, 1, 2]);
        let bits = [0x23, 0x08, 0x03, 2, 0, 0xaa, 0x03, 2, 4, 0xf0];
        assert_eq!(der(&bits).unwrap(), [0x03, 3, 4, 0xaa, 0xf0]);
    }

    #[test]
    fn long_contents_get_long_lengths() {
        let mut bytes = vec![0x24, 0x80];
        for _ in 0..3 {
            bytes.extend_from_slice(&[0x04, 0x81, 100]);
            bytes.extend_from_slice(&[7; 100]);
        }
        bytes.extend_from_slice(&[0, 0]);
        let out = der(&bytes).unwrap();
        assert_eq!(&out[..4], &[0x04, 0x82, 0x01, 0x2c]);
        assert_eq!(out.len(), 304);
    }

    #[test]
    fn high_tag_numbers_stay_as_they_are() {
        // [1000] of two bytes, its length in one byte too many.
        let bytes = [0xbf, 0x87, 0x68, 0x81, 0x02, 0x05, 0x00];
        assert_eq!(der(&bytes).unwrap(), [0xbf, 0x87, 0x68, 0x02, 0x05, 0x00]);
        assert_eq!(der(&[0x9f, 0x1f, 0x81, 1, 7]).unwrap(), [0x9f, 0x1f, 1, 7]);
    }

    #[test]
    fn deep_nesting_is_refused() {
        let bytes = [0x30, 0x80].repeat(100_000);
        let error = der(&bytes).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Depth, allowed: 32 }));
    }

    #[test]
    fn cut_input_is_never_accepted() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 1, 0, 0, 0x03, 2, 0, 1, 0, 0];
        assert!(der(&bytes).is_ok());
        for cut in 0..bytes.len() {
            assert!(der(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
