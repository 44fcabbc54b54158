//! How many bytes stand before the last ones of an archive that is not split, as its end records
//! say by the places that they give: pieces of it that are not there have as many.

use super::super::record::{EndRecord, Zip64Locator};
use super::{After, find};
use crate::error::Error;
use crate::options::Accept;
use crate::parts::View;
use crate::read_at::read_full_at;

/// The number of bytes before `last`, which ends the archive; `None` if the records do not say it,
/// or something follows them. That the directory is there is not looked at.
///
/// # Errors
/// That there is no end record, and what a source reports.
pub(crate) fn size_before(last: &View, accept: Accept) -> Result<Option<u64>, Error> {
    let end = find(last, accept, |error, at| last.locate(error, at), |_| Some(0))?;
    if matches!(end.after, After::Data(_)) {
        return Ok(None);
    }
    let Some(locator) = end.locator else {
        let record = &end.record;
        let is_whole = record.disk == 0 && record.directory_disk == 0;
        let directory_end = record.directory_offset.checked_add(record.directory_size);
        let before = directory_end.and_then(|it| it.checked_sub(end.position));
        return Ok(before.filter(|_| is_whole));
    };
    let size = (Zip64Locator::SIZE + EndRecord::ZIP64_SIZE) as u64;
    let Some(position) = end.position.checked_sub(size) else { return Ok(None) };
    let mut bytes = [0; EndRecord::ZIP64_SIZE];
    read_full_at(last, &mut bytes, position)?;
    let is_there = EndRecord::parse_zip64(&bytes)
        .is_some_and(|(record, size)| record.disk == 0 && size == EndRecord::ZIP64_SIZE as u64);
    let before = locator.offset.checked_sub(position);
    Ok(before.filter(|_| is_there && locator.disk == 0 && locator.disks <= 1))
}
