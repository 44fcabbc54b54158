//! What the page is answered with: JSON (RFC 8259), written only. A text that comes from outside
//! must say how it is meant: to be shown, or as it is.

use std::fmt::{self, Write as _};

use crate::names;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Nothing is known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number of things or bytes.
    Number(u64),
    /// A text as it stands here.
    Text(String),
    /// Several values.
    List(Vec<Json>),
    /// Values with names, which are identifiers.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// A text that is shown: nothing in it drives anything, or changes the order of what is read.
    pub fn shown(text: &str) -> Self {
        Self::Text(names::shown(text))
    }

    /// The same for each of several.
    pub fn all_shown<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::shown(text.as_ref())).collect())
    }

    /// A text as it is: a path that something is saved under, never shown.
    pub fn exact(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A number of things in memory.
    pub fn count(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => quoted(text, f),
            Self::List(values) => {
                f.write_char('[')?;
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    value.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(values) => {
                f.write_char('{')?;
                for (at, (name, value)) in values.iter().enumerate() {
                    write!(f, "{}\"{name}\":", if at > 0 { "," } else { "" })?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if u32::from(control) < 0x20 => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_json() {
        let value = Json::Object(vec![
            ("none", Json::Null),
            ("yes", Json::Bool(true)),
            ("many", Json::Number(u64::MAX)),
            ("list", Json::List(vec![Json::count(1), Json::List(Vec::new())])),
            ("text", Json::exact("a\"b\\c\nd\u{1f}é")),
        ]);
        let expected = "{\"none\":null,\"yes\":true,\"many\":18446744073709551615,\
                        \"list\":[1,[]],\"text\":\"a\\\"b\\\\c\\u000ad\\u001fé\"}";
        assert_eq!(value.to_string(), expected);
    }

    #[test]
    fn what_is_shown_is_escaped_and_what_is_exact_is_not() {
        assert_eq!(Json::shown("a\u{202e}b"), Json::Text("a\\u{202e}b".into()));
        assert_eq!(Json::exact("a\u{202e}b"), Json::Text("a\u{202e}b".into()));
    }
}
