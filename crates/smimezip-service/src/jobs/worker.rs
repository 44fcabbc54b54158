//! A worker: claims a job, runs it on a thread that may wait, keeps the lease meanwhile, and writes
//! down how it ended. If the database is away, it waits and goes on.

use std::time::Duration;

use smimezip::CancelToken;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::claim::{self, Claim, End, Finished, Lease};
use super::run::Run;
use crate::clock::{DAY, Millis};
use crate::service::Service;
use crate::sources::Meter;
use crate::{ServiceError, id};

/// How often a database that has an answer, which is an error, is asked to write how a run ended.
/// One that has none is asked until it has.
const TRIES: u32 = 20;
/// The longest pause before it is asked again.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Runs jobs, one after the other.
pub(crate) struct Worker {
    service: Service,
    owner: String,
}

/// How a run ended.
enum Outcome {
    Finished(Finished),
    Ended(End),
    /// Somebody else has the job: nothing is to be done, and nothing may be.
    Lost,
}

impl Worker {
    /// A worker, whose name nobody else has.
    ///
    /// # Errors
    /// [`ServiceError::Random`].
    pub(crate) fn new(service: Service) -> Result<Self, ServiceError> {
        Ok(Self { service, owner: id::new_id()? })
    }

    /// Runs jobs until the service stops.
    pub(crate) async fn run(self) {
        let Self { service, owner } = &self;
        let lease = service.timing().lease_millis();
        let mut failures = 0;
        while !service.is_stopping() {
            match claim::next(service.database(), service.now(), owner, lease).await {
                Ok(Some(claim)) => {
                    failures = 0;
                    self.work(claim).await;
                }
                Ok(None) => {
                    failures = 0;
                    service.wait_for_work().await;
                }
                Err(error) => {
                    tracing::warn!(%error, "no job can be claimed");
                    service.pause(pause(failures)).await;
                    failures += 1;
                }
            }
        }
    }

    async fn work(&self, claim: Claim) {
        let (job, service) = (&claim.job, &self.service);
        tracing::info!(job = %job.id, attempt = job.attempt, "begins");
        service.changed(&job.id, &job.user_id);
        let (meter, token) = (Meter::default(), CancelToken::new());
        let running = {
            let run = Run {
                claim: claim.clone(),
                now: service.now(),
                storage: service.storage().clone(),
                meter: meter.clone(),
                token: token.clone(),
                handle: Handle::current(),
            };
            let service = service.clone();
            tokio::task::spawn_blocking(move || run.export(service.config()))
        };
        let outcome = self.attend(&claim, &meter, &token, running).await;
        let late = async {
            service.stopped().await;
            sleep(service.timing().farewell).await;
        };
        tokio::select! {
            () = self.write_down(&claim, &meter, &outcome) => {}
            () = late => tracing::error!(job = %job.id, "the run is given up while stopping"),
        }
        service.changed(&job.id, &job.user_id);
    }

    /// Keeps the lease while the job runs, and looks whether it is to stop.
    async fn attend(
        &self,
        claim: &Claim,
        meter: &Meter,
        token: &CancelToken,
        mut running: JoinHandle<Result<Finished, ServiceError>>,
    ) -> Outcome {
        let (service, timing) = (&self.service, self.service.timing());
        let mut tick = interval(timing.poll.min(timing.heartbeat));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut told, mut beaten) = (meter.get(), Instant::now());
        // Why it is to stop, once it is.
        let mut why = None;
        let result = loop {
            tokio::select! {
                result = &mut running => break result,
                () = service.stopped(), if why.is_none() => {
                    why = Some(Outcome::Ended(End::GivenBack));
                }
                _ = tick.tick() => {
                    let now = meter.get();
                    if now == told && beaten.elapsed() < timing.heartbeat {
                        // Somebody may want the job's end; the heartbeat says so soon enough.
                        continue;
                    }
                    match claim.heartbeat(service.database(), timing.lease_millis(), now).await {
                        Ok(Lease::Held) => {}
                        Ok(Lease::CancelRequested) => {
                            why.get_or_insert(Outcome::Ended(End::Cancelled));
                        }
                        Ok(Lease::Lost) => why = Some(Outcome::Lost),
                        // Where it is away for all, nobody else can claim the job either.
                        Err(error) => {
                            tracing::warn!(%error, job = %claim.job.id, "no heartbeat");
                            continue;
                        }
                    }
                    (told, beaten) = (now, Instant::now());
                    service.changed(&claim.job.id, &claim.job.user_id);
                }
            }
            if why.is_some() {
                token.cancel();
            }
        };
        match (result, why) {
            (_, Some(Outcome::Lost)) => Outcome::Lost,
            // All was done before it could stop.
            (Ok(Ok(finished)), _) => Outcome::Finished(finished),
            (_, Some(why)) => why,
            (Ok(Err(error)), None) => Outcome::Ended(End::Failed(error.to_string())),
            (Err(error), None) => {
                tracing::error!(%error, job = %claim.job.id, "the run broke off");
                let what = "an error in the service itself, of which its log has more";
                Outcome::Ended(End::Failed(what.into()))
            }
        }
    }

    /// Writes down how the run ended, however long it takes until the database takes it: until then
    /// nothing of it can be seen, and what a run did is worth waiting for. Broken off, it leaves a
    /// lease that ends by itself.
    async fn write_down(&self, claim: &Claim, meter: &Meter, outcome: &Outcome) {
        let (service, lease) = (&self.service, self.service.timing().lease_millis());
        let mut failures = 0;
        loop {
            let error = match self.try_to_write_down(claim, outcome).await {
                Ok(true) => return tracing::info!(job = %claim.job.id, "ends"),
                Ok(false) => return tracing::warn!(job = %claim.job.id, "was taken over"),
                Err(error) => error,
            };
            tracing::warn!(%error, job = %claim.job.id, "its end is not written down yet");
            failures += 1;
            let answers = matches!(error, ServiceError::Database(sqlx::Error::Database(_)));
            if failures >= TRIES && answers {
                // The lease ends by itself, and another run begins.
                return tracing::error!(job = %claim.job.id, "the run is given up");
            }
            sleep(pause(failures)).await;
            let _ = claim.heartbeat(service.database(), lease, meter.get()).await;
        }
    }

    async fn try_to_write_down(
        &self,
        claim: &Claim,
        outcome: &Outcome,
    ) -> Result<bool, ServiceError> {
        let (service, now) = (&self.service, self.service.now());
        match outcome {
            Outcome::Finished(set) => {
                let retention = Millis::from(service.config().retention_days).saturating_mul(DAY);
                let expires_at = now.saturating_add(retention);
                claim.publish(service.database(), now, expires_at, set).await
            }
            Outcome::Ended(end) => claim.end(service.database(), now, end).await,
            Outcome::Lost => Ok(false),
        }
    }
}

/// Twice as long each time.
fn pause(failures: u32) -> Duration {
    Duration::from_millis(100).saturating_mul(1 << failures.min(10)).min(MAX_PAUSE)
}
