//! To an `io::Error` and back: the layers of views speak `io::Result`.

use std::io;
use std::sync::Arc;

use super::{Error, ErrorKind};

/// An `io::Error` that carries one of ours (the layers of views speak `io::Result`) gives it back.
/// Any other is a failure of its source, also an `UnexpectedEof`: a connection that broke is not
/// damage.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(ours) => ours,
            Err(other) => ErrorKind::Io(Arc::new(other)).into(),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Io(inner) if inner.kind() != io::ErrorKind::Interrupted => inner.kind(),
            ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Unsupported(_) => io::ErrorKind::Unsupported,
            ErrorKind::NoSuchEntry => io::ErrorKind::NotFound,
            ErrorKind::Exists(_) => io::ErrorKind::AlreadyExists,
            ErrorKind::InvalidArgument(_) => io::ErrorKind::InvalidInput,
            // Never `Interrupted`: callers of `Read` and `Write` would try again, what was done
            // already would be done twice, and perhaps for ever.
            ErrorKind::Io(_) | ErrorKind::Cancelled => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
