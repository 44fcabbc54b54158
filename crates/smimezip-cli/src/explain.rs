//! A key that does not open: for whom the message is, against what was given. All of it is public: what
//! stands in the message, and what kind of keys its reader has.

use std::sync::Arc;

use smimezip::{Envelope, Error, ErrorKind, KeyRing, Limits, ReadAt, RecipientInfo};

use crate::exit::Failure;

/// What a person needs to know to find the right key.
#[derive(Debug)]
pub(crate) struct WrongKey {
    pub(crate) error: Error,
    /// For whom the message is, one text per recipient.
    pub(crate) recipients: Vec<String>,
    /// What was given, one text per key.
    pub(crate) given: Vec<String>,
}

/// Adds to a failed decryption of `message` what is known about its recipients.
pub(crate) fn wrong_key(
    error: Error,
    message: Option<Arc<dyn ReadAt>>,
    limits: &Limits,
    keys: &KeyRing,
) -> Failure {
    if !matches!(error.kind(), ErrorKind::Decrypt) {
        return error.into();
    }
    let Some(envelope) = message.and_then(|source| Envelope::open(source, limits).ok()) else {
        return error.into();
    };
    let recipients = envelope.recipient_infos().iter().map(RecipientInfo::describe).collect();
    Failure::WrongKey(Box::new(WrongKey { error, recipients, given: keys.describe() }))
}
