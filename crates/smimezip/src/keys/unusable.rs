//! What a key file holds beside its keys and certificates, and cannot be used: kept with its
//! reason, for whoever looks for the key that does not open.

use std::fmt;

use der::asn1::ObjectIdentifier;

use crate::error::{Error, ErrorKind, KeyProblem};
use crate::oid::Named;

/// That a key is encrypted in a way that is not known.
pub(super) fn not_known(oid: ObjectIdentifier) -> Error {
    Error::unsupported_oid(oid, format!("a key encrypted with {}", Named(oid)))
}

/// An item of a key file that cannot be used.
#[derive(Clone, Debug)]
pub struct UnusableItem {
    file: Option<String>,
    item: String,
    error: Error,
    is_key: bool,
}

impl UnusableItem {
    pub(super) fn new(item: impl Into<String>, error: Error) -> Self {
        Self { file: None, item: item.into(), error, is_key: false }
    }

    /// One that is a private key, or is called one.
    pub(super) fn key(item: impl Into<String>, error: Error) -> Self {
        Self { is_key: true, ..Self::new(item, error) }
    }

    /// Whether it is a private key, or is called one.
    pub(super) fn is_key(&self) -> bool {
        self.is_key
    }

    #[must_use]
    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    /// The file it is in, if it came from one.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Which item of the file it is: its number and its label, if it has one.
    pub fn item(&self) -> &str {
        &self.item
    }

    /// Why it cannot be used.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Whether another passphrase, or a higher limit, could make a key of it.
    pub(super) fn is_unopened(&self) -> bool {
        matches!(
            self.error.kind(),
            ErrorKind::PassphraseRequired | ErrorKind::PassphraseWrong | ErrorKind::Limit { .. }
        )
    }
}

impl fmt::Display for UnusableItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}, ", file.escape_debug())?;
        }
        write!(f, "{}: {}", self.item.escape_debug(), self.error)
    }
}

/// The error of a file of which these items are all there is to say.
pub(super) fn nothing_usable(items: &[&UnusableItem]) -> Error {
    const MAX_REASONS: usize = 5;
    let Some(first) = items.first() else {
        return Error::bad_key("no private key and no certificate in it");
    };
    let reason = |item: &&UnusableItem| match item.error.kind() {
        ErrorKind::BadKey(problem) => problem.reason().to_owned(),
        ErrorKind::Unsupported(what) => what.to_string(),
        other => other.to_string(),
    };
    let mut reasons: Vec<String> = Vec::new();
    for text in items.iter().map(reason) {
        if reasons.len() < MAX_REASONS && !reasons.contains(&text) {
            reasons.push(text);
        }
    }
    if reasons.len() == 1 {
        return first.error.clone();
    }
    let reasons = reasons.join("; ");
    if items.iter().all(|item| matches!(item.error.kind(), ErrorKind::Unsupported(_))) {
        return Error::unsupported(reasons);
    }
    let convert = items.iter().find_map(|item| match item.error.kind() {
        ErrorKind::BadKey(problem) => problem.convert(),
        _ => None,
    });
    KeyProblem::new(reasons).convert_by(convert).into()
}
