//! `FolderSink`: parts as files of a folder, all of them or none. They are written to a private
//! folder first, and get their places when all are complete.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use cap_std::fs::{Dir, OpenOptions};
use sha2::{Digest, Sha256};

use super::options::BuildOptions;
use crate::error::{Error, ErrorKind};
use crate::parts::{PartName, PartReceipt, PartSink, PartWriter};
use crate::read_at::ReadAt;
use crate::staging::{Overwrite, Staging, disk, nearest, publish};

/// Writes parts to files in a folder, which is made if it is not there. After an error, and when it
/// is dropped, the folder is as it was; after a kill, too, unless it came between two renames: what
/// a killed run left is taken back and removed by the next one.
pub struct FolderSink {
    /// Shared with the parts that are written: only when these are closed can it be removed or
    /// published.
    staging: Arc<Staging>,
    folder: PathBuf,
    durable: bool,
    digests: bool,
}

/// A part in a file that nobody sees yet.
pub struct FolderPart {
    name: PartName,
    staging: Arc<Staging>,
    /// `None` once it is complete.
    file: Option<File>,
    size: u64,
    /// `None` if nobody wants it.
    digest: Option<Sha256>,
}

impl FolderSink {
    /// For the parts of the set that `name` is of.
    ///
    /// # Errors
    /// [`ErrorKind::Exists`] if the folder has a part of this set already, sealed or not, or is
    /// none; what the operating system says.
    pub fn new(
        folder: impl AsRef<Path>,
        name: &PartName,
        options: &BuildOptions,
    ) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let staging = Staging::create(folder).map_err(|error| at(error, folder))?;
        let BuildOptions { durable, digests, .. } = *options;
        let staging = Arc::new(staging);
        let sink = Self { staging, folder: folder.to_owned(), durable, digests };
        if sink.staging.destination_exists() {
            refuse_existing(sink.staging.home(), folder, name)?;
        }
        Ok(sink)
    }

    /// Looks at whether a sink could be made, and makes nothing.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), as far as they can be seen.
    pub(super) fn check(folder: &Path, name: &PartName) -> Result<(), Error> {
        let (home, below) = nearest(folder).map_err(|error| at(error, folder))?;
        if below.as_os_str().is_empty() {
            refuse_existing(&home, folder, name)?;
        }
        Ok(())
    }
}

/// A part that stays from another export would be taken for one of this, and its manifest would be
/// compared with the new parts.
fn refuse_existing(home: &Dir, folder: &Path, name: &PartName) -> Result<(), Error> {
    let manifest = name.set_name().manifest_name().to_lowercase();
    for entry in home.entries().map_err(|error| at(error, folder))? {
        let file_name = entry.map_err(|error| at(error, folder))?.file_name();
        let Some(text) = file_name.to_str() else { continue };
        let is_part = PartName::parse(text).is_some_and(|part| part.same_set(name));
        if is_part || text.to_lowercase() == manifest {
            return Err(ErrorKind::Exists(folder.join(file_name)).into());
        }
    }
    Ok(())
}

/// An error of the operating system, said to be at that path.
fn at(error: impl Into<Error>, path: &Path) -> Error {
    let error = error.into();
    match error.kind() {
        ErrorKind::Io(_) => error.in_part(path.display().to_string()),
        _ => error,
    }
}

impl PartSink for FolderSink {
    type Part = FolderPart;

    fn begin(&mut self, name: &PartName) -> Result<FolderPart, Error> {
        let shown = name.to_string();
        let begin = || {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            let staging = Arc::clone(&self.staging);
            let file = staging.target().open_with(&shown, &options)?.into_std();
            let digest = self.digests.then(Sha256::new);
            Ok(FolderPart { name: name.clone(), staging, file: Some(file), size: 0, digest })
        };
        begin().map_err(|error: io::Error| Error::from(error).in_part(&shown))
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let (name, size) = (part.begun_as().to_string(), part.size());
        Ok(Some(Arc::new(Staged { staging: Arc::downgrade(&self.staging), name, size })))
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let add = || {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            self.staging.target().open_with(name, &options)?.write_all(bytes)
        };
        add().map_err(|error: io::Error| Error::from(error).in_part(name))
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let Self { staging, folder, durable, .. } = self;
        let commit = || {
            let staging = Arc::into_inner(staging).ok_or_else(|| {
                ErrorKind::InvalidArgument("a part is still being written".into())
            })?;
            let target = staging.target();
            for part in parts.iter().filter(|part| part.begun_as() != part.name()) {
                target.rename(part.begun_as().to_string(), target, part.name().to_string())?;
            }
            if durable {
                disk::write_out(staging.tree())?;
            }
            publish(staging, Overwrite::Never, durable)
        };
        commit().map(|_| ()).map_err(|error| at(error, &folder))
    }
}

/// A part that nobody sees yet, to be read. It is opened for each read: there may be more parts
/// than a process may hold open.
struct Staged {
    /// Who reads keeps nobody from publishing or removing it.
    staging: Weak<Staging>,
    name: String,
    size: u64,
}

impl ReadAt for Staged {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let staging = self.staging.upgrade().ok_or(io::ErrorKind::NotFound)?;
        staging.target().open(&self.name)?.into_std().read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

impl Write for FolderPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let count = file.write(bytes)?;
        if let Some(digest) = &mut self.digest {
            digest.update(bytes.get(..count).unwrap_or_default());
        }
        self.size = self.size.saturating_add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for FolderPart {
    fn finish(mut self) -> Result<PartReceipt, Error> {
        drop(self.file.take());
        let receipt = PartReceipt::new(self.name.clone(), self.size);
        Ok(match self.digest.take() {
            Some(digest) => receipt.with_sha256(digest.finalize().into()),
            None => receipt,
        })
    }
}

impl Drop for FolderPart {
    fn drop(&mut self) {
        // Windows removes no file that is open.
        if self.file.take().is_some() {
            let _ = self.staging.target().remove_file(self.name.to_string());
        }
    }
}

impl fmt::Debug for FolderSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderSink").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl fmt::Debug for FolderPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, size, .. } = self;
        f.debug_struct("FolderPart").field("name", name).field("size", size).finish_non_exhaustive()
    }
}
