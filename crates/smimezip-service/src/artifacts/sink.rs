//! The parts of a set on their way to the storage, sealed already. They are there under the run's
//! own prefix, and nobody sees them before the run publishes the set.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use object_store::buffered::BufWriter;
use sha2::{Digest, Sha256};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, Position};
use tokio::io::AsyncWriteExt;
use tokio::runtime::Handle;

use super::Storage;
use crate::ServiceError;

/// How much is collected before it is handed on.
const BUFFER: usize = 256 << 10;

/// What a sink's storage said when it failed; the library has its own words for that.
pub(crate) type Failure = Arc<Mutex<Option<ServiceError>>>;

/// Writes parts to the storage. It is used where a thread may wait.
pub(crate) struct StorageSink {
    storage: Storage,
    handle: Handle,
    run: String,
    failure: Failure,
}

/// One part on its way.
pub(crate) struct StoredPart {
    to: StorageSink,
    name: PartName,
    object: String,
    /// None once it is complete or was given up.
    writer: Option<BufWriter>,
    buffer: Vec<u8>,
    digest: Sha256,
    size: u64,
}

impl StorageSink {
    /// For the run `JOB/ATTEMPT`.
    pub(crate) fn new(storage: Storage, handle: Handle, run: String) -> Self {
        Self { storage, handle, run, failure: Failure::default() }
    }

    /// What the storage said, if it failed.
    pub(crate) fn failure(&self) -> Failure {
        Arc::clone(&self.failure)
    }

    /// Where the part that was begun under `name` is.
    pub(crate) fn object(run: &str, name: &PartName) -> String {
        match name.position() {
            Position::Split(number) | Position::Piece(number) => format!("{run}/{number}"),
            _ => format!("{run}/last"),
        }
    }

    fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, ServiceError>>,
    ) -> Result<T, smimezip::Error> {
        self.handle.block_on(work).map_err(|error| {
            let told = io::Error::other(error.to_string());
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            told.into()
        })
    }

    fn again(&self) -> Self {
        let Self { storage, handle, run, failure } = self;
        Self {
            storage: storage.clone(),
            handle: handle.clone(),
            run: run.clone(),
            failure: Arc::clone(failure),
        }
    }
}

impl PartSink for StorageSink {
    type Part = StoredPart;

    fn begin(&mut self, name: &PartName) -> Result<StoredPart, smimezip::Error> {
        let object = Self::object(&self.run, name);
        let writer = Some(self.storage.writer(&object));
        Ok(StoredPart {
            to: self.again(),
            name: name.clone(),
            object,
            writer,
            buffer: Vec::with_capacity(BUFFER),
            digest: Sha256::new(),
            size: 0,
        })
    }

    /// The parts get no names here: those are in the database.
    fn commit(self, _: Vec<PartReceipt>) -> Result<(), smimezip::Error> {
        self.wait(self.storage.sync_names(&self.run))
    }
}

impl StoredPart {
    fn send(&mut self) -> Result<(), smimezip::Error> {
        let bytes = Bytes::from(std::mem::replace(&mut self.buffer, Vec::with_capacity(BUFFER)));
        let Some(writer) = &mut self.writer else { return Ok(()) };
        self.to.wait(async { Ok(writer.put(bytes).await?) })
    }
}

impl Write for StoredPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        self.digest.update(bytes);
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.buffer.len() >= BUFFER {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for StoredPart {
    fn finish(mut self) -> Result<PartReceipt, smimezip::Error> {
        self.send()?;
        if let Some(mut writer) = self.writer.take() {
            let done = async {
                writer.shutdown().await.map_err(told)?;
                self.to.storage.sync(&self.object).await
            };
            self.to.wait(done)?;
        }
        let digest = std::mem::take(&mut self.digest).finalize();
        Ok(PartReceipt::new(self.name.clone(), self.size).with_sha256(digest.into()))
    }
}

impl Drop for StoredPart {
    /// A part that was given up leaves nothing, not even an upload that was begun.
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            // What is left all the same, the sweeper removes.
            let _ = self.to.handle.block_on(writer.abort());
        }
    }
}

/// The store's own error, which came as one of writing.
fn told(error: io::Error) -> ServiceError {
    match error.downcast::<object_store::Error>() {
        Ok(error) => error.into(),
        Err(source) => ServiceError::Io { what: "the storage".into(), source },
    }
}
