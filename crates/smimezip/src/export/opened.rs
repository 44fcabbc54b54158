//! A part that was opened, what it may be if it makes no archive, and the archive that all of them
//! make.

use std::sync::Arc;

use super::answer::is_answer;
use crate::error::{Damage, Error, ErrorKind, NoMessage, Unsupported};
use crate::integrity::Integrity;
use crate::message::{Container, Envelope};
use crate::options::{Accept, Rules};
use crate::parts::{Part, Position};
use crate::read_at::{Kept, ReadAt, Windowed, clamp, read_exact_at, read_full_at};
use crate::zip::{self, Archive};

/// Bytes of white space after the last line of a PEM message.
const LINE_ENDS: usize = 16;

/// A part with its plaintext.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) position: Position,
    pub(super) plaintext: Arc<dyn ReadAt>,
    /// What the part's encryption says of the plaintext.
    pub(super) integrity: Integrity,
    pub(super) doubt: Doubt,
}

/// What else a part may be than what it was taken for.
pub(super) enum Doubt {
    /// Nothing: its name says that it is a message, and it is one.
    None,
    /// It was opened as a message although its name does not say that it is one. It may be a part
    /// that begins with a file which is a message: this is the part as it is.
    Plain(Arc<dyn ReadAt>),
    /// Nothing any more: it looks like a message, and ends as an archive does.
    Settled,
    /// It begins as a message does, which did not open for this reason.
    Message(Error),
    /// It is no message, and this is what there is to say if it is no archive either.
    Neither(Error),
}

/// Whether the error says nothing about what stands in a part.
pub(super) fn is_of_the_source(error: &Error) -> bool {
    error.is_passing()
}

/// What there is to know about pieces that make no archive.
pub(super) struct Pieces {
    pub(super) last: String,
    pub(super) last_is_shorter: bool,
    pub(super) first_size: u64,
    /// The piece before the first, if that does not begin as an archive does.
    pub(super) before: Option<Position>,
    /// The piece after the last.
    pub(super) next: Option<Position>,
}

impl Pieces {
    pub(super) fn of(opened: &[Opened]) -> Result<Self, Error> {
        let (first, last) = match opened {
            [first, .., last] => (first, last),
            [only] => (only, only),
            [] => return Err(ErrorKind::NotAnArchive("no parts").into()),
        };
        let number =
            |position| if let Position::Piece(number) = position { Some(number) } else { None };
        let first_size = first.plaintext.size()?;
        let begins = first.begins_as_zip();
        let before = number(first.position).filter(|_| !begins).and_then(|it| it.checked_sub(1));
        let next = number(last.position).and_then(|it| it.checked_add(1));
        Ok(Self {
            last: last.name.clone(),
            last_is_shorter: last.plaintext.size()? < first_size,
            first_size,
            before: before.map(Position::Piece),
            next: next.map(Position::Piece),
        })
    }
}

impl Opened {
    /// The part of an archive that it is.
    pub(super) fn part(&self) -> Part {
        Part::shared(self.name.clone(), self.position, Arc::clone(&self.plaintext))
    }

    /// Keeps the end of what is in it, as long as the outcome lives: the end record is looked for
    /// twice, in this part and in all of them, and the directory is there.
    pub(super) fn keep_tail(&mut self) -> Arc<Kept> {
        let (windowed, kept) = Windowed::tail(Arc::clone(&self.plaintext), zip::TAIL as u64);
        self.plaintext = windowed;
        kept
    }

    /// The number of parts of the set whose last part this is, or its only one.
    pub(super) fn count_of_disks(&mut self, rules: &Rules, is_lone: bool) -> Result<u32, Error> {
        let accept = rules.accept;
        let error = match self.disks_in_plaintext(accept) {
            Ok(disks) => return Ok(disks),
            Err(error) => error,
        };
        let what = match &self.doubt {
            Doubt::Plain(plain) => {
                if let Ok(disks) = zip::count_of_disks(plain, accept) {
                    self.plaintext = Arc::clone(plain);
                    self.integrity = Integrity::None;
                    self.doubt = Doubt::Settled;
                    return Ok(disks);
                }
                None
            }
            Doubt::Message(message) => Some(message),
            Doubt::Neither(message) if self.says_more(message, is_lone) => Some(message),
            _ => None,
        };
        if !is_of_the_source(&error)
            && let Some(error) = self.sealed_twice(rules)
        {
            return Err(error);
        }
        // An archive whose end is not the file's is no message.
        let is_archive = matches!(error.kind(), ErrorKind::Damaged(Damage::TrailingBytes { .. }));
        let what = match what.filter(|_| !is_archive && !is_of_the_source(&error)) {
            Some(message) => message.clone(),
            // Nobody takes it for anything else, so the end is missing.
            None if self.is_cut_off(&error, is_lone) => ErrorKind::Truncated.into(),
            None => error,
        };
        Err(what.in_part(&self.name))
    }

    /// That what is in this part's message is a message again, if it is.
    pub(super) fn sealed_twice(&self, rules: &Rules) -> Option<Error> {
        let is_message = matches!(self.doubt, Doubt::None | Doubt::Plain(_));
        let is_twice = is_message && self.holds_only_a_message(rules).unwrap_or(false);
        is_twice.then(|| Error::from(Unsupported::SealedTwice).in_part(&self.name))
    }

    /// Whether a message is all that it holds: one that is a file may stand at the start of a part.
    fn holds_only_a_message(&self, rules: &Rules) -> Result<bool, Error> {
        let mut rules = rules.clone();
        rules.accept.trailing_data = false;
        let envelope = Envelope::open_windowed(&self.plaintext, &rules)?;
        let Container::Pem { label } = envelope.container() else { return Ok(true) };
        // What follows its last line is nothing to who opens it.
        let last_line = format!("-----END {label}-----");
        let size = self.plaintext.size()?;
        let mut tail = vec![0; clamp(last_line.len() + LINE_ENDS, size)];
        let start = size - tail.len() as u64;
        read_exact_at(&self.plaintext, &mut tail, start)?;
        Ok(tail.trim_ascii_end().ends_with(last_line.as_bytes()))
    }

    fn disks_in_plaintext(&self, accept: Accept) -> Result<u32, Error> {
        let size = self.plaintext.size()?;
        match zip::count_of_disks(&self.plaintext, accept) {
            Err(error) if !is_of_the_source(&error) => {
                // The end may be looked for at the wrong place.
                self.plaintext.settle()?;
                if self.plaintext.size()? == size {
                    return Err(error);
                }
                zip::count_of_disks(&self.plaintext, accept)
            }
            outcome => outcome,
        }
    }

    /// Whether an error about messages says more of this part than that it ends no archive.
    fn says_more(&self, message: &Error, is_lone: bool) -> bool {
        let is_text = matches!(
            message.kind(),
            ErrorKind::NotAPart { .. } | ErrorKind::NotAMessage(NoMessage::Blank)
        );
        (is_lone || is_text) && !self.begins_as_zip()
    }

    /// The answer of a server that was saved in the place of this part, if the part is to blame for
    /// `error`.
    fn answer_instead(&self, error: &Error) -> Option<Error> {
        let (ErrorKind::Damaged(damage), Doubt::Neither(message)) = (error.kind(), &self.doubt)
        else {
            return None;
        };
        let should_have = match damage {
            Damage::PartSize { expected, .. } => *expected,
            Damage::PartTooShort { least, .. } => *least,
            _ => return None,
        };
        let is_it = error.part() == Some(&self.name)
            && is_answer(&self.plaintext, message, should_have).unwrap_or(false);
        is_it.then(|| message.clone().in_part(&self.name))
    }

    fn is_cut_off(&self, error: &Error, is_lone: bool) -> bool {
        matches!(error.kind(), ErrorKind::NotAnArchive(_))
            && self.plaintext.size().is_ok_and(|size| size > 0)
            && (!is_lone || self.begins_as_zip())
    }

    fn begins_as_zip(&self) -> bool {
        let mut start = [0; 2];
        read_full_at(&self.plaintext, &mut start, 0).is_ok() && start == *b"PK"
    }
}

/// Joins the parts, with `missing`, the places of those that are not there. If they make no
/// archive, those that may be something else are looked at again.
pub(super) fn join(
    mut opened: Vec<Opened>,
    missing: &[Part],
    rules: &Rules,
) -> Result<Archive, Error> {
    let archive = |opened: &[Opened]| {
        let missing = missing.iter().cloned();
        let mut parts: Vec<Part> = opened.iter().map(Opened::part).chain(missing).collect();
        if opened.len() < parts.len() {
            parts.sort_by_key(Part::position);
        }
        let archive = Archive::of_opened(parts, rules)?;
        let weakest = opened.iter().map(|part| part.integrity).min();
        Ok(match weakest {
            Some(integrity) => archive.with_parts_of(integrity),
            None => archive,
        })
    };
    let error = match archive(&opened) {
        Err(error) if !is_of_the_source(&error) => error,
        outcome => return outcome,
    };
    let twice = opened.iter().find_map(|part| part.sealed_twice(rules));
    let mut plain = false;
    for part in &mut opened {
        if let Doubt::Plain(source) = &part.doubt {
            part.plaintext = Arc::clone(source);
            part.integrity = Integrity::None;
            plain = true;
        }
    }
    if plain && let Ok(archive) = archive(&opened) {
        return Ok(archive);
    }
    if let Some(twice) = twice {
        return Err(twice);
    }
    if let Some(answer) = opened.iter().find_map(|part| part.answer_instead(&error)) {
        return Err(answer);
    }
    // A part that begins as a message does, and was not opened, is the reason.
    let doubt = opened.iter().find_map(|part| match &part.doubt {
        Doubt::Message(message) => Some(message.clone().in_part(&part.name)),
        _ => None,
    });
    Err(doubt.unwrap_or(error))
}
