//! `SealingSink`: seals each part of a set on its way to another sink, and reads all of them back
//! before that one gives them their names.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::manifest::{Manifest, ManifestContents};
use super::read_back;
use crate::build::BuildOptions;
use crate::error::{Error, ErrorKind};
use crate::keys::Recipient;
use crate::message::{KnownKey, KnownKeys, SealOptions, SealedWriter};
use crate::parts::{PartName, PartReceipt, PartSink, PartWriter};
use crate::progress::Progress;
use crate::read_at::ReadAt;
use crate::zip::Archive;

/// Seals each part as a message of its own, with a content-encryption key of its own, and writes it
/// to another sink.
pub struct SealingSink<S> {
    sink: S,
    recipients: Vec<Recipient>,
    seal: SealOptions,
    /// `None` where nothing is read back.
    known: Option<Known>,
    /// What the file beside the parts says, if there is one.
    manifest: Option<ManifestContents>,
    /// What was read back.
    archive: Option<Archive>,
}

/// What reading back takes.
struct Known {
    keys: Arc<Mutex<KnownKeys>>,
    build: BuildOptions,
    /// Whether every entry is verified.
    verifies: bool,
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
        let recipients = recipients.to_vec();
        Ok(Self { sink, recipients, seal, known: None, manifest: None, archive: None })
    }

    /// The same, with all parts read back before they get their names.
    pub(super) fn reading_back(mut self, build: &BuildOptions) -> Self {
        self.known = Some(Known { keys: Arc::default(), build: build.clone(), verifies: true });
        self
    }

    /// The same, with a manifest beside the parts.
    pub(super) fn with_manifest(mut self, of: ManifestContents, build: &BuildOptions) -> Self {
        self.manifest = Some(of);
        if of == ManifestContents::Entries && self.known.is_none() {
            // The entries stand in the archive's directory.
            let build = build.clone();
            self.known = Some(Known { keys: Arc::default(), build, verifies: false });
        }
        self
    }

    /// Reads all parts back, if that is to be done and was not yet.
    ///
    /// # Errors
    /// That what was made is not what it should be; what the sink returns; `Cancelled`.
    pub(super) fn check(
        &mut self,
        parts: &[PartReceipt],
        progress: &mut dyn Progress,
    ) -> Result<(), Error> {
        if let Some(known) = self.known.take() {
            self.archive = known.archive(&self.sink, parts, progress)?;
        }
        Ok(())
    }
}

impl Known {
    /// The archive, if the sink has its parts still, verified if it is to be.
    fn archive<S: PartSink>(
        self,
        sink: &S,
        parts: &[PartReceipt],
        progress: &mut dyn Progress,
    ) -> Result<Option<Archive>, Error> {
        let keys = std::mem::take(&mut *self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        let archive = read_back::open(sink, parts, keys, &self.build, progress)?;
        #[cfg(feature = "extract")]
        if let Some(archive) = archive.as_ref().filter(|_| self.verifies) {
            read_back::verify(archive, &self.build, progress)?;
        }
        Ok(archive)
    }
}

fn manifest(
    of: ManifestContents,
    parts: &[PartReceipt],
    archive: Option<&Archive>,
) -> Result<Manifest, Error> {
    let manifest = Manifest::of_receipts(parts)?;
    match (of, archive) {
        (ManifestContents::Parts, _) => Ok(manifest),
        (ManifestContents::Entries, Some(archive)) => Ok(manifest.with_entries(archive)),
        (ManifestContents::Entries, None) => {
            let what = "a manifest with entries needs a sink that can be read";
            Err(ErrorKind::InvalidArgument(what.into()).into())
        }
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

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.sink.add_file(name, bytes)
    }

    fn commit(mut self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        self.check(&parts, &mut ())?;
        let Self { mut sink, archive, manifest: of, .. } = self;
        let manifest = of.map(|of| manifest(of, &parts, archive.as_ref())).transpose()?;
        // No part is open while the sink gives it its name: Windows would refuse that.
        drop(archive);
        if let Some(manifest) = manifest {
            sink.add_file(&manifest.name().manifest_name(), manifest.to_json().as_bytes())?;
        }
        sink.commit(parts)
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
