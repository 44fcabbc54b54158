//! What else is known of an export that is damaged: how its parts are sealed.

use smimezip::message::Envelope;
use smimezip::{Error, ErrorKind, Export, Integrity, UnlockOptions};

use crate::advice::Sealing;
use crate::exit::Failure;

/// An error in an export, and how that is sealed.
#[derive(Debug)]
pub(crate) struct Explained {
    pub(crate) error: Error,
    pub(crate) sealing: Sealing,
}

/// Adds to a damage in an export what is known about its sealing.
pub(crate) fn damage(error: Error, export: &Export, options: &UnlockOptions) -> Failure {
    if !matches!(error.kind(), ErrorKind::Damaged(_)) {
        return error.into();
    }
    let sealing = sealing(export, options);
    Failure::Explained(Box::new(Explained { error, sealing }))
}

/// How the parts are sealed, all in all.
pub(crate) fn sealing(export: &Export, options: &UnlockOptions) -> Sealing {
    let authenticated = export.parts().iter().all(|part| {
        let envelope = part.open().and_then(|source| Envelope::open_with(source, options));
        envelope.is_ok_and(|envelope| envelope.integrity() == Integrity::Authenticated)
    });
    if authenticated { Sealing::Authenticated } else { Sealing::NotAuthenticated }
}
