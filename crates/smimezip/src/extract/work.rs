//! Many entries on many threads: each takes the next one, decompresses and verifies it, and hands
//! the bytes to a sink. The calling thread reports progress meanwhile.

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::options::ExtractOptions;
use super::plan::Planned;
use super::{behind, crew};
use crate::error::{Error, ErrorKind};
use crate::progress::{Event, Progress};
use crate::zip::Archive;

/// Decompressed bytes handled at once. Inflating to 1 MiB at a time is a third faster than to
/// 32 KiB.
pub(super) const OUTPUT: usize = 1024 * 1024;
/// Entries from this size on are written by a thread of their own.
const WRITE_BEHIND: u64 = 16 * 1024 * 1024;

/// Takes the bytes of entries, in one thread.
pub(super) trait Sink {
    /// Whether writing takes time, so that it is worth a thread of its own.
    const WRITES: bool;
    /// A new entry begins.
    fn begin(&mut self, file: &Planned<'_>) -> Result<(), Error>;
    /// Its next bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;
    /// It ended and is verified.
    fn finish(&mut self, file: &Planned<'_>) -> Result<(), Error>;
    /// It failed; what was written is worthless.
    fn abandon(&mut self, file: &Planned<'_>);
}

/// What the threads share.
struct Shared<'a> {
    archive: &'a Archive,
    files: &'a [Planned<'a>],
    options: &'a ExtractOptions,
    next: AtomicUsize,
    begun: AtomicUsize,
    entries_done: AtomicU64,
    bytes_done: AtomicU64,
    stop: AtomicBool,
    failed: Mutex<Vec<Error>>,
}

/// Sends all files through sinks, one per thread. Returns the entries that failed, if the options
/// say to keep going, else the first error.
pub(super) fn run<S: Sink + Send>(
    archive: &Archive,
    files: &[Planned<'_>],
    options: &ExtractOptions,
    progress: &mut dyn Progress,
    sink: impl Fn() -> Result<S, Error> + Sync,
) -> Result<Vec<Error>, Error> {
    let shared = Shared {
        archive,
        files,
        options,
        next: AtomicUsize::new(0),
        begun: AtomicUsize::new(0),
        entries_done: AtomicU64::new(0),
        bytes_done: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        failed: Mutex::new(Vec::new()),
    };
    let work = || {
        if let Err(error) = sink().and_then(|mut sink| shared.work(&mut sink)) {
            shared.fail(error);
        }
    };
    crew::run(options, files.len(), work, || shared.report(progress));
    let mut failed = shared.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if options.cancel.is_cancelled() {
        return Err(ErrorKind::Cancelled.into());
    }
    if shared.stop.into_inner() {
        // The first that stopped it all; others may have followed it.
        return Err(failed.swap_remove(0));
    }
    Ok(failed)
}

impl Shared<'_> {
    fn work<S: Sink + Send>(&self, sink: &mut S) -> Result<(), Error> {
        let mut buffer = vec![0; OUTPUT];
        let mut input = Vec::new();
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = self.files.get(at) else { return Ok(()) };
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.options.cancel.check()?;
            self.begun.store(at, Ordering::Relaxed);
            if let Err(error) = self.one(file, sink, &mut buffer, &mut input) {
                sink.abandon(file);
                let error = error.in_entry(file.entry.name());
                if !self.options.keep_going || !is_of_the_entry(&error) {
                    return Err(error);
                }
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).push(error);
            }
            self.entries_done.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn one<S: Sink + Send>(
        &self,
        file: &Planned<'_>,
        sink: &mut S,
        buffer: &mut [u8],
        input: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut reader = self.archive.read_with(file.entry, std::mem::take(input))?;
        sink.begin(file)?;
        if S::WRITES && file.entry.size() >= WRITE_BEHIND {
            behind::pump(&mut reader, sink, |count| self.note(count))?;
        } else {
            loop {
                let count = reader.read(buffer)?;
                if count == 0 {
                    break;
                }
                self.note(count)?;
                sink.write(&buffer[..count])?;
            }
        }
        *input = reader.into_input();
        sink.finish(file)
    }

    /// Notes progress, and learns whether to go on.
    fn note(&self, count: usize) -> Result<(), Error> {
        self.bytes_done.fetch_add(count as u64, Ordering::Relaxed);
        self.options.cancel.check()?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(ErrorKind::Cancelled.into());
        }
        Ok(())
    }

    /// Notes an error that ends everything.
    fn fail(&self, error: Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.stop.swap(true, Ordering::Relaxed) {
            // In front of those that `keep_going` passed over.
            failed.insert(0, error);
        }
    }

    fn report(&self, progress: &mut dyn Progress) {
        let entry = self.files.get(self.begun.load(Ordering::Relaxed));
        let event = Event {
            bytes_done: self.bytes_done.load(Ordering::Relaxed),
            bytes_total: self.files.iter().map(|file| file.entry.size()).sum(),
            entries_done: self.entries_done.load(Ordering::Relaxed),
            entries_total: self.files.len() as u64,
            entry: entry.map(|file| file.entry.name()),
        };
        if progress.report(&event).is_break() {
            self.options.cancel.cancel();
        }
    }
}

/// Whether the error says something about one entry only, so that others may still be right.
fn is_of_the_entry(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Damaged(_) | ErrorKind::Unsupported(_) | ErrorKind::Truncated)
}
