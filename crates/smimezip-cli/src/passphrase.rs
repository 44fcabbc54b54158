//! Where the passphrase of a private key comes from: the sources of `openssl`'s `-passin`, a
//! person, the key store. A stream is read once in a run, a line for each passphrase that is asked
//! for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use smimezip::Passphrase;
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::keystore;
use crate::text;

/// Bytes that are read of one source at most.
const MAX_SOURCE: u64 = 64 * 1024;
/// What a stream may hold, in memory.
const CAPACITY: usize = 64 * 1024;
/// Bytes read at once.
const BUFFER: usize = 4096;

/// Whether a person is being asked.
static IS_ASKING: AtomicBool = AtomicBool::new(false);
/// Milliseconds for which one was.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// Whether a person is being asked for a passphrase, and nothing else is done.
pub(crate) fn is_asking() -> bool {
    IS_ASKING.load(Ordering::Relaxed)
}

/// For how long a person has been asked for passphrases in all.
pub(crate) fn time_asked() -> Duration {
    Duration::from_millis(ASKED.load(Ordering::Relaxed))
}

/// Asks a person, and counts the time.
fn ask<T>(question: impl FnOnce() -> T) -> T {
    let since = Instant::now();
    IS_ASKING.store(true, Ordering::Relaxed);
    let answer = question();
    IS_ASKING.store(false, Ordering::Relaxed);
    let asked = u64::try_from(since.elapsed().as_millis()).unwrap_or_default();
    ASKED.fetch_add(asked, Ordering::Relaxed);
    answer
}

/// A source named on the command line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PassphraseSource {
    Environment(String),
    File(PathBuf),
    Descriptor(u32),
    Stdin,
    Prompt,
    /// The name of what is in the operating system's key store.
    KeyStore(String),
    Text(Zeroizing<String>),
    /// A line of a stream that was read before its turn.
    Read(Zeroizing<Vec<u8>>),
    /// No source. What was given instead may be the passphrase itself, and is not kept.
    Unknown,
}

/// No error, although a text may be none: clap shows what it cannot parse, and that may be the
/// passphrase.
impl FromStr for PassphraseSource {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once(':') {
            None if text == "stdin" => Self::Stdin,
            None if text == "prompt" => Self::Prompt,
            Some(("env", name)) => Self::Environment(name.to_owned()),
            Some(("file", path)) => Self::File(path.into()),
            Some(("fd", number)) => number.parse().map_or(Self::Unknown, Self::Descriptor),
            // The system's interfaces end a text at a zero, and would look for another name.
            Some(("keystore", name)) if !name.is_empty() && !name.contains('\0') => {
                Self::KeyStore(name.to_owned())
            }
            Some(("pass", text)) => Self::Text(Zeroizing::new(text.to_owned())),
            _ => Self::Unknown,
        })
    }
}

// The text of `pass:` must not come out through clap's own messages.
impl std::fmt::Debug for PassphraseSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassphraseSource")
    }
}

impl PassphraseSource {
    /// The source used if none is named: the terminal, if there is one.
    pub(crate) fn standard() -> Option<Self> {
        (io::stdin().is_terminal() || io::stderr().is_terminal()).then_some(Self::Prompt)
    }

    /// Whether what is read of it is gone.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self, Self::File(_) | Self::Descriptor(_) | Self::Stdin)
    }

    /// Its name in a message. Nothing secret is in it.
    fn name(&self) -> String {
        match self {
            Self::Environment(_) => "the environment".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Descriptor(number) => format!("file descriptor {number}"),
            Self::Stdin => "standard input".to_owned(),
            Self::Prompt => "the terminal".to_owned(),
            Self::KeyStore(_) => "the key store".to_owned(),
            Self::Text(_) | Self::Read(_) | Self::Unknown => "the command line".to_owned(),
        }
    }
}

/// Why a passphrase was not read.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    text: String,
    /// Of the key store, of which more can be said.
    problem: Option<keystore::Problem>,
}

impl Unread {
    /// The same with words before it.
    pub(crate) fn after(self, words: &str) -> Self {
        Self { text: format!("{words}: {}", self.text), ..self }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self { text: error.to_string(), problem: None }
    }
}

impl From<keystore::Problem> for Unread {
    fn from(problem: keystore::Problem) -> Self {
        Self { text: problem.to_string(), problem: Some(problem) }
    }
}

impl From<Unread> for Failure {
    fn from(Unread { text, problem }: Unread) -> Self {
        match problem {
            Some(problem) => Self::KeyStore { text, problem },
            None => Self::Io(text),
        }
    }
}

/// What was read, or begun to be read, in this run.
#[derive(Default)]
pub(crate) struct Passphrases {
    streams: Vec<(PassphraseSource, Lines)>,
    /// What the key store said of each name: it may ask a person, who has answered then.
    stored: BTreeMap<String, Result<Zeroizing<Vec<u8>>, keystore::Problem>>,
}

impl Passphrases {
    /// Reads the next passphrase of `source`; `what` is the file it opens.
    pub(crate) fn read(
        &mut self,
        source: &PassphraseSource,
        what: &str,
    ) -> Result<Passphrase, Unread> {
        self.read_unnamed(source, what).map_err(|unread| match unread.problem {
            // It names the key store itself.
            Some(_) => unread,
            None => unread.after(&source.name()),
        })
    }

    fn read_stored(&mut self, name: &str) -> Result<Passphrase, keystore::Problem> {
        let ask_once = || ask(|| keystore::get(name));
        match self.stored.entry(name.to_owned()).or_insert_with(ask_once) {
            Ok(bytes) => Ok(Passphrase::new(bytes.as_slice())),
            Err(problem) => Err(problem.clone()),
        }
    }

    fn read_unnamed(
        &mut self,
        source: &PassphraseSource,
        what: &str,
    ) -> Result<Passphrase, Unread> {
        let open: Box<dyn FnOnce() -> io::Result<Box<dyn Read>>> = match source {
            PassphraseSource::Environment(name) => {
                let value = std::env::var_os(name).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::NotFound, format!("{name} is not set"))
                })?;
                return Ok(Passphrase::new(value.into_encoded_bytes()));
            }
            PassphraseSource::Text(text) => return Ok(Passphrase::new(text.as_bytes())),
            PassphraseSource::Read(line) => return Ok(Passphrase::new(line.as_slice())),
            PassphraseSource::Prompt => {
                let question = format!("Passphrase for {}: ", text::safe(what));
                let prompted = ask(|| rpassword::prompt_password(question));
                let text = Zeroizing::new(prompted.map_err(|error| {
                    io::Error::new(error.kind(), format!("there is none to ask on ({error})"))
                })?);
                return Ok(Passphrase::new(text.as_bytes()));
            }
            PassphraseSource::File(path) => {
                let path = path.clone();
                Box::new(|| Ok(Box::new(File::open(path)?)))
            }
            PassphraseSource::Descriptor(number) => {
                let path = format!("/dev/fd/{number}");
                Box::new(|| Ok(Box::new(File::open(path)?)))
            }
            PassphraseSource::Stdin => Box::new(|| Ok(Box::new(io::stdin()))),
            PassphraseSource::KeyStore(name) => return Ok(self.read_stored(name)?),
            PassphraseSource::Unknown => {
                return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
            }
        };
        if let Some((_, lines)) = self.streams.iter_mut().find(|(known, _)| known == source) {
            return Ok(lines.next_or_last()?);
        }
        let mut lines = Lines::new(open()?);
        let first = lines.next_or_last();
        self.streams.push((source.clone(), lines));
        Ok(first?)
    }
}

/// The lines of a stream, without their ends, each read when it is asked for.
struct Lines {
    source: io::Take<Box<dyn Read>>,
    /// What was read and not yet used.
    held: Zeroizing<Vec<u8>>,
    at_end: bool,
    last: Option<Zeroizing<Vec<u8>>>,
}

impl Lines {
    fn new(source: Box<dyn Read>) -> Self {
        // Never moved as it grows, which would leave a copy.
        let held = Zeroizing::new(Vec::with_capacity(CAPACITY));
        Self { source: source.take(MAX_SOURCE), held, at_end: false, last: None }
    }

    /// The next line; the last one again where there is none, or but an empty one at the end.
    fn next_or_last(&mut self) -> io::Result<Passphrase> {
        let line = self.next_line()?;
        let used_up = line.is_empty() && self.is_used_up()?;
        let line = match self.last.take() {
            Some(last) if used_up => last,
            _ => line,
        };
        let passphrase = Passphrase::new(line.as_slice());
        self.last = Some(line);
        Ok(passphrase)
    }

    fn next_line(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                let mut rest = Zeroizing::new(Vec::with_capacity(CAPACITY));
                rest.extend_from_slice(&self.held[end + 1..]);
                let mut line = std::mem::replace(&mut self.held, rest);
                line.truncate(end + 1);
                let text = line.strip_suffix(b"\n").unwrap_or(&line);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                return Ok(Zeroizing::new(text.to_vec()));
            }
            if !self.fill()? {
                let line = std::mem::take(&mut self.held);
                let text = line.strip_suffix(b"\r").unwrap_or(&line);
                return Ok(Zeroizing::new(text.to_vec()));
            }
        }
    }

    fn is_used_up(&mut self) -> io::Result<bool> {
        Ok(self.held.is_empty() && !self.fill()?)
    }

    /// Reads more; whether there was any.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        let mut buffer = Zeroizing::new([0; BUFFER]);
        loop {
            match self.source.read(&mut *buffer) {
                // The rest would be a passphrase that is not whole.
                Ok(0) if self.source.limit() == 0 => {
                    let what = "more than 64 KiB where a passphrase should be";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                }
                Ok(0) => {
                    self.at_end = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.held.extend_from_slice(&buffer[..count]);
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &'static str, count: usize) -> Vec<String> {
        let mut lines = Lines::new(Box::new(text.as_bytes()));
        (0..count)
            .map(|_| String::from_utf8(lines.next_or_last().unwrap().bytes().to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn a_line_for_each_key_and_the_last_for_all_others() {
        assert_eq!(of("s\n", 3), ["s", "s", "s"]);
        assert_eq!(of("s", 2), ["s", "s"]);
        assert_eq!(of("one\r\ntwo\r\n", 4), ["one", "two", "two", "two"]);
        assert_eq!(of("one\n\nthree", 4), ["one", "", "three", "three"]);
        assert_eq!(of("one\n\n", 3), ["one", "one", "one"]);
        assert_eq!(of("", 2), ["", ""]);
        assert_eq!(of("\ntwo", 2), ["", "two"]);
    }

    #[test]
    fn what_is_no_source_is_not_kept() {
        for text in [
            "hunter2",
            "",
            "stdin:x",
            "fd:secret",
            "password:secret",
            "keystore",
            "keystore:",
            "keystore:a\0secret",
        ] {
            let source: PassphraseSource = text.parse().unwrap();
            assert!(source == PassphraseSource::Unknown, "{text}");
            assert!(!format!("{source:?}").contains("secret"));
        }
    }
}
