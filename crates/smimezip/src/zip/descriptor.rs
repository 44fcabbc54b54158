//! What follows an entry's data (APPNOTE 4.3.9): nothing, or a data descriptor in any of its forms
//! whose values are right. Bit 3 of the flags announces one, but that is a hint only: the directory
//! determines where the data end and where the next entry begins, so what is there is there.

use super::record::Sizes;
use crate::error::Error;
use crate::parts::View;
use crate::read_at::{clamp, read_exact_at};

/// Its forms, the longest first: sizes of 8 or 4 bytes, with and without signature.
pub(super) const FORMS: [usize; 4] = [24, 20, 16, 12];

/// What an entry's headers say of its descriptor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hints {
    /// Bit 3 of the flags, in one of the headers.
    pub(super) is_announced: bool,
    /// The local header has a zip64 field, to which a size of 4 bytes may leave it.
    pub(super) has_zip64_field: bool,
}

/// What was found between an entry's data and what comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AfterData {
    pub(super) has_descriptor: bool,
    /// Whether its sizes are not the entry's, but what 4 bytes hold of them, or a mark that they
    /// are in the zip64 field.
    pub(super) has_partial_sizes: bool,
    /// Bytes after it that belong to nothing.
    pub(super) unused: u64,
}

/// Reads what stands from `data_end` to `end`.
pub(super) fn read(
    view: &View,
    data_end: u64,
    end: u64,
    expected: &Sizes,
    hints: Hints,
) -> Result<AfterData, Error> {
    let size = end - data_end;
    let mut bytes = [0; FORMS[0]];
    let bytes = &mut bytes[..clamp(FORMS[0], size)];
    read_exact_at(view, bytes, data_end)?;
    classify(bytes, size, expected, hints)
        .ok_or_else(|| Error::record("the data descriptor contradicts the directory"))
        .map_err(|error| view.locate(error, data_end))
}

/// The size of the descriptor that `bytes` begin with, whatever its form, if it says what is
/// expected; and whether its sizes are partial.
pub(super) fn right(bytes: &[u8], expected: &Sizes, hints: Hints) -> Option<(usize, bool)> {
    FORMS.iter().find_map(|form| {
        let found = bytes.get(..*form).and_then(Sizes::parse_descriptor)?;
        is_same(&found, expected, *form < 20, hints).then_some((*form, found != *expected))
    })
}

/// `None` if there is a descriptor that is wrong. `bytes` are the first of `size`.
fn classify(bytes: &[u8], size: u64, expected: &Sizes, hints: Hints) -> Option<AfterData> {
    if let Some((form, has_partial_sizes)) = right(bytes, expected, hints) {
        let unused = size - form as u64;
        return Some(AfterData { has_descriptor: true, has_partial_sizes, unused });
    }
    let has_its_size = FORMS.iter().any(|form| *form as u64 == size);
    let is_wrong = bytes.starts_with(&Sizes::SIGNATURE) || (hints.is_announced && has_its_size);
    let none = AfterData { has_descriptor: false, has_partial_sizes: false, unused: size };
    (!is_wrong).then_some(none)
}

/// `short`: sizes of 4 bytes, which some writers use even for larger entries, cut off; or as in a
/// header, with the mark that the zip64 field has the size (4.4.8), which the `async_zip` crate
/// writes for entries of any size. The CRC-32 must be right in any case.
fn is_same(found: &Sizes, expected: &Sizes, short: bool, hints: Hints) -> bool {
    let max = u64::from(u32::MAX);
    let same = |found: u64, expected: u64| {
        let is_left = hints.has_zip64_field && found == max;
        found == expected || (short && (is_left || found == expected & max))
    };
    found.crc == expected.crc
        && same(found.compressed, expected.compressed)
        && same(found.uncompressed, expected.uncompressed)
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

    fn of(bytes: &[u8], sizes: &Sizes, is_announced: bool) -> Option<(bool, u64)> {
        let first = &bytes[..bytes.len().min(FORMS[0])];
        let hints = Hints { is_announced, has_zip64_field: false };
        let found = classify(first, bytes.len() as u64, sizes, hints)?;
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
    fn sizes_may_be_cut_off_or_left_to_the_zip64_field() {
        let large = Sizes { crc: 1, compressed: (1 << 40) | 5, uncompressed: (1 << 41) | 6 };
        let with = |sizes: &Sizes, written: [u32; 3], has_zip64_field| {
            let hints = Hints { is_announced: true, has_zip64_field };
            let bytes: Vec<u8> = written.iter().flat_map(|it| it.to_le_bytes()).collect();
            let signed = [&Sizes::SIGNATURE[..], &bytes].concat();
            let found = [bytes, signed].map(|it| classify(&it, it.len() as u64, sizes, hints));
            assert_eq!(found[0], found[1]);
            found[0].as_ref().map(|it| it.has_partial_sizes)
        };
        let of = |sizes: &Sizes, written| with(sizes, written, true);
        let (sizes, max) = (&SIZES, u32::MAX);
        assert_eq!(of(sizes, [sizes.crc, 7, 9]), Some(false));
        for [compressed, uncompressed] in [[max, max], [7, max], [max, 9]] {
            assert_eq!(of(sizes, [sizes.crc, compressed, uncompressed]), Some(true));
        }
        assert_eq!(of(&large, [1, 5, 6]), Some(true));
        assert_eq!(of(&large, [1, max, 6]), Some(true));
        // There must be such a field.
        assert_eq!(with(sizes, [sizes.crc, max, 9], false), None);
        assert_eq!(with(&large, [1, 5, 6], false), Some(true));
        assert_eq!(with(&large, [1, max, 6], false), None);
        // Neither the CRC-32 nor another size.
        assert_eq!(of(sizes, [max, max, max]), None);
        assert_eq!(of(sizes, [sizes.crc, max, 8]), None);
        assert_eq!(of(sizes, [sizes.crc, max - 1, 9]), None);
        assert_eq!(of(&large, [1, 5, 7]), None);
    }

    #[test]
    fn a_wrong_one_is_distinguished_from_bytes_that_are_none() {
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
