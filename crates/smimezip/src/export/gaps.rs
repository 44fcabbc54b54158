//! How large the pieces of an archive are that are not there (`.zip.002` beside `.zip.001` and
//! `.zip.003`). The directory counts from the start of the first piece, so it says how many bytes
//! are before the last; and who cuts an archive makes all pieces of one size but the last, which
//! has what is left. Only where both agree is anything known. Should pieces differ although their
//! sum is the same, entries do not start where they should, which is seen when they are read.

use std::sync::Arc;

use super::opened::Opened;
use crate::error::Error;
use crate::options::Accept;
use crate::parts::{Part, PartName, PartSet, View};
use crate::zip;

/// The places of the missing pieces, each of the size that it must have; `None` if that is not
/// known. `opened` are the others, in their order.
///
/// # Errors
/// That the last of them does not end an archive, and what a source reports.
pub(super) fn lay_out(
    opened: &[Opened],
    missing: &[PartName],
    accept: Accept,
) -> Result<Option<Vec<Part>>, Error> {
    let places = missing.iter().cloned().map(Part::missing);
    let mut parts: Vec<Part> = opened.iter().map(Opened::part).chain(places).collect();
    parts.sort_by_key(Part::position);
    let tail = View::tail(&Arc::new(PartSet::new(parts)), zip::TAIL as u64)?;
    let Some(before) = zip::size_before(&tail, accept)? else { return Ok(None) };
    let mut sizes = Vec::with_capacity(opened.len());
    for piece in opened {
        sizes.push(piece.plaintext.size()?);
    }
    let Some((last, others)) = sizes.split_last() else { return Ok(None) };
    let total = before.checked_add(tail.length());
    let there = sizes.iter().try_fold(0_u64, |sum, size| sum.checked_add(*size));
    let lost = total.zip(there).and_then(|(total, there)| total.checked_sub(there));
    let size = lost.and_then(|lost| size_of_each(lost, missing.len() as u64, *last, others));
    let piece = |size| missing.iter().map(move |name| Part::missing_of_size(name.clone(), size));
    Ok(size.map(|size| piece(size).collect()))
}

/// The size of each of `count` pieces that have `lost` bytes together, beside others and the last,
/// if all but the last can be of one size.
fn size_of_each(lost: u64, count: u64, last: u64, others: &[u64]) -> Option<u64> {
    let size = lost.checked_div(count)?;
    let is_even = size.checked_mul(count) == Some(lost) && size >= last.max(1);
    (is_even && others.iter().all(|it| *it == size)).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_known_only_if_all_pieces_but_the_last_have_it() {
        assert_eq!(size_of_each(10, 1, 3, &[10, 10]), Some(10));
        assert_eq!(size_of_each(20, 2, 10, &[10]), Some(10));
        assert_eq!(size_of_each(20, 2, 3, &[]), Some(10));
        assert_eq!(size_of_each(10, 1, 11, &[10]), None);
        assert_eq!(size_of_each(10, 1, 3, &[10, 9]), None);
        assert_eq!(size_of_each(20, 1, 3, &[10]), None);
        assert_eq!(size_of_each(21, 2, 3, &[]), None);
        assert_eq!(size_of_each(0, 1, 0, &[]), None);
        assert_eq!(size_of_each(0, 0, 0, &[]), None);
    }
}
