//! The geometry of a base64 body: how long its lines are and how they end, and text joined by it.

use crate::read_at::clamp;

/// So many characters, then so many bytes of line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) characters: u64,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The body is one line.
    None,
    Lf,
    CrLf,
}

impl Lines {
    /// A body in one line.
    pub(super) fn one(characters: u64) -> Self {
        Self { characters, ending: Ending::None }
    }

    /// Lines like the first in `text`; `None` if it does not end there.
    pub(super) fn like(text: &[u8]) -> Option<Self> {
        let at = text.iter().position(|byte| *byte == b'\n')?;
        Some(match text[..at].strip_suffix(b"\r") {
            Some(line) => Self { characters: line.len() as u64, ending: Ending::CrLf },
            None => Self { characters: at as u64, ending: Ending::Lf },
        })
    }

    /// Whether the body is one line.
    pub(super) fn are_one(&self) -> bool {
        self.ending == Ending::None
    }

    /// What stands at the end of each line but the last.
    pub(super) fn ending(&self) -> &'static [u8] {
        match self.ending {
            Ending::None => b"",
            Ending::Lf => b"\n",
            Ending::CrLf => b"\r\n",
        }
    }

    /// Bytes from the start of a line to the start of the next.
    pub(super) fn size(&self) -> u64 {
        self.characters + self.ending().len() as u64
    }

    /// Takes characters off `text`, whose first is number `from` of the body.
    pub(super) fn join<'a>(&self, text: &'a mut [u8], from: u64) -> Joined<'a> {
        let left_in_line = clamp(usize::MAX, self.characters - from % self.characters);
        Joined { lines: *self, text, at: 0, left_in_line }
    }
}

/// Text of which line after line is joined to the ones before it, in place and not far ahead, so
/// that what was joined is still in the first-level cache when it is decoded.
pub(super) struct Joined<'a> {
    lines: Lines,
    text: &'a mut [u8],
    /// What was taken ends here.
    at: usize,
    left_in_line: usize,
}

impl Joined<'_> {
    /// The next `count` characters; `None` if a line end is not where it must be, or the text ends.
    pub(super) fn take(&mut self, count: usize) -> Option<&mut [u8]> {
        let start = self.at;
        let end = start.checked_add(count)?;
        let mut to = start;
        loop {
            let now = self.left_in_line.min(end - to);
            let line = self.at..self.at.checked_add(now).filter(|end| *end <= self.text.len())?;
            if to != self.at {
                self.text.copy_within(line, to);
            }
            to += now;
            self.at += now;
            self.left_in_line -= now;
            if to == end {
                return self.text.get_mut(start..end);
            }
            self.text.get(self.at..)?.strip_prefix(self.lines.ending())?;
            self.at += self.lines.ending().len();
            self.left_in_line = clamp(usize::MAX, self.lines.characters);
            to = self.whole_lines(to, end)?;
        }
    }

    /// Moves lines to `to` as long as more than one is wanted before `end`; where the last one
    /// ended.
    fn whole_lines(&mut self, to: usize, end: usize) -> Option<usize> {
        // What every producer that is known writes: moves of a length that the compiler knows.
        match (self.lines.characters, self.lines.ending) {
            (64, Ending::Lf) => self.whole_lines_of::<64, 65>(to, end, b"\n"),
            (64, Ending::CrLf) => self.whole_lines_of::<64, 66>(to, end, b"\r\n"),
            (76, Ending::Lf) => self.whole_lines_of::<76, 77>(to, end, b"\n"),
            (76, Ending::CrLf) => self.whole_lines_of::<76, 78>(to, end, b"\r\n"),
            _ => Some(to),
        }
    }

    fn whole_lines_of<const LINE: usize, const SIZE: usize>(
        &mut self,
        mut to: usize,
        end: usize,
        ending: &[u8],
    ) -> Option<usize> {
        while end - to > LINE {
            let line: [u8; SIZE] = *self.text.get(self.at..)?.first_chunk()?;
            let (line, found) = line.split_at(LINE);
            if ending != found {
                return None;
            }
            self.text.get_mut(to..to + LINE)?.copy_from_slice(line);
            to += LINE;
            self.at += SIZE;
        }
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(line: usize, ending: &str, characters: usize) -> (Vec<u8>, Vec<u8>) {
        let plain: Vec<u8> =
            (0..characters).map(|n| b'A' + u8::try_from(n % 53 % 26).unwrap()).collect();
        let lines: Vec<_> = plain.chunks(line).collect();
        (lines.join(ending.as_bytes()), plain)
    }

    #[test]
    fn characters_are_taken_across_lines_of_any_length() {
        for line in [1, 4, 63, 64, 65, 76, 2000] {
            for ending in ["\n", "\r\n"] {
                let (text, plain) = body(line, ending, 1001);
                let lines =
                    Lines::like(&text).unwrap_or(Lines { characters: 2000, ending: Ending::Lf });
                for count in [1, 4, 60, 64, 76, 77, 128, 500, 1001] {
                    for from in [0, 1, 63, 64, 100] {
                        let at = from / line * (line + ending.len()) + from % line;
                        let mut text = text[at..].to_vec();
                        let mut joined = lines.join(&mut text, from as u64);
                        for wanted in plain[from..].chunks_exact(count) {
                            assert!(joined.take(count).unwrap() == wanted, "{line} {count} {from}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_end_elsewhere_is_noticed_at_any_place() {
        for line in [5, 64, 76] {
            for ending in ["\n", "\r\n"] {
                let (text, _) = body(line, ending, line * 6 + 1);
                let lines = Lines::like(&text).unwrap();
                for number in 1..6 {
                    let mut text = text.clone();
                    let end = number * (line + ending.len());
                    text[end - 1] = b'A';
                    let mut joined = lines.join(&mut text, 0);
                    assert!(joined.take(line * number).is_some());
                    assert!(joined.take(1).is_none(), "{line} {ending:?} {number}");
                    let mut at_once = lines.join(&mut text, 0);
                    assert!(at_once.take(line * 6).is_none());
                }
            }
        }
    }

    #[test]
    fn text_that_ends_is_noticed() {
        for line in [10, 64] {
            let (mut text, _) = body(line, "\n", 3 * line);
            let lines = Lines::like(&text).unwrap();
            assert!(lines.join(&mut text, 0).take(3 * line + 1).is_none());
            text.pop();
            assert!(lines.join(&mut text, 0).take(3 * line).is_none());
        }
    }
}
