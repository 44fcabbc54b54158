//! Groups of base64 characters, and the white space around them: what `base64.rs` needs of RFC 4648
//! and RFC 2045 without knowing where the text is.

use base64_simd::{Out, STANDARD};

use crate::error::Error;
use crate::read_at::{ReadAt, clamp, read_exact_at};

/// White space passed over before and after a body.
const WHITE_SPACE: usize = 4096;

/// Decodes whole groups of 4 characters to `out`, without the first `skip` bytes and those that
/// do not fit. The bytes in the middle go to their place without a copy.
pub(super) fn decode_groups(text: &[u8], out: &mut [u8], skip: u64) -> Option<()> {
    let skip = clamp(3, skip);
    let mut text = text;
    let mut out = out;
    if skip > 0 {
        let (group, rest) = text.split_at_checked(4)?;
        let mut bytes = [0; 3];
        let bytes = STANDARD.decode(group, Out::from_slice(&mut bytes)).ok()?;
        let bytes = bytes.get(skip..)?;
        let count = bytes.len().min(out.len());
        let (now, later) = out.split_at_mut(count);
        now.copy_from_slice(&bytes[..count]);
        (text, out) = (rest, later);
    }
    let whole = out.len() / 3;
    let (middle, last) = text.split_at_checked(whole * 4)?;
    let (now, later) = out.split_at_mut(whole * 3);
    if STANDARD.decode(middle, Out::from_slice(now)).ok()?.len() != whole * 3 {
        return None;
    }
    if later.is_empty() {
        // Padding behind complete groups is a group of its own in no encoding.
        return last.is_empty().then_some(());
    }
    let mut bytes = [0; 3];
    let bytes = STANDARD.decode(last, Out::from_slice(&mut bytes)).ok()?;
    later.copy_from_slice(bytes.get(..later.len())?);
    Some(())
}

/// Appends the bytes of whole groups of 4 characters to `out`.
pub(super) fn append_groups(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    STANDARD.decode_append(text, out).ok()
}

/// Appends `text` to `out` without its white space. `line` is the length of the line met last:
/// where lines have one length, none is searched for its end.
pub(super) fn append_compact(text: &[u8], line: &mut usize, out: &mut Vec<u8>) {
    let before = out.len();
    let mut rest = text;
    while !rest.is_empty() {
        if rest.get(*line) != Some(&b'\n') {
            let Some(at) = rest.iter().position(|byte| *byte == b'\n') else { break };
            *line = at;
        }
        let (now, later) = rest.split_at(*line);
        out.extend_from_slice(now.strip_suffix(b"\r").unwrap_or(now));
        rest = &later[1..];
    }
    out.extend_from_slice(rest);
    // Whatever the short way left: spaces, a line end inside what was taken for one line.
    // Looked for without a way out, which the compiler turns into wide instructions.
    if out[before..].iter().copied().fold(u8::MAX, u8::min) <= b' ' {
        let mut at = 0;
        out.retain(|byte| {
            at += 1;
            at <= before || !is_white_space(*byte)
        });
    }
}

/// Whether it is of the alphabet (RFC 4648 section 4).
pub(super) fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

pub(super) fn is_white_space(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b' ' | b'\t')
}

/// The first position that is no white space; only so much is passed over.
pub(super) fn skip_white_space<S: ReadAt>(source: &S, start: u64, end: u64) -> Result<u64, Error> {
    let mut text = vec![0; clamp(WHITE_SPACE, end.saturating_sub(start))];
    read_exact_at(source, &mut text, start)?;
    let blank = text.iter().take_while(|byte| is_white_space(**byte)).count();
    Ok(start + blank as u64)
}

/// The position after the last byte that is no white space; only so much is passed over.
pub(super) fn trim_white_space<S: ReadAt>(source: &S, start: u64, end: u64) -> Result<u64, Error> {
    let mut text = vec![0; clamp(WHITE_SPACE, end.saturating_sub(start))];
    let from = end - text.len() as u64;
    read_exact_at(source, &mut text, from)?;
    let blank = text.iter().rev().take_while(|byte| is_white_space(**byte)).count();
    Ok(end - blank as u64)
}
