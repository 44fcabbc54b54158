//! `EntryWriter`: the contents of one file, as a `Write`.

use std::fmt;
use std::io::{self, Write};

use super::built::Built;
use super::deflate::{BLOCK, Block, Extent, WINDOW};
use super::queue::{Queue, Step};
use crate::error::{Error, ErrorKind};
use crate::parts::PartSink;
use crate::zip::NewEntry;

/// The most bytes an entry without a zip64 field may have: whatever becomes of them when they are
/// compressed, five more for 64 KiB, is less than 4 GiB.
const MAX_SHORT: u64 = u32::MAX as u64 - (1 << 20);

/// Takes the contents of one file of an [`ArchiveWriter`](super::ArchiveWriter). It must be
/// [finished](Self::finish): if it is dropped before, nothing comes of the archive.
pub struct EntryWriter<'a, S: PartSink> {
    queue: &'a mut Queue<S>,
    built: &'a mut Built,
    /// The entry, until it is begun.
    entry: Option<NewEntry>,
    name: String,
    max_size: Option<u64>,
    size: u64,
    buffer: Vec<u8>,
    /// What is before the buffer.
    before: Vec<u8>,
    is_finished: bool,
}

impl<'a, S: PartSink> EntryWriter<'a, S> {
    pub(super) fn new(
        queue: &'a mut Queue<S>,
        built: &'a mut Built,
        entry: NewEntry,
        max_size: Option<u64>,
    ) -> Self {
        Self {
            queue,
            built,
            name: entry.name.clone(),
            entry: Some(entry),
            max_size,
            size: 0,
            buffer: Vec::new(),
            before: Vec::new(),
            is_finished: false,
        }
    }

    /// The file is complete.
    ///
    /// # Errors
    /// The error that came before, [`ErrorKind::Cancelled`], what the sink returns.
    pub fn finish(mut self) -> Result<(), Error> {
        self.is_finished = true;
        let bytes = std::mem::take(&mut self.buffer);
        let before = std::mem::take(&mut self.before);
        if let Some(entry) = self.entry.take() {
            let block = Block { bytes, before, extent: Extent::Whole };
            self.queue.push(Step::Whole(entry, block))?;
        } else {
            let block = Block { bytes, before, extent: Extent::Last };
            self.queue.push(Step::Data(block))?;
            self.queue.push(Step::End)?;
        }
        self.built.files += 1;
        self.built.bytes = self.built.bytes.saturating_add(self.size);
        Ok(())
    }

    /// Takes some of `bytes`; how many.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.queue.check()?;
        let size = self.size.saturating_add(bytes.len() as u64);
        if let Some(max) = self.max_size.filter(|max| size > *max) {
            let what = format!("more than the {max} bytes that were said before");
            let error = Error::from(ErrorKind::InvalidArgument(what)).in_entry(&*self.name);
            self.queue.fail(error.clone());
            return Err(error);
        }
        if self.buffer.len() == BLOCK && !bytes.is_empty() {
            self.send()?;
        }
        let count = bytes.len().min(BLOCK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        self.size = self.size.saturating_add(count as u64);
        Ok(count)
    }

    /// Hands the buffer on, as more follows it.
    fn send(&mut self) -> Result<(), Error> {
        if let Some(entry) = self.entry.take() {
            let has_zip64 = self.max_size.is_none_or(|max| max > MAX_SHORT);
            self.queue.push(Step::Begin(entry, has_zip64))?;
        }
        let bytes = std::mem::replace(&mut self.buffer, Vec::with_capacity(BLOCK));
        let tail = bytes.get(bytes.len().saturating_sub(WINDOW)..).unwrap_or_default().to_vec();
        let before = std::mem::replace(&mut self.before, tail);
        self.queue.push(Step::Data(Block { bytes, before, extent: Extent::Some }))
    }
}

impl<S: PartSink> Write for EntryWriter<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.take(bytes)?)
    }

    /// Does nothing: how an entry is cut into blocks depends on its bytes alone.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: PartSink> Drop for EntryWriter<'_, S> {
    fn drop(&mut self) {
        if !self.is_finished {
            let what = "an entry was begun and not finished".to_owned();
            self.queue.fail(Error::from(ErrorKind::InvalidArgument(what)).in_entry(&*self.name));
        }
    }
}

impl<S: PartSink> fmt::Debug for EntryWriter<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryWriter")
            .field("name", &self.name)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
