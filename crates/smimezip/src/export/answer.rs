//! The answer of a server, saved in the place of a part that is not sealed. Any bytes may stand in
//! such a part, as the middle of a file that is a text; so it is an answer only if it is much
//! shorter than the part has to be, and is a page or nothing but a text.

use crate::error::{Error, ErrorKind, NoMessage};
use crate::read_at::{ReadAt, read_full_at};

/// Bytes that an answer rarely exceeds which is no page.
const ANSWER: u64 = 64 * 1024;
/// What a page begins with, in small letters.
const PAGES: [&str; 2] = ["<!doctype html", "<html"];

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
    let size = source.size()?;
    if size > should_have / 2 {
        return Ok(false);
    }
    if PAGES.iter().any(|page| line.starts_with(page)) {
        return Ok(true);
    }
    if size > ANSWER {
        return Ok(false);
    }
    let mut text = vec![0; usize::try_from(size).unwrap_or(0)];
    read_full_at(source, &mut text, 0)?;
    Ok(text.iter().all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace()))
}
