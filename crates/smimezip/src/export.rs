//! [`Export`], the paved path: find the parts, unlock each, join them, read the archive; and
//! [`ExportBuilder`], the way back. The only place where the CMS side and the zip side meet,
//! through `ReadAt` and `PartSink` alone.

mod answer;
#[cfg(feature = "build")]
mod builder;
mod gaps;
#[cfg(feature = "build")]
mod manifest;
mod opened;
#[cfg(feature = "build")]
mod read_back;
mod salvage;
#[cfg(feature = "build")]
mod sealing_sink;
mod status;
mod unlock;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "build")]
pub use self::builder::ExportBuilder;
#[cfg(feature = "build")]
pub use self::manifest::{Manifest, ManifestContents, ManifestEntry, ManifestPart, ManifestReport};
pub use self::salvage::Salvage;
#[cfg(feature = "build")]
pub use self::sealing_sink::{SealedPart, SealingSink};
pub use self::status::{SetStatus, Verdict};
use crate::error::{Error, ErrorKind};
use crate::keys::KeyRing;
use crate::options::UnlockOptions;
use crate::parts::{self, FoundSet, Part, PartName, Position};
use crate::progress::Progress;
use crate::read_at::FilePool;
use crate::zip::Archive;

/// An export: one archive in any number of parts, each sealed or not.
///
/// Finding it reads names only; nothing is opened and no key is needed.
///
/// ```
/// use smimezip::{Export, KeyRing};
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let export = Export::discover(folder)?; // or any part in it
/// assert_eq!((export.parts().len(), export.missing().len()), (4, 0));
/// let archive = export.unlock(&KeyRing::from_file(key)?)?;
/// assert!(!archive.entries().is_empty());
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Export {
    found: FoundSet,
    parts: Vec<Part>,
    /// Files beside them that claim one of their places.
    copies: Vec<Part>,
}

impl Export {
    /// Finds the export that the file at `path` is a part of, or the only one in a folder.
    ///
    /// # Errors
    /// [`ErrorKind::SeveralSets`] for a folder with several, [`ErrorKind::NotAnArchive`] for one
    /// without, or what the operating system says.
    pub fn discover(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut exports = Self::discover_all(path)?;
        match (exports.pop(), exports.is_empty()) {
            (Some(export), true) => Ok(export),
            (Some(last), false) => {
                let names = exports.iter().chain([&last]).map(|it| it.name().to_owned()).collect();
                Err(ErrorKind::SeveralSets(names).into())
            }
            (None, _) => {
                let error = Error::from(ErrorKind::NotAnArchive("no part of one in this folder"));
                Err(error.in_part(path.display().to_string()))
            }
        }
    }

    /// Finds all exports in a folder, or the one that a file is a part of.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn discover_all(path: impl AsRef<Path>) -> Result<Vec<Self>, Error> {
        let path = path.as_ref();
        let pool = FilePool::new();
        let sets = parts::find(path).map_err(|error| error.in_part(path.display().to_string()))?;
        Ok(sets.into_iter().map(|found| Self::of_found(found, &pool)).collect())
    }

    fn of_found(found: FoundSet, pool: &Arc<FilePool>) -> Self {
        let part =
            |position: &Position, path: &PathBuf| Part::in_file(path.clone(), *position, pool);
        let parts = found.parts.iter().map(|(position, path)| part(position, path)).collect();
        let copies = found.duplicates.iter().map(|(position, path)| part(position, path)).collect();
        Self { found, parts, copies }
    }

    /// The export that consists of these named parts, wherever they are: in memory, in an object
    /// store. Names must be those of parts; a single part may have any name. Of several for one
    /// place the first is the part, the others are its [`duplicates`](Self::duplicates).
    ///
    /// # Errors
    /// [`ErrorKind::NotAnArchive`] if a name is no part's, or of another set than the first, or
    /// there are none.
    pub fn from_parts(parts: impl IntoIterator<Item = Part>) -> Result<Self, Error> {
        let given: Vec<Part> = parts.into_iter().collect();
        if let [lone] = given.as_slice()
            && PartName::parse(lone.name()).is_none()
            && let Some(found) = FoundSet::of_lone(lone.name().to_owned(), Path::new(lone.name()))
        {
            return Ok(Self { found, parts: given, copies: Vec::new() });
        }
        let mut parts: BTreeMap<Position, Part> = BTreeMap::new();
        let mut first: Option<PartName> = None;
        let (mut duplicates, mut copies) = (Vec::new(), Vec::new());
        for part in given {
            let name = part.name();
            let parsed = PartName::parse(name)
                .filter(|parsed| first.as_ref().is_none_or(|first| first.same_set(parsed)))
                .ok_or_else(|| {
                    let what = "the name is not that of a part of the same set";
                    Error::from(ErrorKind::NotAnArchive(what)).in_part(name)
                })?;
            let position = parsed.position();
            first.get_or_insert(parsed);
            if let Entry::Vacant(place) = parts.entry(position) {
                place.insert(part);
            } else {
                duplicates.push((position, PathBuf::from(name)));
                copies.push(part);
            }
        }
        let first = first.ok_or(ErrorKind::NotAnArchive("no parts"))?;
        let paths = parts.iter().map(|(position, part)| (*position, PathBuf::from(part.name())));
        let mut found = FoundSet::new(first.set_name());
        found.parts = paths.collect();
        found.duplicates = duplicates;
        let parts = parts.into_values().collect();
        Ok(Self { found, parts, copies })
    }

    /// What the parts' names have in common; the file's name for a lone file of another name.
    pub fn name(&self) -> &str {
        self.found.lone.as_deref().unwrap_or(self.found.name.stem())
    }

    /// Whether both consist of the same files.
    pub fn is_same(&self, other: &Self) -> bool {
        self.found.parts == other.found.parts
    }

    /// The parts at hand, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Names of parts that must exist by the names of the others. Parts after the last one known
    /// are reported by [`unlock`](Self::unlock) only, from the end record.
    pub fn missing(&self) -> Vec<PartName> {
        self.found.absent(None).missing
    }

    /// Names of files that some program is still downloading, or did not finish, for parts that are
    /// missing; and of downloads in the same folder that do not say of what they are.
    pub fn unfinished(&self) -> Vec<String> {
        self.found.absent(None).unfinished
    }

    /// Names of files that are missing parts with something appended to their name, as `.txt`.
    pub fn misnamed(&self) -> Vec<String> {
        self.found.absent(None).misnamed
    }

    /// Names of files that claim a place another has, as copies that were made or downloaded of a
    /// part. Those with the same bytes are ignored by [`unlock`](Self::unlock), others are refused:
    /// [`conflicting`](Self::conflicting) says which.
    pub fn duplicates(&self) -> Vec<String> {
        self.found.duplicate_names()
    }

    /// Those of the [`duplicates`](Self::duplicates) that do not hold the same bytes as the part
    /// whose place they claim. Files of one size are read for it.
    ///
    /// ```
    /// use smimezip::Export;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("e.zip"), "as it is")?;
    /// std::fs::write(folder.path().join("e (1).zip"), "as it is")?;
    /// std::fs::write(folder.path().join("e - Copy.zip"), "another")?;
    /// let export = Export::discover(folder.path())?;
    /// assert_eq!(export.duplicates(), ["e (1).zip", "e - Copy.zip"]);
    /// assert_eq!(export.conflicting()?, ["e - Copy.zip"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What the source of a part reports, and [`ErrorKind::Cancelled`].
    pub fn conflicting(&self) -> Result<Vec<String>, Error> {
        self.different_copies(parts::is_same)
    }

    /// Names of the parts that are copies by their names, and are taken as the original is not
    /// there: `X.z01 (1).smime` without an `X.z01.smime`.
    pub fn stand_ins(&self) -> Vec<String> {
        let is_stand_in = |part: &&Part| self.found.stand_ins.contains(&part.position());
        self.parts.iter().filter(is_stand_in).map(|part| part.name().to_owned()).collect()
    }

    /// The duplicates that are not, as `is_same` sees it, what is at their place.
    fn different_copies(
        &self,
        is_same: impl Fn(&Part, &Part) -> Result<bool, Error>,
    ) -> Result<Vec<String>, Error> {
        let mut different = Vec::new();
        for copy in &self.copies {
            let part = self.parts.iter().find(|part| part.position() == copy.position());
            if !part.map_or(Ok(false), |part| is_same(part, copy))? {
                different.push(copy.name().to_owned());
            }
        }
        Ok(different)
    }

    /// Whether a key is needed: whether any part is sealed, by its name or by what it holds. Where
    /// none is, [`unlock`](Self::unlock) needs an empty key ring only.
    ///
    /// # Errors
    /// What the source of a part reports.
    pub fn needs_key(&self) -> Result<bool, Error> {
        self.needs_key_with(&UnlockOptions::new())
    }

    /// As [`needs_key`](Self::needs_key), for parts that are to be unlocked with these options:
    /// what is a message under wider limits needs a key as well.
    ///
    /// # Errors
    /// As [`needs_key`](Self::needs_key), and [`ErrorKind::Cancelled`].
    pub fn needs_key_with(&self, options: &UnlockOptions) -> Result<bool, Error> {
        options.token().scope(|| unlock::needs_key(self, options.rules()))
    }

    /// Unlocks the parts and opens the archive. The last part goes first: its end record says how
    /// many parts there are. If some are missing, there twice or too many, all of them are named at
    /// once and nothing else is decrypted.
    ///
    /// A part whose name ends in no suffix of a seal may hold any bytes, also such as look like a
    /// message: it is taken for one only if all of its head is that of a message and one of `keys`
    /// opens it. If such parts make no archive, the error is that of the key.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`]; those of [`Envelope::open`](crate::message::Envelope::open)
    /// and [`Envelope::unlock`](crate::message::Envelope::unlock), naming the part; those of
    /// [`Archive::open`].
    pub fn unlock(&self, keys: &KeyRing) -> Result<Archive, Error> {
        self.unlock_with(keys, &UnlockOptions::new(), &mut ())
    }

    /// As [`unlock`](Self::unlock), which takes as long as reading all parts takes where they are
    /// authenticated, with options and progress. The keys are used on other threads.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock), and [`ErrorKind::Cancelled`].
    pub fn unlock_with(
        &self,
        keys: &KeyRing,
        options: &UnlockOptions,
        progress: &mut dyn Progress,
    ) -> Result<Archive, Error> {
        unlock::unlock(self, keys, options, progress)
    }
}
