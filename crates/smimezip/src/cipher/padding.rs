//! The padding of RFC 5652 section 6.3: `n` bytes of value `n`, at least one, at most a block.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};

/// Looks at the last block of a plaintext in time that does not depend on it. Returns whether the
/// padding is in order, and how many bytes it has (1 if it is not).
pub(crate) fn check(block: &[u8]) -> (Choice, u8) {
    let Some(&count) = block.last() else {
        return (Choice::from(0), 1);
    };
    let size = u8::try_from(block.len()).unwrap_or(u8::MAX);
    let mut valid = !count.ct_eq(&0) & !count.ct_gt(&size);
    for (after, byte) in (0_u8..).zip(block.iter().rev()) {
        let is_padding = count.ct_gt(&after);
        valid &= !is_padding | byte.ct_eq(&count);
    }
    (valid, u8::conditional_select(&1, &count, valid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_is_recognised_and_nothing_else() {
        for size in [8_u8, 16] {
            for count in 0..=255_u8 {
                let mut block = vec![0xee; usize::from(size)];
                for byte in block.iter_mut().rev().take(usize::from(count)) {
                    *byte = count;
                }
                if count == 0 {
                    block[usize::from(size) - 1] = 0;
                }
                let (valid, found) = check(&block);
                assert_eq!(bool::from(valid), (1..=size).contains(&count), "{count} of {size}");
                if bool::from(valid) {
                    assert_eq!(found, count);
                    if count > 1 {
                        block[usize::from(size - count)] ^= 1;
                        assert!(!bool::from(check(&block).0));
                    }
                }
            }
        }
        assert!(!bool::from(check(&[]).0));
    }
}
