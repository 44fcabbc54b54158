//! Opening what is encrypted in one key file: the passphrase is asked for at most once, what it may
//! be understood as is tried in turn, and all of it is paid for.

use zeroize::Zeroizing;

use super::budget::Budget;
use super::passphrase_form;
use super::pbe::Scheme;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::secret::Passphrase;

/// Where something encrypted stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a file of its own.
    Alone,
    /// In a PKCS #12 file.
    Pkcs12 {
        /// Whether the file's integrity code has shown the passphrase to be right.
        is_right: bool,
    },
}

/// Opens what is encrypted in one file.
pub(super) struct Opener<'a> {
    ask: &'a mut dyn FnMut() -> Option<Passphrase>,
    asked: bool,
    passphrase: Option<Passphrase>,
    pub(super) budget: Budget,
    depth: usize,
}

impl<'a> Opener<'a> {
    pub(super) fn new(ask: &'a mut dyn FnMut() -> Option<Passphrase>, limits: &Limits) -> Self {
        let budget = Budget::new(limits);
        Self { ask, asked: false, passphrase: None, budget, depth: limits.depth }
    }

    /// Nesting that is allowed.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// # Errors
    /// `PassphraseRequired`.
    pub(super) fn passphrase(&mut self) -> Result<&Passphrase, Error> {
        if !self.asked {
            self.passphrase = (self.ask)();
            self.asked = true;
        }
        self.passphrase.as_ref().ok_or_else(|| ErrorKind::PassphraseRequired.into())
    }

    /// Takes the passphrase that was found to be right though nobody gave one.
    pub(super) fn take(&mut self, passphrase: Passphrase) {
        self.passphrase = Some(passphrase);
    }

    /// The forms of the passphrase for a scheme in that place.
    pub(super) fn forms(
        &mut self,
        scheme: &Scheme,
        place: Place,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
        let passphrase = self.passphrase()?;
        Ok(match (scheme, place) {
            (Scheme::Pkcs12 { .. }, _) => passphrase_form::for_pkcs12(passphrase),
            (Scheme::Pbes2(_), Place::Pkcs12 { .. }) => {
                passphrase_form::for_pkcs5_in_pkcs12(passphrase)
            }
            (Scheme::Pbes2(_), Place::Alone) => {
                vec![Zeroizing::new(passphrase.bytes().to_vec())]
            }
        })
    }

    /// Decrypts with each form of the passphrase until the outcome is what it should be.
    ///
    /// # Errors
    /// `PassphraseRequired`, `PassphraseWrong`, `Limit`; `BadKey` where the passphrase is known to
    /// be right, or for impossible parameters.
    pub(super) fn decrypt(
        &mut self,
        scheme: &Scheme,
        sealed: &[u8],
        place: Place,
        is_right: impl Fn(&[u8]) -> bool,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        // What costs too much is refused before anybody is asked.
        self.budget.check(scheme.cost(0))?;
        for form in self.forms(scheme, place)? {
            if let Some(bytes) = scheme.decrypt(sealed, &form, &mut self.budget)?
                && is_right(&bytes)
            {
                return Ok(bytes);
            }
        }
        Err(if place == (Place::Pkcs12 { is_right: true }) {
            Error::bad_key("encrypted under another passphrase than the file's, or damaged")
        } else {
            ErrorKind::PassphraseWrong.into()
        })
    }
}
