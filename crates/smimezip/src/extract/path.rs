//! A name that is safe to create on every platform. Names are judged, never repaired: a bad name
//! refuses the archive.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, ErrorKind};

const MAX_PATH: usize = 4096;
const MAX_COMPONENT: usize = 255;
const MAX_DEPTH: usize = 64;

/// Characters of the longest name of a device.
const LONGEST_DEVICE: usize = 7;
/// Names that Windows gives to devices, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// A relative path whose every component is safe, with `/` between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EntryPath<'a>(&'a str);

impl<'a> EntryPath<'a> {
    /// The path an entry's name stands for. A folder's name may end in `/`.
    ///
    /// # Errors
    /// `UnsafeName`, saying why.
    pub(super) fn parse(name: &'a str) -> Result<Self, Error> {
        judge(name).map(Self).map_err(|why| Error::from(ErrorKind::UnsafeName(why)).in_entry(name))
    }

    pub(super) fn as_str(&self) -> &'a str {
        self.0
    }

    /// The folder it is in.
    pub(super) fn parent(&self) -> Option<&'a str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }
}

/// What two names have in common that some file system does not tell apart: letter case and
/// Unicode normalisation do not count.
pub(super) fn folded(path: &str) -> Cow<'_, str> {
    if path.is_ascii() {
        return if path.bytes().any(|octet| octet.is_ascii_uppercase()) {
            path.to_ascii_lowercase().into()
        } else {
            path.into()
        };
    }
    // Upper and then lower case folds also letters with several forms, as ß and ss, σ and ς.
    path.nfd()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfd()
        .collect::<String>()
        .nfc()
        .collect::<String>()
        .into()
}

fn judge(name: &str) -> Result<&str, &'static str> {
    let path = name.strip_suffix('/').unwrap_or(name);
    if path.len() > MAX_PATH {
        return Err("the path is longer than 4096 bytes");
    }
    if path.starts_with('/') {
        return Err("it is an absolute path");
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err("it is more than 64 folders deep");
    }
    path.split('/').try_for_each(judge_component)?;
    Ok(path)
}

fn judge_component(component: &str) -> Result<(), &'static str> {
    if component.is_empty() {
        return Err("a folder or file has no name");
    }
    if component == "." || component == ".." {
        return Err("it climbs with . or ..");
    }
    if component.len() > MAX_COMPONENT {
        return Err("a component is longer than 255 bytes");
    }
    if component.contains('\\') {
        return Err("it has a backslash");
    }
    if component.contains(':') {
        return Err("it has a colon");
    }
    if component.chars().any(char::is_control) {
        return Err("it has a control character");
    }
    if component.ends_with(['.', ' ']) {
        return Err("a component ends in a dot or a space");
    }
    if is_device(component) {
        return Err("a component is the name of a device on Windows");
    }
    Ok(())
}

fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or(component).trim_end_matches(' ');
    // No letter becomes less than one in upper case.
    if stem.chars().nth(LONGEST_DEVICE).is_some() {
        return false;
    }
    let stem = stem.to_uppercase();
    let port = |rest: &str| {
        let mut digits = rest.chars();
        matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
    };
    DEVICES.contains(&stem.as_str())
        || stem.strip_prefix("COM").is_some_and(port)
        || stem.strip_prefix("LPT").is_some_and(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z1_names_that_are_safe() {
        let long = "x".repeat(255);
        let deep = vec!["d"; 64].join("/");
        for name in [
            "a",
            "a/",
            "a/b.json",
            "ä/ö",
            "日本/語.txt",
            ".hidden",
            "a..b",
            "...a",
            "com",
            "com10.txt",
            "console",
            "nul_.txt",
            "a b/c d",
            "-rf",
            "~",
            "*?<>|\"",
            "LPT",
            "auxiliary/x",
            "$x",
            &long,
            &deep,
        ] {
            assert!(EntryPath::parse(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn a_path_has_the_folder_it_is_in() {
        for (name, parent) in
            [("a", None), ("a/", None), ("a/b", Some("a")), ("a/b/c/", Some("a/b"))]
        {
            assert_eq!(EntryPath::parse(name).unwrap().parent(), parent, "{name}");
        }
    }

    #[test]
    fn z1_names_that_are_refused() {
        let long = "x".repeat(256);
        let deep = vec!["d"; 65].join("/");
        let path = vec!["d".repeat(200); 21].join("/");
        let mut bad: Vec<String> = [
            "",
            "/",
            "//",
            "/a",
            "//a",
            "a//b",
            "a//",
            ".",
            "..",
            "../a",
            "a/..",
            "a/../b",
            "./a",
            "a/.",
            "a/./b",
            "\\a",
            "a\\b",
            "..\\a",
            "C:",
            "C:/a",
            "C:a",
            "a:b",
            "a\0",
            "\0",
            "a\nb",
            "a\rb",
            "a\tb",
            "a\u{1b}[2J",
            "a\u{7f}",
            "a\u{85}b",
            "a.",
            "a/b.",
            "a./b",
            "a ",
            "a /b",
            "...",
            "a/...",
            " ",
            "nul",
            "NUL",
            "NuL.txt",
            "con",
            "CON.a.b",
            "prn",
            "aux.h",
            "a/aux",
            "aux/a",
            "com1",
            "COM9.log",
            "com0",
            "lpt1",
            "LPT9",
            "com¹",
            "LPT².x",
            "conin$",
            "CONOUT$",
            "nul .txt",
            "a/nul/b",
        ]
        .map(str::to_owned)
        .to_vec();
        bad.extend([long, deep, path]);
        for number in 0..32_u8 {
            bad.push(format!("a{}b", char::from(number)));
            bad.push(format!("folder/{}", char::from(number)));
        }
        for device in ["con", "prn", "aux", "nul", "com1", "com2", "com3", "lpt1", "lpt2"] {
            for shape in ["{}", "{}.txt", "x/{}", "{}/x", "x/{}.a.b/y", "{}  .z"] {
                bad.push(shape.replace("{}", device));
                bad.push(shape.replace("{}", &device.to_uppercase()));
            }
        }
        assert!(bad.len() > 200);
        for name in &bad {
            let error = EntryPath::parse(name).expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)));
        }
    }

    #[test]
    fn z4_what_some_file_system_does_not_tell_apart() {
        for (one, other) in [
            ("a/B", "A/b"),
            ("é", "e\u{301}"),
            ("É", "e\u{301}"),
            ("straße", "STRASSE"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("ﬁle", "FILE"),
            ("Å", "\u{212b}"),
            ("ǆ", "ǅ"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a/b", "a-b"), ("ı", "j"), ("é", "e")] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }
}
