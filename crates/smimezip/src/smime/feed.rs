//! The outside of a message fed forward: text goes in, the bytes inside come out. The same
//! detection, alphabet and padding as for views; nothing is kept but what is not complete yet. Who
//! reads the bytes says when the message was complete; what comes then is counted.

mod base64;

use self::base64::Base64;
use super::detect::{self, BODY_START, Container, USUAL_HEAD};
use crate::error::{Error, ErrorKind};
use crate::options::Rules;
use crate::read_at::Growing;

/// The outside, as far as it is known.
pub(crate) struct Forward {
    rules: Rules,
    state: FeedState,
}

enum FeedState {
    /// Too little was seen to know.
    Head(Growing),
    Binary(Container, Binary),
    Base64(Container, Box<Base64>),
}

/// A body that is the bytes themselves.
struct Binary {
    /// Where it begins.
    start: u64,
    bytes: u64,
    after: Option<After>,
}

/// What follows a message: counted, not kept.
struct After {
    /// Bytes of the message's last group of characters.
    spare: u64,
    /// Where the first byte is that is no white space.
    first: Option<u64>,
}

impl After {
    fn new(spare: u64) -> Self {
        Self { spare, first: None }
    }

    /// Takes note of what stands at `position`.
    fn pass(&mut self, bytes: &[u8], position: u64, is_nothing: impl Fn(u8) -> bool) {
        if self.first.is_none() {
            let at = bytes.iter().position(|byte| !is_nothing(*byte));
            self.first = at.map(|at| position + at as u64);
        }
    }

    /// Where it begins, and how many bytes it takes, if the input ends at `end`.
    fn found(&self, end: u64) -> Option<(u64, u64)> {
        let first = self.first.unwrap_or(end);
        let count = end.saturating_sub(first).saturating_add(self.spare);
        (count > 0).then_some((first, count))
    }
}

impl Forward {
    pub(crate) fn new(rules: &Rules) -> Self {
        Self { rules: rules.clone(), state: FeedState::Head(Growing::default()) }
    }

    /// The outside, once it is known.
    pub(crate) fn container(&self) -> Option<&Container> {
        match &self.state {
            FeedState::Head(_) => None,
            FeedState::Binary(container, _) | FeedState::Base64(container, _) => Some(container),
        }
    }

    /// Takes the next of the message; appends the bytes inside to `out`.
    pub(crate) fn update(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match &mut self.state {
            FeedState::Head(head) => {
                let before = head.bytes().len();
                head.append(text);
                // A try costs little, but not so little as to make one for each byte.
                let tries = |seen| seen / (USUAL_HEAD + BODY_START);
                let due = tries(before) < tries(head.bytes().len());
                if due { self.detect(out) } else { Ok(()) }
            }
            FeedState::Binary(_, binary) => {
                let position = binary.start + binary.bytes;
                binary.bytes += text.len() as u64;
                match &mut binary.after {
                    Some(after) => after.pass(text, position, |_| false),
                    None => out.extend_from_slice(text),
                }
                Ok(())
            }
            FeedState::Base64(_, base64) => base64.update(text, out),
        }
    }

    /// Takes note that nothing follows; appends what bytes there still are to `out`.
    ///
    /// # Errors
    /// `Truncated` if something must, `NotAMessage` if it was none.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if let FeedState::Head(head) = &mut self.state {
            head.end();
            self.detect(out)?;
        }
        Ok(())
    }

    /// The message was complete with so many bytes. From here on, what comes is counted only.
    pub(crate) fn complete(&mut self, bytes: u64) {
        match &mut self.state {
            FeedState::Head(_) => {}
            FeedState::Binary(_, binary) => {
                let mut after = After::new(0);
                if binary.bytes > bytes {
                    after.first = Some(binary.start + bytes);
                }
                binary.after = Some(after);
            }
            FeedState::Base64(_, base64) => base64.complete(bytes),
        }
    }

    /// What is wrong with what came, if the message is not complete yet.
    pub(crate) fn problem(&self) -> Option<Error> {
        match &self.state {
            FeedState::Base64(_, base64) => base64.problem(),
            _ => None,
        }
    }

    /// Checks what followed the message, after the last of it came.
    ///
    /// # Errors
    /// `TrailingData` if there was anything, unless that is accepted; `Truncated` if what must
    /// follow did not.
    pub(crate) fn check_end(&self) -> Result<(), Error> {
        let found = match &self.state {
            FeedState::Head(_) => None,
            FeedState::Binary(_, binary) => {
                let end = binary.start + binary.bytes;
                binary.after.as_ref().and_then(|after| after.found(end))
            }
            FeedState::Base64(_, base64) => base64.finish()?,
        };
        match found {
            Some((position, count)) if !self.rules.accept.trailing_data => {
                Err(Error::from(ErrorKind::TrailingData { count }).at(position))
            }
            _ => Ok(()),
        }
    }

    fn detect(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let FeedState::Head(head) = &self.state else { return Ok(()) };
        let longest = detect::longest_head(&self.rules);
        let all_seen = head.has_ended() || head.bytes().len() >= longest + BODY_START;
        let outside = match detect::find(head, USUAL_HEAD, &self.rules) {
            Ok(outside) => outside,
            Err(_) if all_seen => detect::find(head, longest, &self.rules)?,
            Err(_) => return Ok(()),
        };
        let start = usize::try_from(outside.start).map_err(std::io::Error::other)?;
        let body = head.bytes().get(start..).unwrap_or_default().to_vec();
        self.state = if outside.is_base64 {
            let base64 = Base64::new(&outside.container, outside.start);
            FeedState::Base64(outside.container, Box::new(base64))
        } else {
            let binary = Binary { start: outside.start, bytes: 0, after: None };
            FeedState::Binary(outside.container, binary)
        };
        self.update(&body, out)
    }
}
