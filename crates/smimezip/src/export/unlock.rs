//! Unlocking an export: which parts are sealed, what each holds, and what to say if they make no
//! archive. Whether a part *looks* like a message never decides that it is one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::opened::{Doubt, Opened, Pieces, is_of_the_source, join};
use super::{Export, gaps};
use crate::error::{Category, Damage, Error, ErrorKind};
use crate::integrity::Integrity;
use crate::keys::KeyRing;
use crate::limits::Limit;
use crate::message::{Content, Envelope};
use crate::options::{InnerLayers, Rules, UnlockOptions};
use crate::part_name::Numbering;
use crate::parts::{Absent, Part, PartName, Position};
use crate::progress::{Phase, Progress, check, current};
use crate::read_at::{ReadAt, Windowed};
use crate::smime;
use crate::threads::{self, Attended};
use crate::zip::Archive;

/// What all parts are unlocked with.
pub(super) struct Unlocking<'a> {
    export: &'a Export,
    rules: &'a Rules,
    inner: InnerLayers,
    pub(super) keys: &'a KeyRing,
    threads: usize,
    /// Whether parts may be missing.
    may_be_incomplete: bool,
    /// That the call's gauge knows how much there is to verify.
    counted: Once,
}

/// See [`Export::unlock`].
pub(super) fn unlock(
    export: &Export,
    keys: &KeyRing,
    options: &UnlockOptions,
    progress: &mut dyn Progress,
) -> Result<Archive, Error> {
    let threads = threads::count(options.asked_threads());
    let unlocking = Unlocking::new(export, keys, options, threads);
    let mut attended = Attended::new(options.token(), progress);
    attended.call().gauge().begin(0, export.parts.len() as u64);
    let archive = attended.stage(Phase::Unlocking, || unlocking.archive());
    let archive = archive.map_err(|error| say_unfinished(export, error))?;
    // Once more, as all is done.
    attended.begin(Phase::Unlocking)?;
    Ok(archive)
}

/// See [`Export::needs_key_with`].
pub(super) fn needs_key(export: &Export, rules: &Rules) -> Result<bool, Error> {
    if export.parts.iter().any(Part::has_seal) {
        return Ok(true);
    }
    for part in &export.parts {
        match open(part.open()?, rules) {
            Ok(_) => return Ok(true),
            Err(error) if is_of_the_source(&error) => return Err(error.in_part(part.name())),
            Err(_) => {}
        }
    }
    Ok(false)
}

/// Opens a message within a call.
pub(super) fn open(source: Arc<dyn ReadAt>, rules: &Rules) -> Result<Envelope, Error> {
    let (source, _kept) = Windowed::message(source);
    Envelope::open_windowed(&source, rules)
}

impl<'a> Unlocking<'a> {
    pub(super) fn new(
        export: &'a Export,
        keys: &'a KeyRing,
        options: &'a UnlockOptions,
        threads: usize,
    ) -> Self {
        let (rules, inner, counted) = (options.rules(), options.asked_layers(), Once::new());
        let may_be_incomplete = options.may_be_incomplete();
        Self { export, rules, inner, keys, threads, may_be_incomplete, counted }
    }

    fn archive(&self) -> Result<Archive, Error> {
        let (parts, rules) = (&self.export.parts, self.rules);
        if parts.len() as u64 > u64::from(rules.parts) {
            return Err(Error::limit(Limit::Parts, rules.parts.into()));
        }
        let Some(last) = parts.iter().find(|part| part.position() == Position::Last) else {
            return self.archive_of_pieces();
        };
        let mut last = self.open(last)?;
        let _kept = last.keep_tail();
        let disks = last.count_of_disks(rules, parts.len() == 1)?;
        if disks > rules.parts {
            let error = Error::limit(Limit::Parts, rules.parts.into());
            return Err(error.in_part(&last.name));
        }
        let missing = self.check_complete(Some(disks), self.may_be_incomplete)?;
        let missing: Vec<Part> = missing.into_iter().map(Part::missing).collect();
        let mut opened = self.open_all(|part| part.position() != Position::Last)?;
        opened.push(last);
        join(opened, &missing, rules)
    }

    fn archive_of_pieces(&self) -> Result<Archive, Error> {
        let is_cut = self.export.found.name.numbering() == Numbering::Cut;
        let missing = self.check_complete(None, self.may_be_incomplete && is_cut)?;
        let count = (self.export.parts.len() + missing.len()) as u64;
        if count > u64::from(self.rules.parts) {
            return Err(Error::limit(Limit::Parts, self.rules.parts.into()));
        }
        let opened = self.open_all(|_| true)?;
        if !missing.is_empty() {
            return match self.archive_with_gaps(opened, &missing) {
                Err(error) if is_of_the_source(&error) => Err(error),
                Ok(Some(archive)) => Ok(archive),
                // Then all of them are needed to know anything.
                Ok(None) | Err(_) => {
                    let absent = self.export.found.absent(None);
                    Err(incomplete(absent, Vec::new(), Vec::new()))
                }
            };
        }
        let pieces = Pieces::of(&opened)?;
        join(opened, &[], self.rules).map_err(|error| {
            let missing = match error.kind() {
                // Pieces do not say how many there are. Without an end record the last is cut off,
                // which makes it shorter than the others, or those after it are missing.
                ErrorKind::NotAnArchive(_) if pieces.last_is_shorter => {
                    return Error::from(ErrorKind::Truncated).in_part(pieces.last);
                }
                ErrorKind::NotAnArchive(_) => pieces.next,
                // Nor where they begin.
                ErrorKind::Damaged(Damage::PartSize { expected, actual })
                    if pieces.before.is_some()
                        && expected.checked_sub(*actual) == Some(pieces.first_size) =>
                {
                    pieces.before
                }
                _ => None,
            };
            match missing {
                Some(position) => {
                    ErrorKind::missing(vec![self.export.found.name.part(position)]).into()
                }
                None => error,
            }
        })
    }

    /// The archive of pieces of which some are not there, if it is known how large each of them is.
    fn archive_with_gaps(
        &self,
        opened: Vec<Opened>,
        missing: &[PartName],
    ) -> Result<Option<Archive>, Error> {
        match gaps::lay_out(&opened, missing, self.rules.accept)? {
            Some(missing) => join(opened, &missing, self.rules).map(Some),
            None => Ok(None),
        }
    }

    /// Refuses a set of which parts are missing, there twice or too many. Returns those that are
    /// missing where they may be.
    fn check_complete(
        &self,
        disks: Option<u32>,
        may_be_missing: bool,
    ) -> Result<Vec<PartName>, Error> {
        let found = &self.export.found;
        let absent = found.absent(disks);
        let extra = disks.map_or_else(Vec::new, |disks| found.extra(disks));
        let duplicates = self.export.conflicting()?;
        let is_enough = absent.missing.is_empty() || may_be_missing;
        if is_enough && extra.is_empty() && duplicates.is_empty() {
            return Ok(absent.missing);
        }
        Err(incomplete(absent, extra, duplicates))
    }

    /// Opens the chosen parts, several at a time: each takes a private-key operation.
    fn open_all(&self, choose: impl Fn(&Part) -> bool) -> Result<Vec<Opened>, Error> {
        let chosen: Vec<&Part> = self.export.parts.iter().filter(|part| choose(part)).collect();
        let opened = Mutex::new(BTreeMap::new());
        self.each(&chosen, |part| {
            let part = self.open(part)?;
            opened.lock().unwrap_or_else(PoisonError::into_inner).insert(part.position, part);
            Ok(())
        })?;
        Ok(opened.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
    }

    /// Has threads do `work` for each of `parts`, begun in their order. The first error stops all.
    fn each(
        &self,
        parts: &[&Part],
        work: impl Fn(&Part) -> Result<(), Error> + Sync,
    ) -> Result<(), Error> {
        let next = AtomicUsize::new(0);
        threads::team(self.threads.min(parts.len()), || {
            while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                check()?;
                work(part)?;
            }
            Ok(())
        })
    }

    pub(super) fn open(&self, part: &Part) -> Result<Opened, Error> {
        let named = |error: Error| error.in_part(part.name());
        // All that is done here works on the same few bytes of the part's head and tail.
        let (source, _kept) = Windowed::message(part.open().map_err(named)?);
        let plaintext = self.plaintext(source, part.has_seal()).map_err(named)?;
        let (plaintext, integrity, doubt) = plaintext;
        if let Some(call) = current() {
            call.gauge().add_entry();
        }
        Ok(Opened {
            name: part.name().to_owned(),
            position: part.position(),
            plaintext,
            integrity,
            doubt,
        })
    }

    /// What is in a part, and how sure that is: what it holds as a message, or itself. Where its
    /// name says that it is sealed, it must be a message; elsewhere any bytes may stand in it.
    fn plaintext(
        &self,
        source: Arc<dyn ReadAt>,
        has_seal: bool,
    ) -> Result<(Arc<dyn ReadAt>, Integrity, Doubt), Error> {
        let rules = self.rules;
        match Envelope::open_windowed(&source, rules).and_then(|it| self.content(&it)) {
            Ok(content) => {
                let doubt = if has_seal { Doubt::None } else { Doubt::Plain(source) };
                let integrity = content.integrity();
                Ok((Arc::new(content), integrity, doubt))
            }
            Err(error) if has_seal || is_of_the_source(&error) => Err(error),
            // That it is none was seen in as much of it as is looked at here.
            Err(error) if is_no_message(&error) => {
                Ok((source, Integrity::None, Doubt::Neither(error)))
            }
            Err(error) if smime::begins_as_message(&source, rules) => {
                Ok((source, Integrity::None, Doubt::Message(error)))
            }
            Err(error) => Ok((source, Integrity::None, Doubt::Neither(error))),
        }
    }

    fn content(&self, envelope: &Envelope) -> Result<Content, Error> {
        if envelope.bytes_to_verify() > 0 {
            // Where counting panics, that panic is the one to be seen.
            self.counted.call_once_force(|_| self.count_bytes());
        }
        let content = envelope.unlock(self.keys)?;
        content.inside_of(self.inner, self.rules)
    }

    /// Has the call's gauge know how many bytes of all parts are to be verified, for which their
    /// heads are read. What is wrong with a part is found when it is opened.
    fn count_bytes(&self) {
        let Some(call) = current() else { return };
        let parts: Vec<&Part> = self.export.parts.iter().collect();
        let total = AtomicU64::new(0);
        let counted = self.each(&parts, |part| {
            let envelope = part.open().and_then(|source| open(source, self.rules));
            let bytes = envelope.map_or(0, |envelope| envelope.bytes_to_verify());
            total.fetch_add(bytes, Ordering::Relaxed);
            Ok(())
        });
        if counted.is_ok() {
            call.gauge().know_bytes(total.into_inner());
        }
    }
}

fn incomplete(absent: Absent, extra: Vec<String>, duplicates: Vec<String>) -> Error {
    let Absent { missing, unfinished, misnamed } = absent;
    ErrorKind::IncompleteSet { missing, extra, duplicates, unfinished, misnamed }.into()
}

/// Whether the error says that a part does not begin as a message does.
fn is_no_message(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotAMessage(_) | ErrorKind::NotAPart { .. })
}

/// Says of a part that is of no use and has an unfinished download beside it that it is not there
/// yet: some programs make the file first, empty or of full size, and fill it later.
fn say_unfinished(export: &Export, error: Error) -> Error {
    if !matches!(error.category(), Category::Format | Category::Damaged) {
        return error;
    }
    let named = |part: &&Part| error.part() == Some(part.name());
    let Some(part) = export.parts.iter().find(named) else { return error };
    let Some(download) = export.found.unfinished_at(part.position()) else { return error };
    let (missing, unfinished) = (vec![export.found.name.part(part.position())], vec![download]);
    let (extra, duplicates, misnamed) = (Vec::new(), Vec::new(), Vec::new());
    ErrorKind::IncompleteSet { missing, extra, duplicates, unfinished, misnamed }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What makes a reader suspect a message, to be mixed with bytes that mean nothing.
    const FRAGMENTS: [&[u8]; 24] = [
        b"Content-Type: application/pkcs7-mime",
        b"MIME-Version: 1.0",
        b"Key: value",
        b"From ",
        b"\r\n",
        b"\n",
        b"\n\n",
        b" ",
        b":",
        b"-----BEGIN CMS-----",
        b"-----BEGIN PKCS7-----\n",
        b"-----END PKCS7-----\n",
        b"-----BEGIN PRIVATE KEY-----",
        b"MIIBAgYJKoZIhvcNAQcDoIIB",
        b"MIAGCSqGSIb3DQEHA6CAMIACAQAxg",
        b"AAAA",
        b"====",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\0",
        b"\x30\x40\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x31\x30\x2f",
        b"\x31\x80\x30\x80",
        b"\0\0",
        b"{\"id\": 1}",
        b"<html>",
        b"\xef\xbb\xbf",
    ];

    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn below(&mut self, bound: usize) -> usize {
            usize::try_from(self.next() % bound as u64).unwrap()
        }
    }

    #[test]
    fn no_plain_part_is_refused_or_taken_for_a_message() {
        let export = Export::from_parts([Part::new("e.zip", [])]).unwrap();
        let keys = KeyRing::new();
        let (threads, counted) = (1, Once::new());
        let (export, keys, rules) = (&export, &keys, &Rules::default());
        let inner = InnerLayers::default();
        let may_be_incomplete = false;
        let unlocking =
            Unlocking { export, rules, inner, keys, threads, may_be_incomplete, counted };
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut bytes = Vec::new();
        for number in 0..100_000 {
            bytes.clear();
            for _ in 0..random.below(6) {
                if number % 3 > 0 && random.below(3) > 0 {
                    bytes.extend_from_slice(FRAGMENTS[random.below(FRAGMENTS.len())]);
                } else {
                    let count = random.below(40);
                    bytes.extend((0..count).map(|_| random.next().to_le_bytes()[3]));
                }
            }
            let source: Arc<dyn ReadAt> = Arc::new(bytes.clone());
            let (plaintext, _, doubt) = unlocking.plaintext(source, false).unwrap();
            assert_eq!(plaintext.size().unwrap(), bytes.len() as u64);
            assert!(matches!(doubt, Doubt::Message(_) | Doubt::Neither(_)), "{bytes:?}");
        }
    }
}
