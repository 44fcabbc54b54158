//! The entries of an archive that is being written, at most one of them open: what the archive's
//! writer and the writer of its entry share.

use super::built::Built;
use super::open_entry::OpenEntry;
use super::queue::{Queue, Step};
use crate::error::{Error, ErrorKind};
use crate::parts::PartSink;
use crate::zip::NewEntry;

/// What was written, and the file that is open. Errors of writing stick.
pub(super) struct Entries<S: PartSink> {
    pub(super) queue: Queue<S>,
    pub(super) built: Built,
    open: Option<OpenEntry>,
}

impl<S: PartSink> Entries<S> {
    pub(super) fn new(queue: Queue<S>) -> Self {
        Self { queue, built: Built::default(), open: None }
    }

    /// The name of the file that is open.
    pub(super) fn open(&self) -> Option<&str> {
        self.open.as_ref().map(OpenEntry::name)
    }

    /// # Errors
    /// The error that came before; `InvalidArgument` while a file is open.
    pub(super) fn check_none_open(&self) -> Result<(), Error> {
        self.queue.check()?;
        let Some(name) = self.open() else { return Ok(()) };
        let what = "a file is begun and not ended yet".to_owned();
        Err(Error::from(ErrorKind::InvalidArgument(what)).in_entry(name))
    }

    pub(super) fn add_folder(&mut self, entry: NewEntry) -> Result<(), Error> {
        self.queue.push(Step::Folder(entry))?;
        self.built.folders += 1;
        Ok(())
    }

    pub(super) fn begin(&mut self, entry: NewEntry, max_size: Option<u64>) {
        self.open = Some(OpenEntry::new(entry, max_size));
    }

    /// Takes some of `bytes` for the file that is open; how many.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.open.as_mut().ok_or_else(none_open)?.take(&mut self.queue, bytes)
    }

    /// The file that is open is complete.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let entry = self.open.take().ok_or_else(none_open)?;
        let size = entry.size();
        entry.end(&mut self.queue)?;
        self.built.files += 1;
        self.built.bytes = self.built.bytes.saturating_add(size);
        Ok(())
    }

    /// The file that is open will not be complete: nothing comes of the archive.
    pub(super) fn abandon(&mut self) {
        if let Some(entry) = self.open.take() {
            let what = "an entry was begun and not finished".to_owned();
            self.queue.fail(Error::from(ErrorKind::InvalidArgument(what)).in_entry(entry.name()));
        }
    }
}

fn none_open() -> Error {
    ErrorKind::InvalidArgument("no file is begun".to_owned()).into()
}
