//! What a caller can ask of unlocking.

use std::num::NonZeroUsize;

use crate::progress::CancelToken;

/// Options of [`Export::unlock_with`](crate::Export::unlock_with) and
/// [`Envelope::unlock_with`](crate::Envelope::unlock_with).
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

    /// Has so many threads work, at most 64; 0, the default, is all of the machine's, at most 16. A part, or
    /// a lone message, is the work of one.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    pub(crate) fn token(&self) -> &CancelToken {
        &self.cancel
    }

    pub(crate) fn asked_threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }
}
