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
/// Characters of which Windows makes no file. They do no harm elsewhere, so they are judged there
/// alone.
const FORBIDDEN: &[char] = if cfg!(windows) { &['<', '>', '"', '|', '?', '*'] } else { &[] };

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
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
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
        return if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
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
    if component.contains(FORBIDDEN) {
        return Err(NameProblem::Forbidden);
    }
    if component.ends_with(['.', ' ']) {
        return Err(NameProblem::TrailingDotOrSpace);
    }
    if is_device(component) {
        return Err(NameProblem::Device);
    }
    Ok(())
}

/// Whether this system makes no file of a name with this character.
pub(crate) fn is_forbidden(character: char) -> bool {
    FORBIDDEN.contains(&character)
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
mod tests;
