//! The grammar of part names: `STEM.z01 … STEM.z99, STEM.z100 …, STEM.zip` (APPNOTE 8.3.2) and
//! `STEM.zip.001 …` (a plain cut, as 7-Zip makes it), each perhaps with a suffix of the sealing.

mod copy;

use std::fmt;
use std::path::Path;

/// Suffixes a sealed part may have. Only names are distinguished by them: whether a part is
/// sealed is seen from its content.
const SEALS: [&str; 2] = [".smime", ".p7m"];

/// Where a part stands in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Position {
    /// `.zNN`: a part of a split archive, counted from 1.
    Split(u32),
    /// `.zip`: the last part of a split archive, or the whole archive.
    Last,
    /// `.zip.NNN`: a piece of an archive that was cut, counted from 1, by some programs from 0.
    Piece(u32),
}

/// A part's file name, taken apart: what all parts of the set have in common, the position in it,
/// and the suffix of the sealing. Printed, it is a name again.
///
/// ```
/// use smimezip::parts::{PartName, Position};
///
/// let name = PartName::parse("export.z02.smime").unwrap();
/// assert_eq!((name.stem(), name.seal()), ("export", ".smime"));
/// assert_eq!(name.at(Position::Last).to_string(), "export.zip.smime");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartName {
    /// Never empty.
    stem: String,
    position: Position,
    seal: String,
}

impl PartName {
    /// Takes a file name apart; `None` if it is not a part's, as that of an AppleDouble companion,
    /// `._X`.
    pub fn parse(file_name: &str) -> Option<Self> {
        if file_name.starts_with("._") {
            return None;
        }
        let lower = file_name.to_ascii_lowercase();
        let seal_size = SEALS.iter().find(|seal| lower.ends_with(**seal)).map_or(0, |it| it.len());
        let (name, seal) = file_name.split_at(file_name.len() - seal_size);
        let (stem, extension) = name.rsplit_once('.')?;
        let lower = extension.to_ascii_lowercase();
        let (stem, position) = if lower == "zip" {
            (stem, Position::Last)
        } else if let Some(number) = lower.strip_prefix('z').and_then(|digits| number(digits, 2, 1))
        {
            (stem, Position::Split(number))
        } else {
            let number = number(&lower, 3, 0)?;
            let (stem, zip) = stem.rsplit_once('.')?;
            (stem, zip.eq_ignore_ascii_case("zip").then_some(Position::Piece(number))?)
        };
        let name = Self { stem: stem.to_owned(), position, seal: seal.to_owned() };
        (!stem.is_empty()).then_some(name)
    }

    /// What all parts of the set have in common.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// The position in the set.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The suffix of the sealing as written, perhaps empty.
    pub fn seal(&self) -> &str {
        &self.seal
    }

    /// Whether it says that the part is sealed.
    pub fn is_sealed(&self) -> bool {
        !self.seal.is_empty()
    }

    /// The part of which a file of this name is a copy, as browsers and file managers name them:
    /// `X.z12 (1).smime`, `X (1).zip`, `X.z12-1.smime`, `X.z12 - Copy.smime`, `X.z12 copy 2.smime`,
    /// `Copy of X.z12.smime`, and the same in German, French and Spanish. The name may be a part's
    /// of another set as well, as `X (1).zip` is.
    ///
    /// ```
    /// use smimezip::parts::PartName;
    ///
    /// let original = PartName::parse_copy("export.z02 - Kopie (2).smime").unwrap();
    /// assert_eq!(original.to_string(), "export.z02.smime");
    /// ```
    pub fn parse_copy(file_name: &str) -> Option<Self> {
        copy::original(file_name)
    }

    /// The name another part of the same set has.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Whether both belong to one set as far as names show; letter case does not count.
    pub fn same_set(&self, other: &Self) -> bool {
        self.set_key() == other.set_key()
    }

    /// What the names of its set have in common.
    pub(crate) fn set_name(&self) -> SetName {
        let Self { stem, seal, .. } = self.clone();
        SetName { stem, seal, numbering: self.position.numbering() }
    }

    /// What distinguishes its set from others.
    pub(crate) fn set_key(&self) -> SetKey {
        SetKey { stem: self.stem.to_lowercase(), numbering: self.position.numbering() }
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stem, position, seal } = self;
        match position {
            Position::Split(number) => write!(f, "{stem}.z{number:02}{seal}"),
            Position::Last => write!(f, "{stem}.zip{seal}"),
            Position::Piece(number) => write!(f, "{stem}.zip.{number:03}{seal}"),
        }
    }
}

/// A name is as good as its text, for comparing.
impl PartialEq<str> for PartName {
    fn eq(&self, other: &str) -> bool {
        let text = self.to_string();
        text == other
    }
}

impl PartialEq<&str> for PartName {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// What the names of a set's parts have in common.
///
/// ```
/// use smimezip::parts::{Position, SetName};
///
/// let name = SetName::new("customer-7").unwrap();
/// assert_eq!(name.part(Position::Split(3)).to_string(), "customer-7.z03.smime");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetName {
    stem: String,
    seal: String,
    numbering: Numbering,
}

/// How the parts of a set are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Numbering {
    /// `.z01 … .zip`.
    Split,
    /// `.zip.001 …`.
    Cut,
}

/// What distinguishes one set from others in a folder, letter case aside: sealed parts and others
/// may be of one set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SetKey {
    stem: String,
    numbering: Numbering,
}

impl SetName {
    /// The name of a set of sealed parts, `STEM.z01.smime … STEM.zip.smime`. `None` for a stem that
    /// no part can have, as an empty one.
    pub fn new(stem: &str) -> Option<Self> {
        let name = PartName::parse(&format!("{stem}.zip{}", SEALS[0]))?;
        (name.stem == stem).then(|| name.set_name())
    }

    /// The name of a set whose last part has a name of no part, `file_name`: the others would be
    /// named after it. `None` for an empty name.
    pub(crate) fn of_lone(file_name: &str) -> Option<Self> {
        let stem = Path::new(file_name).file_stem()?.to_str()?.to_owned();
        Some(Self { stem, seal: String::new(), numbering: Numbering::Split })
    }

    /// The name of the part at `position`.
    pub fn part(&self, position: Position) -> PartName {
        PartName { stem: self.stem.clone(), position, seal: self.seal.clone() }
    }

    /// The name of the file beside the parts that says which parts there are, if there is one.
    ///
    /// ```
    /// # use smimezip::parts::SetName;
    /// assert_eq!(SetName::new("e").unwrap().manifest_name(), "e.manifest.json");
    /// ```
    pub fn manifest_name(&self) -> String {
        format!("{}.manifest.json", self.stem)
    }

    /// What the names begin with.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    pub(crate) fn seal(&self) -> &str {
        &self.seal
    }

    pub(crate) fn numbering(&self) -> Numbering {
        self.numbering
    }
}

impl Position {
    /// NN of `.zNN` and of `.zip.NNN`.
    pub(crate) fn number(self) -> Option<u32> {
        match self {
            Self::Split(number) | Self::Piece(number) => Some(number),
            Self::Last => None,
        }
    }

    fn numbering(self) -> Numbering {
        match self {
            Self::Split(_) | Self::Last => Numbering::Split,
            Self::Piece(_) => Numbering::Cut,
        }
    }
}

/// A number of at least `width` digits, without needless zeros, from `least` to 99,999: a larger
/// one is no part's, and must not make anybody list all those before it.
fn number(digits: &str, width: usize, least: u32) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let needless = digits.len() > width && digits.starts_with('0');
    if !plain || needless || digits.len() < width || digits.len() > 5 {
        return None;
    }
    digits.parse().ok().filter(|number| *number >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        for (name, position) in [
            ("export-1.z01", Some(Position::Split(1))),
            ("export-1.z01.smime", Some(Position::Split(1))),
            ("E.Z99.SMIME", Some(Position::Split(99))),
            ("e.z100.p7m", Some(Position::Split(100))),
            ("e.zip", Some(Position::Last)),
            ("e.ZIP.smime", Some(Position::Last)),
            ("e.zip.001.smime", Some(Position::Piece(1))),
            ("e.zip.000", Some(Position::Piece(0))),
            ("e.zip.0000", None),
            ("._e.zip", None),
            ("a.b.zip.1000", Some(Position::Piece(1000))),
            ("e.z1", None),
            ("e.z00", None),
            ("e.z001", None),
            ("e.z01.eml", None),
            ("e.001", None),
            (".zip", None),
            ("zip", None),
            ("e.z12 (1).smime", None),
            ("e.z99999", Some(Position::Split(99_999))),
            ("e.z100000", None),
            ("e.z99999999999", None),
        ] {
            assert_eq!(PartName::parse(name).map(|name| name.position), position, "{name}");
        }
    }

    #[test]
    fn a_name_is_written_as_it_was_read() {
        for name in ["e.z01", "e.z100.smime", "e.zip", "a.b.zip.001", "e.zip.p7m"] {
            assert_eq!(PartName::parse(name).unwrap().to_string(), name);
        }
    }
}
