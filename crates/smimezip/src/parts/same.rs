//! Whether two files for one place hold the same bytes: whole, or as far as a short look shows.

use super::part::Part;
use crate::error::Error;
use crate::progress::check;
use crate::read_at::{ReadAt, read_full_at};

/// Bytes of each that are in memory at a time.
const BLOCK: usize = 256 * 1024;
/// Bytes at each end that a short look compares. Messages that were sealed apart differ in the
/// first, which hold the key.
const ENDS: usize = 64 * 1024;

/// Whether both hold the same bytes. They are read only if they are of one size.
///
/// # Errors
/// What the sources report, with the part's name; `Cancelled`.
pub(crate) fn is_same(one: &Part, other: &Part) -> Result<bool, Error> {
    compare(one, other, |size, at| (at < size).then_some(at), BLOCK)
}

/// Whether both are of one size and are the same at both ends.
///
/// # Errors
/// As [`is_same`].
pub(crate) fn has_same_ends(one: &Part, other: &Part) -> Result<bool, Error> {
    let last = |size: u64| size.saturating_sub(ENDS as u64);
    let next = |size, at| match at {
        0 => Some(0),
        at => (at < size).then(|| last(size).max(at)),
    };
    compare(one, other, next, ENDS)
}

/// Compares blocks of `block` bytes, each at the offset that `next` says for a size and the offset
/// after the block before.
fn compare(
    one: &Part,
    other: &Part,
    next: impl Fn(u64, u64) -> Option<u64>,
    block: usize,
) -> Result<bool, Error> {
    let size_of = |part: &Part| {
        let source = part.open()?;
        let size = source.size().map_err(|error| Error::from(error).in_part(part.name()))?;
        Ok::<_, Error>((source, size))
    };
    let ((first, size), (second, other_size)) = (size_of(one)?, size_of(other)?);
    if size != other_size {
        return Ok(false);
    }
    let (mut left, mut right) = (vec![0; block], vec![0; block]);
    let mut at = 0;
    while let Some(offset) = next(size, at) {
        check()?;
        let count = read_full_at(&first, &mut left, offset)
            .map_err(|error| Error::from(error).in_part(one.name()))?;
        let other_count = read_full_at(&second, &mut right, offset)
            .map_err(|error| Error::from(error).in_part(other.name()))?;
        if left[..count] != right[..other_count] {
            return Ok(false);
        }
        at = offset.saturating_add((count as u64).max(1));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_anywhere_is_not_the_same() {
        let bytes: Vec<u8> = (0..3 * BLOCK + 7).map(|at| at.to_le_bytes()[0]).collect();
        let part = |bytes: &[u8]| Part::new("e.zip", bytes.to_vec());
        let whole = part(&bytes);
        assert!(is_same(&whole, &part(&bytes)).unwrap());
        assert!(has_same_ends(&whole, &part(&bytes)).unwrap());
        for at in [0, BLOCK, 2 * BLOCK + 1, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(!is_same(&whole, &part(&other)).unwrap(), "{at}");
            let is_end = at == 0 || at == bytes.len() - 1;
            assert_eq!(has_same_ends(&whole, &part(&other)).unwrap(), !is_end, "{at}");
        }
        assert!(!is_same(&whole, &part(&bytes[1..])).unwrap());
        assert!(is_same(&part(b""), &part(b"")).unwrap());
        assert!(has_same_ends(&part(b"short"), &part(b"short")).unwrap());
    }
}
