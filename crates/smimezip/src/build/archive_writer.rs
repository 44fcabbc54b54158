//! `ArchiveWriter`: entries one after the other, as the caller writes them.

use std::fmt;

use super::attributes::EntryAttributes;
use super::built::Built;
use super::entries::Entries;
use super::entry_writer::EntryWriter;
use super::names::Names;
use super::options::BuildOptions;
use super::queue::Queue;
use crate::error::{Error, ErrorKind};
use crate::parts::{PartName, PartSink};
use crate::zip::path::EntryPath;
use crate::zip::{Finished, NewEntry};

/// Type bits of a Unix mode.
const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Writes an archive into the parts of a sink, entry by entry, forward only. Data are compressed on
/// other threads; parts are written on the caller's.
///
/// Dropped unfinished, it takes everything back. Errors of writing stick: nothing comes of an
/// archive once one has occurred. A name that is refused does no harm.
///
/// A file's contents are written to an [`EntryWriter`], or by [`write_entry`](Self::write_entry)
/// where a borrow of the archive cannot be kept: then [`begin_entry`](Self::begin_entry) goes
/// before, [`end_entry`](Self::end_entry) after. [`PartSink`] has an example.
pub struct ArchiveWriter<S: PartSink> {
    entries: Entries<S>,
    names: Names,
    is_reproducible: bool,
}

impl<S: PartSink> ArchiveWriter<S> {
    /// A new archive, whose parts are named as others of the set that `name` is of.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a size of parts, a level or a name that there may not be.
    pub fn new(sink: S, name: &PartName, options: &BuildOptions) -> Result<Self, Error> {
        Self::bounded(sink, name, options, None)
    }

    /// As [`new`](Self::new), for an archive that is known to have at most so many bytes.
    pub(super) fn bounded(
        sink: S,
        name: &PartName,
        options: &BuildOptions,
        max_size: Option<u64>,
    ) -> Result<Self, Error> {
        check_name(name)?;
        Ok(Self {
            entries: Entries::new(Queue::new(sink, name, options, max_size)?),
            names: Names::default(),
            is_reproducible: options.reproducible,
        })
    }

    /// Adds an entry for a folder, with or without `/` at the end of its name. Folders of files
    /// need none.
    ///
    /// # Errors
    /// [`ErrorKind::UnsafeName`], [`ErrorKind::NameConflict`], [`ErrorKind::InvalidArgument`] while
    /// a file is open, none of which does harm; what the sink returns.
    pub fn add_folder(&mut self, name: &str, attributes: &EntryAttributes) -> Result<(), Error> {
        self.entries.check_none_open()?;
        let path = name.strip_suffix('/').unwrap_or(name);
        self.claim(path, true)?;
        let entry = self.entry(format!("{path}/"), FOLDER, 0o755, attributes);
        self.entries.add_folder(entry)
    }

    /// Begins a file; its contents are written to what is returned.
    ///
    /// # Errors
    /// As [`begin_entry`](Self::begin_entry).
    pub fn begin_file(
        &mut self,
        name: &str,
        attributes: &EntryAttributes,
    ) -> Result<EntryWriter<'_, S>, Error> {
        self.begin_entry(name, attributes)?;
        Ok(EntryWriter::new(&mut self.entries))
    }

    /// Opens a file, for [`write_entry`](Self::write_entry).
    ///
    /// # Errors
    /// [`ErrorKind::UnsafeName`], [`ErrorKind::NameConflict`], [`ErrorKind::InvalidArgument`] while
    /// another file is open, none of which does harm; the error that came before.
    pub fn begin_entry(&mut self, name: &str, attributes: &EntryAttributes) -> Result<(), Error> {
        self.entries.check_none_open()?;
        self.claim(name, false)?;
        let entry = self.entry(name.to_owned(), FILE, 0o644, attributes);
        self.entries.begin(entry, attributes.max_size);
        Ok(())
    }

    /// Writes the next bytes of the file that is open, all of them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if no file is open, which does no harm, and for more bytes
    /// than [`EntryAttributes::max_size`]; the error that came before,
    /// [`ErrorKind::Cancelled`]; what the sink returns.
    pub fn write_entry(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        loop {
            let count = self.entries.take(bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }

    /// The file that is open is complete.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if no file is open, which does no harm; otherwise as
    /// [`write_entry`](Self::write_entry).
    pub fn end_entry(&mut self) -> Result<(), Error> {
        self.entries.end()
    }

    /// The name of the file that is open.
    pub fn open_entry(&self) -> Option<&str> {
        self.entries.open()
    }

    /// Writes the directory, ends the last part, and has the sink give all parts their names.
    ///
    /// # Errors
    /// An error of writing that came before, [`ErrorKind::InvalidArgument`] if a file is open or
    /// there would be more than 65,535 parts, [`ErrorKind::Cancelled`]; what the sink returns.
    pub fn finish(self) -> Result<Built, Error> {
        let (sink, built) = self.end()?;
        sink.commit(built.parts.clone())?;
        Ok(built)
    }

    /// Writes the directory and ends the last part: the sink has yet to give the parts their names.
    pub(super) fn end(self) -> Result<(S, Built), Error> {
        self.entries.check_none_open()?;
        let Entries { queue, mut built, .. } = self.entries;
        let Finished { sink, parts, compressed_bytes, directory_size } = queue.finish()?;
        built.parts = parts;
        built.compressed_bytes = compressed_bytes;
        built.directory_size = directory_size;
        Ok((sink, built))
    }

    /// Notes what was left out, and why.
    #[cfg(feature = "extract")]
    pub(super) fn leave_out(&mut self, skipped: Vec<Error>) {
        self.entries.built.skipped = skipped;
    }

    fn claim(&mut self, path: &str, is_folder: bool) -> Result<(), Error> {
        let claimed = self.names.claim(path, is_folder);
        claimed.map_err(|kind| Error::from(kind).in_entry(path))
    }

    fn entry(&self, name: String, kind: u32, usual: u32, attributes: &EntryAttributes) -> NewEntry {
        let mut permissions = attributes.permissions.unwrap_or(usual) & 0o777;
        if self.is_reproducible {
            let may_execute = kind == FOLDER || permissions & 0o100 != 0;
            permissions = if may_execute { 0o755 } else { 0o644 };
        }
        let modified = attributes.modified.filter(|_| !self.is_reproducible);
        NewEntry { name, mode: kind | permissions, modified }
    }
}

/// # Errors
/// `InvalidArgument` for a name that is not safe on every platform.
pub(crate) fn check_name(name: &PartName) -> Result<(), Error> {
    let shown = name.to_string();
    if shown.contains('/') || EntryPath::new(shown.as_str().into()).is_err() {
        let what = format!("{shown:?} is not a safe name for a part");
        return Err(ErrorKind::InvalidArgument(what).into());
    }
    Ok(())
}

impl<S: PartSink> fmt::Debug for ArchiveWriter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveWriter")
            .field("files", &self.entries.built.files)
            .field("folders", &self.entries.built.folders)
            .finish_non_exhaustive()
    }
}
