//! One error type for the whole crate: a kind, and where it was: the part, the entry, the offset.
//!
//! Kinds carry numbers and names, never only prose. Everything that depends on a secret is the
//! one bare kind [`ErrorKind::Decrypt`], so that nobody learns from an error *which* check on
//! secret data failed (RFC 3218, REQUIREMENTS of every RSA PKCS #1 v1.5 decrypter).

mod category;
mod certificate_problem;
mod damage;
mod display;
mod incomplete_set;
mod io_error;
mod key_problem;
mod name_problem;
mod no_message;
mod table;
mod text;
mod unsupported;

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use der::asn1::ObjectIdentifier;

pub use category::Category;
pub use certificate_problem::CertificateProblem;
pub use damage::Damage;
pub use key_problem::KeyProblem;
pub use name_problem::NameProblem;
pub use no_message::NoMessage;
pub(crate) use text::is_unsafe;
use text::{io_text, list, list_or_nothing, parts_text, set_text};
pub use unsupported::Unsupported;

use crate::limits::Limit;
use crate::oid::Oid;
use crate::part_name::PartName;

/// What this crate's calls return when they fail: what is wrong, and where.
///
/// Cheap to clone, so that a reader can repeat its error for ever.
///
/// Of a failed read or write, [`source`](std::error::Error::source) is the [`io::Error`] itself,
/// and `{}` says only what kind of failure it was, so that a report of an error with its causes
/// says nothing twice. `{:#}` says all in one line.
///
/// ```
/// use smimezip::error::Category;
/// use smimezip::{ErrorKind, Export, KeyRing};
///
/// let error = Export::discover("../../examples/data")?.unlock(&KeyRing::new()).unwrap_err();
/// match error.kind() {
///     ErrorKind::NoMatchingKey { recipients, .. } => assert_eq!(recipients.len(), 1),
///     _ => panic!("{error:#}"),
/// }
/// assert_eq!((error.category(), error.code()), (Category::Key, "no_matching_key"));
/// assert!(error.part().is_some());
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    parts: Option<Parts>,
    entry: Option<String>,
    offset: Option<u64>,
    keys: Option<Keys>,
    /// See [`Error::irregular`].
    is_irregular: bool,
}

/// The parts an error is in.
#[derive(Clone)]
struct Parts {
    names: Vec<String>,
    /// All of them, or of many the first and the last.
    text: String,
}

/// What is known of a message that no key opened.
#[derive(Clone)]
struct Keys {
    recipients: Vec<String>,
    given: Vec<String>,
}

/// What is wrong.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system or a caller's source refused a read or a write.
    #[error("{}", io_text(.0))]
    Io(Arc<io::Error>),
    /// The input is in none of the forms an S/MIME or CMS message has.
    #[error("not an S/MIME or CMS message: {0}")]
    NotAMessage(NoMessage),
    /// A text stands in the place of a message: the answer of a server whose session had expired,
    /// as HTML, JSON, XML or a sentence.
    #[error("not an S/MIME or CMS message, but a text that begins with \"{line}\"")]
    NotAPart {
        /// Its first line, control characters escaped, cut to 80 characters.
        line: String,
    },
    /// The input has no end of central directory record where a zip archive has it.
    #[error("not a zip archive: {0}")]
    NotAnArchive(&'static str),
    /// The message breaks its standard.
    #[error("malformed message: {0}")]
    Malformed(&'static str),
    /// The input ends before it is complete.
    #[error("cut off: the input ends before it is complete")]
    Truncated,
    /// Bytes follow the end, as what carried the input may add them;
    /// [`Accept::trailing_data`](crate::message::Accept::trailing_data) ignores them.
    #[error("{count} bytes follow the end")]
    TrailingData {
        /// How many they are.
        count: u64,
    },
    /// A legal input that this crate does not open.
    #[error("not supported: {0}")]
    Unsupported(Unsupported),
    /// The message is for other recipients than the given keys.
    #[error(
        "none of the given keys is for this message; it is addressed to {}; given: {}",
        list(recipients),
        list_or_nothing(given)
    )]
    NoMatchingKey {
        /// Whom the message is for and what kind of key they have, one text per recipient.
        recipients: Vec<String>,
        /// What was given, one text per key, and per item that cannot be used
        /// ([`KeyRing::unusable`](crate::KeyRing::unusable)).
        given: Vec<String>,
    },
    /// Decryption failed. Deliberately without detail: the key does not fit or the message is
    /// damaged, and which of the two must not be learned from here.
    #[error("decryption failed: the key does not fit, or the message is damaged")]
    Decrypt,
    /// The private key is encrypted and no passphrase was given.
    #[error("the private key is encrypted and needs a passphrase")]
    PassphraseRequired,
    /// The passphrase does not open the private key.
    #[error("the passphrase does not open the private key")]
    PassphraseWrong,
    /// A file that should hold a private key or a certificate does not.
    #[error("not a usable key or certificate: {0}")]
    BadKey(KeyProblem),
    /// Nothing is sealed for a certificate, and why.
    #[error("nothing is sealed for the certificate of {subject}: {problem}")]
    UnsuitableCertificate {
        /// Its subject's distinguished name (RFC 4514).
        subject: String,
        /// What is wrong with it.
        problem: CertificateProblem,
    },
    /// The parts at hand are not exactly the parts of the set.
    #[error("{}", set_text(missing, extra, duplicates, unfinished, misnamed))]
    IncompleteSet {
        /// Names of parts that are not there.
        missing: Vec<PartName>,
        /// Names of parts that lie beyond the end of the set.
        extra: Vec<String>,
        /// Names of files that claim a place another file has, and browser copies.
        duplicates: Vec<String>,
        /// Names of files that a program is still downloading, or did not finish, for what is
        /// missing.
        unfinished: Vec<String>,
        /// Names of files that are missing parts with something appended to the name.
        misnamed: Vec<String>,
    },
    /// Several sets were found where one was asked for.
    #[error("several sets here, name one of them: {}", list(.0))]
    SeveralSets(Vec<String>),
    /// The data contradict themselves or their checksum.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// A limit of [`Limits`](crate::Limits) was reached.
    #[error("limit reached: {limit}, allowed {allowed}")]
    Limit {
        /// Which one.
        limit: Limit,
        /// Its value.
        allowed: u64,
    },
    /// An entry's name is not safe to create.
    #[error("unsafe name: {0}")]
    UnsafeName(NameProblem),
    /// Two entries cannot both exist in one folder on every platform.
    #[error("in conflict with entry \"{0}\": the same name, or a file where a folder must be")]
    NameConflict(String),
    /// A file is already there and overwriting was not asked for.
    #[error("already exists: {}", .0.display())]
    Exists(PathBuf),
    /// The file system has less free space than the plan needs.
    #[error("not enough free space: {needed} bytes needed, {available} available")]
    NoSpace {
        /// Bytes that extraction would write.
        needed: u64,
        /// Bytes that the file system offers.
        available: u64,
    },
    /// A file of which an entry is made is not as it was when it was found, or grew, shrank or
    /// changed while it was read.
    #[error("changed while it was read")]
    Changed,
    /// No entry has that name.
    #[error("no entry of that name")]
    NoSuchEntry,
    /// The call itself makes no sense, whatever the data are: a word that is no option, an entry of
    /// another archive.
    #[error("{0}")]
    InvalidArgument(String),
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// An error of this kind, its place not yet known.
    pub fn new(kind: ErrorKind) -> Self {
        let (parts, entry, offset, keys) = (None, None, None, None);
        let inner = Inner { kind, parts, entry, offset, keys, is_irregular: false };
        Self { inner: Arc::new(inner) }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// Name of the part it happened in, as it stands in the message: where an entry lies in several
    /// parts, their names in one text, of many the first and the last. [`parts`](Self::parts) has
    /// each of them.
    pub fn part(&self) -> Option<&str> {
        self.inner.parts.as_ref().map(|parts| parts.text.as_str())
    }

    /// Names of the parts it may have happened in: one, or all that hold the entry.
    pub fn parts(&self) -> &[String] {
        self.inner.parts.as_ref().map_or(&[], |parts| &parts.names)
    }

    /// Name of the archive's entry it happened in.
    pub fn entry(&self) -> Option<&str> {
        self.inner.entry.as_deref()
    }

    /// Position in bytes: in the part that is named; in the decrypted part for what is inside it.
    pub fn offset(&self) -> Option<u64> {
        self.inner.offset
    }

    /// A name of its kind that programs may compare and store; see [`ErrorKind::code`].
    pub fn code(&self) -> &'static str {
        self.inner.kind.code()
    }

    /// The class of what can be done about it.
    pub fn category(&self) -> Category {
        self.inner.kind.category()
    }

    /// Whom the message is for and what kind of key they have, one text per recipient, if no key
    /// that was given opens it. It stands in the message, for everybody to read.
    pub fn recipients(&self) -> &[String] {
        match (&self.inner.kind, &self.inner.keys) {
            (ErrorKind::NoMatchingKey { recipients, .. }, _) => recipients,
            (_, Some(keys)) => &keys.recipients,
            _ => &[],
        }
    }

    /// What was given for these recipients, one text per key, and per item that cannot be used
    /// ([`KeyRing::unusable`](crate::KeyRing::unusable)).
    pub fn keys_given(&self) -> &[String] {
        match (&self.inner.kind, &self.inner.keys) {
            (ErrorKind::NoMatchingKey { given, .. }, _) => given,
            (_, Some(keys)) => &keys.given,
            _ => &[],
        }
    }

    /// The same error, said to be in that part, unless it names one already.
    #[must_use]
    pub fn in_part(self, part: impl Into<String>) -> Self {
        self.in_parts([part])
    }

    /// The same error, said to be in these parts, unless it names one already or these are none.
    #[must_use]
    pub fn in_parts(mut self, parts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        if self.inner.parts.is_none() {
            let names: Vec<String> = parts.into_iter().map(Into::into).collect();
            let text = parts_text(&names);
            self.inner_mut().parts = (!names.is_empty()).then_some(Parts { names, text });
        }
        self
    }

    /// The same error, said to be in that entry, unless it names one already.
    #[must_use]
    pub fn in_entry(mut self, entry: impl Into<String>) -> Self {
        self.inner_mut().entry.get_or_insert_with(|| entry.into());
        self
    }

    /// The same error at that offset, unless it has one already.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.inner_mut().offset.get_or_insert(offset);
        self
    }

    /// The same error, which says for whom the message is and what was given.
    pub(crate) fn about_keys(mut self, recipients: Vec<String>, given: Vec<String>) -> Self {
        self.inner_mut().keys = Some(Keys { recipients, given });
        self
    }

    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }

    /// Whether it says nothing of the data, only that they could not be had this time: who tries
    /// something else after an error must not do so after this one.
    pub(crate) fn is_passing(&self) -> bool {
        let kind = self.kind();
        matches!(kind, ErrorKind::Io(_) | ErrorKind::NoSpace { .. } | ErrorKind::Cancelled)
    }

    /// Lines or chunks are not of the one length they were assumed to have, so that there are more
    /// or fewer bytes than was said. Scanned, the same message may be right: the view of the
    /// content does so.
    pub(crate) fn irregular() -> Self {
        let what =
            "lines or chunks of unequal length, which hold another number of bytes than assumed";
        let mut error = Self::malformed(what);
        error.inner_mut().is_irregular = true;
        error
    }

    /// Whether scanning the layout may help.
    pub(crate) fn is_irregular(&self) -> bool {
        self.inner.is_irregular
    }

    pub(crate) fn malformed(what: &'static str) -> Self {
        ErrorKind::Malformed(what).into()
    }

    pub(crate) fn record(what: &'static str) -> Self {
        ErrorKind::Damaged(Damage::Record(what)).into()
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Unsupported::Other(what.into()).into()
    }

    /// That only a build with `feature` opens what is named.
    #[cfg(not(feature = "default"))]
    pub(crate) fn without(feature: &'static str, what: impl Into<String>) -> Self {
        Unsupported::Feature { what: what.into(), feature }.into()
    }

    /// That what `oid` names is not supported; `what` says what it is, with its name.
    pub(crate) fn unsupported_oid(oid: ObjectIdentifier, what: String) -> Self {
        Unsupported::Named { what, oid: Oid::new(oid) }.into()
    }

    pub(crate) fn bad_key(reason: impl Into<Cow<'static, str>>) -> Self {
        KeyProblem::new(reason).into()
    }

    pub(crate) fn limit(limit: Limit, allowed: u64) -> Self {
        ErrorKind::Limit { limit, allowed }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests;
