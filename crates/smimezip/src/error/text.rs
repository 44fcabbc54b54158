//! How names stand in a message: so many that a person still reads them, and none that drives a
//! terminal.

use std::fmt;
use std::io;

use crate::part_name::PartName;

/// Passes text on, control characters and those that change the direction of writing escaped.
pub(super) struct Escape<'a, 'f>(pub(super) &'a mut fmt::Formatter<'f>);

impl fmt::Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(is_unsafe) {
            let (plain, unsafe_one) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut characters = unsafe_one.chars();
            if let Some(character) = characters.next() {
                write!(self.0, "{}", character.escape_default())?;
            }
            rest = characters.as_str();
        }
        self.0.write_str(rest)
    }
}

/// Whether a character may do something to a terminal, or to the order in which others are read
/// (Unicode UTR 36, bidirectional text spoofing).
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// What there is to say of a failed read or write without its cause.
pub(super) fn io_text(error: &io::Error) -> String {
    match error.kind() {
        // Kinds that say nothing.
        io::ErrorKind::Other => "reading or writing failed".to_owned(),
        kind => format!("reading or writing failed ({kind})"),
    }
}

/// Names for a message: all of them, or so many that a person still reads them.
pub(super) fn list(names: &[String]) -> String {
    const MOST: usize = 50;
    match names.get(..MOST) {
        Some(first) if names.len() > MOST => {
            format!("{} and {} more", first.join(", "), names.len() - MOST)
        }
        _ => names.join(", "),
    }
}

/// The names of the parts that an error is in; of many, the first and the last.
pub(super) fn parts_text(names: &[String]) -> String {
    const MAX_NAMED: usize = 8;
    match names {
        [first, .., last] if names.len() > MAX_NAMED => format!("{first} … {last}"),
        names => names.join(", "),
    }
}

pub(super) fn list_or_nothing(names: &[String]) -> String {
    if names.is_empty() { "no key".to_owned() } else { list(names) }
}

/// What is wrong with a set: everything at once.
pub(super) fn set_text(
    missing: &[PartName],
    extra: &[String],
    duplicates: &[String],
    unfinished: &[String],
    misnamed: &[String],
) -> String {
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let texts: Vec<_> = [
        ("missing", missing.as_slice()),
        ("not part of this set", extra),
        ("there more than once", duplicates),
        ("still being downloaded", unfinished),
        ("perhaps a missing part under a wrong name", misnamed),
    ]
    .iter()
    .filter(|(_, names)| !names.is_empty())
    .map(|(what, names)| format!("{what}: {}", list(names)))
    .collect();
    let is_complete = texts.len() == 1 && !duplicates.is_empty();
    let what = if is_complete { "unambiguous" } else { "complete" };
    format!("the set of parts is not {what}; {}", texts.join("; "))
}
