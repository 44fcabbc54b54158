//! A local header that zip4j wrote to the start of the part after the one where it should be. What
//! it has left there says the CRC-32 and the sizes, and the data prove them.

use super::extent::{Extent, verify};
use super::header::Header;
use super::region::Region;
use crate::error::Error;
use crate::zip::moved;

/// The header that should be at a position, and how far its entry reaches; `None` if no header was
/// moved from there, or its data are not what was left says.
///
/// # Errors
/// What the source reports.
pub(super) fn moved_header(
    region: &mut Region,
    position: u64,
    most: u64,
) -> Result<Option<(Header, Extent)>, Error> {
    let Some(next_part) = region.next_part(position) else { return Ok(None) };
    if position.checked_add(moved::LEFT as u64) != Some(next_part) {
        return Ok(None);
    }
    let Some(sizes) = moved::left_sizes(region.bytes(position, moved::LEFT)?) else {
        return Ok(None);
    };
    let Some(header) = Header::read(region, next_part)? else { return Ok(None) };
    let Some(end) = header.data_start.checked_add(sizes.compressed) else { return Ok(None) };
    let is_it = header.lacks(&sizes) && verify(region, &header, &sizes, most)?;
    Ok(is_it.then_some((header, Extent { sizes, end, is_verified: true })))
}
