//! Exit codes, and what a person is told when something fails.

use std::process::ExitCode;

use smimezip::{Category, Error, ErrorKind, Limit, Unsupported};

use crate::explain::WrongKey;

/// Why the program ends without success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library's error.
    Library(Error),
    /// Decryption failed, with what is known about the recipients.
    WrongKey(Box<WrongKey>),
    /// The command line asks for something that cannot be.
    Usage(String),
    /// Standard output, or a file that is not the library's business.
    Io(String),
    /// The reader of standard output has gone; nobody is there to be told.
    BrokenPipe,
    /// The report was printed already.
    Reported(u8),
}

pub(crate) type Outcome = Result<(), Failure>;

pub(crate) const USAGE: u8 = 1;
pub(crate) const INPUT_OUTPUT: u8 = 2;
pub(crate) const SOME_FAILED: u8 = 8;

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
    /// The code the program exits with.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Library(error) => code_of(error),
            Self::WrongKey(wrong) => code_of(&wrong.error),
            Self::Usage(_) => USAGE,
            Self::Io(_) | Self::BrokenPipe => INPUT_OUTPUT,
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
    if matches!(error.kind(), ErrorKind::SeveralSets(_)) {
        return USAGE;
    }
    match error.category() {
        Category::Format => 3,
        Category::Key => 4,
        Category::Damaged => 5,
        Category::Set => 6,
        Category::Refused => 7,
        Category::Cancelled => 130,
        // `Io`, and what a later version may add.
        _ => INPUT_OUTPUT,
    }
}

/// What to do next about an error.
pub(crate) fn advice(error: &Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::NotAMessage(_) => {
            "download the file again; a few bytes of HTML instead of a message mean that the \
             download's session had expired"
        }
        ErrorKind::NotAnArchive(_) => {
            "name a part of the export; `smimezip decrypt` opens messages that hold no archive"
        }
        ErrorKind::Truncated => "the download was cut off; fetch this part again",
        ErrorKind::Malformed(what) if what.starts_with("data behind the end") => {
            "fetch the named part again; if something adds bytes on the way, --accept trailing-data \
             ignores them"
        }
        ErrorKind::Malformed(_) | ErrorKind::Damaged(_) => {
            "fetch the named part again; the message does not tell accident from attack"
        }
        ErrorKind::NoMatchingKey { .. } => {
            "find the private key of one of these certificates; older exports need older keys"
        }
        ErrorKind::Decrypt => {
            "give the key of the certificate that the message is for; --key may be given several \
             times"
        }
        ErrorKind::Unsupported(Unsupported::AuthenticatedCipherInEnvelopedData(_)) => {
            "allow it by --accept gcm-in-enveloped-data"
        }
        ErrorKind::Limit { limit: Limit::KdfIterations, .. } => {
            "deriving keys from the password costs more than is allowed; such a cost is rarely meant"
        }
        ErrorKind::PassphraseRequired => "give it by --passin, for example --passin file:PATH",
        ErrorKind::PassphraseWrong => "check the passphrase, or the key it belongs to",
        ErrorKind::BadKey(_) => "give the private key as PEM or DER, for example key.pem",
        ErrorKind::IncompleteSet { doubled, missing, .. } => {
            match (missing.is_empty(), doubled.is_empty()) {
                (false, true) => "fetch the missing parts into the same folder",
                (true, false) => {
                    "remove or rename the doubled files so that each part is there once"
                }
                (false, false) => {
                    "fetch the missing parts; a browser's copy \"name (1)\" may be one of them and \
                     then only needs its right name"
                }
                (true, true) => "move the files that do not belong to the set elsewhere",
            }
        }
        ErrorKind::SeveralSets(_) => "name one part of the export instead of the folder",
        ErrorKind::Limit { limit: Limit::TotalSize | Limit::Ratio, .. } => {
            "if the export is trusted, allow it by --max-size"
        }
        ErrorKind::UnsafeName(_) | ErrorKind::NameConflict(_) => {
            "the archive is not what an export should be; nothing was extracted"
        }
        ErrorKind::Exists(_) => {
            "choose another folder by -C, or --overwrite always, or --overwrite skip"
        }
        ErrorKind::NoSpace { .. } => "free some space, or extract to another disk by -C",
        ErrorKind::NoSuchEntry => "`smimezip list` shows the names",
        ErrorKind::IrregularLayout => "run the command again with --scan",
        _ => return None,
    })
}
