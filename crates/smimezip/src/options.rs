//! What a caller can ask of opening and unlocking, for messages and archives alike. Nothing here
//! knows how it is done.

mod rules;

use std::num::NonZeroUsize;

pub use rules::Accept;
pub(crate) use rules::{LayoutPolicy, Rules};

use crate::limits::Limits;
use crate::progress::CancelToken;

/// Layers inside the encryption that are to be unwrapped where they are met. By default none
/// is: what was encrypted is what comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct InnerLayers {
    pub(crate) signed_data: bool,
    pub(crate) mime_header: bool,
}

impl InnerLayers {
    /// None of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// SignedData (RFC 5652 section 5), in any container, as with Italian electronic invoices
    /// (`invoice.zip.p7m.enc`). **The signature is not verified.**
    #[must_use]
    pub fn signed_data(mut self, yes: bool) -> Self {
        self.signed_data = yes;
        self
    }

    /// A MIME entity's header section, and base64 if it says so: what `openssl smime -encrypt
    /// -text` adds, and Bouncy Castle around a body part.
    #[must_use]
    pub fn mime_header(mut self, yes: bool) -> Self {
        self.mime_header = yes;
        self
    }

    /// Every layer this crate knows.
    pub fn all() -> Self {
        Self { signed_data: true, mime_header: true }
    }
}

/// How exports, messages and archives are opened and unlocked. Whatever opens one has a form that
/// takes these options: [`Export::unlock_with`](crate::Export::unlock_with),
/// [`Envelope::open_with`](crate::message::Envelope::open_with),
/// [`Decoder::with_options`](crate::message::Decoder::with_options),
/// [`Archive::open_with`](crate::Archive::open_with). The form without is the same with the
/// defaults.
///
/// ```
/// # use smimezip::{CancelToken, UnlockOptions};
/// let token = CancelToken::new();
/// let options = UnlockOptions::new().threads(4).cancel(&token);
/// ```
#[derive(Clone, Debug, Default)]
pub struct UnlockOptions {
    cancel: CancelToken,
    threads: Option<NonZeroUsize>,
    rules: Rules,
    inner: InnerLayers,
    is_incomplete: bool,
}

impl UnlockOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has `token` stop the call.
    #[must_use]
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }

    /// Has so many threads work, at most 64; 0, the default, is all of the machine's, at most 16. A
    /// part, or a lone message, is the work of one.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// Limits instead of the defaults. They count for all that is done with what was opened under
    /// them; [`Envelope::unlock_with`](crate::message::Envelope::unlock_with) goes by those that
    /// the envelope was opened under, whatever it is given.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.rules.limits = limits.clone();
        self
    }

    /// What is accepted although a standard says otherwise. Counts where [`limits`](Self::limits)
    /// count.
    #[must_use]
    pub fn accept(mut self, accept: Accept) -> Self {
        self.rules.accept = accept;
        self
    }

    /// Has every message unwrapped of these layers inside its encryption: a signature, which is not
    /// verified, a MIME header. By default none is. It counts where a message is unlocked with
    /// these options, not where one is only opened.
    #[must_use]
    pub fn inner_layers(mut self, layers: InnerLayers) -> Self {
        self.inner = layers;
        self
    }

    /// Whether to open a set although parts of it are missing; by default that is an error. The
    /// last part must be there, and those that have the directory. Which entries can be read then
    /// says [`Archive::availability`](crate::Archive::availability); what needs all parts, as
    /// extraction does by default, fails as before. It counts for
    /// [`Export::unlock_with`](crate::Export::unlock_with) only.
    ///
    /// Of pieces (`.zip.001 …`) the sizes of those that are missing must be known: all but the last
    /// are of one size, and of as many bytes as the directory says. Else, and where anything is odd
    /// at the start or end of an archive, sets are incomplete as ever: where their entries lie is
    /// known by all parts together.
    #[must_use]
    pub fn incomplete(mut self, yes: bool) -> Self {
        self.is_incomplete = yes;
        self
    }

    /// The same options, the layout of messages scanned first.
    #[must_use]
    pub(crate) fn scanning(mut self) -> Self {
        self.rules = self.rules.scanning();
        self
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn asked_layers(&self) -> InnerLayers {
        self.inner
    }

    pub(crate) fn may_be_incomplete(&self) -> bool {
        self.is_incomplete
    }

    pub(crate) fn token(&self) -> &CancelToken {
        &self.cancel
    }

    pub(crate) fn asked_threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }
}
