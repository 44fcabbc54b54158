//! What an error says, what it shows for debugging, and what is below it.

use std::fmt::{self, Write as _};

use super::text::Escape;
use super::{Error, ErrorKind};

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.kind {
            ErrorKind::Io(inner) => Some(&**inner),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = f.alternate();
        // Names come from strangers; none may drive a terminal.
        let mut f = Escape(f);
        if let Some(part) = self.part() {
            write!(f, "{part}: ")?;
        }
        if let Some(entry) = &self.inner.entry {
            write!(f, "entry \"{}\": ", entry.escape_debug())?;
        }
        match &self.inner.kind {
            ErrorKind::Io(inner) if is_whole => write!(f, "{inner}")?,
            kind => write!(f, "{kind}")?,
        }
        match self.inner.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("parts", &self.parts())
            .field("entry", &self.inner.entry)
            .field("offset", &self.inner.offset)
            .finish()
    }
}
