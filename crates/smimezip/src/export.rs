//! `Export`, the paved path: find the parts, unlock each, join them, read the archive. The only
//! place where the CMS side and the zip side meet, through `ReadAt` alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::content::{Content, InnerLayers};
use crate::envelope::Envelope;
use crate::error::{Error, ErrorKind};
use crate::keys::KeyRing;
use crate::limits::{Limit, Limits};
use crate::progress::CancelToken;
use crate::read_at::{FilePool, FileSource, ReadAt};
use crate::volumes::{self, Family, PartName, Place};
use crate::zip::{self, Archive};

/// An export: one archive in any number of parts, each sealed or not.
///
/// Finding it reads names only; nothing is opened and no key is needed.
#[derive(Clone)]
pub struct Export {
    family: Family,
    parts: Vec<Part>,
    limits: Limits,
    inner: InnerLayers,
}

/// One part of an export, as found.
#[derive(Clone)]
pub struct Part {
    name: String,
    place: Place,
    source: Source,
}

#[derive(Clone)]
enum Source {
    File(PathBuf, Arc<FilePool>),
    Caller(Arc<dyn ReadAt>),
}

/// What all parts are unlocked with.
struct Unlocking<'a> {
    keys: &'a KeyRing,
    cancel: &'a CancelToken,
}

/// A part with its plaintext.
type Opened = (String, Arc<dyn ReadAt>);

impl Export {
    /// Finds the export that the file at `path` is a part of, or the only one in a folder.
    ///
    /// # Errors
    /// [`ErrorKind::SeveralSets`] for a folder with several, [`ErrorKind::NotAnArchive`] for one
    /// without, or what the operating system says.
    pub fn discover(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut exports = Self::discover_all(path, limits)?;
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
    pub fn discover_all(path: impl AsRef<Path>, limits: &Limits) -> Result<Vec<Self>, Error> {
        let path = path.as_ref();
        let pool = FilePool::new();
        let families =
            volumes::find(path).map_err(|error| error.in_part(path.display().to_string()))?;
        Ok(families.into_iter().map(|family| Self::of_family(family, &pool, limits)).collect())
    }

    fn of_family(family: Family, pool: &Arc<FilePool>, limits: &Limits) -> Self {
        let parts = family
            .parts
            .iter()
            .map(|(place, path)| Part {
                name: volumes::file_name(path),
                place: *place,
                source: Source::File(path.clone(), Arc::clone(pool)),
            })
            .collect();
        Self { family, parts, limits: limits.clone(), inner: InnerLayers::default() }
    }

    /// The export that consists of these named parts, wherever they are: in memory, in an object
    /// store. Names must be those of parts; a single part may have any name.
    ///
    /// # Errors
    /// [`ErrorKind::NotAnArchive`] if a name is no part's, or of another set than the first;
    /// [`ErrorKind::IncompleteSet`] if two have the same place.
    pub fn from_parts(
        named: Vec<(String, Arc<dyn ReadAt>)>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let single = named.len() == 1;
        let mut parts: BTreeMap<Place, Part> = BTreeMap::new();
        let mut model: Option<PartName> = None;
        let mut doubled = Vec::new();
        for (name, source) in named {
            let lone = || PartName { stem: name.clone(), place: Place::Last, seal: String::new() };
            let parsed = PartName::parse(&name).or_else(|| single.then(lone));
            let parsed = parsed
                .filter(|parsed| model.as_ref().is_none_or(|model| model.same_set(parsed)))
                .ok_or_else(|| {
                    let what = "the name is not that of a part of the same set";
                    Error::from(ErrorKind::NotAnArchive(what)).in_part(&name)
                })?;
            let place = parsed.place;
            model.get_or_insert(parsed);
            let part = Part { name: name.clone(), place, source: Source::Caller(source) };
            if parts.insert(place, part).is_some() {
                doubled.push(PathBuf::from(name));
            }
        }
        let model = model.ok_or(ErrorKind::NotAnArchive("no parts"))?;
        let paths = parts.iter().map(|(place, part)| (*place, PathBuf::from(&part.name)));
        let family = Family { model, parts: paths.collect(), doubled };
        let parts = parts.into_values().collect();
        Ok(Self { family, parts, limits: limits.clone(), inner: InnerLayers::default() })
    }

    /// What the parts' names have in common; the file's name for a lone file of another name.
    pub fn name(&self) -> &str {
        match (self.family.model.stem.as_str(), self.parts.first()) {
            ("", Some(part)) => &part.name,
            (stem, _) => stem,
        }
    }

    /// The same export under other limits.
    #[must_use]
    pub fn with_limits(&self, limits: &Limits) -> Self {
        Self { limits: limits.clone(), ..self.clone() }
    }

    /// The same export, its parts looked through these layers inside their encryption: a signature,
    /// which is not verified, a MIME header.
    #[must_use]
    pub fn with_inner_layers(&self, inner: InnerLayers) -> Self {
        Self { inner, ..self.clone() }
    }

    /// Whether both consist of the same files.
    pub fn is_same(&self, other: &Self) -> bool {
        self.family.parts == other.family.parts
    }

    /// The parts at hand, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Names of parts that must exist by the names of the others. Parts behind the last one known
    /// are told by [`unlock`](Self::unlock) only, from the end record.
    pub fn missing(&self) -> Vec<String> {
        self.family.missing(None)
    }

    /// Names of files that claim a place another has, and browser copies.
    pub fn doubled(&self) -> Vec<String> {
        self.family.doubled_names()
    }

    /// Unlocks the parts and opens the archive. The last part goes first: its end record tells
    /// how many parts there are. If some are missing, doubled or too many, all of them are named
    /// at once and nothing else is decrypted.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteSet`]; those of [`Envelope::open`] and [`Envelope::unlock`], naming
    /// the part; those of [`Archive::open`].
    pub fn unlock(&self, keys: &KeyRing) -> Result<Archive, Error> {
        self.unlock_cancellable(keys, &CancelToken::new())
    }

    /// As [`unlock`](Self::unlock), which takes as long as reading all parts takes where they are
    /// authenticated; `cancel` ends it.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock), and [`ErrorKind::Cancelled`].
    pub fn unlock_cancellable(
        &self,
        keys: &KeyRing,
        cancel: &CancelToken,
    ) -> Result<Archive, Error> {
        let keys = &Unlocking { keys, cancel };
        let Some(last) = self.parts.iter().find(|part| part.place == Place::Last) else {
            return self.unlock_pieces(keys);
        };
        let (content, last_is_sealed) = self.open_last(last, keys)?;
        let disks = zip::count_of_disks(&content).map_err(|error| error.in_part(&last.name))?;
        if disks > self.limits.parts {
            let error = Error::limit(Limit::Parts, self.limits.parts.into());
            return Err(error.in_part(&last.name));
        }
        self.check_complete(Some(disks))?;
        let mut opened = self.open_all(|part| part.place != Place::Last, last_is_sealed, keys)?;
        opened.push((last.name.clone(), content));
        Archive::open(opened, &self.limits)
    }

    fn unlock_pieces(&self, keys: &Unlocking<'_>) -> Result<Archive, Error> {
        self.check_complete(None)?;
        let opened = self.open_all(|_| true, true, keys)?;
        Archive::open(opened, &self.limits).map_err(|error| {
            // Pieces do not tell how many there are; without an end record the last are missing.
            match (error.kind(), self.parts.last().map(|part| part.place)) {
                (ErrorKind::NotAnArchive(_), Some(Place::Piece(number))) => {
                    let next = self.family.model.at(Place::Piece(number.saturating_add(1)));
                    let missing = vec![next.to_string()];
                    let (extra, doubled) = (Vec::new(), Vec::new());
                    ErrorKind::IncompleteSet { missing, extra, doubled }.into()
                }
                _ => error,
            }
        })
    }

    fn check_complete(&self, disks: Option<u32>) -> Result<(), Error> {
        let missing = self.family.missing(disks);
        let extra = disks.map_or_else(Vec::new, |disks| self.family.extra(disks));
        let doubled = self.doubled();
        if missing.is_empty() && extra.is_empty() && doubled.is_empty() {
            return Ok(());
        }
        Err(ErrorKind::IncompleteSet { missing, extra, doubled }.into())
    }

    /// Opens the last part and tells whether it was sealed.
    fn open_last(
        &self,
        last: &Part,
        keys: &Unlocking<'_>,
    ) -> Result<(Arc<dyn ReadAt>, bool), Error> {
        let named = |error: Error| error.in_part(&last.name);
        let source = last.open().map_err(named)?;
        match Envelope::open(Arc::clone(&source), &self.limits) {
            Ok(envelope) => {
                let content = self.content(&envelope, keys).map_err(named)?;
                Ok((Arc::new(content), true))
            }
            // Its name says it is sealed, or it has no end record either.
            Err(error) if last.has_seal() || zip::count_of_disks(&source).is_err() => {
                Err(named(error))
            }
            Err(_) => Ok((source, false)),
        }
    }

    /// Opens the chosen parts, several at a time: each takes a private-key operation.
    fn open_all(
        &self,
        choose: impl Fn(&Part) -> bool,
        last_is_sealed: bool,
        keys: &Unlocking<'_>,
    ) -> Result<Vec<Opened>, Error> {
        let chosen: Vec<&Part> = self.parts.iter().filter(|part| choose(part)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some(part) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                let opened = self.open_part(part, last_is_sealed, keys);
                let failed = opened.is_err();
                done.push((part.place, opened));
                if failed {
                    break;
                }
            }
            done
        };
        let mut opened: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> =
                (0..threads.min(chosen.len())).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .flat_map(|worker| {
                    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        });
        opened.sort_by_key(|(place, _)| *place);
        opened.into_iter().map(|(_, opened)| opened).collect()
    }

    fn content(&self, envelope: &Envelope, with: &Unlocking<'_>) -> Result<Content, Error> {
        let content = envelope.unlock_cancellable(with.keys, with.cancel)?;
        content.inside(self.inner, &self.limits)
    }

    fn open_part(
        &self,
        part: &Part,
        last_is_sealed: bool,
        keys: &Unlocking<'_>,
    ) -> Result<Opened, Error> {
        let named = |error: Error| error.in_part(&part.name);
        let source = part.open().map_err(named)?;
        let name = part.name.clone();
        match Envelope::open(Arc::clone(&source), &self.limits) {
            Ok(envelope) => {
                let content = self.content(&envelope, keys).map_err(named)?;
                Ok((name, Arc::new(content)))
            }
            // Any octets may stand in a part that is not sealed, even such as look like a message.
            Err(error)
                if part.has_seal()
                    || (last_is_sealed && !matches!(error.kind(), ErrorKind::NotAMessage(_))) =>
            {
                Err(named(error))
            }
            Err(_) => Ok((name, source)),
        }
    }
}

impl Part {
    /// Its file name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands in the set.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Its octets as they are, sealed or not.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(&self) -> Result<Arc<dyn ReadAt>, Error> {
        match &self.source {
            Source::File(path, pool) => {
                let file = FileSource::in_pool(Arc::clone(pool), path.clone());
                Ok(Arc::new(file.map_err(|error| Error::from(error).in_part(&self.name))?))
            }
            Source::Caller(source) => Ok(Arc::clone(source)),
        }
    }

    fn has_seal(&self) -> bool {
        PartName::parse(&self.name).is_some_and(|name| !name.seal.is_empty())
    }
}
