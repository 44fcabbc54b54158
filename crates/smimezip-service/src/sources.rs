//! Data sources: what each kind of them puts into an export. All of this waits where it has to, so
//! it is called where a thread may.

mod command;
mod folder;
mod objects;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use smimezip::build::{ArchiveWriter, BuildOptions, Built};
use smimezip::export::{ExportBuilder, SealingSink};
use smimezip::keys::Recipient;
use smimezip::parts::{PartSink, SetName};
use smimezip::{CancelToken, ErrorKind};
use tokio::runtime::Handle;

use crate::ServiceError;
use crate::config::Source;

/// How often a source that waits looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);
/// How much before the time from which on things count as changed they do so, too: some file
/// systems know times to two seconds only.
const COARSE: Duration = Duration::from_secs(2);

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<(AtomicU64, AtomicU64)>);

impl Meter {
    fn set(&self, done: u64, total: u64) {
        self.0.0.store(done, Ordering::Relaxed);
        self.0.1.store(total, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) {
        self.0.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes read, and bytes in all; 0 if that is not known.
    pub(crate) fn get(&self) -> (u64, u64) {
        (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed))
    }
}

/// What is to be exported, how and for whom.
pub(crate) struct Task {
    pub(crate) name: SetName,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) part_size: u64,
    /// Leaves out what was modified before.
    pub(crate) since: Option<SystemTime>,
    pub(crate) meter: Meter,
    pub(crate) token: CancelToken,
    pub(crate) handle: Handle,
}

impl Task {
    /// Makes the export, and has its parts go to `sink`.
    ///
    /// # Errors
    /// [`ServiceError::Export`] with what the library says, of what `sink` returned, too; the
    /// source's own.
    pub(crate) fn export<S: PartSink + Send>(
        &self,
        source: &Source,
        sink: S,
    ) -> Result<Built, ServiceError> {
        match source {
            Source::Folder(folder) => folder::export(self, folder, sink),
            Source::Objects(address) => objects::export(self, address, sink),
            Source::Command { run, entry } => command::export(self, run, entry, sink),
        }
    }

    fn options(&self) -> BuildOptions {
        BuildOptions::new().part_size(self.part_size).cancel(&self.token)
    }

    fn writer<S: PartSink>(&self, sink: S) -> Result<ArchiveWriter<SealingSink<S>>, ServiceError> {
        let builder = ExportBuilder::new(self.name.clone()).build_options(&self.options());
        let for_all = |builder: ExportBuilder, one: &Recipient| builder.recipient(one.clone());
        Ok(self.recipients.iter().fold(builder, for_all).writer(sink)?)
    }

    /// Whether something of that time belongs into the export.
    fn is_wanted(&self, modified: SystemTime) -> bool {
        is_since(self.since, modified)
    }

    /// Waits for something that tells by itself when it has waited too long, until that or the end
    /// of the run.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, ServiceError> {
        self.handle.block_on(async {
            let mut work = std::pin::pin!(work);
            loop {
                if self.token.is_cancelled() {
                    return Err(smimezip::Error::from(ErrorKind::Cancelled).into());
                }
                if let Ok(done) = tokio::time::timeout(LOOK, &mut work).await {
                    return Ok(done);
                }
            }
        })
    }
}

fn is_since(since: Option<SystemTime>, modified: SystemTime) -> bool {
    since.is_none_or(|since| modified.checked_add(COARSE).is_none_or(|modified| modified >= since))
}
