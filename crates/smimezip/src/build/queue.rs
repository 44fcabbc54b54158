//! Entries in their order, while their blocks are compressed in any: what is written is written
//! when all before it is.

use std::collections::VecDeque;

use super::deflate::{Block, Packed};
use super::options::BuildOptions;
use super::pool::{Pending, Pool};
use crate::error::Error;
use crate::parts::{PartName, PartSink};
use crate::progress::{CancelToken, check};
use crate::threads;
use crate::zip::{DEFLATE, Data, Finished, NewEntry, STORED, ZipStream};

/// What is to be written, and the threads that work for it. Errors stick.
pub(super) struct Queue<S: PartSink> {
    zip: ZipStream<S>,
    pool: Pool,
    steps: VecDeque<Packing>,
    /// How many of them wait for a thread.
    under_way: usize,
    /// Of the entry whose blocks are written.
    crc: crc32fast::Hasher,
    size: u64,
    cancel: CancelToken,
    failed: Option<Error>,
}

/// What is written at once.
pub(super) enum Step {
    Folder(NewEntry),
    /// An entry of one block.
    Whole(NewEntry, Block),
    /// An entry of several blocks, and whether it has a zip64 field.
    Begin(NewEntry, bool),
    Data(Block),
    End,
}

/// A step whose block is with a thread.
enum Packing {
    Whole(NewEntry, Pending),
    Data(Pending),
    Other(Step),
}

impl<S: PartSink> Queue<S> {
    /// For an archive that is known to have at most `max_size` bytes, if that is known.
    ///
    /// # Errors
    /// `InvalidArgument` for a level or a size of parts that there is not.
    pub(super) fn new(
        sink: S,
        name: &PartName,
        options: &BuildOptions,
        max_size: Option<u64>,
    ) -> Result<Self, Error> {
        options.check_level()?;
        Ok(Self {
            zip: ZipStream::new(sink, name, options.part_size, max_size)?,
            pool: Pool::new(threads::count(options.threads), options.level),
            steps: VecDeque::new(),
            under_way: 0,
            crc: crc32fast::Hasher::new(),
            size: 0,
            cancel: options.cancel.clone(),
            failed: None,
        })
    }

    /// The error that came before.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Nothing can come of the archive any more.
    pub(super) fn fail(&mut self, error: Error) {
        self.failed.get_or_insert(error);
    }

    /// Takes the next step.
    pub(super) fn push(&mut self, step: Step) -> Result<(), Error> {
        self.check()?;
        self.try_push(step).inspect_err(|error| self.fail(error.clone()))
    }

    fn try_push(&mut self, step: Step) -> Result<(), Error> {
        let step = match step {
            Step::Whole(entry, block) => Packing::Whole(entry, self.submit(block)),
            Step::Data(block) => Packing::Data(self.submit(block)),
            other => Packing::Other(other),
        };
        self.steps.push_back(step);
        self.drain(self.pool.capacity())
    }

    fn submit(&mut self, block: Block) -> Pending {
        self.under_way += 1;
        self.pool.submit(block, self.under_way - 1)
    }

    /// Writes what is at the front, until no more than `most` blocks are under way.
    fn drain(&mut self, most: usize) -> Result<(), Error> {
        self.cancel.check()?;
        check()?;
        while let Some(step) = self.steps.pop_front() {
            let is_block = !matches!(step, Packing::Other(_));
            if is_block && self.under_way <= most {
                self.steps.push_front(step);
                break;
            }
            self.under_way -= usize::from(is_block);
            self.write(step)?;
        }
        Ok(())
    }

    fn write(&mut self, step: Packing) -> Result<(), Error> {
        match step {
            Packing::Whole(entry, pending) => {
                let Packed { bytes, is_stored, crc, size } = pending.wait()?;
                let method = if is_stored { STORED } else { DEFLATE };
                self.zip.add(entry, &Data { method, crc: crc.finalize(), bytes: &bytes, size })
            }
            Packing::Data(pending) => {
                let packed = pending.wait()?;
                self.crc.combine(&packed.crc);
                self.size = self.size.saturating_add(packed.size);
                self.zip.data(&packed.bytes)
            }
            Packing::Other(Step::Folder(entry)) => {
                self.zip.add(entry, &Data { method: STORED, crc: 0, bytes: &[], size: 0 })
            }
            Packing::Other(Step::Begin(entry, has_zip64)) => {
                (self.crc, self.size) = (crc32fast::Hasher::new(), 0);
                self.zip.begin(entry, has_zip64)
            }
            Packing::Other(_) => {
                let crc = std::mem::take(&mut self.crc);
                self.zip.end(crc.finalize(), self.size)
            }
        }
    }

    /// Writes all that is left. The sink has yet to give the parts their names.
    pub(super) fn finish(mut self) -> Result<Finished<S>, Error> {
        self.check()?;
        self.drain(0)?;
        self.zip.finish()
    }
}
