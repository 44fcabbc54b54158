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

/// By the core's functions alone, so that it takes no time under Miri.
#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use smimezip::Error;
    use smimezip::build::BuildOptions;
    use smimezip::parts::{PartName, PartReceipt, PartWriter};

    use super::*;

    struct Nowhere;

    struct NoPart(PartName, u64);

    impl PartSink for Nowhere {
        type Part = NoPart;

        fn begin(&mut self, name: &PartName) -> Result<NoPart, Error> {
            Ok(NoPart(name.clone(), 0))
        }

        fn commit(self, _: Vec<PartReceipt>) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Write for NoPart {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl PartWriter for NoPart {
        fn finish(self) -> Result<PartReceipt, Error> {
            Ok(PartReceipt::new(self.0, self.1))
        }
    }

    fn open() -> OpenArchive<Nowhere> {
        let (name, options) = (PartName::parse("e.zip").unwrap(), BuildOptions::new().threads(1));
        OpenArchive::new(ArchiveWriter::new(Nowhere, &name, &options).unwrap())
    }

    fn begin(archive: &mut OpenArchive<Nowhere>, name: &str) -> bool {
        archive.begin_file(name, &EntryAttributes::new()).is_ok()
    }

    #[test]
    fn entries_come_one_after_the_other_while_it_is_moved() {
        let mut archive = open();
        assert!(archive.add_folder("a", &EntryAttributes::new()).is_ok());
        for name in ["b", "c"] {
            assert!(begin(&mut archive, name) && !begin(&mut archive, "d"));
            archive.entry().ok().unwrap().write_all(b"one, ").unwrap();
            let mut moved = Box::new(archive);
            moved.entry().ok().unwrap().write_all(b"two").unwrap();
            assert!(moved.finish().is_err() && moved.end_file().is_ok());
            assert!(moved.entry().is_err() && moved.end_file().is_err());
            archive = *moved;
        }
        let built = archive.finish().ok().unwrap();
        assert_eq!((built.files, built.folders, built.bytes), (2, 1, 16));
        assert!(archive.finish().is_err() && !begin(&mut archive, "e"));
    }

    #[test]
    fn it_ends_with_a_file_open_and_without_one() {
        let mut archive = open();
        assert!(begin(&mut archive, "a"));
        drop(archive);
        drop(open());
    }
}
