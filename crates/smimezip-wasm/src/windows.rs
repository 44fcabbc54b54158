//! The given files as the core reads them: at any position. A browser takes long for each read, and
//! little longer for a large one. So files are read in windows, small ones at first, larger ones
//! where a file is read on and on; a few of them are kept for all files together, however many
//! there are.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use smimezip::ReadAt;

/// What is read at first: little more than a header or a directory.
const SMALLEST: usize = 128 * 1024;

/// What is read at most: from here on a browser is no faster.
const LARGEST: usize = 4 * 1024 * 1024;

/// How many windows are kept: enough for the ends of two parts and the directory.
const KEPT: usize = 4;

/// The given files, by number.
pub trait Files: Send + Sync {
    /// Fills `into` with the bytes of a file from `offset` on, as far as it has any, and says how
    /// many there were.
    ///
    /// # Errors
    /// What the browser says.
    fn read(&self, file: usize, offset: u64, into: &mut [u8]) -> io::Result<usize>;
}

/// The files with their windows.
pub struct Shelf {
    files: Box<dyn Files>,
    /// The one that was used last is the last.
    kept: Mutex<Vec<Window>>,
}

struct Window {
    file: usize,
    start: u64,
    bytes: Vec<u8>,
}

impl Shelf {
    /// With no window yet.
    pub fn new(files: impl Files + 'static) -> Arc<Self> {
        Arc::new(Self { files: Box::new(files), kept: Mutex::new(Vec::new()) })
    }

    fn read(&self, file: usize, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        if into.len() >= LARGEST {
            return self.files.read(file, offset, into);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let window = match kept.iter().position(|it| it.from(file, offset).is_some()) {
            Some(at) => kept.remove(at),
            None => self.load(&mut kept, file, offset)?,
        };
        let found = window.from(file, offset).unwrap_or_default();
        let count = found.len().min(into.len());
        into[..count].copy_from_slice(&found[..count]);
        kept.push(window);
        Ok(count)
    }

    /// The window for this position, in the room of another if enough are kept.
    fn load(&self, kept: &mut Vec<Window>, file: usize, offset: u64) -> io::Result<Window> {
        let before = kept.iter().position(|it| it.file == file && it.end() == offset);
        let (start, size, mut bytes) = match before.map(|at| kept.remove(at)) {
            Some(before) => (offset, before.bytes.len().saturating_mul(2), before.bytes),
            None if kept.len() < KEPT => (offset, SMALLEST, Vec::new()),
            None => (offset, SMALLEST, kept.remove(0).bytes),
        };
        let size = size.clamp(SMALLEST, LARGEST);
        // Most of what is read elsewhere is near an end, and read backwards.
        let start = if size == SMALLEST { start - start % SMALLEST as u64 } else { start };
        bytes.resize(size, 0);
        let count = self.files.read(file, start, &mut bytes)?;
        bytes.truncate(count);
        bytes.shrink_to(size);
        Ok(Window { file, start, bytes })
    }
}

impl Window {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    /// What it has of a file from a position on, if it has anything.
    fn from(&self, file: usize, offset: u64) -> Option<&[u8]> {
        let skipped = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..).filter(|rest| self.file == file && !rest.is_empty())
    }
}

/// One of the files.
pub struct Source {
    /// Where it is read.
    pub shelf: Arc<Shelf>,
    /// Its number.
    pub file: usize,
    /// Its size when it was given.
    pub size: u64,
}

impl ReadAt for Source {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = into.len().min(left);
        if count == 0 { Ok(0) } else { self.shelf.read(self.file, offset, &mut into[..count]) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Bytes that follow from file and position; counts reads.
    struct Pattern(Arc<AtomicUsize>, u64);

    fn byte(file: usize, at: u64) -> u8 {
        at.wrapping_mul(31).wrapping_add(at >> 9).wrapping_add(file as u64 * 7).to_le_bytes()[0]
    }

    impl Files for Pattern {
        fn read(&self, file: usize, offset: u64, into: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let left = usize::try_from(self.1.saturating_sub(offset)).unwrap();
            let count = into.len().min(left);
            for (at, byte_) in (offset..).zip(&mut into[..count]) {
                *byte_ = byte(file, at);
            }
            Ok(count)
        }
    }

    fn source(size: u64, real: u64) -> (Source, Arc<AtomicUsize>) {
        let reads = Arc::new(AtomicUsize::new(0));
        let shelf = Shelf::new(Pattern(Arc::clone(&reads), real));
        (Source { shelf, file: 3, size }, reads)
    }

    #[test]
    fn bytes_are_those_of_the_file_wherever_they_are_read() {
        let size = 2 * LARGEST as u64 + 77;
        let (source, _) = source(size, size);
        for length in [1, 100, SMALLEST - 1, SMALLEST, 2 * SMALLEST + 5, LARGEST + 1] {
            let window = SMALLEST as u64;
            for offset in [0, 1, window - 3, 4 * window, size - 2, size, size + 9, 7] {
                let (mut found, mut done) = (vec![0; length], 0);
                loop {
                    let count = source.read_at(&mut found[done..], offset + done as u64).unwrap();
                    if count == 0 {
                        break;
                    }
                    done += count;
                }
                let left = usize::try_from(size.saturating_sub(offset)).unwrap();
                assert_eq!(done, length.min(left));
                let right = (offset..).zip(&found[..done]).all(|(at, it)| *it == byte(3, at));
                assert!(right, "{length} at {offset}");
            }
        }
    }

    #[test]
    fn a_file_that_is_read_on_and_on_takes_few_reads_of_the_browser() {
        let size = 3 * LARGEST;
        let (source, reads) = source(size as u64, size as u64);
        let (mut some, mut offset) = ([0; 1000], 0);
        loop {
            let count = source.read_at(&mut some, offset).unwrap();
            if count == 0 {
                break;
            }
            assert!(some[..count].iter().zip(offset..).all(|(it, at)| *it == byte(3, at)));
            offset += count as u64;
        }
        assert_eq!(offset, size as u64);
        // Those that grow, and then the largest.
        assert_eq!(reads.load(Ordering::Relaxed), 5 + 3);
    }

    #[test]
    fn what_is_near_an_end_is_read_once() {
        let (source, reads) = source(1000, 1000);
        for offset in [978, 900, 0, 500] {
            assert_eq!(source.read_at(&mut [0; 10], offset).unwrap(), 10);
        }
        assert_eq!(reads.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_few_windows_are_kept_for_all_files() {
        let reads = Arc::new(AtomicUsize::new(0));
        let shelf = Shelf::new(Pattern(Arc::clone(&reads), 100));
        for file in 0..1000 {
            let source = Source { shelf: Arc::clone(&shelf), file, size: 100 };
            assert_eq!(source.read_at(&mut [0; 10], 5).unwrap(), 10);
        }
        assert_eq!(shelf.kept.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn a_file_that_has_become_shorter_ends_early() {
        let (source, _) = source(1000, 10);
        assert_eq!(source.read_at(&mut [0; 100], 0).unwrap(), 10);
        assert_eq!(source.read_at(&mut [0; 100], 10).unwrap(), 0);
        assert_eq!(source.read_at(&mut [0; 100], 500).unwrap(), 0);
    }
}
