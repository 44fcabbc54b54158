//! A base64 body (RFC 2045 section 6.8) as a view of its bytes.
//!
//! Lines have one length, so the line of a byte is *computed* from the first line and its end
//! is *verified* whenever it is read. At the first disagreement one scan makes sparse
//! checkpoints, which serve any mixture of line lengths and blank lines. The alphabet and the
//! padding are strict: nothing is skipped but CR, LF, spaces and tabs at line ends.
//!
//! Text may follow the body: the boundary of a multipart, a list's footer. Where a body ends is
//! known from the structure in it, whose size is known from its first bytes or found by walking
//! over it, never by what the text after it looks like.

mod scan;

use std::io;

use self::scan::{Checkpoint, SCAN, Scanned, Until};
use super::lines::{Joined, Lines};
use super::text::{
    append_compact, decode_groups, is_character, is_white_space, skip_white_space, trim_white_space,
};
use crate::error::{Error, ErrorKind};
use crate::options::LayoutPolicy;
use crate::read_at::{ReadAt, Scan, clamp, read_exact_at, with_scratch};

/// Bytes decoded by one read: a multiple of 3, bounds the working memory of a thread. More than
/// the layers above ask for at once, so that they read once.
const PIECE: usize = 264 * 1024;
/// Bytes decoded at once, as soon as their lines were joined: a multiple of 3.
const STEP: usize = 6 * 1024;
/// Longest line whose length is taken for the geometry; a body in one line is longer.
const LONGEST_LINE: usize = 4096;

/// Characters at the end that are looked at where the body is one line.
const TAIL: u64 = 76;

/// The bytes of a base64 body.
pub(super) struct Base64View<S> {
    source: S,
    /// Where the body starts and ends; no white space at its end.
    start: u64,
    end: u64,
    /// Where the text ends that may follow the body.
    limit: u64,
    /// The byte that ended the body where it was looked for, and is of no base64.
    stop: Option<u64>,
    lines: Lines,
    /// Characters of the alphabet and padding.
    characters: u64,
    length: u64,
    scanned: Scan<Vec<Checkpoint>>,
}

impl<S: ReadAt> Base64View<S> {
    /// The body whose text begins at `start` and ends somewhere before `limit`: after `size`
    /// bytes, if that is known, else where the text is of no base64 any more. White space around
    /// it is allowed.
    pub(super) fn open(
        source: S,
        start: u64,
        limit: u64,
        size: Option<u64>,
        policy: LayoutPolicy,
    ) -> Result<Self, Error> {
        let start = skip_white_space(&source, start, limit)?;
        let end = trim_white_space(&source, start, limit)?;
        let mut view = Self {
            lines: Lines::one(end - start),
            source,
            start,
            end,
            limit,
            stop: None,
            characters: 0,
            length: 0,
            scanned: Scan::new(),
        };
        if start == end {
            return Err(ErrorKind::Truncated.into());
        }
        let mut first = [0];
        read_exact_at(&view.source, &mut first, start)?;
        view.lines = view.first_line()?;
        if is_white_space(first[0]) || view.lines.characters == 0 {
            return Err(Error::malformed("nothing but white space before the base64").at(start));
        }
        let wanted = match size.map(characters_of) {
            // No text is so long.
            Some(None) => return Err(ErrorKind::Truncated.into()),
            Some(wanted) => wanted,
            None => None,
        };
        if policy == LayoutPolicy::Scan || !view.assume(wanted)? {
            view.look(wanted, end)?;
        }
        view.length = view.characters / 4 * 3 - view.padding()?;
        Ok(view)
    }

    /// Assumes that all lines are like the first; whether the last ones are where they should be
    /// then.
    fn assume(&mut self, wanted: Option<u64>) -> Result<bool, Error> {
        let characters = wanted.unwrap_or_else(|| self.assumed_characters());
        if characters > self.end - self.start || !characters.is_multiple_of(4) || characters == 0 {
            return Ok(false);
        }
        let end = self.text_position(characters - 1) + 1;
        // Without a size a last line that is longer by just a line end would be cut off.
        if end > self.end || (wanted.is_none() && end != self.end) {
            return Ok(false);
        }
        (self.characters, self.end) = (characters, end);
        self.tail_fits()
    }

    /// Looks for the end of the body in the text, which ends at `text_end`.
    fn look(&mut self, wanted: Option<u64>, text_end: u64) -> Result<(), Error> {
        let until = wanted.map_or(Until::TheBodyEnds, Until::Characters);
        let found = Scanned::walk(&self.source, self.start, text_end, until)?;
        let whole = wanted.unwrap_or(found.characters / 4 * 4);
        if found.characters < whole || whole == 0 {
            return Err(found.invalid.map_or_else(|| ErrorKind::Truncated.into(), invalid));
        }
        self.end = found.end;
        self.characters = whole;
        self.scanned = Scan::done(found.checkpoints);
        if wanted.is_none() {
            self.stop = found.invalid;
            if whole < found.characters {
                self.end = self.position_after(whole)?;
            }
        } else if let Some(at) = found.invalid
            && skip_white_space(&self.source, self.end, self.limit)? < self.limit
        {
            // It took the place of a line end, too, so that characters are left over.
            return Err(invalid(at));
        }
        Ok(())
    }

    /// What follows the message of so many bytes: its position and how many bytes it takes.
    pub(super) fn after(&self, bytes: u64) -> Result<Option<(u64, u64)>, Error> {
        let group = bytes.div_ceil(3);
        let end = match group.checked_mul(4) {
            Some(characters) if characters < self.characters => self.position_after(characters)?,
            _ => self.end,
        };
        let spare = self.length.min(group.saturating_mul(3)).saturating_sub(bytes);
        let first = skip_white_space(&self.source, end, self.limit)?;
        let count = (self.limit - first).saturating_add(spare);
        Ok((count > 0).then_some((first, count)))
    }

    /// What is wrong if the structure in the body wants more bytes than there are.
    pub(super) fn end_of_text(&self) -> Error {
        self.stop.map_or_else(|| ErrorKind::Truncated.into(), invalid)
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

    /// Whether the last lines stand where the geometry says, and are base64: any line that is
    /// longer or shorter before them would have moved them.
    fn tail_fits(&self) -> Result<bool, Error> {
        let per_line = self.lines.characters;
        let from = if self.lines.are_one() {
            self.characters.saturating_sub(TAIL)
        } else {
            (self.characters / per_line).saturating_sub(2) * per_line
        };
        let count = usize::try_from(self.characters - from).map_err(io::Error::other)?;
        self.with_assumed(from, count, |mut joined| {
            joined.take(count).is_some_and(|tail| {
                let pure = tail.strip_suffix(b"=").unwrap_or(tail);
                let pure = pure.strip_suffix(b"=").unwrap_or(pure);
                pure.iter().all(|byte| is_character(*byte))
            })
        })
    }

    /// Padding characters at the end; a line end may stand between the two.
    fn padding(&self) -> Result<u64, Error> {
        let size = (self.end - self.start).min(8);
        let mut tail = vec![0; clamp(8, size)];
        read_exact_at(&self.source, &mut tail, self.end - size)?;
        let padding = tail
            .iter()
            .rev()
            .filter(|byte| !is_white_space(**byte))
            .take(2)
            .take_while(|byte| **byte == b'=');
        Ok(padding.count() as u64)
    }

    /// Position in the text of character `at` in the assumed geometry.
    fn text_position(&self, at: u64) -> u64 {
        self.start + at / self.lines.characters * self.lines.size() + at % self.lines.characters
    }

    /// Bytes of text from character `from` to the last of `count`, line ends between included.
    fn text_size(&self, from: u64, count: usize) -> Result<usize, Error> {
        let last = from + (count as u64).max(1) - 1;
        let size = self.text_position(last) + 1 - self.text_position(from);
        usize::try_from(size).map_err(|error| io::Error::other(error).into())
    }

    /// Reads the text of `count` characters from character `from` in the assumed geometry, and has
    /// `work` take them off it.
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

    /// The checkpoints, for a reader who found character `from` elsewhere than it was assumed.
    fn checkpoints(&self, from: u64) -> Result<&[Checkpoint], Error> {
        let checkpoints = self.scanned.find(|| {
            let found = Scanned::walk(&self.source, self.start, self.end, Until::TheEnd)?;
            if found.characters == self.characters {
                return Ok(found.checkpoints);
            }
            match found.invalid {
                // It took the place of a line end, too.
                Some(at) => Err(invalid(at)),
                None if found.characters.is_multiple_of(4) => Err(Error::irregular()),
                // Not lines of other lengths, but characters that were lost or added.
                None => Err(invalid(self.text_position(from))),
            }
        });
        checkpoints.map(Vec::as_slice)
    }

    /// The position after the first so many characters of the text.
    fn position_after(&self, characters: u64) -> Result<u64, Error> {
        let last = characters.saturating_sub(1);
        match self.scanned.found() {
            None => Ok(self.text_position(last) + 1),
            Some(checkpoints) => Ok(self.position_in(checkpoints, last, |_| true)? + 1),
        }
    }

    /// The position of the first byte that `is_it`, no white space, from character `from` on.
    fn position_in(
        &self,
        checkpoints: &[Checkpoint],
        from: u64,
        is_it: impl Fn(u8) -> bool,
    ) -> Result<u64, Error> {
        let Checkpoint { mut characters, text: mut position } =
            Checkpoint::nearest(checkpoints, from);
        while position < self.end {
            let size = clamp(SCAN, self.end - position);
            let mut found = None;
            with_scratch(size, |text| {
                read_exact_at(&self.source, text, position)?;
                for (byte, at) in text.iter().zip(position..) {
                    if !is_white_space(*byte) {
                        if characters >= from && is_it(*byte) {
                            found = Some(at);
                            break;
                        }
                        characters += 1;
                    }
                }
                Ok::<_, Error>(())
            })?;
            if let Some(at) = found {
                return Ok(at);
            }
            position += size as u64;
        }
        Ok(self.end)
    }

    /// That the text from character `from` on is no base64, and where.
    fn invalid_from(&self, from: u64) -> Error {
        let found = self.checkpoints(from).and_then(|checkpoints| {
            let is_it = |byte| !is_character(byte) && byte != b'=';
            match self.position_in(checkpoints, from, is_it)? {
                // Padding where none may be.
                at if at == self.end => self.position_in(checkpoints, from, |_| true),
                at => Ok(at),
            }
        });
        found.map_or_else(|error| error, invalid)
    }

    /// Reads `count` characters from character `from` to the start of `text`, from the nearest
    /// checkpoint on.
    fn fetch_scanned(&self, text: &mut [u8], from: u64, count: usize) -> Result<(), Error> {
        let checkpoints = self.checkpoints(from)?;
        let Checkpoint { mut characters, text: mut position } =
            Checkpoint::nearest(checkpoints, from);
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

    /// Decodes the `out.len()` bytes from `offset`.
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
            decode_groups(text, out, offset % 3).ok_or_else(|| self.invalid_from(from))
        })
    }
}

/// Characters that so many bytes take.
fn characters_of(bytes: u64) -> Option<u64> {
    bytes.div_ceil(3).checked_mul(4)
}

fn invalid(at: u64) -> Error {
    Error::malformed("invalid base64").at(at)
}

/// As [`decode_groups`], from `count` characters that are joined bit by bit.
fn decode_joined(mut joined: Joined<'_>, count: usize, out: &mut [u8], skip: u64) -> Option<()> {
    let (mut left, mut out, mut skip) = (count, out, clamp(3, skip));
    while !out.is_empty() {
        let bytes = out.len().min(STEP - skip);
        let characters = left.min((bytes + skip).div_ceil(3) * 4);
        let (now, later) = out.split_at_mut(bytes);
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
