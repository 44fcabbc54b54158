//! `SealingSink`: seals each part of a set on its way to another sink, and reads all of them back
//! before that one gives them their names.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::build::BuildOptions;
use crate::error::Error;
use crate::keys::Recipient;
use crate::message::{KnownKey, KnownKeys, SealOptions, SealedWriter};
use crate::parts::{PartName, PartReceipt, PartSink, PartWriter};
use crate::read_at::ReadAt;

/// Seals each part as a message of its own, with a content-encryption key of its own, and writes it
/// to another sink.
pub struct SealingSink<S> {
    sink: S,
    recipients: Vec<Recipient>,
    seal: SealOptions,
    /// `None` where nothing is read back.
    known: Option<Known>,
}

/// What reading back takes.
struct Known {
    keys: Arc<Mutex<KnownKeys>>,
    build: BuildOptions,
}

/// A part on its way through a [`SealingSink`].
pub struct SealedPart<P> {
    writer: SealedWriter<P>,
    /// Kept when the part is complete.
    key: Option<(KnownKey, Arc<Mutex<KnownKeys>>)>,
}

impl<S: PartSink> SealingSink<S> {
    /// Seals for these recipients; a size in the options does not count, as each part has its own.
    ///
    /// What is made is not read back. [`ExportBuilder`](super::ExportBuilder) has it done.
    ///
    /// # Errors
    /// Those of [`Sealer::new`](crate::message::Sealer::new).
    pub fn new(sink: S, recipients: &[Recipient], options: &SealOptions) -> Result<Self, Error> {
        let seal = options.of_unknown_size();
        // Wrong options are seen before anything is begun.
        SealedWriter::new(io::sink(), recipients, &seal)?;
        Ok(Self { sink, recipients: recipients.to_vec(), seal, known: None })
    }

    /// The same, with all parts read back before they get their names.
    pub(super) fn reading_back(mut self, build: &BuildOptions) -> Self {
        self.known = Some(Known { keys: Arc::default(), build: build.clone() });
        self
    }
}

impl<S: PartSink> PartSink for SealingSink<S> {
    type Part = SealedPart<S::Part>;

    fn begin(&mut self, name: &PartName) -> Result<Self::Part, Error> {
        let part = self.sink.begin(name)?;
        let (writer, key) = SealedWriter::with_known_key(part, &self.recipients, &self.seal)?;
        let key = self.known.as_ref().map(|known| (key, Arc::clone(&known.keys)));
        Ok(SealedPart { writer, key })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        self.sink.read_back(part)
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        #[cfg(feature = "extract")]
        if let Some(Known { keys, build }) = self.known {
            let keys = std::mem::take(&mut *keys.lock().unwrap_or_else(PoisonError::into_inner));
            super::read_back::read_back(&self.sink, &parts, keys, &build)?;
        }
        self.sink.commit(parts)
    }
}

impl<P: PartWriter> Write for SealedPart<P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl<P: PartWriter> PartWriter for SealedPart<P> {
    fn finish(self) -> Result<PartReceipt, Error> {
        let receipt = self.writer.finish()?.finish()?;
        if let Some((key, keys)) = self.key {
            keys.lock().unwrap_or_else(PoisonError::into_inner).add(key);
        }
        Ok(receipt)
    }
}

impl<S> fmt::Debug for SealingSink<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingSink")
            .field("recipients", &self.recipients)
            .field("seal", &self.seal)
            .finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for SealedPart<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedPart").field("writer", &self.writer).finish_non_exhaustive()
    }
}
