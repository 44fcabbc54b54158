//! An archive that is being written, with the entry that is open in it. The core's entry borrows
//! its archive, which Java cannot do; here both are kept as one value.

use std::io::Write as _;
use std::ptr::NonNull;

use smimezip::build::{ArchiveWriter, Built, EntryAttributes, EntryWriter};
use smimezip::parts::PartSink;

use crate::failure::Failure;

/// That nothing can be written any more.
pub(crate) const ENDED: Failure = Failure::State("the export was committed, or was to be");

/// An archive and, at times, its open entry.
pub(crate) struct Entries<S: PartSink + 'static> {
    entry: Option<EntryWriter<'static, S>>,
    /// Of a box that is ours. Nobody uses it while there is an entry, which does.
    archive: Option<NonNull<ArchiveWriter<S>>>,
}

// SAFETY: it owns both, and shares them with nobody.
unsafe impl<S: PartSink + 'static> Send for Entries<S>
where
    ArchiveWriter<S>: Send,
    EntryWriter<'static, S>: Send,
{
}

impl<S: PartSink + 'static> Entries<S> {
    pub(crate) fn new(archive: ArchiveWriter<S>) -> Self {
        Self { entry: None, archive: Some(NonNull::from(Box::leak(Box::new(archive)))) }
    }

    /// The archive, which no entry uses now.
    fn free(&self) -> Result<NonNull<ArchiveWriter<S>>, Failure> {
        if self.entry.is_some() {
            return Err(Failure::State("an entry is open still"));
        }
        self.archive.ok_or(ENDED)
    }

    pub(crate) fn add_folder(
        &mut self,
        name: &str,
        attributes: &EntryAttributes,
    ) -> Result<(), Failure> {
        // SAFETY: it is of a box that lives until `take`, and no entry has it borrowed.
        let archive = unsafe { self.free()?.as_mut() };
        Ok(archive.add_folder(name, attributes)?)
    }

    pub(crate) fn begin(
        &mut self,
        name: &str,
        attributes: &EntryAttributes,
    ) -> Result<(), Failure> {
        // SAFETY: as above; `take` drops the entry, which has it borrowed now, before the box.
        let archive: &'static mut ArchiveWriter<S> = unsafe { self.free()?.as_mut() };
        self.entry = Some(archive.begin_file(name, attributes)?);
        Ok(())
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let entry = self.entry.as_mut().ok_or(Failure::State("no entry is open"))?;
        Ok(entry.write_all(bytes)?)
    }

    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        let entry = self.entry.take().ok_or(Failure::State("no entry is open"))?;
        Ok(entry.finish()?)
    }

    /// Whether an entry is.
    pub(crate) fn is_open(&self) -> bool {
        self.entry.is_some()
    }

    /// All parts get their names. Of an archive whose last entry is open nothing comes.
    pub(crate) fn finish(mut self) -> Result<Built, Failure> {
        let archive = self.take().ok_or(ENDED)?;
        Ok(archive.finish()?)
    }

    /// The archive, once the entry is gone.
    fn take(&mut self) -> Option<Box<ArchiveWriter<S>>> {
        self.entry = None;
        let archive = self.archive.take()?;
        // SAFETY: it came from a box, and nothing refers to it any more.
        Some(unsafe { Box::from_raw(archive.as_ptr()) })
    }
}

impl<S: PartSink + 'static> Drop for Entries<S> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
