//! The answer of a server, saved in the place of a part that is not sealed. Any bytes may stand in
//! such a part, as the middle of a file that is a text; so it is an answer only if it is much
//! shorter than the part has to be, and is a page or nothing but a text.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, NoMessage};
use crate::options::Accept;
use crate::parts::{Part, Position};
use crate::read_at::{ReadAt, read_full_at};
use crate::zip;

/// Bytes that an answer rarely exceeds which is no page.
const ANSWER: u64 = 64 * 1024;
/// The same for one that is.
const PAGE: u64 = 1024 * 1024;
/// What a page begins with, in small letters.
const PAGES: [&str; 2] = ["<!doctype html", "<html"];
/// What no page has in it, but the start of an archive that has lost its head.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// The sizes that parts of a set should have which are not sealed: all of them but the last are of
/// one size, the last is no larger. The first begins as an archive does, and the last ends as one
/// does, so a text of any size is none of them.
pub(super) struct Sizes {
    first: Position,
    /// The size of the largest.
    largest: u64,
}

impl Sizes {
    pub(super) fn of(parts: &[Part], largest: u64) -> Self {
        // Only some count pieces from zero.
        let first = match parts.iter().map(Part::position).min() {
            Some(first @ Position::Piece(0)) => first,
            Some(Position::Piece(_)) => Position::Piece(1),
            _ => Position::Split(1),
        };
        Self { first, largest }
    }

    /// Whether an answer stands where the part at `position` should. `message` is why `source` is
    /// no message.
    ///
    /// # Errors
    /// What the source reports.
    pub(super) fn is_answer(
        &self,
        position: Position,
        source: &Arc<dyn ReadAt>,
        message: &Error,
        accept: Accept,
    ) -> Result<bool, Error> {
        let is_any = position == self.first || position == Position::Last;
        let should_have = if is_any { u64::MAX } else { self.largest };
        if !is_answer(source, message, should_have)? {
            return Ok(false);
        }
        // The last piece may be short and begin as a page does, in the middle of a file.
        Ok(zip::count_of_disks(source, accept).is_err())
    }
}

/// Whether `source` is an answer and not the part, which should have so many bytes. `message` is
/// why it is no message.
///
/// # Errors
/// What the source reports.
pub(super) fn is_answer(
    source: &impl ReadAt,
    message: &Error,
    should_have: u64,
) -> Result<bool, Error> {
    let line = match message.kind() {
        ErrorKind::NotAPart { line } => line.to_ascii_lowercase(),
        ErrorKind::NotAMessage(NoMessage::Blank) => String::new(),
        _ => return Ok(false),
    };
    let is_page = PAGES.iter().any(|page| line.starts_with(page));
    let size = source.size()?;
    if size > should_have / 2 || size > if is_page { PAGE } else { ANSWER } {
        return Ok(false);
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    read_full_at(source, &mut bytes, 0)?;
    Ok(if is_page {
        !bytes.windows(LOCAL_HEADER.len()).any(|it| it == LOCAL_HEADER)
    } else {
        bytes.iter().all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
    })
}
