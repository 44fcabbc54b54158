//! One run of a job: from its row to sealed parts in the storage. It waits where it has to, so it
//! is called where a thread may; it sees no database.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use smimezip::Certificate;
use smimezip::build::Built;
use smimezip::keys::Recipient;
use smimezip::parts::SetName;
use tokio::runtime::Handle;

use super::claim::{Claim, Finished, Published};
use crate::ServiceError;
use crate::artifacts::{Storage, StorageSink};
use crate::clock::Millis;
use crate::config::Config;
use crate::id::{hex, new_id};
use crate::sources::{Meter, Task};

/// What ends the PEM of a certificate (RFC 7468).
const END: &str = "-----END CERTIFICATE-----";

/// What a run is told.
pub(crate) struct Run {
    pub(crate) claim: Claim,
    pub(crate) now: Millis,
    pub(crate) storage: Storage,
    pub(crate) meter: Meter,
    pub(crate) token: smimezip::CancelToken,
    pub(crate) handle: Handle,
}

impl Run {
    /// Makes the set.
    ///
    /// # Errors
    /// What the source, the library or the storage says.
    pub(crate) fn export(self, config: &Config) -> Result<Finished, ServiceError> {
        let Self { claim, now, storage, meter, token, handle } = self;
        let job = &claim.job;
        let source = config.sources.get(&job.source).ok_or_else(|| {
            ServiceError::Invalid(format!("there is no data source {:?} any more", job.source))
        })?;
        let io = |source| ServiceError::Io { what: "a random name".into(), source };
        let sink = StorageSink::new(storage.clone(), handle.clone(), claim.run());
        let failure = sink.failure();
        let task = Task {
            name: SetName::random().map_err(io)?,
            recipients: recipients(&job.recipients, time(now))?,
            part_size: job.part_size,
            since: job.since.map(time),
            meter,
            token,
            handle,
        };
        let built = task.export(source, sink).map_err(|error| {
            // What the storage said is nearer to what is to be done about it.
            failure.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(error)
        })?;
        let finished = finished(&claim.run(), &built)?;
        // Before anybody sees it: a set without one of its parts is worse than none.
        for part in &finished.parts {
            let found = task.wait(storage.check_size(&part.object, part.size))?;
            found.map_err(|error| match error {
                ServiceError::Lost(_) => ServiceError::Lost(part.name.clone()),
                error => error,
            })?;
        }
        Ok(finished)
    }
}

fn finished(run: &str, built: &Built) -> Result<Finished, ServiceError> {
    let parts = built.parts.iter().map(|part| {
        let sha256 = part.sha256().map(|digest| hex(digest)).unwrap_or_default();
        let object = StorageSink::object(run, part.begun_as());
        Ok(Published {
            id: new_id()?,
            name: part.name().to_string(),
            size: part.size(),
            sha256,
            object,
        })
    });
    Ok(Finished {
        entries: built.files.saturating_add(built.folders),
        bytes: built.bytes,
        parts: parts.collect::<Result<_, ServiceError>>()?,
    })
}

fn recipients(pem: &str, now: SystemTime) -> Result<Vec<Recipient>, ServiceError> {
    let certificates = pem.split_inclusive(END).filter(|text| text.ends_with(END));
    let read = certificates.map(|text| {
        let certificate = Certificate::from_bytes(text.as_bytes())?;
        Recipient::from_certificate(&certificate, now)
    });
    Ok(read.collect::<Result<_, _>>()?)
}

fn time(millis: Millis) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
