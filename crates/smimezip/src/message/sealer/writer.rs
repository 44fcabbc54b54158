//! `SealedWriter`: the sealer as a `Write` over a `Write`.

use std::fmt;
use std::io::{self, Write};

use super::{KnownKey, PIECE, SealOptions, Sealer};
use crate::error::Error;
use crate::keys::Recipient;

/// Seals what is written to it and writes the message on: to a file, a pipe, an upload.
///
/// [`finish`](Self::finish) must be called: a writer that is dropped before leaves a message that
/// is cut off, which every reader sees. Errors stick; those of [`Write`] carry an [`Error`].
///
/// ```
/// use std::io::Write;
/// use std::time::SystemTime;
///
/// use smimezip::Certificate;
/// use smimezip::keys::Recipient;
/// use smimezip::message::{SealOptions, SealedWriter};
///
/// let file = std::fs::read("../../examples/data/certificate.pem")?;
/// let certificate = Certificate::from_bytes(&file)?;
/// let recipient = Recipient::from_certificate(&certificate, SystemTime::now())?;
/// let pipe = Vec::new();
/// let mut writer = SealedWriter::new(pipe, &[recipient], &SealOptions::new())?;
/// writer.write_all(b"as much as there is")?;
/// let pipe = writer.finish()?;
/// assert!(pipe.starts_with(b"MIME-Version: 1.0\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SealedWriter<W> {
    sink: W,
    sealer: Sealer,
    /// What is being written; empty between calls.
    message: Vec<u8>,
    failed: Option<Error>,
}

impl<W> fmt::Debug for SealedWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedWriter")
            .field("sealer", &self.sealer)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl<W: Write> SealedWriter<W> {
    /// A new message for these recipients, written to `sink`. Nothing is written before the first
    /// call.
    ///
    /// # Errors
    /// Those of [`Sealer::new`].
    pub fn new(sink: W, recipients: &[Recipient], options: &SealOptions) -> Result<Self, Error> {
        Self::with_known_key(sink, recipients, options).map(|(writer, _)| writer)
    }

    /// The same, and the key that opens the message.
    ///
    /// # Errors
    /// As `new`.
    pub(crate) fn with_known_key(
        sink: W,
        recipients: &[Recipient],
        options: &SealOptions,
    ) -> Result<(Self, KnownKey), Error> {
        let (sealer, key) = Sealer::with_known_key(recipients, options)?;
        Ok((Self { sink, sealer, message: Vec::new(), failed: None }, key))
    }

    /// Writes what is left of the message, flushes, and returns the sink.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the sink refuses it; those of [`Sealer::finish`].
    pub fn finish(self) -> Result<W, Error> {
        let Self { mut sink, sealer, mut message, failed } = self;
        if let Some(error) = failed {
            return Err(error);
        }
        sealer.finish(&mut message)?;
        sink.write_all(&message)?;
        sink.flush()?;
        Ok(sink)
    }

    fn write_on(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.sealer.update(piece, &mut self.message)?;
        self.sink.write_all(&self.message)?;
        self.message.clear();
        Ok(())
    }

    /// Has an error stick.
    fn fail(&mut self, error: Error) -> io::Error {
        self.failed = Some(error.clone());
        error.into()
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        let piece = &buf[..buf.len().min(PIECE)];
        self.write_on(piece).map_err(|error| self.fail(error))?;
        Ok(piece.len())
    }

    /// Flushes the sink. What does not fill a block or a line yet stays here.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        self.sink.flush().map_err(|error| self.fail(error.into()))
    }
}
