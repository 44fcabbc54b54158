//! Keys that are open, and files of keys that stay closed until no other key fits.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use smimezip::{Certificate, Error, ErrorKind, KeyRing, Limit, Limits, Passphrase};
use zeroize::Zeroizing;

use super::warn_if_readable_by_all;
use crate::args::KeyArgs;
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::passphrase::{PassphraseSource, Passphrases, Unread};
use crate::unwrap_command::UnwrapCommand;

/// Bytes that are read of a file at most; the library says of more that it is too large.
const MAX_FILE: u64 = 1024 * 1024 + 1;
/// How often a person is asked for one passphrase.
const ATTEMPTS: usize = 3;
/// Files without a key that are named, and keys and certificates.
const NAMED: usize = 10;

/// Keys that are open, and files of keys that are not yet.
pub(crate) struct Keys {
    pub(super) ring: KeyRing,
    locked: VecDeque<Locked>,
    pub(super) passphrases: Passphrases,
    /// Why the first of those that could not be opened was not.
    problem: Option<Problem>,
    /// Files of folders of keys that have none, each with the reason.
    pub(super) ignored: Vec<String>,
    /// Those given to choose a recipient by, until they were compared with all keys.
    pub(super) certificates: Vec<Certificate>,
    console: Console,
    limits: Limits,
}

/// A file whose keys need a passphrase.
struct Locked {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
    source: Option<PassphraseSource>,
}

/// Why a file of keys was not opened, to be said of each message that it might have opened.
#[derive(Clone)]
enum Problem {
    Key(Error),
    Source(Unread),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Key(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Key(error) => error.into(),
            Problem::Source(unread) => unread.into(),
        }
    }
}

impl Keys {
    pub(super) fn new(console: &Console, limits: &Limits) -> Self {
        Self {
            ring: KeyRing::new(),
            locked: VecDeque::new(),
            passphrases: Passphrases::default(),
            problem: None,
            ignored: Vec::new(),
            certificates: Vec::new(),
            console: *console,
            limits: limits.clone(),
        }
    }

    /// Whether nothing was given that could open a message.
    pub(crate) fn is_empty(&self) -> bool {
        self.ring.is_empty() && self.locked.is_empty()
    }

    /// The keys that are open.
    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Calls `open` with the keys that are open, and again with one more as long as none fits. What
    /// it says in the end is inside; outside, that a key could not be opened that might have been
    /// the one.
    pub(crate) fn unlock<T>(
        &mut self,
        mut open: impl FnMut(&KeyRing) -> Result<T, Error>,
    ) -> Result<Result<T, Error>, Failure> {
        // That of a key elsewhere says more than that the others did not fit either.
        let mut first = None;
        loop {
            let error = match open(&self.ring) {
                Err(error) if is_about_keys(&error) => error,
                Err(error) if !self.locked.is_empty() && is_of_one_key(&error) => {
                    first.get_or_insert(error).clone()
                }
                result => return Ok(result),
            };
            if !self.open_next() {
                self.say_ignored();
                let problem = self.problem.clone().filter(|_| first.is_none());
                return problem.map_or(Ok(Err(first.unwrap_or(error))), |it| Err(it.into()));
            }
        }
    }

    /// Opens the first file of keys that waits for its passphrase; whether there is one.
    pub(super) fn open_first(&mut self) -> Result<bool, Failure> {
        match self.locked.pop_front() {
            Some(locked) => Ok(self.open(&locked).map(|()| true)?),
            None => Ok(false),
        }
    }

    /// Opens all keys, for a message that can be read only once.
    pub(crate) fn open_all(mut self) -> Result<KeyRing, Failure> {
        while self.open_next() {}
        match self.problem.take() {
            Some(problem) if self.ring.is_empty() => return Err(problem.into()),
            Some(Problem::Key(error)) => self.console.warn(&format!("{error:#}")),
            Some(Problem::Source(unread)) => self.console.warn(unread.text()),
            None => {}
        }
        Ok(self.ring)
    }

    /// Reads the passphrases that stand in a stream before those of messages, which are read now.
    pub(super) fn read_ahead_of(&mut self, args: &KeyArgs) -> Outcome {
        let shared = args.password.iter().chain(&args.secret_key);
        for locked in &mut self.locked {
            if let Some(source) = &mut locked.source
                && source.is_stream()
                && shared.clone().any(|other| other == source)
            {
                let read = self.passphrases.read(source, &locked.name);
                let read = read.map_err(|unread| no_passphrase(unread, &locked.name))?;
                *source = PassphraseSource::Read(Zeroizing::new(read.bytes().to_vec()));
            }
        }
        Ok(())
    }

    pub(super) fn add_file(&mut self, path: &Path, source: Option<&PassphraseSource>) -> Outcome {
        Ok(self.add(path, source)?)
    }

    /// Adds what is in a file, or keeps it until its passphrase is asked for.
    fn add(&mut self, path: &Path, source: Option<&PassphraseSource>) -> Result<(), Error> {
        let name = path.display().to_string();
        let bytes = read_file(path).map_err(|error| Error::from(error).in_part(&name))?;
        let known = self.ring.unusable().len();
        let added = self.ring.add_named(&name, &bytes, &mut || None, &self.limits);
        let is_locked = |error: &Error| matches!(error.kind(), ErrorKind::PassphraseRequired);
        let has_locked = match &added {
            Ok(()) => self.ring.unusable()[known..].iter().any(|item| is_locked(item.error())),
            Err(error) => is_locked(error),
        };
        if has_locked {
            self.locked.push_back(Locked { name, bytes, source: source.cloned() });
            return Ok(());
        }
        added
    }

    /// Adds the keys in a folder, whatever else is in it.
    pub(super) fn add_folder(
        &mut self,
        folder: &Path,
        source: Option<&PassphraseSource>,
    ) -> Outcome {
        let shown = folder.display();
        let found = || -> io::Result<Vec<PathBuf>> {
            std::fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect()
        };
        let mut files = found().map_err(|error| Failure::Io(format!("{shown}: {error}")))?;
        files.sort();
        let mut has_keys = false;
        for file in files.iter().filter(|file| file.is_file()) {
            let known = self.count();
            if let Err(error) = self.add(file, source) {
                self.ignored.push(format!("{error:#}"));
            } else if self.count() == known {
                self.ignored.push(format!("{}: no private key in it", file.display()));
            } else {
                has_keys = true;
                warn_if_readable_by_all(file, &self.console);
            }
        }
        if has_keys {
            return Ok(());
        }
        let text = "there is no private key in this folder; folders in it are not searched";
        self.say_ignored();
        Err(Failure::Usage(format!("{shown}: {text}")))
    }

    fn count(&self) -> usize {
        self.ring.private_keys().len() + self.locked.len()
    }

    /// Opens one more file of keys; whether there was one that could be.
    pub(crate) fn open_next(&mut self) -> bool {
        while let Some(locked) = self.locked.pop_front() {
            let opened = self.open(&locked);
            let is_open = opened.is_ok();
            if let Err(problem) = opened {
                self.problem.get_or_insert(problem);
            }
            // A key that stays closed may be a certificate's own.
            self.check_certificates();
            if is_open {
                return true;
            }
        }
        false
    }

    /// Warns, once all keys are open, if none of the certificates given belongs to any of them.
    pub(super) fn check_certificates(&mut self) {
        if !self.locked.is_empty() {
            return;
        }
        let certificates = std::mem::take(&mut self.certificates);
        let belongs = |it: &Certificate| self.ring.private_keys().any(|key| it.certifies(key));
        let has_key = self.ring.private_keys().len() > 0 && self.problem.is_none();
        if certificates.is_empty() || !has_key || certificates.iter().any(belongs) {
            return;
        }
        let given = certificates.iter().map(ToString::to_string).collect();
        self.console.warn(&format!(
            "no certificate given belongs to a private key given, so none chooses a \
             recipient; given: {}; keys: {}",
            some(given),
            some(self.ring.describe())
        ));
    }

    fn open(&mut self, locked: &Locked) -> Result<(), Problem> {
        let Locked { name, bytes, source } = locked;
        let is_wrong = |error: &Error| matches!(error.kind(), ErrorKind::PassphraseWrong);
        let mut add = |passphrase: Passphrase| {
            let mut passphrase = Some(passphrase);
            let mut ring = self.ring.clone();
            ring.add_named(name, bytes, &mut || passphrase.take(), &self.limits)?;
            // Keys without a passphrase in the same file are no reason to take this one for right.
            let has_more = ring.private_keys().len() > self.ring.private_keys().len();
            let closed = &ring.unusable()[self.ring.unusable().len()..];
            if !has_more && closed.iter().any(|item| is_wrong(item.error())) {
                return Err(Error::from(ErrorKind::PassphraseWrong).in_part(name));
            }
            self.ring = ring;
            Ok(())
        };
        let is_asked = matches!(source, None | Some(PassphraseSource::Prompt));
        if is_asked {
            match add(Passphrase::new(Vec::new())) {
                Err(error) if is_wrong(&error) => {}
                result => return Ok(result?),
            }
        }
        let Some(source) = source else {
            return Err(Error::from(ErrorKind::PassphraseRequired).in_part(name).into());
        };
        let mut attempts = if is_asked { ATTEMPTS } else { 1 };
        loop {
            let read = self.passphrases.read(source, name);
            let passphrase = read.map_err(|unread| Problem::Source(no_passphrase(unread, name)))?;
            attempts -= 1;
            match add(passphrase) {
                Err(error) if attempts > 0 && is_wrong(&error) => {
                    self.console.warn(&format!("{error:#}"));
                }
                result => return Ok(result?),
            }
        }
    }

    /// Says which files of folders were no keys, to who looks for the key that fits.
    fn say_ignored(&self) {
        if self.console.verbose {
            return;
        }
        for file in self.ignored.iter().take(NAMED) {
            self.console.say(&format!("ignored: {file}"));
        }
        if let Some(more @ 1..) = self.ignored.len().checked_sub(NAMED) {
            self.console.say(&format!("ignored: {more} more; --verbose names them"));
        }
    }
}

/// Why there is no passphrase for a file of keys.
fn no_passphrase(unread: Unread, name: &str) -> Unread {
    unread.after(&format!("no passphrase for {name}"))
}

/// The first of these, and how many more there are.
fn some(mut texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    texts.truncate(NAMED);
    if more > 0 {
        texts.push(format!("and {more} more"));
    }
    texts.join("; ")
}

/// Whether another key might do better.
fn is_about_keys(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NoMatchingKey { .. } | ErrorKind::Decrypt)
}

/// Whether one key failed, of those that could be tried: another may do.
fn is_of_one_key(error: &Error) -> bool {
    let is_limit = |limit| matches!(limit, Limit::PrivateKeyOperations | Limit::KdfIterations);
    match error.kind() {
        ErrorKind::Limit { limit, .. } => is_limit(*limit),
        _ => error.part() == Some(UnwrapCommand::NAME),
    }
}

fn read_file(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Of its full size from the start: a buffer that grows leaves copies.
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len()).min(MAX_FILE);
    let capacity = usize::try_from(size).unwrap_or_default().max(16 * 1024);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity + 1));
    File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}
