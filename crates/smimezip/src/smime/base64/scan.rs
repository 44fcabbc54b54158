//! A walk over the whole text of a base64 body: where its characters are, and where it ends.

use super::super::text::{is_character, is_white_space};
use crate::error::Error;
use crate::read_at::{ReadAt, clamp, read_exact_at, with_scratch};

/// Text examined at once, and the smallest distance of checkpoints: as much as is usually read at
/// once.
pub(super) const SCAN: usize = 64 * 1024;
/// Checkpoints of a scanned index; at 100 GB one stands every 6 MB.
const CHECKPOINTS: u64 = 16_384;

/// So many characters stand before this place in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoint {
    pub(super) characters: u64,
    pub(super) text: u64,
}

impl Checkpoint {
    /// The last one at or before character `from`.
    pub(super) fn nearest(checkpoints: &[Self], from: u64) -> Self {
        let at = checkpoints.partition_point(|checkpoint| checkpoint.characters <= from);
        checkpoints[at.saturating_sub(1)]
    }
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// To the end of the text, whatever stands in it.
    TheEnd,
    /// To this many characters, bytes outside of the alphabet among them.
    Characters(u64),
    /// To the padding, or the first byte outside of the alphabet.
    TheBodyEnds,
}

/// What a walk found.
pub(super) struct Scanned {
    pub(super) checkpoints: Vec<Checkpoint>,
    /// Characters that were passed.
    pub(super) characters: u64,
    /// The position after the last of them.
    pub(super) end: u64,
    /// The first byte that is neither a character nor white space.
    pub(super) invalid: Option<u64>,
    /// Whether the last character is padding.
    pads: bool,
}

impl Scanned {
    /// Walks over the text from `start` to `end`.
    pub(super) fn walk<S: ReadAt>(
        source: &S,
        start: u64,
        end: u64,
        until: Until,
    ) -> Result<Self, Error> {
        let distance = ((end - start) / CHECKPOINTS).max(SCAN as u64);
        let mut scanned = Self {
            checkpoints: vec![Checkpoint { characters: 0, text: start }],
            characters: 0,
            end: start,
            invalid: None,
            pads: false,
        };
        let mut position = start;
        let mut due = distance;
        while position < end {
            if scanned.characters >= due {
                let characters = scanned.characters;
                scanned.checkpoints.push(Checkpoint { characters, text: position });
                due = characters + distance;
            }
            let size = clamp(SCAN, end - position);
            let goes_on = with_scratch(size, |text| {
                read_exact_at(source, text, position)?;
                Ok::<_, Error>(scanned.pass(text, position, until))
            })?;
            if !goes_on {
                break;
            }
            position += size as u64;
        }
        Ok(scanned)
    }

    /// Passes text that stands at `position`; whether the walk goes on after it.
    fn pass(&mut self, text: &[u8], position: u64, until: Until) -> bool {
        // Counted without a way out, which the compiler turns into wide instructions.
        let count = text.iter().filter(|byte| !is_white_space(**byte)).count() as u64;
        let is_pure = text.iter().all(|byte| is_character(*byte) || is_white_space(*byte));
        let fits = match until {
            Until::TheEnd | Until::TheBodyEnds => true,
            Until::Characters(wanted) => count <= wanted.saturating_sub(self.characters),
        };
        if is_pure && fits && !self.pads {
            self.characters += count;
            if let Some(last) = text.iter().rposition(|byte| !is_white_space(*byte)) {
                self.end = position + last as u64 + 1;
            }
            return !matches!(until, Until::Characters(wanted) if wanted == self.characters);
        }
        for (byte, at) in text.iter().zip(position..) {
            if is_white_space(*byte) {
                continue;
            }
            let pads = *byte == b'=';
            let fits = match until {
                Until::TheBodyEnds if pads => self.characters % 4 >= 2,
                Until::TheBodyEnds => is_character(*byte) && !self.pads,
                _ => pads || is_character(*byte),
            };
            if !fits {
                self.invalid.get_or_insert(at);
                if until == Until::TheBodyEnds {
                    return false;
                }
            }
            self.pads = pads;
            self.characters += 1;
            self.end = at + 1;
            let done = match until {
                Until::TheEnd => false,
                Until::Characters(wanted) => self.characters == wanted,
                Until::TheBodyEnds => pads && self.characters.is_multiple_of(4),
            };
            if done {
                return false;
            }
        }
        true
    }
}
