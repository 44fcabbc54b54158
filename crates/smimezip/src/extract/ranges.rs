//! One large view to one file, range by range, on several threads: any range of a view can be
//! decrypted on its own.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::crew;
use super::options::ExtractOptions;
use crate::error::{Error, ErrorKind};
use crate::progress::{Event, Progress};
use crate::read_at::{ReadAt, clamp};

/// Octets a thread takes at a time: few enough for an even end, many enough to read in order.
const RANGE: u64 = 4 * 1024 * 1024;
/// Octets read and written at once.
const BUFFER: usize = 128 * 1024;

/// What the threads share.
struct Shared<'a, S: ?Sized> {
    source: &'a S,
    file: &'a File,
    /// The file's name, for errors in writing.
    name: &'a str,
    options: &'a ExtractOptions,
    size: u64,
    next: AtomicU64,
    done: AtomicU64,
    stop: AtomicBool,
    failed: Mutex<Option<Error>>,
}

/// Writes all of `source` to `file`, which is called `name`.
pub(super) fn copy<S: ReadAt + ?Sized>(
    source: &S,
    file: &File,
    name: &str,
    options: &ExtractOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let size = source.size()?;
    file.set_len(size).map_err(|error| Error::from(error).in_part(name))?;
    let shared = Shared {
        source,
        file,
        name,
        options,
        size,
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        failed: Mutex::new(None),
    };
    let most = clamp(usize::MAX, size.div_ceil(RANGE));
    crew::run(options, most, || shared.work(), || shared.report(progress));
    options.cancel.check()?;
    match shared.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

impl<S: ReadAt + ?Sized> Shared<'_, S> {
    fn work(&self) {
        let mut buffer = vec![0; BUFFER];
        loop {
            let start = self.next.fetch_add(RANGE, Ordering::Relaxed);
            if start >= self.size || self.stop.load(Ordering::Relaxed) {
                return;
            }
            let end = start.saturating_add(RANGE).min(self.size);
            if let Err(error) = self.range(start, end, &mut buffer) {
                self.stop.store(true, Ordering::Relaxed);
                // The first error is the cause; others may have followed it.
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.get_or_insert(error);
                return;
            }
        }
    }

    fn range(&self, start: u64, end: u64, buffer: &mut [u8]) -> Result<(), Error> {
        let mut at = start;
        while at < end {
            self.options.cancel.check()?;
            let wanted = clamp(buffer.len(), end - at);
            let count = match self.source.read_at(&mut buffer[..wanted], at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if count == 0 {
                return Err(ErrorKind::Truncated.into());
            }
            write_all_at(self.file, &buffer[..count], at)
                .map_err(|error| Error::from(error).in_part(self.name))?;
            at += count as u64;
            self.done.fetch_add(count as u64, Ordering::Relaxed);
        }
        Ok(())
    }

    fn report(&self, progress: &mut dyn Progress) {
        let bytes_done = self.done.load(Ordering::Relaxed);
        let entries_done = u64::from(bytes_done == self.size);
        let event = Event {
            bytes_done,
            bytes_total: self.size,
            entries_done,
            entries_total: 1,
            entry: None,
        };
        if progress.report(&event).is_break() {
            self.options.cancel.cancel();
        }
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, octets: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, octets, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut octets: &[u8], mut offset: u64) -> io::Result<()> {
    while !octets.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, octets, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        octets = &octets[count..];
        offset += count as u64;
    }
    Ok(())
}
