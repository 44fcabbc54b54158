//! The file of an archive that is being written: its bytes cut into blocks.

use super::deflate::{BLOCK, Block, Extent, WINDOW};
use super::queue::{Queue, Step};
use crate::error::{Error, ErrorKind};
use crate::parts::PartSink;
use crate::zip::NewEntry;

/// The most bytes an entry without a zip64 field may have: whatever becomes of them when they are
/// compressed, five more for 64 KiB, is less than 4 GiB.
const MAX_SHORT: u64 = u32::MAX as u64 - (1 << 20);

/// A file that was begun and not ended yet.
pub(super) struct OpenEntry {
    /// What its header says, until that is handed on.
    header: Option<NewEntry>,
    name: String,
    max_size: Option<u64>,
    size: u64,
    buffer: Vec<u8>,
    /// What is before the buffer.
    before: Vec<u8>,
}

impl OpenEntry {
    pub(super) fn new(header: NewEntry, max_size: Option<u64>) -> Self {
        Self {
            name: header.name.clone(),
            header: Some(header),
            max_size,
            size: 0,
            buffer: Vec::new(),
            before: Vec::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were written.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Takes some of `bytes`; how many.
    pub(super) fn take<S: PartSink>(
        &mut self,
        queue: &mut Queue<S>,
        bytes: &[u8],
    ) -> Result<usize, Error> {
        queue.check()?;
        let size = self.size.saturating_add(bytes.len() as u64);
        if let Some(max) = self.max_size.filter(|max| size > *max) {
            let what = format!("more than the {max} bytes that were said before");
            let error = Error::from(ErrorKind::InvalidArgument(what)).in_entry(&*self.name);
            queue.fail(error.clone());
            return Err(error);
        }
        if self.buffer.len() == BLOCK && !bytes.is_empty() {
            self.send(queue)?;
        }
        let count = bytes.len().min(BLOCK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        self.size = self.size.saturating_add(count as u64);
        Ok(count)
    }

    /// Hands the buffer on, as more follows it.
    fn send<S: PartSink>(&mut self, queue: &mut Queue<S>) -> Result<(), Error> {
        if let Some(header) = self.header.take() {
            let has_zip64 = self.max_size.is_none_or(|max| max > MAX_SHORT);
            queue.push(Step::Begin(header, has_zip64))?;
        }
        let bytes = std::mem::replace(&mut self.buffer, Vec::with_capacity(BLOCK));
        let tail = bytes.get(bytes.len().saturating_sub(WINDOW)..).unwrap_or_default().to_vec();
        let before = std::mem::replace(&mut self.before, tail);
        queue.push(Step::Data(Block { bytes, before, extent: Extent::Some }))
    }

    /// Hands on what is left.
    pub(super) fn end<S: PartSink>(self, queue: &mut Queue<S>) -> Result<(), Error> {
        let Self { header, buffer: bytes, before, .. } = self;
        if let Some(header) = header {
            return queue.push(Step::Whole(header, Block { bytes, before, extent: Extent::Whole }));
        }
        queue.push(Step::Data(Block { bytes, before, extent: Extent::Last }))?;
        queue.push(Step::End)
    }
}
