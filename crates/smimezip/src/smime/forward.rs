//! The outside of a message fed forward: text goes in, the octets inside come out. The same
//! detection, alphabet and padding as for views; nothing is kept but what is not complete yet.

use super::detect::{self, BODY_START, Container, PEM_EPILOGUE, USUAL_HEAD};
use super::pem;
use super::text::{append_compact, append_groups, is_white_space};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::read_at::Growing;

/// The outside, as far as it is known.
pub(crate) struct Forward {
    limits: Limits,
    state: State,
}

enum State {
    /// Too little was seen to tell.
    Head(Growing),
    Binary(Container),
    Base64(Container, Base64),
}

impl Forward {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limits: limits.clone(), state: State::Head(Growing::default()) }
    }

    /// The outside, once it is known.
    pub(crate) fn container(&self) -> Option<&Container> {
        match &self.state {
            State::Head(_) => None,
            State::Binary(container) | State::Base64(container, _) => Some(container),
        }
    }

    /// Takes the next of the message; appends the octets inside to `out`.
    pub(crate) fn update(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match &mut self.state {
            State::Head(head) => {
                let before = head.octets().len();
                head.append(text);
                // A try costs little, but not so little as to make one for each octet.
                let tries = |seen| seen / (USUAL_HEAD + BODY_START);
                let due = tries(before) < tries(head.octets().len());
                if due { self.detect(out) } else { Ok(()) }
            }
            State::Binary(_) => {
                out.extend_from_slice(text);
                Ok(())
            }
            State::Base64(_, base64) => base64.update(text, out),
        }
    }

    /// Takes note that nothing follows.
    ///
    /// # Errors
    /// `Truncated` if something must, `NotAMessage` if it was none.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if let State::Head(head) = &mut self.state {
            head.end();
            self.detect(out)?;
        }
        match &self.state {
            State::Base64(_, base64) => base64.finish(),
            _ => Ok(()),
        }
    }

    fn detect(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let State::Head(head) = &self.state else { return Ok(()) };
        let longest = detect::longest_head(&self.limits);
        let all_seen = head.has_ended() || head.octets().len() >= longest + BODY_START;
        let outside = match detect::find(head, USUAL_HEAD, &self.limits) {
            Ok(outside) => outside,
            Err(_) if all_seen => detect::find(head, longest, &self.limits)?,
            Err(_) => return Ok(()),
        };
        let start = usize::try_from(outside.start).map_err(std::io::Error::other)?;
        let body = head.octets().get(start..).unwrap_or_default().to_vec();
        self.state = if outside.is_base64 {
            let base64 = Base64::new(&outside.container);
            State::Base64(outside.container, base64)
        } else {
            State::Binary(outside.container)
        };
        self.update(&body, out)
    }
}

/// A base64 body fed forward.
struct Base64 {
    /// Characters that are no whole group yet, white space removed.
    pending: Vec<u8>,
    line: usize,
    /// Whether any character was seen.
    begun: bool,
    /// Whether the padding was seen, behind which nothing may follow.
    padded: bool,
    /// What ends the body, for PEM.
    boundary: Option<String>,
    /// The boundary and what follows it.
    epilogue: Vec<u8>,
}

impl Base64 {
    fn new(container: &Container) -> Self {
        let boundary = match container {
            Container::Pem { label } => Some(pem::end_boundary(label)),
            _ => None,
        };
        let (pending, epilogue) = (Vec::new(), Vec::new());
        Self { pending, line: 0, begun: false, padded: false, boundary, epilogue }
    }

    fn update(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut text = text;
        if self.boundary.is_some() {
            let end =
                text.iter().position(|octet| *octet == b'-').filter(|_| self.epilogue.is_empty());
            let at = end.unwrap_or(if self.epilogue.is_empty() { text.len() } else { 0 });
            let (body, epilogue) = text.split_at(at);
            self.epilogue.extend_from_slice(epilogue);
            if self.epilogue.len() > PEM_EPILOGUE {
                return Err(Error::malformed("too much text behind the PEM boundary"));
            }
            text = body;
        }
        if self.padded {
            let blank = text.iter().all(|octet| is_white_space(*octet));
            return if blank { Ok(()) } else { Err(invalid()) };
        }
        append_compact(text, &mut self.line, &mut self.pending);
        self.begun |= !self.pending.is_empty();
        let whole = self.pending.len() / 4 * 4;
        append_groups(&self.pending[..whole], out).ok_or_else(invalid)?;
        self.padded = whole > 0 && self.pending[whole - 1] == b'=';
        self.pending.drain(..whole);
        if self.padded && !self.pending.is_empty() {
            return Err(invalid());
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), Error> {
        let complete = self.begun
            && self.pending.is_empty()
            && self.boundary.as_ref().is_none_or(|it| self.epilogue.starts_with(it.as_bytes()));
        if complete { Ok(()) } else { Err(ErrorKind::Truncated.into()) }
    }
}

fn invalid() -> Error {
    Error::malformed("invalid base64")
}
