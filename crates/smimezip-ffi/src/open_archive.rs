//! An archive that is being written together with the entry that is open in it, which the core
//! keeps apart by a borrow that C cannot have.

use std::marker::PhantomData;
use std::ptr::NonNull;

use smimezip::build::{ArchiveWriter, Built, EntryAttributes, EntryWriter};
use smimezip::parts::PartSink;

use crate::error::Failure;

/// An archive, and perhaps one of its entries.
pub(crate) struct OpenArchive<S: PartSink + 'static> {
    /// Borrows `*archive`; while it is there, nothing else does.
    entry: Option<EntryWriter<'static, S>>,
    /// Of a box that is this struct's own; `None` once the archive is finished.
    archive: Option<NonNull<ArchiveWriter<S>>>,
    owns: PhantomData<ArchiveWriter<S>>,
}

// SAFETY: the pointer is that of a box; what it holds, and the entry, may go to another thread.
unsafe impl<S: PartSink + 'static> Send for OpenArchive<S>
where
    ArchiveWriter<S>: Send,
    EntryWriter<'static, S>: Send,
{
}

impl<S: PartSink + 'static> OpenArchive<S> {
    pub(crate) fn new(archive: ArchiveWriter<S>) -> Self {
        let archive = NonNull::from(Box::leak(Box::new(archive)));
        Self { entry: None, archive: Some(archive), owns: PhantomData }
    }

    /// The archive, of which no entry is open.
    ///
    /// # Safety
    /// What is returned is not used after this struct was, unless `self.entry` holds it.
    unsafe fn between_entries(&mut self) -> Result<&'static mut ArchiveWriter<S>, Failure> {
        if self.entry.is_some() {
            return Err(Failure::argument("a file is begun and not ended yet".into()));
        }
        let mut archive = self.archive.ok_or_else(finished)?;
        // SAFETY: it is alive until `finish` or the end of this struct, and as there is no entry,
        // nobody borrows it; promised by the caller for later.
        Ok(unsafe { archive.as_mut() })
    }

    pub(crate) fn add_folder(
        &mut self,
        name: &str,
        attributes: &EntryAttributes,
    ) -> Result<(), Failure> {
        // SAFETY: used in this line alone.
        Ok(unsafe { self.between_entries() }?.add_folder(name, attributes)?)
    }

    pub(crate) fn begin_file(
        &mut self,
        name: &str,
        attributes: &EntryAttributes,
    ) -> Result<(), Failure> {
        // SAFETY: the entry holds it from here on.
        let archive = unsafe { self.between_entries() }?;
        self.entry = Some(archive.begin_file(name, attributes)?);
        Ok(())
    }

    /// The entry that is open.
    pub(crate) fn entry(&mut self) -> Result<&mut EntryWriter<'static, S>, Failure> {
        self.entry.as_mut().ok_or_else(no_file)
    }

    pub(crate) fn end_file(&mut self) -> Result<(), Failure> {
        Ok(self.entry.take().ok_or_else(no_file)?.finish()?)
    }

    /// Finishes the archive, after which there is none, whether it could be or not.
    pub(crate) fn finish(&mut self) -> Result<Built, Failure> {
        // SAFETY: it is not used, only looked for.
        unsafe { self.between_entries() }?;
        let archive = self.archive.take().ok_or_else(finished)?;
        // SAFETY: it is that of a box, and was taken: nobody has it any more.
        let archive = unsafe { Box::from_raw(archive.as_ptr()) };
        Ok(archive.finish()?)
    }
}

impl<S: PartSink + 'static> Drop for OpenArchive<S> {
    fn drop(&mut self) {
        // It borrows the archive, so it goes first.
        drop(self.entry.take());
        if let Some(archive) = self.archive.take() {
            // SAFETY: as in `finish`.
            drop(unsafe { Box::from_raw(archive.as_ptr()) });
        }
    }
}

fn finished() -> Failure {
    Failure::argument("the export is finished".into())
}

fn no_file() -> Failure {
    Failure::argument("no file is begun".into())
}
