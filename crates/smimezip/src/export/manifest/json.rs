//! As much of JSON (RFC 8259) as a manifest has: objects whose fields are known, lists, texts and
//! whole numbers. How deep they are is for the caller to say, and never for the text.

use std::fmt::Write as _;

use crate::error::{Damage, Error, ErrorKind};

/// Reads one value after the other.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// # Errors
    /// `Damaged` if it is not UTF-8.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let offset = u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX);
            Error::from(ErrorKind::Damaged(Damage::Manifest("is not UTF-8"))).at(offset)
        })?;
        Ok(Self { text, at: 0 })
    }

    /// An error where the reader is.
    pub(super) fn wrong(&self, what: &'static str) -> Error {
        let error = Error::from(ErrorKind::Damaged(Damage::Manifest(what)));
        error.at(u64::try_from(self.at).unwrap_or(u64::MAX))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at += rest.len() - trimmed.len();
    }

    /// Whether the next character is this one, which is taken then.
    fn takes(&mut self, character: char) -> bool {
        self.skip_space();
        let takes = self.rest().starts_with(character);
        self.at += if takes { character.len_utf8() } else { 0 };
        takes
    }

    /// Takes this character, which must be the next; `what` is wrong if it is not.
    fn take(&mut self, character: char, what: &'static str) -> Result<(), Error> {
        if self.takes(character) { Ok(()) } else { Err(self.wrong(what)) }
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.skip_space();
        if self.rest().is_empty() { Ok(()) } else { Err(self.wrong("goes on after its end")) }
    }

    /// An object, whose fields `field` reads by their names.
    pub(super) fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.take('{', "lacks an object")?;
        if self.takes('}') {
            return Ok(());
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.take(':', "lacks a colon")?;
            field(self, &name)?;
            if !self.takes(',') {
                return self.take('}', "lacks the end of an object");
            }
        }
    }

    /// A list, whose items `item` reads.
    pub(super) fn list(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.take('[', "lacks a list")?;
        if self.takes(']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if !self.takes(',') {
                return self.take(']', "lacks the end of a list");
            }
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&mut self) -> Result<u64, Error> {
        self.skip_space();
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let digits = &rest[..digits];
        let is_plain = digits == "0" || !digits.starts_with('0');
        let number = digits.parse().ok().filter(|_| is_plain);
        let number = number.ok_or_else(|| self.wrong("lacks a whole number of 64 bits"))?;
        self.at += digits.len();
        Ok(number)
    }

    pub(super) fn string(&mut self) -> Result<String, Error> {
        self.take('"', "lacks a text")?;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let plain = plain.ok_or_else(|| self.wrong("ends within a text"))?;
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.rest().as_bytes() {
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(text);
                }
                [b'\\', ..] => {
                    self.at += 1;
                    text.push(self.escaped()?);
                }
                _ => return Err(self.wrong("has a control character in a text")),
            }
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<char, Error> {
        let kind = self.rest().chars().next();
        let simple = match kind {
            Some(c @ ('"' | '\\' | '/')) => Some(c),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            _ => None,
        };
        if let Some(character) = simple {
            self.at += 1;
            return Ok(character);
        }
        let wrong = "has an escape in a text that stands for nothing";
        let high = self.unit().ok_or_else(|| self.wrong(wrong))?;
        let units = if (0xd800..0xdc00).contains(&high) {
            let low = self.rest().starts_with('\\').then(|| self.at += 1);
            let low = low.and_then(|()| self.unit()).ok_or_else(|| self.wrong(wrong))?;
            vec![high, low]
        } else {
            vec![high]
        };
        let mut characters = char::decode_utf16(units);
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.wrong(wrong)),
        }
    }

    /// `uXXXX`.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest().strip_prefix('u')?.get(..4)?;
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let unit = u16::from_str_radix(digits, 16).ok().filter(|_| is_plain)?;
        self.at += 5;
        Some(unit)
    }
}

/// Appends a text with its quotation marks.
pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\0'..='\u{1f}' | '\u{7f}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Option<String> {
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let read = reader.string().ok()?;
        reader.end().ok().map(|()| read)
    }

    #[test]
    fn texts_come_back() {
        for text in ["", "a", "Größe \u{1f600} \"\\/", "\0\n\u{7f}\u{2028}"] {
            let mut written = String::new();
            write_string(&mut written, text);
            assert_eq!(string(&written).as_deref(), Some(text));
        }
        assert_eq!(string(r#""\u00e9\ud83d\ude00\/\t""#).unwrap(), "é\u{1f600}/\t");
        for wrong in [
            r#"""#,
            "\"\n\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\u00é""#,
            r#""a"b"#,
            "a",
            r#""\"#,
        ] {
            assert_eq!(string(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_are_whole_and_plain() {
        let of = |text: &str| {
            let mut reader = Reader::new(text.as_bytes()).unwrap();
            let number = reader.number().ok()?;
            reader.end().ok().map(|()| number)
        };
        assert_eq!(of(" 18446744073709551615 "), Some(u64::MAX));
        assert_eq!((of("0"), of("10")), (Some(0), Some(10)));
        for wrong in ["", "-1", "01", "1.0", "1e3", "+1", "18446744073709551616", "٣", "\"1\""] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
