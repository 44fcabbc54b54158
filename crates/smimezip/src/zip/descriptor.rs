//! What follows an entry's data (APPNOTE 4.3.9): nothing, or a data descriptor in any of its forms whose
//! values are right. Bit 3 of the flags announces one, but that is a hint only: the directory determines
//! where the data end and where the next entry begins, so what is there is there.

use super::record::Sizes;
use crate::error::Error;
use crate::read_at::{clamp, read_exact_at};
use crate::volumes::VolumeSet;

/// Its forms, the longest first: sizes of 8 or 4 octets, with and without signature.
const FORMS: [usize; 4] = [24, 20, 16, 12];

/// What was found between an entry's data and what comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AfterData {
    pub(super) has_descriptor: bool,
    /// Bytes after it that belong to nothing.
    pub(super) unused: u64,
}

/// Reads what stands from `data_end` to `end`.
pub(super) fn read(
    volumes: &VolumeSet,
    data_end: u64,
    end: u64,
    expected: &Sizes,
    is_announced: bool,
) -> Result<AfterData, Error> {
    let size = end - data_end;
    let mut octets = [0; FORMS[0]];
    let octets = &mut octets[..clamp(FORMS[0], size)];
    read_exact_at(volumes, octets, data_end)?;
    classify(octets, size, expected, is_announced)
        .ok_or_else(|| Error::record("the data descriptor contradicts the directory"))
        .map_err(|error| volumes.locate(error, data_end))
}

/// `None` if there is a descriptor that is wrong. `octets` are the first of `size`.
fn classify(octets: &[u8], size: u64, expected: &Sizes, is_announced: bool) -> Option<AfterData> {
    let right = FORMS.iter().find(|form| {
        let found = octets.get(..**form).and_then(Sizes::parse_descriptor);
        found.is_some_and(|found| is_same(&found, expected, **form < 20))
    });
    if let Some(form) = right {
        return Some(AfterData { has_descriptor: true, unused: size - *form as u64 });
    }
    let has_its_size = FORMS.iter().any(|form| *form as u64 == size);
    let is_wrong = octets.starts_with(&Sizes::SIGNATURE) || (is_announced && has_its_size);
    (!is_wrong).then_some(AfterData { has_descriptor: false, unused: size })
}

/// `short`: sizes of 4 octets, which some writers use even for larger entries, cut off.
fn is_same(found: &Sizes, expected: &Sizes, short: bool) -> bool {
    let mask = if short { u64::from(u32::MAX) } else { u64::MAX };
    found.crc == expected.crc
        && found.compressed == expected.compressed & mask
        && found.uncompressed == expected.uncompressed & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes { crc: 0x1234_5678, compressed: 7, uncompressed: 9 };

    /// A right descriptor in each form.
    fn descriptors(sizes: &Sizes) -> Vec<Vec<u8>> {
        let (short, long) = (
            [sizes.compressed, sizes.uncompressed].map(|size| size.to_le_bytes()[..4].to_vec()),
            [sizes.compressed, sizes.uncompressed].map(|size| size.to_le_bytes().to_vec()),
        );
        [short, long]
            .into_iter()
            .flat_map(|fields| {
                let plain = [sizes.crc.to_le_bytes().to_vec(), fields.concat()].concat();
                [[&Sizes::SIGNATURE[..], &plain].concat(), plain]
            })
            .collect()
    }

    fn of(octets: &[u8], sizes: &Sizes, is_announced: bool) -> Option<(bool, u64)> {
        let first = &octets[..octets.len().min(FORMS[0])];
        let found = classify(first, octets.len() as u64, sizes, is_announced)?;
        Some((found.has_descriptor, found.unused))
    }

    #[test]
    fn nothing_or_a_right_one_in_any_form_announced_or_not() {
        let large = Sizes { crc: 1, compressed: (1 << 40) | 5, uncompressed: (1 << 41) | 6 };
        let empty = Sizes { crc: 0, compressed: 0, uncompressed: 0 };
        for is_announced in [false, true] {
            assert_eq!(of(&[], &SIZES, is_announced), Some((false, 0)));
            for sizes in [SIZES, large, empty] {
                for descriptor in descriptors(&sizes) {
                    assert_eq!(of(&descriptor, &sizes, is_announced), Some((true, 0)));
                }
            }
        }
    }

    #[test]
    fn a_wrong_one_is_told_from_bytes_that_are_none() {
        for mut descriptor in descriptors(&SIZES) {
            let signed = descriptor.starts_with(&Sizes::SIGNATURE);
            *descriptor.last_mut().unwrap() ^= 1;
            assert_eq!(of(&descriptor, &SIZES, true), None);
            let unused = (!signed).then_some((false, descriptor.len() as u64));
            assert_eq!(of(&descriptor, &SIZES, false), unused);
        }
        for count in (1..=11).chain([13, 14, 17, 25, 1000]) {
            for is_announced in [false, true] {
                let found = of(&vec![7; count], &SIZES, is_announced);
                assert_eq!(found, Some((false, count as u64)));
            }
        }
    }

    #[test]
    fn bytes_after_a_right_one_are_counted() {
        for mut descriptor in descriptors(&SIZES) {
            descriptor.extend([7; 5]);
            assert_eq!(of(&descriptor, &SIZES, true), Some((true, 5)));
        }
    }
}
