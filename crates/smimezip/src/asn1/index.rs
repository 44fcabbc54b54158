//! The places of the chunks of an irregular string: sparse checkpoints made by one scan. Slow to
//! make and right for any legal string; nothing is assumed here.

use super::chunks::ChunkWalk;
use super::reader::Window;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::read_at::{ReadAt, clamp, read_exact_at};

/// Checkpoints of a scanned index; at 100 GB one stands every 12 MB.
const CHECKPOINTS: u64 = 8192;

/// Checkpoints in order of their logical positions, the first at 0.
pub(super) struct Index {
    checkpoints: Vec<(u64, ChunkWalk)>,
    pub(super) length: u64,
    /// The position after the string.
    pub(super) end: u64,
}

impl Index {
    /// Walks over the whole string.
    pub(super) fn scan<S: ReadAt>(
        source: &S,
        walk: ChunkWalk,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let index = Self::gather(source, walk, limits, false)?;
        if index.end > source.size()? {
            return Err(ErrorKind::Truncated.into());
        }
        Ok(index)
    }

    /// Walks over a string that was cut, or is damaged, as far as it goes: the last chunk is what
    /// there is of it.
    pub(super) fn scan_cut<S: ReadAt>(
        source: &S,
        walk: ChunkWalk,
        limits: &Limits,
    ) -> Result<Self, Error> {
        Self::gather(source, walk, limits, true)
    }

    fn gather<S: ReadAt>(
        source: &S,
        mut walk: ChunkWalk,
        limits: &Limits,
        is_cut: bool,
    ) -> Result<Self, Error> {
        let size = source.size()?;
        let distance = (size / CHECKPOINTS).max(1024 * 1024);
        let mut window = Window::default();
        let mut checkpoints = vec![(0, walk.clone())];
        let (mut length, mut due) = (0_u64, distance);
        let mut fetch = 64;
        loop {
            if length >= due {
                checkpoints.push((length, walk.clone()));
                due = length.saturating_add(distance);
            }
            let chunk = match walk.next(source, &mut window, fetch, limits) {
                Ok(Some(chunk)) if !is_cut || chunk.start < size => chunk,
                Err(error) if !is_cut || error.is_passing() => return Err(error),
                Ok(_) | Err(_) => break,
            };
            // Small chunks are read through, large ones are jumped over.
            fetch = if chunk.length < 16 * 1024 { 64 * 1024 } else { 64 };
            let is_here = if is_cut { size - chunk.start } else { u64::MAX };
            length = length
                .checked_add(chunk.length.min(is_here))
                .ok_or_else(|| Error::malformed("content beyond 2^64"))?;
        }
        Ok(Self { checkpoints, length, end: walk.position() })
    }

    pub(super) fn read<S: ReadAt>(
        &self,
        source: &S,
        buf: &mut [u8],
        offset: u64,
        limits: &Limits,
    ) -> Result<usize, Error> {
        let at = self.checkpoints.partition_point(|(logical, _)| *logical <= offset);
        let Some((mut logical, mut walk)) =
            at.checked_sub(1).map(|at| self.checkpoints[at].clone())
        else {
            return Ok(0);
        };
        let mut window = Window::default();
        let mut done = 0;
        while done < buf.len() {
            let Some(chunk) = walk.next(source, &mut window, 4096, limits)? else {
                break;
            };
            let skipped = (offset + done as u64).saturating_sub(logical).min(chunk.length);
            logical += chunk.length;
            let count = clamp(buf.len() - done, chunk.length - skipped);
            read_exact_at(source, &mut buf[done..done + count], chunk.start + skipped)?;
            done += count;
        }
        Ok(done)
    }
}
