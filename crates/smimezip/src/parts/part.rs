//! `Part`: one part of a set, its name and where its bytes are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::found_set::file_name;
use crate::error::{Error, ErrorKind};
use crate::part_name::{PartName, Position};
use crate::read_at::{FilePool, FileSource, ReadAt};

/// One part of an export: its name, and its bytes as they are, sealed or not.
///
/// ```
/// use smimezip::{Export, KeyRing, Part};
///
/// # let folder = std::path::Path::new("../../examples/data");
/// # let keys = KeyRing::from_file(folder.join("key.pem"))?;
/// let stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";
/// let names = ["z01", "z02", "z03", "zip"].map(|it| format!("{stem}.{it}.smime"));
/// let mut parts = Vec::new();
/// for name in names {
///     // Bytes in memory; as well a file, or whatever else is a `ReadAt`.
///     let bytes = std::fs::read(folder.join(&name))?;
///     parts.push(Part::new(name, bytes));
/// }
/// let archive = Export::from_parts(parts)?.unlock(&keys)?;
/// assert!(!archive.entries().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Part {
    name: String,
    position: Position,
    source: Source,
}

#[derive(Clone)]
enum Source {
    File(PathBuf, Arc<FilePool>),
    Caller(Arc<dyn ReadAt>),
    /// With its size, where that follows from the others.
    Missing(PartName, Option<u64>),
}

impl Part {
    /// A part whose bytes are in `source`: memory, a file, an object in a store. Its name says
    /// where it stands in its set; a lone part may have any.
    pub fn new(name: impl Into<String>, source: impl ReadAt + 'static) -> Self {
        let name = name.into();
        let position = PartName::parse(&name).map_or(Position::Last, |name| name.position());
        Self::shared(name, position, Arc::new(source))
    }

    /// A part of this place, whatever its name says, for a source that is shared already.
    pub(crate) fn shared(name: String, position: Position, source: Arc<dyn ReadAt>) -> Self {
        Self { name, position, source: Source::Caller(source) }
    }

    /// The part in the file at `path`, which is opened when the part is.
    pub(crate) fn in_file(path: PathBuf, position: Position, pool: &Arc<FilePool>) -> Self {
        let name = file_name(&path);
        Self { name, position, source: Source::File(path, Arc::clone(pool)) }
    }

    /// The place of a part that is not there.
    pub(crate) fn missing(name: PartName) -> Self {
        Self::absent(name, None)
    }

    /// The same, of a part whose size is known all the same.
    pub(crate) fn missing_of_size(name: PartName, size: u64) -> Self {
        Self::absent(name, Some(size))
    }

    fn absent(name: PartName, size: Option<u64>) -> Self {
        let position = name.position();
        Self { name: name.to_string(), position, source: Source::Missing(name, size) }
    }

    /// What it is called, if it is not there.
    pub(crate) fn missing_name(&self) -> Option<&PartName> {
        match &self.source {
            Source::Missing(name, _) => Some(name),
            Source::File(..) | Source::Caller(_) => None,
        }
    }

    /// Its size, if it is not there and that is known.
    pub(crate) fn missing_size(&self) -> Option<u64> {
        match &self.source {
            Source::Missing(_, size) => *size,
            Source::File(..) | Source::Caller(_) => None,
        }
    }

    /// Its file name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its file, unless its bytes come from elsewhere.
    pub fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::File(path, _) => Some(path),
            Source::Caller(_) | Source::Missing(..) => None,
        }
    }

    /// Where it stands in the set.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Its bytes as they are, sealed or not.
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
            Source::Missing(name, _) => Err(ErrorKind::missing(vec![name.clone()]).into()),
        }
    }

    /// Its size and when it was modified, if it is a file, which is not opened for that.
    ///
    /// # Errors
    /// What the operating system or the source says.
    pub(crate) fn size_and_time(&self) -> Result<(u64, Option<SystemTime>), Error> {
        match &self.source {
            Source::File(path, _) => {
                let metadata = path.metadata()?;
                Ok((metadata.len(), metadata.modified().ok()))
            }
            Source::Caller(source) => Ok((source.size()?, None)),
            Source::Missing(name, _) => Err(ErrorKind::missing(vec![name.clone()]).into()),
        }
    }

    /// Whether its name says that it is sealed.
    pub(crate) fn has_seal(&self) -> bool {
        let name = PartName::parse(&self.name).or_else(|| PartName::parse_copy(&self.name));
        name.is_some_and(|name| name.is_sealed())
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("position", &self.position)
            .field("file", &self.path())
            .finish_non_exhaustive()
    }
}
