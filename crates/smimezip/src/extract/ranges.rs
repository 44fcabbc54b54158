//! One large view to one file, range by range, on several threads: any range of a view can be
//! decrypted on its own.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind};
use crate::progress::{Gauge, check};
use crate::read_at::{ReadAt, clamp};
use crate::threads;

/// Bytes a thread takes at a time: few enough for an even end, many enough to read in order.
const RANGE: u64 = 4 * 1024 * 1024;
/// Bytes read and written at once.
const BUFFER: usize = 128 * 1024;

/// What the threads share.
struct SharedRanges<'a, S: ?Sized> {
    source: &'a S,
    file: &'a File,
    /// The file's name, for errors in writing.
    name: &'a str,
    gauge: &'a Gauge,
    size: u64,
    next: AtomicU64,
}

/// Writes all of `source` to `file`, which is called `name`, on at most so many threads.
pub(super) fn copy<S: ReadAt + ?Sized>(
    source: &S,
    file: &File,
    name: &str,
    threads: usize,
    gauge: &Gauge,
) -> Result<(), Error> {
    let size = source.size()?;
    file.set_len(size).map_err(|error| Error::from(error).in_part(name))?;
    gauge.begin(size, 1);
    let shared = SharedRanges { source, file, name, gauge, size, next: AtomicU64::new(0) };
    let most = clamp(usize::MAX, size.div_ceil(RANGE));
    threads::team(threads.min(most), || shared.work())?;
    gauge.add_entry();
    Ok(())
}

impl<S: ReadAt + ?Sized> SharedRanges<'_, S> {
    fn work(&self) -> Result<(), Error> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let start = self.next.fetch_add(RANGE, Ordering::Relaxed);
            if start >= self.size {
                return Ok(());
            }
            let end = start.saturating_add(RANGE).min(self.size);
            self.range(start, end, &mut buffer)?;
        }
    }

    fn range(&self, start: u64, end: u64, buffer: &mut [u8]) -> Result<(), Error> {
        let mut at = start;
        while at < end {
            check()?;
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
            self.gauge.add_bytes(count as u64);
        }
        Ok(())
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[count..];
        offset += count as u64;
    }
    Ok(())
}
