//! How many parts an archive can become, before any of it is written.

use crate::error::{Error, ErrorKind};

/// The smallest part there may be, as PKZIP and others have it.
const MIN_PART: u64 = 64 * 1024;
/// The largest: offsets in a part have four bytes.
const MAX_PART: u64 = u32::MAX as u64;
/// The most parts of an archive: their number has two bytes, of which the largest value is a mark
/// (APPNOTE 4.4.1.4).
pub const MAX_PARTS: u32 = u16::MAX as u32;
/// More than the longest record, that of an entry in the directory, has: no record lies across the
/// end of a part, which is so much shorter (APPNOTE 8.5.2).
const MAX_RECORD: u64 = 8 * 1024;

/// A part may end far earlier where the directory would else lie across its end.
const FOR_DIRECTORY: u64 = 1;

/// What the number of parts depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartCount {
    pub(crate) part_size: u64,
    /// At least as much as the longest record that will be written has.
    pub(crate) longest: u64,
}

impl PartCount {
    /// The most parts that an archive of at most `max_size` bytes becomes.
    pub(crate) fn at_most(self, max_size: u64) -> u64 {
        if max_size <= self.part_size {
            return 1;
        }
        let filled = self.part_size.saturating_sub(self.longest.min(MAX_RECORD)).max(1);
        max_size.div_ceil(filled).saturating_add(FOR_DIRECTORY)
    }

    /// # Errors
    /// `InvalidArgument` if an archive of at least `min_size` bytes, and at most `max_size`,
    /// becomes too many parts in any case.
    pub(crate) fn check(self, min_size: u64, max_size: u64) -> Result<(), Error> {
        check_size(self.part_size)?;
        if min_size.div_ceil(self.part_size) > u64::from(MAX_PARTS) {
            return Err(too_many(self.part_size, Some(max_size)));
        }
        Ok(())
    }
}

/// # Errors
/// `InvalidArgument` for a size that no part may have.
pub(super) fn check_size(part_size: u64) -> Result<(), Error> {
    if (MIN_PART..=MAX_PART).contains(&part_size) {
        return Ok(());
    }
    let what = format!("parts of {part_size} bytes: from {MIN_PART} to {MAX_PART} can be made");
    Err(ErrorKind::InvalidArgument(what).into())
}

/// That there would be more parts than can be numbered, and the smallest size with which there are
/// not, if it is known how many bytes there are at most.
pub(super) fn too_many(part_size: u64, max_size: Option<u64>) -> Error {
    let most = u64::from(MAX_PARTS) - FOR_DIRECTORY;
    let enough = |max_size: u64| max_size.div_ceil(most).saturating_add(MAX_RECORD);
    let enough = match max_size.map(enough) {
        Some(enough) if enough <= MAX_PART => format!("; with {enough} bytes there are not"),
        _ => String::new(),
    };
    let what = format!("parts of {part_size} bytes make more than {MAX_PARTS} of them{enough}");
    ErrorKind::InvalidArgument(what).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_that_is_named_is_enough() {
        for max_size in [1 << 32, (1 << 32) + 1, 1 << 40, 281_000_000_000_000] {
            let count = PartCount { part_size: MIN_PART, longest: 300 };
            let error = count.check(max_size, max_size).unwrap_err().to_string();
            let (_, named) = error.split_once("; with ").unwrap();
            let part_size = named.split(' ').next().unwrap().parse().unwrap();
            let better = PartCount { part_size, longest: MAX_RECORD };
            assert!(better.at_most(max_size) <= u64::from(MAX_PARTS), "{error}");
            better.check(max_size, max_size).unwrap();
        }
        let count = PartCount { part_size: MAX_PART, longest: 300 };
        let error = count.check(1 << 50, 1 << 50).unwrap_err().to_string();
        assert!(error.ends_with("65535 of them"), "{error}");
    }

    #[test]
    fn what_fits_is_one_part() {
        let count = PartCount { part_size: 100_000, longest: 300 };
        assert_eq!([0, 100_000, 100_001].map(|size| count.at_most(size)), [1, 1, 3]);
        assert_eq!(count.at_most(1_000_000), 12);
    }
}
