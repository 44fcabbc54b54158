//! A base64 body fed forward. What is no base64 is an error only if the message was not complete
//! before it: that is known to whoever reads the bytes, not here.

use super::super::detect::{Container, PEM_EPILOGUE};
use super::super::pem;
use super::super::text::{append_compact, append_groups, is_character, is_white_space};
use super::After;
use crate::error::{Error, ErrorKind};

/// The body, as far as it has come.
pub(super) struct Base64 {
    /// Characters that are no whole group yet, white space removed.
    pending: Vec<u8>,
    line: usize,
    /// Where the text stands that comes next.
    position: u64,
    /// Bytes that were appended.
    bytes: u64,
    /// The first byte that cannot be of the body: outside of the alphabet, or after the padding.
    invalid: Option<u64>,
    padded: bool,
    /// The text that came last, and what was known before it: the end of the message lies in it.
    last: Last,
    /// What follows the message, once that is complete.
    after: Option<After>,
    /// What ends the body, for PEM.
    boundary: Option<String>,
    /// The boundary and what follows it.
    epilogue: Vec<u8>,
}

#[derive(Default)]
struct Last {
    text: Vec<u8>,
    position: u64,
    bytes: u64,
    pending: u64,
}

impl Base64 {
    /// A body whose text begins at `position`.
    pub(super) fn new(container: &Container, position: u64) -> Self {
        let boundary = match container {
            Container::Pem { label } => Some(pem::end_boundary(label)),
            _ => None,
        };
        Self {
            pending: Vec::new(),
            line: 0,
            position,
            bytes: 0,
            invalid: None,
            padded: false,
            last: Last::default(),
            after: None,
            boundary,
            epilogue: Vec::new(),
        }
    }

    /// Takes the next text; appends the bytes that are complete to `out`.
    pub(super) fn update(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let text = self.body_of(text)?;
        let position = self.position;
        self.position += text.len() as u64;
        if let Some(after) = &mut self.after {
            after.pass(text, position, is_white_space);
            return Ok(());
        }
        self.last.text.clear();
        self.last.text.extend_from_slice(text);
        self.last.position = position;
        (self.last.bytes, self.last.pending) = (self.bytes, self.pending.len() as u64);
        if self.invalid.is_some() {
            return Ok(());
        }
        let before = out.len();
        self.decode(text, position, out);
        self.bytes += (out.len() - before) as u64;
        Ok(())
    }

    /// What of `text` comes before the boundary.
    fn body_of<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        if self.boundary.is_none() {
            return Ok(text);
        }
        let at = match text.iter().position(|byte| *byte == b'-') {
            _ if !self.epilogue.is_empty() => 0,
            found => found.unwrap_or(text.len()),
        };
        let (body, epilogue) = text.split_at(at);
        self.epilogue.extend_from_slice(epilogue);
        if self.epilogue.len() > PEM_EPILOGUE {
            return Err(Error::malformed("too much text behind the PEM boundary"));
        }
        Ok(body)
    }

    fn decode(&mut self, text: &[u8], position: u64, out: &mut Vec<u8>) {
        let before = (out.len(), self.pending.len());
        if !self.padded {
            append_compact(text, &mut self.line, &mut self.pending);
            let whole = self.pending.len() / 4 * 4;
            let padded = whole > 0 && self.pending[whole - 1] == b'=';
            let (groups, rest) = self.pending.split_at(whole);
            let fits = |(at, byte): (usize, &u8)| is_character(*byte) || (*byte == b'=' && at >= 2);
            if (rest.is_empty() || !padded)
                && rest.iter().enumerate().all(fits)
                && append_groups(groups, out).is_some()
            {
                self.padded = padded;
                self.pending.drain(..whole);
                return;
            }
        }
        // What is wrong, and where: the characters one by one.
        out.truncate(before.0);
        self.pending.truncate(before.1);
        for (byte, at) in text.iter().zip(position..) {
            if is_white_space(*byte) {
                continue;
            }
            let may_pad = *byte == b'=' && self.pending.len() >= 2;
            let follows_pad = self.pending.last() == Some(&b'=') && *byte != b'=';
            if self.padded || follows_pad || !(is_character(*byte) || may_pad) {
                self.invalid = Some(at);
                return;
            }
            self.pending.push(*byte);
            if self.pending.len() == 4 {
                if append_groups(&self.pending, out).is_none() {
                    self.invalid = Some(at);
                    return;
                }
                self.padded = *byte == b'=';
                self.pending.clear();
            }
        }
    }

    /// The message was complete with so many bytes.
    pub(super) fn complete(&mut self, bytes: u64) {
        let Last { text, position, bytes: before, pending } = std::mem::take(&mut self.last);
        let group = bytes.div_ceil(3);
        let spare = self.bytes.min(group.saturating_mul(3)).saturating_sub(bytes);
        let of_groups = group.saturating_mul(4);
        let came_before = before.div_ceil(3) * 4 + pending;
        let wanted = of_groups.saturating_sub(came_before);
        // Where the message was complete before the last text came, characters may be left over
        // from then.
        let mut after = After::new(spare + came_before.saturating_sub(of_groups));
        let mut seen = 0;
        let of_message = text.iter().take_while(|byte| {
            let more = seen < wanted;
            seen += u64::from(more && !is_white_space(**byte));
            more
        });
        let at = of_message.count();
        after.pass(&text[at..], position + at as u64, is_white_space);
        self.after = Some(after);
    }

    /// What is wrong if the message is not complete.
    pub(super) fn problem(&self) -> Option<Error> {
        self.invalid.map(|at| Error::malformed("invalid base64").at(at))
    }

    /// What follows the message, now that nothing more comes.
    pub(super) fn finish(&self) -> Result<Option<(u64, u64)>, Error> {
        let begins = |it: &String| self.epilogue.starts_with(it.as_bytes());
        if !self.boundary.as_ref().is_none_or(begins) {
            return Err(ErrorKind::Truncated.into());
        }
        Ok(self.after.as_ref().and_then(|after| after.found(self.position)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_left_over_follow_the_message_whenever_its_end_is_noticed() {
        for (pieces, bytes, trailing) in [
            (&["AAAA", "AAA"][..], 3, true),
            (&["AAAA", "AAA", ""], 3, true),
            (&["AAAA", "AA", "A\n"], 3, true),
            (&["AAA=", "", "\n"], 2, false),
            (&["AAAA", "AAAA", "\n"], 6, false),
            (&["AAAA", "AA", "==", "A"], 4, true),
        ] {
            let mut body = Base64::new(&Container::Base64, 0);
            let mut out = Vec::new();
            for piece in pieces {
                body.update(piece.as_bytes(), &mut out).unwrap();
            }
            assert_eq!(out.len(), bytes, "{pieces:?}");
            body.complete(bytes as u64);
            assert_eq!(body.finish().unwrap().is_some(), trailing, "{pieces:?}");
        }
    }
}
