//! Passphrases in the operating system's key store: the Secret Service of a Linux desktop (GNOME
//! Keyring, KWallet), the Keychain of macOS, the Credential Manager of Windows. What is stored is
//! found by its name alone. Only `system` talks to the key store.

use std::borrow::Cow;
use std::fmt;

use crate::exit::{Failure, Outcome};
use crate::history::in_shell;

#[cfg(feature = "keystore")]
mod system;
#[cfg(not(feature = "keystore"))]
#[path = "keystore/left_out.rs"]
mod system;

pub(crate) use system::{forget, get, store};

/// Why the key store did not do what it was asked for. A reason is what the system says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "keystore"), allow(dead_code, reason = "what is left out does not fail"))]
pub(crate) enum Problem {
    /// The program was built without it.
    LeftOut,
    /// There is none, or it does not answer.
    NotThere { reason: String },
    /// It has nothing under this name.
    NotStored { name: String },
    /// The same, where it was to be removed.
    NothingToForget { name: String },
    /// It was not unlocked, or refuses.
    NoAccess { reason: String },
    /// It has several entries under this name.
    Several { name: String },
    /// Something else.
    Failed { reason: String },
}

impl Problem {
    /// What it is, without a word that comes from elsewhere.
    pub(crate) fn summary(&self) -> Cow<'static, str> {
        match self {
            Self::LeftOut => {
                "a passphrase in the key store, keystore:NAME, needs a build with the feature \
                 \"keystore\", which this one does not have"
            }
            Self::NotThere { .. } => "no key store answers here",
            Self::NotStored { name } | Self::NothingToForget { name } => {
                return format!("the key store has no passphrase under the name {name}").into();
            }
            Self::NoAccess { .. } => "the key store is locked, or gives no access",
            Self::Several { name } => {
                return format!("the key store has several entries under the name {name}").into();
            }
            Self::Failed { .. } => "the key store failed",
        }
        .into()
    }

    /// What to do about it, if there is anything.
    pub(crate) fn advice(&self) -> Option<Cow<'static, str>> {
        let text = match self {
            Self::LeftOut => "give the passphrase by file:PATH or env:VAR instead",
            Self::NotThere { .. } => {
                "on Linux a desktop session has one (GNOME Keyring, KWallet); without it, give the \
                 passphrase by file:PATH or env:VAR"
            }
            Self::NotStored { name } => {
                return Some(format!("`{}` stores it", in_shell(&command("store", name))).into());
            }
            Self::NothingToForget { .. } => return None,
            Self::NoAccess { .. } => {
                "unlock it, or allow what it asks, and try again; file:PATH and env:VAR do without \
                 a key store"
            }
            Self::Several { name } => {
                let (forget, store) = (command("forget", name), command("store", name));
                let (forget, store) = (in_shell(&forget), in_shell(&store));
                let text =
                    format!("`{forget}` removes them all, `{store}` stores the right one then");
                return Some(text.into());
            }
            Self::Failed { .. } => "file:PATH and env:VAR do without a key store",
        };
        Some(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        match self {
            Self::NotThere { reason } | Self::NoAccess { reason } | Self::Failed { reason } => {
                write!(f, ": {reason}")
            }
            Self::LeftOut
            | Self::NotStored { .. }
            | Self::NothingToForget { .. }
            | Self::Several { .. } => Ok(()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            // That is so before anything is tried.
            Problem::LeftOut => {
                let advice = problem.advice().unwrap_or_default();
                Self::Usage(format!("{}; {advice}", problem.summary()))
            }
            problem => Self::KeyStore { text: problem.to_string(), problem },
        }
    }
}

/// Refuses what a program that was built without the key store cannot do.
pub(crate) fn check() -> Outcome {
    if cfg!(feature = "keystore") { Ok(()) } else { Err(Problem::LeftOut.into()) }
}

/// The arguments of what is to be done with a name, which may look like an option.
fn command(action: &str, name: &str) -> Vec<String> {
    let end_of_options = name.starts_with('-').then_some("--");
    let words = ["passphrase", action].into_iter().chain(end_of_options).chain([name]);
    words.map(str::to_owned).collect()
}
