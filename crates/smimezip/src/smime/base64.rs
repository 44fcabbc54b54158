//! A base64 body (RFC 2045 section 6.8) as a view of its octets.
//!
//! Lines have one length, so the line of an octet is *computed* from the first line and its end
//! is *verified* whenever it is read. At the first disagreement one scan makes sparse
//! checkpoints, which serve any mixture of line lengths and blank lines. The alphabet and the
//! padding are strict: nothing is skipped but CR, LF, spaces and tabs at line ends.

use std::io;

use super::lines::{Joined, Lines};
use super::text::{
    append_compact, decode_groups, is_white_space, skip_white_space, trim_white_space,
};
use crate::error::{Error, ErrorKind};
use crate::limits::LayoutPolicy;
use crate::read_at::{ReadAt, Scan, clamp, read_exact_at, with_scratch};

/// Octets decoded by one read: a multiple of 3, bounds the working memory of a thread. More than the
/// layers above ask for at once, so that they read once.
const PIECE: usize = 264 * 1024;
/// Octets decoded at once, as soon as their lines were joined: a multiple of 3.
const STEP: usize = 6 * 1024;
/// Text examined at once by the scan, and the smallest distance of checkpoints: as much as is usually read
/// at once.
const SCAN: usize = 64 * 1024;
/// Checkpoints of a scanned index; at 100 GB one stands every 6 MB.
const CHECKPOINTS: u64 = 16_384;
/// Longest line whose length is taken for the geometry; a body in one line is longer.
const LONGEST_LINE: usize = 4096;

/// The octets of a base64 body.
pub(super) struct Base64View<S> {
    source: S,
    /// Where the text starts and ends; no white space at its end.
    start: u64,
    end: u64,
    lines: Lines,
    /// Characters of the alphabet and padding.
    characters: u64,
    length: u64,
    scanned: Scan<Vec<Checkpoint>>,
}

/// So many characters stand before this place in the text.
#[derive(Clone, Copy, Debug)]
struct Checkpoint {
    characters: u64,
    text: u64,
}

impl<S: ReadAt> Base64View<S> {
    /// The body whose text lies from `start` to `end`, white space around it allowed.
    pub(super) fn open(
        source: S,
        start: u64,
        end: u64,
        policy: LayoutPolicy,
    ) -> Result<Self, Error> {
        let start = skip_white_space(&source, start, end)?;
        let end = trim_white_space(&source, start, end)?;
        let mut view = Self {
            lines: Lines::one(end - start),
            source,
            start,
            end,
            characters: 0,
            length: 0,
            scanned: Scan::new(),
        };
        if start == end {
            return Err(ErrorKind::Truncated.into());
        }
        view.lines = view.first_line()?;
        if view.lines.characters == 0 {
            return Err(Error::malformed("nothing but white space before the base64").at(start));
        }
        view.characters = view.assumed_characters();
        if policy == LayoutPolicy::Scan
            || !view.characters.is_multiple_of(4)
            || !view.tail_fits()?
        {
            let (checkpoints, characters) = view.scan()?;
            view.characters = characters;
            view.scanned = Scan::done(checkpoints);
        }
        if !view.characters.is_multiple_of(4) {
            return Err(ErrorKind::Truncated.into());
        }
        view.length = view.characters / 4 * 3 - view.padding()?;
        Ok(view)
    }

    fn first_line(&self) -> Result<Lines, Error> {
        let mut text = vec![0; clamp(LONGEST_LINE, self.end - self.start)];
        read_exact_at(&self.source, &mut text, self.start)?;
        Ok(Lines::like(&text).unwrap_or(Lines::one(self.end - self.start)))
    }

    /// Characters in all, if every line but the last is full.
    fn assumed_characters(&self) -> u64 {
        let text = self.end - self.start;
        let full = text / self.lines.size();
        full * self.lines.characters + (text % self.lines.size()).min(self.lines.characters)
    }

    /// Whether the last lines stand where the geometry says: any line that is longer or shorter
    /// before them would have moved them.
    fn tail_fits(&self) -> Result<bool, Error> {
        if self.lines.are_one() {
            return Ok(true);
        }
        // A last line that is longer by just a line end would be cut off.
        if self.text_position(self.characters - 1) + 1 != self.end {
            return Ok(false);
        }
        let per_line = self.lines.characters;
        let from = (self.characters / per_line).saturating_sub(2) * per_line;
        let count = usize::try_from(self.characters - from).map_err(io::Error::other)?;
        self.with_assumed(from, count, |mut joined| joined.take(count).is_some())
    }

    /// Padding characters at the end; a line end may stand between the two.
    fn padding(&self) -> Result<u64, Error> {
        let size = (self.end - self.start).min(8);
        let mut tail = vec![0; clamp(8, size)];
        read_exact_at(&self.source, &mut tail, self.end - size)?;
        let padding = tail
            .iter()
            .rev()
            .filter(|octet| !is_white_space(**octet))
            .take(2)
            .take_while(|octet| **octet == b'=');
        Ok(padding.count() as u64)
    }

    /// Position in the text of character `at` in the assumed geometry.
    fn text_position(&self, at: u64) -> u64 {
        self.start + at / self.lines.characters * self.lines.size() + at % self.lines.characters
    }

    /// Octets of text from character `from` to the last of `count`, line ends between included.
    fn text_size(&self, from: u64, count: usize) -> Result<usize, Error> {
        let last = from + (count as u64).max(1) - 1;
        let size = self.text_position(last) + 1 - self.text_position(from);
        usize::try_from(size).map_err(|error| io::Error::other(error).into())
    }

    /// Reads the text of `count` characters from character `from` in the assumed geometry, and has `work`
    /// take them off it.
    fn with_assumed<R>(
        &self,
        from: u64,
        count: usize,
        work: impl FnOnce(Joined<'_>) -> R,
    ) -> Result<R, Error> {
        with_scratch(self.text_size(from, count)?, |text| {
            read_exact_at(&self.source, text, self.text_position(from))?;
            Ok(work(self.lines.join(text, from)))
        })
    }

    /// Walks over the whole text once, making checkpoints; counts the characters.
    fn scan(&self) -> Result<(Vec<Checkpoint>, u64), Error> {
        let distance = ((self.end - self.start) / CHECKPOINTS).max(SCAN as u64);
        let mut checkpoints = vec![Checkpoint { characters: 0, text: self.start }];
        let mut characters = 0_u64;
        let mut position = self.start;
        let mut due = distance;
        while position < self.end {
            if characters >= due {
                checkpoints.push(Checkpoint { characters, text: position });
                due = characters + distance;
            }
            let size = clamp(SCAN, self.end - position);
            characters += with_scratch(size, |text| {
                read_exact_at(&self.source, text, position)?;
                Ok::<_, Error>(text.iter().filter(|octet| !is_white_space(**octet)).count() as u64)
            })?;
            position += size as u64;
        }
        Ok((checkpoints, characters))
    }

    /// The checkpoints, for a reader who found character `from` elsewhere than it was assumed.
    fn checkpoints(&self, from: u64) -> Result<&[Checkpoint], Error> {
        let checkpoints = self.scanned.find(|| {
            let (checkpoints, characters) = self.scan()?;
            if characters == self.characters {
                Ok(checkpoints)
            } else if characters.is_multiple_of(4) {
                Err(ErrorKind::IrregularLayout.into())
            } else {
                // Not lines of other lengths, but characters that were lost or added.
                Err(Error::malformed("invalid base64").at(self.text_position(from)))
            }
        });
        checkpoints.map(Vec::as_slice)
    }

    /// Reads `count` characters from character `from` to the start of `text`, from the nearest
    /// checkpoint on.
    fn fetch_scanned(&self, text: &mut [u8], from: u64, count: usize) -> Result<(), Error> {
        let checkpoints = self.checkpoints(from)?;
        let at = checkpoints.partition_point(|checkpoint| checkpoint.characters <= from);
        let Checkpoint { mut characters, text: mut position } = checkpoints[at.saturating_sub(1)];
        let (mut kept, mut line, mut compact) = (0, 0, Vec::new());
        while kept < count {
            let size = clamp(SCAN, self.end - position);
            if size == 0 {
                return Err(ErrorKind::Truncated.into());
            }
            with_scratch(size, |piece| {
                read_exact_at(&self.source, piece, position)?;
                compact.clear();
                append_compact(piece, &mut line, &mut compact);
                Ok::<_, Error>(())
            })?;
            let skipped = clamp(compact.len(), from.saturating_sub(characters));
            let rest = &compact[skipped..];
            let now = rest.len().min(count - kept);
            text[kept..kept + now].copy_from_slice(&rest[..now]);
            kept += now;
            characters += compact.len() as u64;
            position += size as u64;
        }
        Ok(())
    }

    /// Decodes the `out.len()` octets from `offset`.
    fn decode(&self, out: &mut [u8], offset: u64) -> Result<(), Error> {
        let first_group = offset / 3;
        let groups = (offset + out.len() as u64).div_ceil(3) - first_group;
        let from = first_group * 4;
        let count = clamp(usize::MAX, (groups * 4).min(self.characters - from));
        // A scan that found nothing to go by does not make wrong what is where it was assumed.
        if self.scanned.found().is_none()
            && self
                .with_assumed(from, count, |joined| decode_joined(joined, count, out, offset % 3))?
                .is_some()
        {
            return Ok(());
        }
        // The geometry may be what is wrong, not the text: the scan decides.
        with_scratch(count, |text| {
            self.fetch_scanned(text, from, count)?;
            decode_groups(text, out, offset % 3)
                .ok_or_else(|| Error::malformed("invalid base64").at(self.text_position(from)))
        })
    }
}

/// As [`decode_groups`], from `count` characters that are joined bit by bit.
fn decode_joined(mut joined: Joined<'_>, count: usize, out: &mut [u8], skip: u64) -> Option<()> {
    let (mut left, mut out, mut skip) = (count, out, clamp(3, skip));
    while !out.is_empty() {
        let octets = out.len().min(STEP - skip);
        let characters = left.min((octets + skip).div_ceil(3) * 4);
        let (now, later) = out.split_at_mut(octets);
        decode_groups(joined.take(characters)?, now, skip as u64)?;
        left -= characters;
        (out, skip) = (later, 0);
    }
    Some(())
}

impl<S: ReadAt> ReadAt for Base64View<S> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = clamp(buf.len().min(PIECE), self.length.saturating_sub(offset));
        if count > 0 {
            self.decode(&mut buf[..count], offset)?;
        }
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

#[cfg(test)]
mod tests;
