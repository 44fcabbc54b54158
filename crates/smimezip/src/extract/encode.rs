//! Safe names for such as are not: unsafe characters percent-encoded, what is too long shortened,
//! what collides numbered. Which names need it is decided elsewhere.
//!
//! The rule. In each component these become `%` and two hexadecimal digits for each of their bytes
//! in UTF-8: a backslash, a colon, a control character, and on Windows what it makes no file of; a
//! dot or a space at the end; the first letter of a device's name; and a `%` that two hexadecimal
//! digits follow. So percent-decoding gives the name back. Empty components and such as are `.` are
//! left out. A component that is longer than 255 bytes then loses the end of its stem, and one that
//! collides gets ` (2)`, ` (3)` … before its extension: what those were, the report says.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::zip::path::{MAX_COMPONENT, is_device, is_forbidden};

/// What is longer is no extension, but a dot in the middle of a name.
const MAX_EXTENSION: usize = 16;

/// The components of a path that remain: none of them is empty or a dot.
pub(super) fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|component| !matches!(*component, "" | "."))
}

/// A component that is safe, and the same if it was so before and has no `%41` or the like.
pub(super) fn component(raw: &str) -> Cow<'_, str> {
    let last = raw.char_indices().next_back().map_or(0, |(at, _)| at);
    let is_unsafe = |(at, character): (usize, char)| match character {
        '\\' | ':' => true,
        '.' | ' ' => at == last,
        '%' => is_escape(raw, at),
        other => other.is_control() || is_forbidden(other),
    };
    let mut encoded = Cow::Borrowed(raw);
    if raw.char_indices().any(is_unsafe) {
        let mut text = String::with_capacity(raw.len().saturating_add(8));
        for (at, character) in raw.char_indices() {
            if is_unsafe((at, character)) {
                escape(character, &mut text);
            } else {
                text.push(character);
            }
        }
        encoded = text.into();
    }
    if is_device(&encoded) {
        let mut text = String::with_capacity(encoded.len().saturating_add(8));
        let mut characters = encoded.chars();
        if let Some(first) = characters.next() {
            escape(first, &mut text);
        }
        text.push_str(characters.as_str());
        encoded = text.into();
    }
    if encoded.len() > MAX_COMPONENT {
        encoded = shorten(&encoded).into();
    }
    encoded
}

/// Components with numbers, of which all have the same stem and extension.
pub(super) struct Numbered<'n> {
    stem: &'n str,
    extension: &'n str,
}

impl<'n> Numbered<'n> {
    /// `component` with numbers of up to `digits` digits.
    pub(super) fn new(component: &'n str, digits: usize) -> Self {
        let (stem, extension) = split_extension(component);
        let reserved = digits.saturating_add(" ()".len()).saturating_add(extension.len());
        Self { stem: cut(stem, MAX_COMPONENT.saturating_sub(reserved)), extension }
    }

    /// What all of them have in common.
    pub(super) fn common(&self) -> String {
        format!("{}/{}", self.stem, self.extension)
    }

    /// The one with this number.
    pub(super) fn with(&self, number: u64) -> String {
        format!("{} ({number}){}", self.stem, self.extension)
    }
}

/// Whether the `%` at `at` could be taken for one that was written here.
fn is_escape(text: &str, at: usize) -> bool {
    let digits = text.as_bytes().get(at.saturating_add(1)..at.saturating_add(3));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

fn escape(character: char, text: &mut String) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a text cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

/// The stem and the extension of a component, with its dot.
fn split_extension(component: &str) -> (&str, &str) {
    match component.rfind('.') {
        Some(at) if at > 0 && component.len() - at <= MAX_EXTENSION => component.split_at(at),
        _ => (component, ""),
    }
}

fn shorten(component: &str) -> String {
    let (stem, extension) = split_extension(component);
    let stem = cut(stem, MAX_COMPONENT.saturating_sub(extension.len()));
    // Cutting may have laid a dot or a space bare.
    let stem = if extension.is_empty() { stem.trim_end_matches(['.', ' ']) } else { stem };
    format!("{stem}{extension}")
}

/// As much of `text` as `room` bytes hold, with no character and no escape cut in two.
fn cut(text: &str, room: usize) -> &str {
    let whole = |at: &usize| {
        let in_escape = |back: usize| {
            at.checked_sub(back).is_some_and(|start| {
                text.as_bytes().get(start) == Some(&b'%') && is_escape(text, start)
            })
        };
        text.is_char_boundary(*at) && !in_escape(1) && !in_escape(2)
    };
    if text.len() <= room {
        return text;
    }
    let end = (0..=room).rev().find(whole).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zip::path::check;

    /// The name that an encoded one was, unless it was shortened.
    fn decoded(component: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = component;
        while let Some(first) = rest.chars().next() {
            if first == '%' && is_escape(rest, 0) {
                bytes.push(u8::from_str_radix(&rest[1..3], 16).unwrap());
                rest = &rest[3..];
            } else {
                bytes.extend(rest[..first.len_utf8()].bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_encoded_is_distinguished_from_what_was_so() {
        for (raw, encoded) in [
            ("a", "a"),
            ("100%", "100%"),
            ("100%.txt", "100%.txt"),
            ("a%20b", "a%2520b"),
            ("a%2", "a%2"),
            ("a:b", "a%3Ab"),
            ("a%3Ab", "a%253Ab"),
            ("%:", "%%3A"),
            ("%3:", "%3%3A"),
            ("10:30:00.json", "10%3A30%3A00.json"),
            ("d\\a", "d%5Ca"),
            ("a\nb", "a%0Ab"),
            ("a\0", "a%00"),
            ("a\u{7f}", "a%7F"),
            ("a\u{85}", "a%C2%85"),
            ("a.", "a%2E"),
            ("a...", "a..%2E"),
            ("a ", "a%20"),
            ("a. ", "a.%20"),
            ("...", "..%2E"),
            (" ", "%20"),
            ("con", "%63on"),
            ("NUL.txt", "%4EUL.txt"),
            ("con.", "con%2E"),
            ("aux .h", "%61ux .h"),
            ("COM¹", "%43OM¹"),
            ("Größe: 3", "Größe%3A 3"),
            // Files of such names cannot be made on Windows.
            ("*?<>|\"", if cfg!(windows) { "%2A%3F%3C%3E%7C%22" } else { "*?<>|\"" }),
        ] {
            assert_eq!(component(raw), encoded, "{raw:?}");
            assert_eq!(decoded(encoded), raw, "{encoded}");
            assert_eq!(check(encoded), Ok(()), "{encoded}");
        }
    }

    #[test]
    fn what_is_too_long_keeps_its_extension_and_is_cut_nowhere_inside() {
        let long = |text: &str, count: usize| text.repeat(count);
        for (raw, start, end) in [
            (long("x", 300), "xx", "x"),
            (long("x", 300) + ".json", "xx", "x.json"),
            (long("日", 90) + ".txt", "日", "日.txt"),
            (long("\u{1}", 200), "%01", "%01"),
            (long(":", 200) + ".z", "%3A", "%3A.z"),
            (long("%41", 200), "%2541", "%2541"),
            (long(".", 300), "...", "%2E"),
            (long(" x", 300), " x", "x"),
            (long("x. ", 100) + "y", "x. ", ". y"),
            (format!("a.{}", long("b", 300)), "a.b", "b"),
        ] {
            let encoded = component(&raw);
            assert!(encoded.len() <= MAX_COMPONENT && encoded.len() > 240, "{encoded}");
            assert!(encoded.starts_with(start) && encoded.ends_with(end), "{encoded}");
            assert_eq!(check(&encoded), Ok(()), "{encoded}");
        }
        assert_eq!(cut("ab%3Acd", 4), "ab");
        assert_eq!(cut("ab%3Acd", 5), "ab%3A");
        assert_eq!(cut("ab%%3A", 4), "ab%");
    }

    #[test]
    fn a_number_stands_before_the_extension() {
        for (name, numbered) in [
            ("a.txt", "a (2).txt"),
            ("a.tar.gz", "a.tar (2).gz"),
            ("a", "a (2)"),
            (".hidden", ".hidden (2)"),
            ("a (2)", "a (2) (2)"),
            (
                "v1.2 of a long report that has no extension",
                "v1.2 of a long report that has no extension (2)",
            ),
        ] {
            assert_eq!(Numbered::new(name, 3).with(2), numbered);
        }
        for name in ["x".repeat(255), "x".repeat(250) + ".json", "日".repeat(85)] {
            let numbered = Numbered::new(&name, 3).with(100);
            assert!(numbered.contains(" (100)") && check(&numbered).is_ok(), "{numbered}");
            assert!(numbered.len() > 240);
        }
    }
}
