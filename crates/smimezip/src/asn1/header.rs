//! Identifier bytes and length bytes (X.690 8.1.2 and 8.1.3): one header, from memory.

use crate::error::{Error, ErrorKind};

/// The longest header that is read: identifier up to 6 bytes, length up to 9.
pub(crate) const MAX_HEADER: usize = 15;

/// Universal tag numbers (X.680 8.4).
pub(crate) mod tag {
    pub(crate) const END_OF_CONTENTS: u32 = 0;
    pub(crate) const INTEGER: u32 = 2;
    pub(crate) const BIT_STRING: u32 = 3;
    pub(crate) const OCTET_STRING: u32 = 4;
    pub(crate) const OBJECT_IDENTIFIER: u32 = 6;
    pub(crate) const SEQUENCE: u32 = 16;
    pub(crate) const SET: u32 = 17;
}

/// Tag class (X.690 table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Universal,
    Application,
    ContextSpecific,
    Private,
}

/// Length bytes (X.690 8.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Definite(u64),
    /// Ends with end-of-contents bytes.
    Indefinite,
}

/// Identifier and length bytes of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) class: Class,
    pub(crate) constructed: bool,
    pub(crate) tag: u32,
    pub(crate) length: Length,
    /// Bytes that the header itself takes.
    pub(crate) size: u8,
}

impl Header {
    /// Whether this is the universal type `tag`.
    pub(crate) fn is(&self, tag: u32) -> bool {
        self.class == Class::Universal && self.tag == tag
    }

    /// Whether this is the context-specific tag `[number]`.
    pub(crate) fn is_context(&self, number: u32) -> bool {
        self.class == Class::ContextSpecific && self.tag == number
    }

    /// Whether these are the end-of-contents bytes (X.690 8.1.5).
    pub(crate) fn is_end_of_contents(&self) -> bool {
        self.is(tag::END_OF_CONTENTS) && !self.constructed && self.length == Length::Definite(0)
    }
}

/// Reads the header at the start of `bytes`, which need not hold more than it.
///
/// # Errors
/// `Truncated` if `bytes` end within it, `Malformed` if it is none.
pub(crate) fn parse(bytes: &[u8]) -> Result<Header, Error> {
    let mut rest = bytes.iter().copied();
    let mut next = || rest.next().ok_or_else(|| Error::from(ErrorKind::Truncated));
    let mut size = 1_u8;
    let identifier = next()?;
    let mut tag = u32::from(identifier & 0x1f);
    if tag == 0x1f {
        tag = 0;
        loop {
            let byte = next()?;
            size += 1;
            if tag > (u32::MAX >> 7) || (tag == 0 && byte == 0x80) {
                return Err(Error::malformed("tag number out of range"));
            }
            tag = (tag << 7) | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let first = next()?;
    size += 1;
    let length = match first {
        0x80 => Length::Indefinite,
        0xff => return Err(Error::malformed("reserved length byte")),
        short if short < 0x80 => Length::Definite(u64::from(short)),
        long => {
            let mut length = 0_u64;
            let count = long & 0x7f;
            if count > 8 {
                return Err(Error::malformed("length of more than 8 bytes"));
            }
            for _ in 0..count {
                length = (length << 8) | u64::from(next()?);
            }
            size += count;
            Length::Definite(length)
        }
    };
    let class = match identifier >> 6 {
        0 => Class::Universal,
        1 => Class::Application,
        2 => Class::ContextSpecific,
        _ => Class::Private,
    };
    let constructed = identifier & 0x20 != 0;
    if length == Length::Indefinite && !constructed {
        return Err(Error::malformed("primitive with indefinite length"));
    }
    Ok(Header { class, constructed, tag, length, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lengths() {
        assert_eq!(parse(&[0x30, 0x05]).unwrap().length, Length::Definite(5));
        assert_eq!(parse(&[0x30, 0x80]).unwrap().length, Length::Indefinite);
        let long = parse(&[0x04, 0x85, 1, 0, 0, 0, 2]).unwrap();
        assert_eq!(long.length, Length::Definite((1 << 32) + 2));
        assert_eq!(long.size, 7);
        let longest = parse(&[0x30, 0x88, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        assert_eq!((longest.length, longest.size), (Length::Definite(0x0102_0304_0506_0708), 10));
        // Not minimal, yet legal BER.
        assert_eq!(parse(&[0x04, 0x82, 0, 3]).unwrap().length, Length::Definite(3));
    }

    #[test]
    fn high_tag_numbers() {
        let header = parse(&[0xbf, 0x81, 0x02, 0x00]).unwrap();
        assert!(header.is_context(130));
        assert_eq!(header.size, 4);
        assert!(parse(&[0xbf, 0x80, 0x02, 0x00]).is_err());
        assert!(parse(&[0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]).is_err());
        // The largest, and the one after it.
        let header = parse(&[0x9f, 0x8f, 0xff, 0xff, 0xff, 0x7f, 0]).unwrap();
        assert_eq!((header.tag, header.size), (u32::MAX, 7));
        assert!(parse(&[0x9f, 0x90, 0x80, 0x80, 0x80, 0x00, 0]).is_err());
    }

    #[test]
    fn classes_are_distinguished() {
        for (identifier, class) in [
            (0x02, Class::Universal),
            (0x42, Class::Application),
            (0x82, Class::ContextSpecific),
            (0xc2, Class::Private),
        ] {
            let header = parse(&[identifier, 0]).unwrap();
            assert_eq!(header.class, class);
            assert_eq!(header.is(tag::INTEGER), class == Class::Universal);
            assert_eq!(header.is_context(2), class == Class::ContextSpecific);
            assert!(!header.is(tag::SET) && !header.is_context(3));
        }
        assert!(parse(&[0, 0]).unwrap().is_end_of_contents());
        for other in [[0x80, 0], [0, 1], [0x20, 0], [2, 0]] {
            assert!(!parse(&other).unwrap().is_end_of_contents());
        }
    }

    #[test]
    fn what_is_not_a_header() {
        assert!(parse(&[0x04, 0x80]).is_err());
        assert!(parse(&[0x30, 0xff]).is_err());
        assert!(parse(&[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1]).is_err());
        for cut in 0..4 {
            let error = parse(&[0x04, 0x82, 1, 0][..cut]).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Truncated));
        }
    }
}
