//! Exit codes, and why the program ends without success. What a person can do about it is in
//! `advice`.

use std::process::ExitCode;

use smimezip::{Error, ErrorKind};

use crate::explain::Explained;
use crate::keystore;

/// Why the program ends without success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library's error.
    Library(Error),
    /// The library's error, with what else is known of the message.
    Explained(Box<Explained>),
    /// The command line asks for something that cannot be.
    Usage(String),
    /// Standard output, or a file that is not the library's business.
    Io(String),
    /// There is no part of an export where one was looked for; the text says where.
    NoExport(String),
    /// Two exports have the same name for one of their entries, and go to one folder.
    Collision(String),
    /// The target is no folder.
    NotAFolder(String),
    /// There is no private key where one was said to be.
    NoKey(String),
    /// No entry is of the name, or matches the patterns.
    NoMatch(String),
    /// The operating system's key store did not do what it was asked for.
    KeyStore { text: String, problem: keystore::Problem },
    /// The reader of standard output has gone; nobody is there to read it.
    BrokenPipe,
    /// The report was printed already.
    Reported(u8),
}

pub(crate) type Outcome = Result<(), Failure>;

pub(crate) const USAGE: u8 = 1;
pub(crate) const INPUT_OUTPUT: u8 = 2;
const FORMAT: u8 = 3;
const NO_KEY: u8 = 4;
pub(crate) const DAMAGED: u8 = 5;
pub(crate) const INCOMPLETE: u8 = 6;
const REFUSED: u8 = 7;
pub(crate) const SOME_FAILED: u8 = 8;
const NO_MATCH: u8 = 9;
pub(crate) const INTERRUPTED: u8 = 130;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let ErrorKind::Io(inner) = error.kind()
            && inner.kind() == std::io::ErrorKind::BrokenPipe
        {
            return Self::BrokenPipe;
        }
        Self::Library(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Error::from(error).into()
    }
}

impl Failure {
    /// Its name in JSON, where the program itself has failed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Library(error) => error.code(),
            Self::Explained(explained) => explained.error.code(),
            Self::Usage(_) => "usage",
            Self::NoExport(_) => "not_an_archive",
            Self::Collision(_) => "collision",
            Self::NotAFolder(_) => "not_a_folder",
            Self::NoKey(_) => "bad_key",
            Self::NoMatch(_) => "no_match",
            Self::KeyStore { .. } => "key_store",
            Self::Io(_) | Self::BrokenPipe => "io",
            Self::Reported(_) => "reported",
        }
    }

    /// The code the program exits with.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Library(error) => code_of(error),
            Self::Explained(explained) => code_of(&explained.error),
            Self::Usage(_) => USAGE,
            Self::NoExport(_) => FORMAT,
            Self::Collision(_) | Self::NotAFolder(_) => REFUSED,
            Self::NoKey(_) => NO_KEY,
            Self::NoMatch(_) => NO_MATCH,
            Self::Io(_) | Self::KeyStore { .. } | Self::BrokenPipe => INPUT_OUTPUT,
            Self::Reported(code) => *code,
        }
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        Self::from(failure.code())
    }
}

/// The code for an error of the library.
pub(crate) fn code_of(error: &Error) -> u8 {
    match error.kind() {
        // Nothing was given at all: that is not a key that does not fit.
        ErrorKind::NoMatchingKey { given, .. } if given.is_empty() => USAGE,
        kind => kind.exit_code(),
    }
}
