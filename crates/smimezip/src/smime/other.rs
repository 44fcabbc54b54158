//! What stands in the place of a message and is none, for a person who must find out how it came
//! there.

use crate::error::{Error, ErrorKind, NoMessage, is_unsafe};

/// Characters of a text that are shown.
const SHOWN: usize = 80;
/// Bytes that show whether it is a text.
const LOOKED_AT: usize = 512;

/// What is wrong with `bytes`, the start of something that is no message.
pub(super) fn no_message(bytes: &[u8]) -> Error {
    if [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08"].iter().any(|it| bytes.starts_with(it)) {
        return NoMessage::Archive.into();
    }
    match first_line(&bytes[..bytes.len().min(LOOKED_AT)]) {
        Some(line) => ErrorKind::NotAPart { line }.into(),
        None => NoMessage::Unknown.into(),
    }
}

/// The first line of a text that says something; `None` if it is no text.
fn first_line(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let is_text = |character: char| !character.is_control() || character.is_ascii_whitespace();
    let foreign = text.chars().filter(|character| !character.is_ascii()).count();
    if !text.chars().all(is_text) || foreign > text.chars().count() / 2 {
        return None;
    }
    let mut line = String::new();
    for words in text.lines().map(str::trim).filter(|words| !words.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(words);
        // A bracket alone says nothing.
        if line.contains(char::is_alphanumeric) {
            break;
        }
    }
    let shown = line.chars().flat_map(|character| {
        let escaped = is_unsafe(character).then(|| character.escape_default());
        let plain = escaped.is_none().then_some(character);
        escaped.into_iter().flatten().chain(plain)
    });
    Some(shown.take(SHOWN).collect())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown() {
        for (text, line) in [
            ("Error: session expired\nsign in\n", "Error: session expired"),
            ("\n\n<!DOCTYPE html>\r\n<html>", "<!DOCTYPE html>"),
            ("{\n  \"error\": \"AccessDenied\"\n}", "{ \"error\": \"AccessDenied\""),
            ("Größe 大小", "Größe 大小"),
        ] {
            assert_eq!(first_line(text.as_bytes()).as_deref(), Some(line));
        }
        let utf16: Vec<u8> =
            "\u{feff}Zugriff verweigert\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(first_line(&utf16).as_deref(), Some("Zugriff verweigert"));
        let long = first_line("x".repeat(500).as_bytes()).unwrap();
        assert_eq!(long.chars().count(), 80);
        let evil = first_line("a\u{202e}b".as_bytes()).unwrap();
        assert_eq!(evil, "a\\u{202e}b");
    }

    #[test]
    fn other_bytes_are_not() {
        for bytes in
            [&b"\0\0\0"[..], b"abc\x1b[2J", b"\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0", b"\x7fELF"]
        {
            assert_eq!(first_line(bytes), None, "{bytes:?}");
        }
    }
}
