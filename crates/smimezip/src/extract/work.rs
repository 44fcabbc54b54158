//! Many entries on many threads: each takes the next one, decompresses and verifies it, and hands
//! the bytes to a sink.

use std::io::Read;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::options::ExtractOptions;
use super::planned::Planned;
use super::sink::Sink;
use super::{batches, write_behind};
use crate::error::{Category, Error, ErrorKind};
use crate::oddity::Oddities;
use crate::progress::{Gauge, check};
use crate::threads;
use crate::zip::{Archive, EntryReader, Memory};

/// Decompressed bytes handled at once. Inflating to 1 MiB at a time is a third faster than to
/// 32 KiB.
const OUTPUT: usize = 1024 * 1024;
/// Where so many bytes of an entry are left, a helper is worth its start.
const WORTH_HELP: u64 = 16 * 1024 * 1024;
/// Helpers at most; each needs up to 5 MiB.
const MOST_HELPERS: usize = 4;
/// Bytes of output that all threads together decompress at once, whatever their number.
const OUTPUT_OF_ALL: usize = 8 * OUTPUT;

/// What the threads share.
struct SharedWork<'a> {
    archive: &'a Archive,
    files: &'a [Planned<'a>],
    options: &'a ExtractOptions,
    gauge: &'a Gauge,
    /// Bytes decompressed at once by each thread.
    output: usize,
    /// What is taken in one batch, and the batch that is next.
    batches: Vec<Range<usize>>,
    next: AtomicUsize,
    /// Threads that may run, that work on entries, and whose time is taken to help these.
    threads: usize,
    working: AtomicUsize,
    helping: AtomicUsize,
    /// Entries that failed, by their place among the files.
    failed: Mutex<Vec<(usize, Error)>>,
    /// What is odd about the others.
    oddities: Mutex<Oddities>,
}

/// Sends all files through sinks, one per thread, and notes on `gauge` how far it is. Returns which
/// of them failed and why, in their order, if the options say to keep going, else the first error.
/// What is odd about them and was accepted is added to `oddities`.
pub(super) fn run<S: Sink + Send>(
    archive: &Archive,
    files: &[Planned<'_>],
    options: &ExtractOptions,
    gauge: &Gauge,
    oddities: &mut Oddities,
    sink: impl Fn() -> Result<S, Error> + Sync,
) -> Result<Vec<(usize, Error)>, Error> {
    let batches = batches::of(files);
    let threads = threads::count(options.threads);
    let members = threads.min(batches.len());
    let shared = SharedWork {
        archive,
        files,
        options,
        gauge,
        output: (OUTPUT_OF_ALL / threads).min(OUTPUT),
        next: AtomicUsize::new(0),
        threads,
        working: AtomicUsize::new(members),
        helping: AtomicUsize::new(0),
        batches,
        failed: Mutex::new(Vec::new()),
        oddities: Mutex::default(),
    };
    threads::team(members, || {
        let done = sink().and_then(|mut sink| shared.work(&mut sink));
        shared.working.fetch_sub(1, Ordering::Relaxed);
        done
    })?;
    let mut failed = shared.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_by_key(|(at, _)| *at);
    for (at, error) in &failed {
        archive.check_settled(files[*at].entry, error)?;
    }
    oddities.merge(shared.oddities.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(failed)
}

impl SharedWork<'_> {
    fn work<S: Sink + Send>(&self, sink: &mut S) -> Result<(), Error> {
        let mut buffer = vec![0; self.output];
        let mut memory = Memory::default();
        while let Some(batch) = self.batches.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            for at in batch.clone() {
                check()?;
                self.gauge.begin_entry(self.files[at].entry.raw_name());
                self.entry(at, sink, &mut buffer, &mut memory)?;
            }
        }
        Ok(())
    }

    /// One entry. Returns the error if it ends everything.
    fn entry<S: Sink + Send>(
        &self,
        at: usize,
        sink: &mut S,
        buffer: &mut [u8],
        memory: &mut Memory,
    ) -> Result<(), Error> {
        let file = &self.files[at];
        if let Err(error) = self.pass(file, sink, buffer, memory) {
            sink.abandon(file);
            let error = error.in_entry(file.entry.raw_name());
            if !self.options.keep_going || !is_of_the_entry(&error) {
                return Err(error);
            }
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).push((at, error));
        }
        self.gauge.add_entry();
        Ok(())
    }

    /// Passes an entry to the sink. Where much of it is left and a thread is idle, that one's time
    /// is taken for reading ahead and writing behind.
    fn pass<S: Sink + Send>(
        &self,
        file: &Planned<'_>,
        sink: &mut S,
        buffer: &mut [u8],
        memory: &mut Memory,
    ) -> Result<(), Error> {
        let mut reader = self.archive.read_with(file.entry, std::mem::take(memory))?;
        let passed = self.pump(&mut reader, file, sink, buffer);
        let odd = reader.oddities();
        if passed.is_ok() && !odd.is_empty() {
            self.oddities.lock().unwrap_or_else(PoisonError::into_inner).merge(odd);
        }
        // Also after an error: the next entry may be damaged as well.
        *memory = reader.into_memory();
        passed
    }

    fn pump<S: Sink + Send>(
        &self,
        reader: &mut EntryReader,
        file: &Planned<'_>,
        sink: &mut S,
        buffer: &mut [u8],
    ) -> Result<(), Error> {
        sink.begin(file)?;
        let mut left = file.entry.size();
        let mut helper = None;
        loop {
            if helper.is_none() && left >= WORTH_HELP {
                helper = self.helper();
                if helper.is_some() {
                    reader.read_ahead();
                    let note = |count| self.note(count);
                    if S::WRITES
                        && let Some(done) = write_behind::pump(reader, sink, buffer.len(), note)
                    {
                        done?;
                        break;
                    }
                }
            }
            let count = reader.read(buffer)?;
            if count == 0 {
                break;
            }
            self.note(count)?;
            sink.write(&buffer[..count])?;
            left = left.saturating_sub(count as u64);
        }
        sink.finish(file)
    }

    /// `None` if no thread is idle.
    fn helper(&self) -> Option<Helper<'_>> {
        let more = |helping: usize| {
            let busy = helping + self.working.load(Ordering::Relaxed);
            (helping < MOST_HELPERS && busy < self.threads).then_some(helping + 1)
        };
        self.helping.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Helper(&self.helping))
    }

    /// Notes progress, and learns whether to go on.
    fn note(&self, count: usize) -> Result<(), Error> {
        self.gauge.add_bytes(count as u64);
        check()
    }
}

/// An idle thread's time, given back when dropped.
struct Helper<'a>(&'a AtomicUsize);

impl Drop for Helper<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether the error says something of one entry only, so that others may still be right: what its
/// bytes are, in whatever layer, and not that they could not be read or written.
pub(super) fn is_of_the_entry(error: &Error) -> bool {
    // The archive is opened again, in which no place may be where it was.
    if error.is_irregular() {
        return false;
    }
    matches!(error.category(), Category::Damaged | Category::Format)
        || matches!(error.kind(), ErrorKind::Limit { .. })
}
