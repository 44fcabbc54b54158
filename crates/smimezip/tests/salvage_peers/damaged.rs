//! Kinds of damage. Where it is drawn, the places are the same in each run.

use super::common::noise;
use super::made::Parts;

/// A damaged set: what was done to it, and what is left.
pub(super) type Damaged = (String, Parts);

/// What may happen to a set in several parts, and to each archive.
pub(super) fn damaged(parts: &Parts, seed: u64) -> Vec<Damaged> {
    let mut all = Vec::new();
    let last = parts.len() - 1;
    if last > 0 {
        let without = |lost: &[usize]| {
            let is_there = |at: &usize| !lost.contains(at);
            (0..=last).filter(is_there).map(|at| parts[at].clone()).collect()
        };
        let mut lose = |what: &str, lost: &[usize]| all.push((what.to_owned(), without(lost)));
        lose("last part gone", &[last]);
        lose("first part gone", &[0]);
        if last > 1 {
            lose("first and last part gone", &[0, last]);
        }
        if last > 2 {
            lose("middle part gone", &[last / 2]);
            lose("middle and last part gone", &[last / 2, last]);
        }
    }
    let mut drawn = Drawn::new(seed);
    for kind in ["end cut off", "head cut off", "piece cut out", "4 KiB of zeros", "bytes flipped"]
    {
        let mut parts = parts.clone();
        let at = match kind {
            "end cut off" => last,
            "head cut off" => 0,
            _ => drawn.below(parts.len()),
        };
        damage(&mut parts[at].1, kind, &mut drawn);
        all.push((kind.to_owned(), parts));
    }
    all
}

/// Numbers, as if by chance.
struct Drawn(Vec<u8>);

impl Drawn {
    fn new(seed: u64) -> Self {
        Self(noise(seed + 1_000, 80_000))
    }

    fn below(&mut self, end: usize) -> usize {
        let at = self.0.len() - 8;
        let number = u64::from_le_bytes(self.0.split_off(at).try_into().unwrap());
        usize::try_from(number % end.max(1) as u64).unwrap()
    }
}

fn damage(bytes: &mut Vec<u8>, kind: &str, drawn: &mut Drawn) {
    let place = drawn.below(bytes.len() * 8 / 10) + bytes.len() / 10;
    match kind {
        "end cut off" => bytes.truncate(place),
        "head cut off" => drop(bytes.drain(..place)),
        "piece cut out" => drop(bytes.drain(place..(place + 999).min(bytes.len()))),
        "4 KiB of zeros" => {
            let end = (place + 4_096).min(bytes.len());
            bytes[place..end].fill(0);
        }
        _ => {
            let names = names_in(bytes);
            for _ in 0..4 {
                let at = drawn.below(bytes.len());
                // Nothing says of a name in a local header whether it is right.
                if !names.iter().any(|it| it.contains(&at)) {
                    bytes[at] ^= 1 << drawn.below(8);
                }
            }
        }
    }
}

/// Where the names in local headers are, and their sizes.
fn names_in(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let headers = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"PK\x03\x04"));
    let u16_at =
        |at: usize| bytes.get(at..at + 2).map_or(0, |it| u16::from_le_bytes([it[0], it[1]]));
    headers.map(|at| at + 26..at + 30 + usize::from(u16_at(at + 26))).collect()
}
