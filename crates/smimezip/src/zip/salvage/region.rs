//! Parts that follow each other and are there, read at any position through a window. What of them
//! cannot be read is as if it were not there. What stands in them is not known here.

use crate::error::Error;
use crate::parts::{Address, View};
use crate::read_at::{clamp, read_full_at};
use crate::zip::record::{CentralHeader, EndRecord, LocalHeader};

/// Bytes that are read at once.
const WINDOW: usize = 256 * 1024;
/// How often all data may be read before they are known to be an entry's, and some more.
const PASSES: u64 = 8;
const SPARE: u64 = 16 * 1024 * 1024;
/// How far the search goes on after bytes that cannot be read.
const STEP: u64 = 4096;

/// What a chain of records may lead to, or begin with.
const SIGNATURES: [[u8; 4]; 3] =
    [LocalHeader::SIGNATURE, CentralHeader::SIGNATURE, EndRecord::SIGNATURE];

/// A run of parts.
pub(super) struct Region {
    view: View,
    window: Vec<u8>,
    /// Where the window is.
    start: u64,
    /// How many bytes of data may be read before it is known that they are an entry's.
    budget: u64,
}

impl Region {
    pub(super) fn new(view: View) -> Self {
        let budget = view.length().saturating_mul(PASSES).saturating_add(SPARE);
        Self { view, window: Vec::new(), start: 0, budget }
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> u64 {
        self.view.length()
    }

    /// The part and the offset of a position.
    pub(super) fn address(&self, position: u64) -> Address {
        self.view.address(position)
    }

    /// Where the part after that of a position starts, if it is there.
    pub(super) fn next_part(&self, position: u64) -> Option<u64> {
        let part = self.view.address(position).part.checked_add(1)?;
        self.view.has_part(part).then(|| self.view.start_of(part))
    }

    /// Up to `count` bytes at a position: fewer at the end, and none if they cannot be read.
    ///
    /// # Errors
    /// What the source reports.
    pub(super) fn bytes(&mut self, position: u64, count: usize) -> Result<&[u8], Error> {
        let count = clamp(count, self.length().saturating_sub(position));
        if self.kept(position, count).is_none() {
            self.fill(position, count)?;
        }
        Ok(self.kept(position, count).unwrap_or_default())
    }

    fn kept(&self, position: u64, count: usize) -> Option<&[u8]> {
        let at = usize::try_from(position.checked_sub(self.start)?).ok()?;
        self.window.get(at..at.checked_add(count)?)
    }

    /// Reads a window from `position` on; only `count` bytes if there is not a whole one.
    fn fill(&mut self, position: u64, count: usize) -> Result<(), Error> {
        for size in [WINDOW.max(count), count] {
            let size = clamp(size, self.length() - position.min(self.length()));
            self.window.resize(size, 0);
            self.start = position;
            match read_full_at(&self.view, &mut self.window, position).map_err(Error::from) {
                Ok(count) => {
                    self.window.truncate(count);
                    return Ok(());
                }
                Err(error) if error.is_passing() => return Err(error),
                Err(_) => self.window.clear(),
            }
        }
        Ok(())
    }

    /// What the window has from a position on, or the one that begins there.
    fn rest_of_window(&mut self, position: u64) -> Result<&[u8], Error> {
        let end = self.start.saturating_add(self.window.len() as u64);
        let is_kept = position >= self.start && position.saturating_add(4) <= end;
        let count = if is_kept { clamp(WINDOW, end - position) } else { WINDOW };
        self.bytes(position, count)
    }

    /// Takes so many bytes from what may be read of data to see where they end; whether there was
    /// as much left. What was made so that each header has to be followed far must not cost more
    /// than a few passes.
    pub(super) fn spend(&mut self, count: usize) -> bool {
        let left = self.budget.checked_sub(count as u64);
        self.budget = left.unwrap_or(0);
        left.is_some()
    }

    /// Where the next signature of a header or an end record is, from a position on.
    ///
    /// # Errors
    /// What the source reports.
    pub(super) fn find_record(&mut self, from: u64) -> Result<Option<u64>, Error> {
        let mut position = from;
        while position < self.length() {
            let bytes = self.rest_of_window(position)?;
            if bytes.is_empty() {
                position = position.saturating_add(STEP);
                continue;
            }
            let (size, found) = (bytes.len(), find(bytes, &SIGNATURES));
            if let Some(at) = found {
                return Ok(Some(position + at as u64));
            }
            // One may begin in the last bytes.
            position += size.saturating_sub(3).max(1) as u64;
        }
        Ok(None)
    }
}

/// Where one of the signatures is, all of which begin alike.
pub(super) fn find(bytes: &[u8], signatures: &[[u8; 4]]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'P') {
        let at = from + at;
        if signatures.iter().any(|it| bytes[at..].starts_with(it)) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
