//! What an entry's name stands for, and whether that is safe to create on every platform. Names are
//! judged here, and never changed.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, ErrorKind, NameProblem};

pub(crate) const MAX_PATH: usize = 4096;
pub(crate) const MAX_COMPONENT: usize = 255;
pub(crate) const MAX_DEPTH: usize = 64;

/// Characters of the longest name of a device.
const LONGEST_DEVICE: usize = 7;
/// Names that Windows gives to devices, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// A relative path that is safe to create on every platform, with `/` between its components: none
/// of them is empty, `..`, or a device's name, and none has a character that separates or forbids
/// there. The folder that everything is in is `.`.
///
/// It can only be got from [`Entry::path`](crate::Entry::path), and joined to a folder as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath<'a>(Cow<'a, str>);

impl<'a> EntryPath<'a> {
    /// A path that is safe.
    ///
    /// # Errors
    /// Why it is not.
    pub(crate) fn new(path: Cow<'a, str>) -> Result<Self, NameProblem> {
        check(&path).map(|()| Self(path))
    }

    /// That of the folder that everything is in.
    pub(super) fn root() -> Self {
        Self(Cow::Borrowed("."))
    }

    /// The path as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same path, with a text of its own.
    pub fn into_owned(self) -> EntryPath<'static> {
        EntryPath(Cow::Owned(self.0.into_owned()))
    }

    /// The folder it is in.
    pub(crate) fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }
}

impl AsRef<Path> for EntryPath<'_> {
    fn as_ref(&self) -> &Path {
        Path::new(&*self.0)
    }
}

impl AsRef<str> for EntryPath<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for EntryPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning<'a> {
    /// The folder that everything is in. Nothing is made of it.
    Root,
    /// This relative path, which is not judged yet: without `./` in front and without the `/` at
    /// the end of a folder's name.
    Path(&'a str),
}

impl<'a> Meaning<'a> {
    /// What the name of an entry, or of a folder, means.
    ///
    /// # Errors
    /// `UnsafeName` for what is refused whatever a caller chose: absolute names, and such as climb
    /// out of the folder that everything is in.
    pub(crate) fn of(name: &'a str, is_folder: bool) -> Result<Self, Error> {
        let refuse = |why| Err(Error::from(ErrorKind::UnsafeName(why)).in_entry(name));
        let path = name.trim_start_matches("./");
        if is_folder && matches!(path, "" | "." | "/") && !name.is_empty() {
            return Ok(Self::Root);
        }
        if is_absolute(path) {
            return refuse(NameProblem::Absolute);
        }
        if path.split(['/', '\\']).any(|component| component == "..") {
            return refuse(NameProblem::Climbs);
        }
        Ok(Self::Path(path.strip_suffix('/').unwrap_or(path)))
    }
}

/// Whether a name begins with `./`, which every reader drops.
pub(crate) fn has_leading_dot(name: &str) -> bool {
    name.starts_with("./")
}

/// `/x`, `\x`, `\\server`, `C:\x`, `C:/x`.
fn is_absolute(path: &str) -> bool {
    let is_separator = |octet: &u8| matches!(octet, b'/' | b'\\');
    match path.as_bytes() {
        [first, ..] if is_separator(first) => true,
        [drive, b':', third, ..] => drive.is_ascii_alphabetic() && is_separator(third),
        _ => false,
    }
}

/// What two names have in common that some file system does not tell apart: letter case and
/// Unicode normalisation do not count.
pub(crate) fn folded(path: &str) -> Cow<'_, str> {
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

/// Whether a path is safe on every platform.
///
/// # Errors
/// Why it is not.
pub(crate) fn check(path: &str) -> Result<(), NameProblem> {
    if path.len() > MAX_PATH {
        return Err(NameProblem::TooLong);
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err(NameProblem::TooDeep);
    }
    path.split('/').try_for_each(check_component)
}

fn check_component(component: &str) -> Result<(), NameProblem> {
    if component.is_empty() {
        return Err(NameProblem::Empty);
    }
    if component == "." || component == ".." {
        return Err(NameProblem::Dots);
    }
    if component.len() > MAX_COMPONENT {
        return Err(NameProblem::LongComponent);
    }
    if component.contains('\\') {
        return Err(NameProblem::Backslash);
    }
    if component.contains(':') {
        return Err(NameProblem::Colon);
    }
    if component.chars().any(char::is_control) {
        return Err(NameProblem::Control);
    }
    if component.ends_with(['.', ' ']) {
        return Err(NameProblem::TrailingDotOrSpace);
    }
    if is_device(component) {
        return Err(NameProblem::Device);
    }
    Ok(())
}

/// Whether Windows takes a component for a device.
pub(crate) fn is_device(component: &str) -> bool {
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

    /// Whether a name is safe as it is.
    fn judge(name: &str) -> Result<Meaning<'_>, Error> {
        let meaning = Meaning::of(name, name.ends_with('/'))?;
        if let Meaning::Path(path) = meaning {
            EntryPath::new(path.into()).map_err(ErrorKind::UnsafeName)?;
        }
        Ok(meaning)
    }

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
            assert_eq!(judge(name).unwrap(), Meaning::Path(name.trim_end_matches('/')), "{name:?}");
        }
    }

    #[test]
    fn a_path_has_the_folder_it_is_in() {
        for (name, parent) in [("a", None), ("a/b", Some("a")), ("a/b/c", Some("a/b"))] {
            assert_eq!(EntryPath::new(name.into()).unwrap().parent(), parent, "{name}");
        }
    }

    #[test]
    fn z1_names_that_are_refused() {
        let long = "x".repeat(256);
        let deep = vec!["d"; 65].join("/");
        let path = vec!["d".repeat(200); 21].join("/");
        let mut bad: Vec<String> = [
            "",
            "//",
            ".//a",
            "./../a",
            "/a",
            "//a",
            "a//b",
            "a//",
            ".",
            "..",
            "../a",
            "a/..",
            "a/../b",
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
            let error = judge(name).expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)));
        }
    }

    #[test]
    fn z1_a_dot_in_front_and_the_root_itself_are_harmless() {
        for (name, path) in [("./a", "a"), ("./a/b/", "a/b"), ("././a", "a"), ("./.a", ".a")] {
            assert_eq!(judge(name).unwrap(), Meaning::Path(path), "{name}");
            assert!(has_leading_dot(name));
        }
        for name in ["/", "./", "././", ".//", "."] {
            assert_eq!(Meaning::of(name, true).unwrap(), Meaning::Root, "{name}");
            // The name of something that is no folder.
            let file = Meaning::of(name, false).and_then(|meaning| match meaning {
                Meaning::Root => Ok(()),
                Meaning::Path(path) => Ok(check(path).map_err(ErrorKind::UnsafeName)?),
            });
            assert!(file.is_err(), "{name}");
        }
        assert!(Meaning::of("", true).is_ok_and(|it| it == Meaning::Path("")));
    }

    #[test]
    fn z1_absolute_names_and_such_that_climb_are_refused_whatever_was_chosen() {
        for name in [
            "/a",
            "//",
            "//server/a",
            "\\a",
            "\\\\server\\share",
            "C:\\a",
            "c:/a",
            "Z:\\",
            "..",
            "../a",
            "a/..",
            "a/../b",
            "..\\a",
            "a\\..\\b",
            "a/..\\b",
            "./../a",
            "./C:\\a",
        ] {
            for is_folder in [false, true] {
                let error = Meaning::of(name, is_folder).expect_err(name);
                assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)));
                assert_eq!(error.entry(), Some(name));
            }
        }
        for name in ["a:b", "C:", "C:a", "...", "a/..b", "ä:\\b"] {
            assert!(Meaning::of(name, false).is_ok(), "{name}");
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
