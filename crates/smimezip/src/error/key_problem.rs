//! Why a file that should hold a private key or a certificate does not, or holds one that cannot be
//! used.

use std::borrow::Cow;
use std::fmt;

/// Why a key, or the file of one, cannot be used, and what makes a usable one of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProblem {
    reason: Cow<'static, str>,
    convert: Option<&'static str>,
}

impl KeyProblem {
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), convert: None }
    }

    /// The same, with the command that converts it.
    #[must_use]
    pub(crate) fn convert_by(mut self, command: impl Into<Option<&'static str>>) -> Self {
        self.convert = command.into();
        self
    }

    /// What is wrong with it, or what it is instead of a key that is read.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The command that makes a file of it that is read, where there is one; `FILE` stands for the
    /// file as it is.
    pub fn convert(&self) -> Option<&'static str> {
        self.convert
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match self.convert {
            Some(command) => write!(f, "; to convert it: {command}"),
            None => Ok(()),
        }
    }
}

impl From<KeyProblem> for super::Error {
    fn from(problem: KeyProblem) -> Self {
        super::ErrorKind::BadKey(problem).into()
    }
}
