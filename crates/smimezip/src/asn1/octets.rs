//! The bytes of a string of any size as a view, chunk headers removed (X.690 8.7).
//!
//! Producers write chunks of one length. So a chunk's place is *computed* from the first header
//! and the end of the string, and the header that must stand there is *verified* whenever bytes
//! next to it are read. At the first disagreement one scan makes an index of sparse checkpoints,
//! which finds every byte of any legal string. Wrong geometry is slow, never wrong.

use std::io;

use super::chunks::{Chunk, ChunkWalk};
use super::index::Index;
use super::reader::{Element, Window};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::options::{LayoutPolicy, Rules};
use crate::read_at::{ReadAt, Scan, clamp, read_exact_at, with_scratch};

/// Bytes handed out by one read: bounds the working memory of a thread. More than the layers above
/// ask for at once, so that they read once.
const PIECE: u64 = 260 * 1024;
/// How far into a chunk a read starts before its header is verified by a read of its own.
const VERIFIED_APART: u64 = 4096;
/// Chunks at the end whose places are found one by one. OpenSSL ends with a short chunk and one
/// of a single cipher block.
const TAIL_CHUNKS: usize = 64;

/// Where a string lies in its source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OctetPlace {
    pub(crate) element: Element,
    /// Where the contents end; for an indefinite length, where the end-of-contents bytes are
    /// expected if nothing but more of them follows.
    pub(crate) expected_end: u64,
}

/// The bytes of one string.
pub(crate) struct OctetView<S> {
    source: S,
    limits: Limits,
    first: ChunkWalk,
    length: u64,
    /// The position after the string.
    end: u64,
    layout: Layout,
    scanned: Scan<Index>,
}

enum Layout {
    /// In order of their logical positions.
    Runs(Vec<Run>),
    /// Nothing is assumed: `scanned` is set.
    Scanned,
}

/// Chunks of one length at one distance; a run of one is a chunk whose place was read.
#[derive(Debug)]
struct Run {
    logical: u64,
    /// Where the first header starts.
    source: u64,
    header: Vec<u8>,
    chunk: u64,
    count: u64,
}

impl<S: ReadAt> OctetView<S> {
    /// Finds the layout of the string at `place`. Returns the view and the position after the
    /// string in its source.
    pub(crate) fn open(source: S, place: &OctetPlace, rules: &Rules) -> Result<(Self, u64), Error> {
        let Element { header, contents, start } = place.element;
        let end = place.element.end()?;
        if end.is_some_and(|end| source.size().is_ok_and(|length| end > length)) {
            return Err(ErrorKind::Truncated.into());
        }
        let first = ChunkWalk::new(contents, end);
        if let (false, Some(end)) = (header.constructed, end) {
            let chunk = Chunk { header: start, start: contents, length: end - contents };
            return Ok((
                Self::of_runs(source, rules, first, vec![Run::single(0, chunk)], end),
                end,
            ));
        }
        if rules.layout == LayoutPolicy::Assume {
            match assume(&source, &first, place, rules) {
                Ok(Some((runs, end))) => {
                    return Ok((Self::of_runs(source, rules, first, runs, end), end));
                }
                Err(error) if error.is_passing() => return Err(error),
                // The scan shows what is right.
                Ok(None) | Err(_) => {}
            }
        }
        let index = Index::scan(&source, first.clone(), rules)?;
        let (length, end) = (index.length, index.end);
        let scanned = Scan::done(index);
        let limits = rules.limits.clone();
        Ok((Self { source, limits, first, length, end, layout: Layout::Scanned, scanned }, end))
    }

    /// As much as there is of a string at `place` that was cut.
    pub(crate) fn open_cut(source: S, place: &OctetPlace, rules: &Rules) -> Result<Self, Error> {
        let Element { header, contents, start } = place.element;
        let (size, end) = (source.size()?, place.element.end()?);
        let first = ChunkWalk::new(contents, end);
        if let (false, Some(end)) = (header.constructed, end) {
            let end = end.min(size).max(contents);
            let chunk = Chunk { header: start, start: contents, length: end - contents };
            return Ok(Self::of_runs(source, rules, first, vec![Run::single(0, chunk)], end));
        }
        let index = Index::scan_cut(&source, first.clone(), rules)?;
        let (length, end) = (index.length, index.end);
        let (scanned, limits) = (Scan::done(index), rules.limits.clone());
        Ok(Self { source, limits, first, length, end, layout: Layout::Scanned, scanned })
    }

    fn of_runs(source: S, limits: &Limits, first: ChunkWalk, runs: Vec<Run>, end: u64) -> Self {
        Self {
            source,
            limits: limits.clone(),
            first,
            length: runs.last().map_or(0, Run::logical_end),
            end,
            layout: Layout::Runs(runs),
            scanned: Scan::new(),
        }
    }

    /// Reads in the place computed from the assumed geometry; `None` if a header disagrees.
    fn read_assumed(&self, runs: &[Run], buf: &mut [u8], offset: u64) -> io::Result<Option<usize>> {
        let at = runs.partition_point(|run| run.logical_end() <= offset);
        let Some(run) = runs.get(at) else {
            return Ok(Some(0));
        };
        let within = offset - run.logical;
        if run.count == 1 {
            let count = clamp(buf.len(), run.chunk - within);
            let position = run.source + run.header.len() as u64 + within;
            read_exact_at(&self.source, &mut buf[..count], position)?;
            return Ok(Some(count));
        }
        let wanted = clamp(buf.len(), (run.logical_end() - offset).min(PIECE));
        run.read_many(&self.source, &mut buf[..wanted], within).map(|ok| ok.then_some(wanted))
    }

    fn index(&self) -> Result<&Index, Error> {
        self.scanned.find(|| {
            let index = Index::scan(&self.source, self.first.clone(), &self.limits)?;
            // What stands after the string was read where the assumed geometry ends.
            if (index.length, index.end) == (self.length, self.end) {
                Ok(index)
            } else {
                Err(Error::irregular())
            }
        })
    }
}

impl<S: ReadAt> ReadAt for OctetView<S> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if buf.is_empty() || offset >= self.length {
            return Ok(0);
        }
        // A scan that found nothing to go by does not make wrong what is where it was assumed.
        if self.scanned.found().is_none()
            && let Layout::Runs(runs) = &self.layout
            && let Some(count) = self.read_assumed(runs, buf, offset)?
        {
            return Ok(count);
        }
        // Of a string that was cut, the last chunk has more.
        let count = clamp(buf.len(), self.length - offset);
        Ok(self.index()?.read(&self.source, &mut buf[..count], offset, &self.limits)?)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

/// Computes the runs from the first header and the end; `None` if the ends do not fit together.
fn assume<S: ReadAt>(
    source: &S,
    first: &ChunkWalk,
    place: &OctetPlace,
    limits: &Limits,
) -> Result<Option<(Vec<Run>, u64)>, Error> {
    let mut window = Window::default();
    let mut head = first.clone();
    let Some(chunk) = head.next(source, &mut window, 64, limits)? else {
        return Ok(None);
    };
    let base = place.element.contents;
    let stride = chunk.start - chunk.header + chunk.length;
    let region = place.expected_end.saturating_sub(base);
    if chunk.header != base || region > source.size()? {
        return Ok(None);
    }
    // The last two chunks of the computed length are walked too: what follows them may be longer
    // than one of them.
    let uniform = (region / stride).saturating_sub(2);
    let mut header = vec![0; clamp(16, chunk.start - chunk.header)];
    read_exact_at(source, &mut header, base)?;
    let mut runs = Vec::new();
    if uniform > 0 {
        runs.push(Run { logical: 0, source: base, header, chunk: chunk.length, count: uniform });
    }
    let mut tail = ChunkWalk::new(base + uniform * stride, place.element.end()?);
    let mut logical = uniform * chunk.length;
    while let Some(chunk) = tail.next(source, &mut window, 64, limits)? {
        if runs.len() > TAIL_CHUNKS {
            return Ok(None);
        }
        logical += chunk.length;
        runs.push(Run::single(logical - chunk.length, chunk));
    }
    Ok(Some((runs, tail.position())))
}

impl Run {
    fn single(logical: u64, chunk: Chunk) -> Self {
        let header = vec![0; clamp(16, chunk.start - chunk.header)];
        Self { logical, source: chunk.header, header, chunk: chunk.length, count: 1 }
    }

    fn logical_end(&self) -> u64 {
        self.logical + self.chunk * self.count
    }

    /// Fills `buf` from `within` the run's bytes; false if a header is not as expected.
    fn read_many<S: ReadAt>(&self, source: &S, buf: &mut [u8], within: u64) -> io::Result<bool> {
        let header = self.header.len();
        let stride = self.chunk + header as u64;
        let first = within / self.chunk;
        let last = (within + buf.len() as u64 - 1) / self.chunk;
        // From the first chunk's header to the last wanted byte; a long first chunk is entered
        // in its middle, after its header was verified on its own.
        let mut skipped = within % self.chunk;
        let mut start = self.source + first * stride;
        if skipped > VERIFIED_APART {
            let mut found = [0; 16];
            let found = &mut found[..header];
            read_exact_at(source, found, start)?;
            if *found != self.header[..] {
                return Ok(false);
            }
            start += header as u64 + skipped;
            skipped = 0;
        } else {
            skipped += header as u64;
        }
        let end_within_last = (within + buf.len() as u64) - last * self.chunk;
        let end = self.source + last * stride + header as u64 + end_within_last;
        let size = usize::try_from(end - start).map_err(io::Error::other)?;
        with_scratch(size, |raw| {
            read_exact_at(source, raw, start)?;
            let mut rest = &*raw;
            let mut out = buf;
            if start == self.source + first * stride {
                let Some(after) = rest.strip_prefix(&self.header[..]) else {
                    return Ok(false);
                };
                rest = &after[clamp(after.len(), skipped - header as u64)..];
            }
            let mut left_in_chunk = self.chunk - within % self.chunk;
            loop {
                let count = clamp(out.len(), left_in_chunk);
                let (bytes, after) = rest.split_at(count);
                let (now, later) = out.split_at_mut(count);
                now.copy_from_slice(bytes);
                if later.is_empty() {
                    return Ok(true);
                }
                out = later;
                let Some(after) = after.strip_prefix(&self.header[..]) else {
                    return Ok(false);
                };
                rest = after;
                left_in_chunk = self.chunk;
            }
        })
    }
}

#[cfg(test)]
mod tests;
