//! What zip4j writes to another place of a split archive than its directory says. Only two forms of
//! it are known here, which prove themselves.
//!
//! zip4j writes CRC-32 and sizes into a local header when the data are written, and counts these
//! twelve bytes as if they were more of the part. Where a part ends meanwhile, two things happen:
//!
//! * A local header that has no room any more goes to the start of the next part (APPNOTE 8.5.2),
//!   and the directory is not told: it names the end of the part before. CRC-32 and sizes are
//!   written there, after the end of the part, with zeros before them, and the header has none of
//!   them, or the size alone. Without a directory, what was left there still says both, so
//!   [`left_sizes`] reads it for what is salvaged; the data have to prove it.
//! * The data of an entry end with the part. All three values, the last two, the last, or none go
//!   to the start of the next part instead of the header, which has the others, and zeros after
//!   them: the next header stands at the offset at which the part before ended.

use std::ops::Range;

use super::entry::Entry;
use super::local::Local;
use super::record::Sizes;
use crate::error::Error;
use crate::parts::{Address, View};
use crate::read_at::{clamp, read_exact_at};

/// Where CRC-32 and sizes stand in a local header (4.3.7).
const VALUES_OFFSET: usize = 14;
/// How many bytes they are, and each of them.
const VALUES: usize = 3 * VALUE;
const VALUE: usize = size_of::<u32>();
/// What is left where a header should be: zeros up to the values, and these.
pub(super) const LEFT: usize = VALUES_OFFSET + VALUES;
/// Zeros that are looked at at once.
const PIECE: usize = 16 * 1024;

/// Reads the local header of the entry that stands at these positions, of which `bytes` are the
/// first. Returns it with how much further on it is than the directory says.
///
/// # Errors
/// That it is not what the directory says, nor was moved; what the source reports.
pub(super) fn read_local(
    view: &View,
    entry: &Entry,
    range: Range<u64>,
    bytes: &[u8],
) -> Result<(Local, usize), Error> {
    let Range { start, end } = range;
    let damaged = |what| view.locate(Error::record(what), start);
    if let Some(distance) = distance(view, entry, start, bytes) {
        let local = Local::read(&bytes[distance..], entry, true).map_err(damaged)?;
        return Ok((local, distance));
    }
    let what = match Local::read(bytes, entry, false) {
        Ok(local) => return Ok((local, 0)),
        Err(what) => what,
    };
    if let Ok(local) = Local::read(bytes, entry, true) {
        let data = start.saturating_add(local.data_offset as u64);
        let data_end = data.saturating_add(entry.compressed_size());
        if values(view, entry.sizes(), data_end, end)?.is_some_and(|found| found > 0) {
            return Ok((local, 0));
        }
    }
    Err(damaged(what))
}

/// How much further on the local header of `entry` is than the directory says, if it was moved.
/// `bytes` stand where it should be, at the position `start`.
fn distance(view: &View, entry: &Entry, start: u64, bytes: &[u8]) -> Option<usize> {
    let next_part = view.start_of(entry.start.part.checked_add(1)?);
    let is_at_end = start.checked_add(LEFT as u64) == Some(next_part);
    let left = bytes.first_chunk::<LEFT>().filter(|_| is_at_end)?;
    let (zeros, values) = left.split_at(VALUES_OFFSET);
    let is_it = zeros.iter().all(|byte| *byte == 0) && *values == values_of(entry.sizes())?;
    is_it.then_some(LEFT)
}

/// The CRC-32 and the sizes in what is left where a header should be; `None` if it is something
/// else.
pub(super) fn left_sizes(bytes: &[u8]) -> Option<Sizes> {
    let (zeros, values) = bytes.first_chunk::<LEFT>()?.split_at(VALUES_OFFSET);
    let mut values = values.chunks_exact(VALUE).map(|it| it.try_into().map(u32::from_le_bytes));
    let mut next = || values.next()?.ok();
    let (crc, compressed, uncompressed) = (next()?, next()?.into(), next()?.into());
    let is_it = zeros.iter().all(|byte| *byte == 0);
    is_it.then_some(Sizes { crc, compressed, uncompressed })
}

/// How many bytes of its values stand at `start`, where the data of an entry of these sizes end, if
/// nothing but these and zeros stands there up to `end`: at the start of a part, and as long as the
/// part before it.
///
/// # Errors
/// What the source reports.
pub(super) fn values(
    view: &View,
    sizes: &Sizes,
    start: u64,
    end: u64,
) -> Result<Option<usize>, Error> {
    let Address { part, offset } = view.address(start);
    let size_before = part.checked_sub(1).map_or(0, |before| view.size_of(before));
    let is_in_place = start < end && offset == 0 && end - start == size_before;
    let Some(values) = values_of(sizes).filter(|_| is_in_place) else { return Ok(None) };
    let mut found = 0;
    let mut buffer = [0; PIECE];
    let mut position = start;
    while position < end {
        let piece = &mut buffer[..clamp(PIECE, end - position)];
        read_exact_at(view, piece, position)?;
        if position == start {
            found = first_values(piece, &values);
        }
        let rest = if position == start { &piece[found..] } else { &*piece };
        if rest.iter().any(|byte| *byte != 0) {
            return Ok(None);
        }
        position += piece.len() as u64;
    }
    Ok(Some(found))
}

/// The size of the values that `bytes` begin with, of which the first may be missing, or all.
fn first_values(bytes: &[u8], values: &[u8; VALUES]) -> usize {
    let mut all = (0..VALUES).step_by(VALUE).map(|from| &values[from..]);
    all.find(|some| bytes.starts_with(some)).map_or(0, <[u8]>::len)
}

/// CRC-32 and sizes as they stand in a header; `None` if they have no room in it.
fn values_of(sizes: &Sizes) -> Option<[u8; VALUES]> {
    let short = |size| u32::try_from(size).ok();
    let mut bytes = [0; VALUES];
    let values = [sizes.crc, short(sizes.compressed)?, short(sizes.uncompressed)?];
    for (field, value) in bytes.chunks_exact_mut(VALUE).zip(values) {
        field.copy_from_slice(&value.to_le_bytes());
    }
    Some(bytes)
}
