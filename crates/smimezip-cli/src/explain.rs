//! What else is known of a message that did not open, and of an export that is damaged: for whom
//! the message is, against what was given; how the parts are sealed. All of it is public: what
//! stands in the message, and what kind of keys its reader has.

use std::sync::Arc;

use smimezip::{
    Envelope, Error, ErrorKind, Export, Integrity, KeyRing, Limits, ReadAt, RecipientInfo,
};

use crate::advice::Sealing;
use crate::exit::Failure;

/// An error, and what a person needs to know to go on.
#[derive(Debug)]
pub(crate) struct Explained {
    pub(crate) error: Error,
    /// For whom the message is, one text per recipient; empty if it is not of interest.
    pub(crate) recipients: Vec<String>,
    /// What was given, one text per key.
    pub(crate) given: Vec<String>,
    pub(crate) sealing: Option<Sealing>,
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
    let mut given = keys.describe();
    given.extend(keys.unusable().iter().map(|item| format!("not usable: {item}")));
    Failure::Explained(Box::new(Explained { error, recipients, given, sealing: None }))
}

/// Adds to a damage in an export what is known about its sealing.
pub(crate) fn damage(error: Error, export: &Export, limits: &Limits) -> Failure {
    if !matches!(error.kind(), ErrorKind::Damaged(_)) {
        return error.into();
    }
    let sealing = Some(sealing(export, limits));
    let (recipients, given) = (Vec::new(), Vec::new());
    Failure::Explained(Box::new(Explained { error, recipients, given, sealing }))
}

/// How the parts are sealed, all in all.
pub(crate) fn sealing(export: &Export, limits: &Limits) -> Sealing {
    let authenticated = export.parts().iter().all(|part| {
        let envelope = part.open().and_then(|source| Envelope::open(source, limits));
        envelope.is_ok_and(|envelope| envelope.integrity() == Integrity::Authenticated)
    });
    if authenticated { Sealing::Authenticated } else { Sealing::NotAuthenticated }
}
