//! Which size most parts of a set have, the last apart. What follows from it is not decided here.

use std::collections::BTreeMap;

/// The size that most parts but the last have.
pub(super) struct Usual {
    /// The most frequent size and the next, with how many have it.
    first: (u64, usize),
    second: (u64, usize),
    count: usize,
}

impl Usual {
    pub(super) fn of(sizes: &[u64]) -> Self {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for size in sizes {
            *counts.entry(*size).or_default() += 1;
        }
        let mut ranked: Vec<_> = counts.into_iter().collect();
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let nth = |nth: usize| ranked.get(nth).copied().unwrap_or((0, 0));
        Self { first: nth(0), second: nth(1), count: sizes.len() }
    }

    /// That of most parts, if more than half of them agree.
    pub(super) fn most(&self) -> Option<u64> {
        (self.first.1 > self.count / 2 && self.count > 1).then_some(self.first.0)
    }

    /// Whether all have the same.
    pub(super) fn are_all(&self) -> bool {
        self.first.1 == self.count && self.count > 1
    }

    /// That of the others, for one of this size.
    pub(super) fn without(&self, size: u64) -> Option<u64> {
        let without = |(other, count): (u64, usize)| {
            (other, if other == size { count.saturating_sub(1) } else { count })
        };
        let (first, second) = (without(self.first), without(self.second));
        match first.1.cmp(&second.1) {
            std::cmp::Ordering::Greater => Some(first.0),
            std::cmp::Ordering::Less => Some(second.0),
            std::cmp::Ordering::Equal => None,
        }
    }
}
