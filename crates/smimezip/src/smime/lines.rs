//! The geometry of a base64 body: how long its lines are and how they end.

/// So many characters, then so many octets of line end.
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
        let at = text.iter().position(|octet| *octet == b'\n')?;
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

    /// Octets from the start of a line to the start of the next.
    pub(super) fn size(&self) -> u64 {
        self.characters + self.ending().len() as u64
    }
}
