//! What there is of an export whose parts are damaged, cut or missing: each is opened as far as it
//! goes, and what they hold is looked for by the zip side.

use super::Export;
use super::answer::Sizes;
use super::opened::{Doubt, Opened};
use super::unlock::Unlocking;
use crate::error::{Category, Error, ErrorKind};
#[cfg(feature = "extract")]
use crate::extract::{ExtractOptions, Report};
use crate::integrity::Integrity;
use crate::keys::KeyRing;
use crate::limits::Limit;
use crate::message::content_of_cut;
use crate::options::{Rules, UnlockOptions};
use crate::parts::{Part, PartName, Position};
use crate::progress::{Phase, Progress, check};
use crate::read_at::ReadAt as _;
use crate::threads::Attended;
use crate::zip::{self, Archive, Piece, Salvaged};

/// What can be read of an export that does not open, or not whole: see [`Export::salvage`].
///
/// ```
/// use smimezip::{Export, ExtractOptions, KeyRing, Part};
///
/// # let temporary = tempfile::tempdir()?;
/// # let out = temporary.path().join("out");
/// # let folder = std::path::Path::new("../../examples/data");
/// # let keys = KeyRing::from_file(folder.join("key.pem"))?;
/// // Of four parts the first is there, which has no directory.
/// let name = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z01.smime";
/// let first = Part::new(name, std::fs::read(folder.join(name))?);
/// let salvage = Export::from_parts([first])?.salvage(&keys)?;
/// assert!(!salvage.has_directory());
/// let report = salvage.extract_with(&out, &ExtractOptions::new(), &mut ())?;
/// println!("{} files, {} that need other parts", report.files, report.unavailable.len());
/// # assert!(report.files > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Salvage {
    archive: Archive,
    uncertain: Archive,
    has_directory: bool,
    missing: Vec<PartName>,
    damaged: Vec<Error>,
    ambiguous: Vec<String>,
    lost: Vec<Error>,
}

impl Salvage {
    /// The entries that were found. Their local headers say less than a directory does: no
    /// permissions, and not which of them are links.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Entries that were found behind damage or missing parts, of which nobody can tell whether
    /// they are the archive's own: they may be those of an archive that is a file in it, as a
    /// document of an office program is. They are as right as others, and should be kept apart from
    /// these.
    pub fn uncertain(&self) -> &Archive {
        &self.uncertain
    }

    /// Whether the archive's directory was there, so that all entries are known, also those that
    /// cannot be read.
    pub fn has_directory(&self) -> bool {
        self.has_directory
    }

    /// The parts that are missing, as far as can be known: without the last part there may be more.
    pub fn missing(&self) -> &[PartName] {
        &self.missing
    }

    /// What is wrong with parts that are there; each error names its part. Those that are cut were
    /// read as far as they go; of those that are sealed once more, or are what a server answered
    /// instead, nothing was.
    pub fn damaged(&self) -> &[Error] {
        &self.damaged
    }

    /// Names that several entries have. None of these is in the archive, as nobody knows which is
    /// meant.
    pub fn ambiguous(&self) -> &[String] {
        &self.ambiguous
    }

    /// Why entries are not in the archive whose local headers were met; each error names its entry.
    pub fn lost(&self) -> &[Error] {
        &self.lost
    }

    /// Extracts what is whole: as [`Archive::extract_with`], with `keep_going`, `available` and
    /// [`Links::Skip`](crate::extract::Links::Skip) whatever the options say, and unsafe names left
    /// out where they say that these are refused. Every file was verified that is there afterwards;
    /// of an empty one whose local header is lost, that the directory says so is all there is.
    ///
    /// # Errors
    /// As [`Archive::extract_with`].
    #[cfg(feature = "extract")]
    pub fn extract_with(
        &self,
        destination: impl AsRef<std::path::Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        self.archive.extract_with(destination, &options.for_salvage(), progress)
    }

    /// The same for the [`uncertain`](Self::uncertain) entries, which should go to a folder of
    /// their own.
    ///
    /// # Errors
    /// As [`Archive::extract_with`].
    #[cfg(feature = "extract")]
    pub fn extract_uncertain_with(
        &self,
        destination: impl AsRef<std::path::Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        self.uncertain.extract_with(destination, &options.for_salvage(), progress)
    }
}

impl Export {
    /// Looks for all that can be read of an export that [`unlock`](Self::unlock) refuses: parts may
    /// be missing, the last one as well, cut off or damaged. Where the directory is there, entries
    /// are found by it, else by their local headers (APPNOTE 4.3.7), of which a damaged part has
    /// those before and behind the damage.
    ///
    /// An entry is certain if records lead to it from the start, or the directory names it. What is
    /// found behind damage is kept [apart](Salvage::uncertain): it may be of an archive that is
    /// itself a file in this one, unless that one's directory shows so, and it is left out. Of a
    /// part that is authenticated nothing is used unless it is whole.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`] for several files that claim one place; if no part can be read,
    /// what is wrong with the first; [`ErrorKind::Limit`]; what the source of a part reports.
    pub fn salvage(&self, keys: &KeyRing) -> Result<Salvage, Error> {
        self.salvage_with(keys, &UnlockOptions::new(), &mut ())
    }

    /// As [`salvage`](Self::salvage), with options and progress: all parts are read where there is
    /// no directory.
    ///
    /// # Errors
    /// As [`salvage`](Self::salvage), and [`ErrorKind::Cancelled`].
    pub fn salvage_with(
        &self,
        keys: &KeyRing,
        options: &UnlockOptions,
        progress: &mut dyn Progress,
    ) -> Result<Salvage, Error> {
        let mut attended = Attended::new(options.token(), progress);
        attended.call().gauge().begin(0, self.parts.len() as u64);
        let opened = attended.stage(Phase::Unlocking, || self.open_what_opens(keys, options))?;
        let Present { pieces, missing, damaged, integrity } = opened;
        attended.call().gauge().begin(0, 0);
        let rules = options.rules();
        let found = attended.stage(Phase::Verifying, || zip::salvage(pieces, integrity, rules))?;
        attended.begin(Phase::Verifying)?;
        let Salvaged { archive, uncertain, has_directory, ambiguous, lost } = found;
        if archive.entries().is_empty() && uncertain.entries().is_empty() {
            // Where no part is right, the key may be to blame for it.
            let is_all_damaged = damaged.len() == self.parts.len();
            if let Some(error) = damaged.first().filter(|_| is_all_damaged) {
                return Err(error.clone());
            }
        }
        Ok(Salvage { archive, uncertain, has_directory, missing, damaged, ambiguous, lost })
    }

    /// Opens each part as far as it goes.
    fn open_what_opens(&self, keys: &KeyRing, options: &UnlockOptions) -> Result<Present, Error> {
        // What is damaged may be of another size than it seems to be.
        let scanning = options.clone().scanning();
        let unlocking = Unlocking::new(self, keys, &scanning, 1);
        let rules = scanning.rules();
        if self.parts.len() as u64 > u64::from(rules.parts) {
            return Err(Error::limit(Limit::Parts, rules.parts.into()));
        }
        let duplicates = self.conflicting()?;
        if !duplicates.is_empty() {
            let (missing, extra, unfinished) = (Vec::new(), Vec::new(), Vec::new());
            let misnamed = Vec::new();
            let kind =
                ErrorKind::IncompleteSet { missing, extra, duplicates, unfinished, misnamed };
            return Err(kind.into());
        }
        let mut found = Found::default();
        let sizes = self.sizes()?;
        for part in &self.parts {
            check()?;
            found.open(part, keys, &unlocking, &scanning, &sizes)?;
        }
        if found.opened.is_empty()
            && let Some(error) = found.damaged.first()
        {
            return Err(error.clone());
        }
        // Only the end of the archive knows how many parts there are.
        let disks = found.last_disks(&scanning);
        let missing = self.found.absent(disks).missing;
        let is_one_of_them = |part: &Part| match (part.position(), disks) {
            (Position::Split(number), Some(disks)) => number < disks,
            _ => true,
        };
        let mut pieces = found.opened;
        pieces.retain(|piece| is_one_of_them(&piece.part));
        let unreadable = found.unreadable.iter().map(|it| self.found.name.part(*it));
        let absent = missing.iter().cloned().chain(unreadable);
        pieces.extend(absent.map(|name| Piece { part: Part::missing(name), is_cut: false }));
        pieces.sort_by_key(|piece| piece.part.position());
        let integrity = found.weakest.unwrap_or(Integrity::None);
        Ok(Present { pieces, missing, damaged: found.damaged, integrity })
    }

    /// What sizes its parts should have.
    fn sizes(&self) -> Result<Sizes, Error> {
        let mut largest = 0;
        for part in &self.parts {
            let size = part.open().and_then(|it| Ok(it.size()?));
            largest = largest.max(size.map_err(|error| error.in_part(part.name()))?);
        }
        Ok(Sizes::of(&self.parts, largest))
    }
}

/// Parts as they were opened.
struct Present {
    pieces: Vec<Piece>,
    missing: Vec<PartName>,
    damaged: Vec<Error>,
    integrity: Integrity,
}

/// Parts while they are opened.
#[derive(Default)]
struct Found {
    opened: Vec<Piece>,
    /// Those of which nothing can be read.
    unreadable: Vec<Position>,
    damaged: Vec<Error>,
    weakest: Option<Integrity>,
}

impl Found {
    fn open(
        &mut self,
        part: &Part,
        keys: &KeyRing,
        unlocking: &Unlocking<'_>,
        options: &UnlockOptions,
        sizes: &Sizes,
    ) -> Result<(), Error> {
        let piece = |source, is_cut| Piece {
            part: Part::shared(part.name().to_owned(), part.position(), source),
            is_cut,
        };
        let error = match unlocking.open(part) {
            Ok(opened) => {
                if let Some(error) = no_part(&opened, sizes, options.rules())? {
                    self.unreadable.push(part.position());
                    self.damaged.push(error);
                    return Ok(());
                }
                let weakest = self.weakest.map_or(opened.integrity, |it| it.min(opened.integrity));
                self.weakest = Some(weakest);
                self.opened.push(piece(opened.plaintext, false));
                return Ok(());
            }
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => error,
        };
        let is_damage = matches!(error.category(), Category::Damaged | Category::Format)
            || matches!(error.kind(), ErrorKind::Decrypt);
        let (source, layers) = (part.open()?, options.asked_layers());
        let rest = || content_of_cut(&source, keys, layers, options.rules());
        match is_damage.then(rest) {
            Some(Err(error)) if error.is_passing() => return Err(error),
            Some(Ok(rest)) => {
                self.weakest = Some(Integrity::None);
                self.opened.push(piece(rest, true));
            }
            Some(Err(_)) | None => self.unreadable.push(part.position()),
        }
        self.damaged.push(error.in_part(part.name()));
        Ok(())
    }

    /// How many parts the last one says that there are.
    fn last_disks(&self, options: &UnlockOptions) -> Option<u32> {
        let last = self.opened.iter().find(|it| it.part.position() == Position::Last)?;
        let source = last.part.open().ok()?;
        zip::count_of_disks(&source, options.rules().accept).ok()
    }
}

/// Why what was opened cannot be a part, if it cannot: it is sealed once more, or what a server
/// answered.
///
/// # Errors
/// What the source reports.
fn no_part(opened: &Opened, sizes: &Sizes, rules: &Rules) -> Result<Option<Error>, Error> {
    if let Some(error) = opened.sealed_twice(rules) {
        return Ok(Some(error));
    }
    let Doubt::Neither(message) = &opened.doubt else { return Ok(None) };
    let is_answer = sizes.is_answer(opened.position, &opened.plaintext, message, rules.accept)?;
    Ok(is_answer.then(|| message.clone().in_part(&opened.name)))
}
