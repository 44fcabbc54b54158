//! An index of entries by their names: four bytes for each of what may be a million.

use super::entry::Entry;

/// The positions of entries, in the order of their raw names; those of one name in the directory's
/// order.
#[derive(Debug)]
pub(super) struct Names(Box<[u32]>);

impl Names {
    /// The index of these entries.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut positions: Vec<u32> = (0..=u32::MAX).zip(entries).map(|(at, _)| at).collect();
        positions.sort_by_key(|at| raw_name(entries, *at));
        Self(positions.into())
    }

    /// The entries of this name among those that the index is of.
    pub(super) fn named<'a, 'n>(
        &'a self,
        name: &'n str,
        entries: &'a [Entry],
    ) -> impl Iterator<Item = &'a Entry> + use<'a, 'n> {
        let first = self.0.partition_point(|at| raw_name(entries, *at) < Some(name));
        let from_first = self.0.get(first..).unwrap_or_default();
        from_first
            .iter()
            .map_while(|at| entry(entries, *at))
            .take_while(move |entry| entry.raw_name() == name)
    }
}

fn entry(entries: &[Entry], at: u32) -> Option<&Entry> {
    entries.get(usize::try_from(at).ok()?)
}

fn raw_name(entries: &[Entry], at: u32) -> Option<&str> {
    entry(entries, at).map(Entry::raw_name)
}
