//! What is seen of a set for its status, one step after the other, and the verdict on it.

use std::time::SystemTime;

use super::Verdict;
use crate::error::{Category, Error, ErrorKind};
use crate::export::Export;
use crate::export::answer::Sizes;
use crate::export::unlock::{self, Unlocking};
use crate::limits::Limit;
use crate::message::Envelope;
use crate::options::Rules;
use crate::parts::{self, Part, PartName, Position};
use crate::progress::check;

/// The most bytes of an authenticated last part, which has to be verified whole before a byte of it
/// is read, that are read for a status.
const MAX_VERIFIED: u64 = 1024 * 1024;

/// What was seen of a set so far.
pub(super) struct Look<'a> {
    export: &'a Export,
    rules: &'a Rules,
    /// The part that says most: the last, or the first if that is not here.
    main: Option<&'a Part>,
    /// Of that part, if it is a message.
    envelope: Option<Envelope>,
    pub(super) bytes: u64,
    /// The size of the largest part.
    largest: u64,
    pub(super) created: Option<SystemTime>,
    pub(super) recipients: Vec<String>,
    pub(super) key_fits: Option<bool>,
    pub(super) total: Option<u32>,
    is_too_large: bool,
    /// The first part that is of no use, and why.
    damage: Option<(Position, Error)>,
    /// A piece after those that are here, which do not end as an archive does.
    next: Option<PartName>,
}

impl<'a> Look<'a> {
    pub(super) fn new(export: &'a Export, rules: &'a Rules) -> Self {
        let ends = |part: &&Part| !matches!(part.position(), Position::Split(_));
        let main = export.parts.iter().rfind(ends).or(export.parts.first());
        Self {
            export,
            rules,
            main,
            envelope: None,
            bytes: 0,
            largest: 0,
            created: None,
            recipients: Vec::new(),
            key_fits: None,
            total: None,
            is_too_large: false,
            damage: None,
            next: None,
        }
    }

    /// Keeps what is wrong with a part, unless the whole call is to stop.
    fn note(&mut self, part: &Part, error: Error) -> Result<(), Error> {
        if matches!(error.kind(), ErrorKind::Cancelled) {
            return Err(error);
        }
        self.damage.get_or_insert_with(|| (part.position(), error.in_part(part.name())));
        Ok(())
    }

    pub(super) fn at_files(&mut self) -> Result<(), Error> {
        for part in &self.export.parts {
            check()?;
            match part.size_and_time() {
                // A download that was begun, or that failed.
                Ok((0, _)) => self.note(part, ErrorKind::Truncated.into())?,
                Ok((size, time)) => {
                    self.bytes = self.bytes.saturating_add(size);
                    self.largest = self.largest.max(size);
                    self.created = match (self.created, time) {
                        (Some(one), Some(other)) => Some(one.min(other)),
                        (one, other) => one.or(other),
                    };
                }
                Err(error) => self.note(part, error)?,
            }
        }
        Ok(())
    }

    pub(super) fn at_heads(&mut self) -> Result<(), Error> {
        for part in &self.export.parts {
            check()?;
            let is_main = self.main.is_some_and(|main| main.position() == part.position());
            match part.open().and_then(|source| unlock::open(source, self.rules)) {
                Ok(envelope) if is_main => {
                    let infos = envelope.recipient_infos();
                    self.recipients = infos.iter().map(ToString::to_string).collect();
                    self.envelope = Some(envelope);
                }
                Err(error) if part.has_seal() || self.is_answer(part, &error) => {
                    self.note(part, error)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether what a server answered stands in the place of a part that is not sealed and is no
    /// message for the reason `message`.
    fn is_answer(&self, part: &Part, message: &Error) -> bool {
        let sizes = Sizes::of(&self.export.parts, self.largest);
        let source = part.open();
        source.is_ok_and(|source| {
            let accept = self.rules.accept;
            sizes.is_answer(part.position(), &source, message, accept).unwrap_or(false)
        })
    }

    /// Finds the end record, or, without a last part, whether a key fits.
    pub(super) fn at_end(&mut self, unlocking: &Unlocking<'_>) -> Result<(), Error> {
        let Some(main) = self.main else { return Ok(()) };
        let has_keys = !unlocking.keys.is_empty();
        if main.has_seal() && self.envelope.is_none() {
            return Ok(());
        }
        if let Some(envelope) = self.envelope.as_ref().filter(|_| main.has_seal()) {
            self.is_too_large = envelope.bytes_to_verify() > MAX_VERIFIED;
            if !has_keys {
                return Ok(());
            }
            if self.is_too_large || matches!(main.position(), Position::Split(_)) {
                let fits = if self.is_too_large {
                    envelope.check_keys(unlocking.keys)
                } else {
                    envelope.unlock(unlocking.keys).map(drop)
                };
                return self.take_key(main, fits).map(drop);
            }
        }
        if matches!(main.position(), Position::Split(_)) {
            return Ok(());
        }
        let mut opened = match unlocking.open(main) {
            Err(error) => return self.take_key(main, Err(error)).map(drop),
            Ok(opened) => opened,
        };
        if main.has_seal() {
            self.key_fits = Some(true);
        }
        let is_piece = matches!(main.position(), Position::Piece(_));
        let is_lone = self.export.parts.len() == 1 && !is_piece;
        match opened.count_of_disks(self.rules, is_lone) {
            Ok(_) if is_piece => {
                self.total = u32::try_from(self.export.parts.len()).ok();
            }
            Ok(disks) if disks > self.rules.parts => {
                self.note(main, Error::limit(Limit::Parts, self.rules.parts.into()))?;
            }
            Ok(disks) => self.total = Some(disks),
            Err(error) if is_piece && is_no_end(&error) => {
                let number = main.position().number().and_then(|it| it.checked_add(1));
                let next = number.map(|it| self.export.found.name.part(Position::Piece(it)));
                self.next = next;
            }
            Err(error) => self.take_key(main, Err(error)).map(drop)?,
        }
        Ok(())
    }

    /// Takes what using the keys for a part came to.
    fn take_key(&mut self, part: &Part, outcome: Result<(), Error>) -> Result<(), Error> {
        match outcome {
            Ok(()) => self.key_fits = Some(true),
            Err(error) if error.category() == Category::Key => self.key_fits = Some(false),
            Err(error) => self.note(part, error)?,
        }
        Ok(())
    }

    pub(super) fn verdict(&mut self) -> Result<Verdict, Error> {
        let found = &self.export.found;
        let absent = found.absent(self.total.filter(|_| self.next.is_none()));
        let mut missing = absent.missing;
        missing.extend(self.next.take());
        if let Some((position, _)) = &self.damage
            && let Some(file) = found.unfinished_at(*position)
        {
            // Some programs make the file first, empty or of full size, and fill it later.
            missing.push(found.name.part(*position));
            return Ok(Verdict::StillDownloading { missing, files: vec![file] });
        }
        let mut conflicting = match self.export.different_copies(parts::has_same_ends) {
            Err(error) if !matches!(error.kind(), ErrorKind::Cancelled) => {
                return Ok(Verdict::Damaged(error));
            }
            conflicting => conflicting?,
        };
        conflicting.extend(self.total.map_or_else(Vec::new, |total| found.extra(total)));
        if !conflicting.is_empty() {
            return Ok(Verdict::Conflicting(conflicting));
        }
        if let Some((_, error)) = self.damage.take() {
            return Ok(Verdict::Damaged(error));
        }
        let lacks_last = missing.iter().any(|name| name.position() == Position::Last);
        Ok(if lacks_last || (!missing.is_empty() && !absent.unfinished.is_empty()) {
            Verdict::StillDownloading { missing, files: absent.unfinished }
        } else if !missing.is_empty() {
            Verdict::Missing(missing)
        } else if self.total.is_some() {
            Verdict::Complete
        } else if self.is_too_large && self.key_fits == Some(true) {
            Verdict::NotCounted
        } else {
            Verdict::NoKey
        })
    }
}

/// Whether the error says that what was read does not end as an archive does.
fn is_no_end(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotAnArchive(_) | ErrorKind::Truncated)
}
