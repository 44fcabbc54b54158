//! What a caller can ask of unlocking.

use std::num::NonZeroUsize;

use crate::limits::Limits;
use crate::message::content::InnerLayers;
use crate::progress::CancelToken;

/// Options of [`Export::unlock_with`](crate::Export::unlock_with) and
/// [`Envelope::unlock_with`](crate::message::Envelope::unlock_with).
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
    limits: Limits,
    inner: InnerLayers,
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

    /// Limits for an export, instead of the defaults, also for its archive. A lone message has
    /// those that it was opened under.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.limits = limits.clone();
        self
    }

    /// Has every message unwrapped of these layers inside its encryption: a signature, which is not
    /// verified, a MIME header. By default none is.
    #[must_use]
    pub fn inner_layers(mut self, layers: InnerLayers) -> Self {
        self.inner = layers;
        self
    }

    pub(crate) fn asked_limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn asked_layers(&self) -> InnerLayers {
        self.inner
    }

    pub(crate) fn token(&self) -> &CancelToken {
        &self.cancel
    }

    pub(crate) fn asked_threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }
}
