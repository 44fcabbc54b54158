//! `EntryWriter`: the contents of one file, as a `Write`.

use std::fmt;
use std::io::{self, Write};

use super::entries::Entries;
use crate::error::Error;
use crate::parts::PartSink;

/// Takes the contents of one file of an [`ArchiveWriter`](super::ArchiveWriter). It must be
/// [finished](Self::finish): if it is dropped before, nothing comes of the archive.
pub struct EntryWriter<'a, S: PartSink> {
    entries: &'a mut Entries<S>,
    is_finished: bool,
}

impl<'a, S: PartSink> EntryWriter<'a, S> {
    /// Of the file that is open in the archive.
    pub(super) fn new(entries: &'a mut Entries<S>) -> Self {
        Self { entries, is_finished: false }
    }

    /// The file is complete.
    ///
    /// # Errors
    /// The error that came before, [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), what the
    /// sink returns.
    pub fn finish(mut self) -> Result<(), Error> {
        self.is_finished = true;
        self.entries.end()
    }
}

impl<S: PartSink> Write for EntryWriter<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.entries.take(bytes)?)
    }

    /// Does nothing: how an entry is cut into blocks depends on its bytes alone.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: PartSink> Drop for EntryWriter<'_, S> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.entries.abandon();
        }
    }
}

impl<S: PartSink> fmt::Debug for EntryWriter<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryWriter").field("name", &self.entries.open()).finish_non_exhaustive()
    }
}
