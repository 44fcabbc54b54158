//! The service without its pages: what it was told, the database, the storage, and the tasks that
//! run jobs and sweep. Several processes may have one database and one storage.

mod events;
mod timing;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

pub use events::Event;
pub use timing::Timing;

use crate::artifacts::{self, Storage};
use crate::clock::{Clock, Millis};
use crate::database::Database;
use crate::jobs::Worker;
use crate::{Config, ServiceError};

/// How many events wait for a receiver that is slow; it is told if it missed some.
const EVENTS: usize = 1024;

/// A service. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    database: Database,
    storage: Storage,
    clock: Clock,
    timing: Timing,
    events: broadcast::Sender<Event>,
    /// A job waits.
    work: Notify,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Service {
    /// Opens the database and the storage that the configuration names, and begins to run jobs and
    /// to sweep.
    ///
    /// # Errors
    /// [`ServiceError::Config`], and what opening them returns.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, ServiceError> {
        config.check()?;
        let storage = Storage::open(&config.storage)?;
        Self::start_with(config, clock, storage, Timing::default()).await
    }

    /// The same with another storage and other times.
    ///
    /// # Errors
    /// What opening the database returns.
    pub async fn start_with(
        config: Config,
        clock: Clock,
        storage: Storage,
        timing: Timing,
    ) -> Result<Self, ServiceError> {
        let database = Database::open(&config.database).await?;
        let service = Self(Arc::new(Inner {
            config,
            database,
            storage,
            clock,
            timing,
            events: broadcast::Sender::new(EVENTS),
            work: Notify::new(),
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
        }));
        let mut tasks = Vec::new();
        for _ in 0..service.config().workers {
            tasks.push(tokio::spawn(Worker::new(service.clone())?.run()));
        }
        tasks.push(tokio::spawn(service.clone().sweep()));
        tasks.push(tokio::spawn(events::watch(service.clone())));
        service.tasks().extend(tasks);
        Ok(service)
    }

    /// Stops: jobs that run are given back and wait for another process. Returns when nothing runs
    /// any more.
    pub async fn shutdown(&self) {
        self.0.stop.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks());
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task broke off");
            }
        }
    }

    /// What it was told.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The storage.
    pub fn storage(&self) -> &Storage {
        &self.0.storage
    }

    /// Where the time comes from.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        self.0.clock.now()
    }

    /// How often and how long.
    pub fn timing(&self) -> &Timing {
        &self.0.timing
    }

    /// Hears of every job that changes, of whichever process it is.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Says that a job changed, or that there is a new one: whoever changes one here calls this, so
    /// that nobody has to wait for the next look into the database.
    pub fn changed(&self, job_id: &str, user_id: &str) {
        let event = Event { job_id: job_id.to_owned(), user_id: user_id.to_owned() };
        // Nobody may be listening.
        let _ = self.0.events.send(event);
        self.0.work.notify_one();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.0.stop.borrow()
    }

    /// Returns when the service is to stop.
    pub async fn stopped(&self) {
        // The sender lives as long as this.
        let _ = self.0.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// Waits so long, or until the service is to stop.
    pub(crate) async fn pause(&self, time: Duration) {
        tokio::select! {
            () = sleep(time) => {}
            () = self.stopped() => {}
        }
    }

    /// Waits until there may be a job to run.
    pub(crate) async fn wait_for_work(&self) {
        tokio::select! {
            () = self.0.work.notified() => {}
            () = self.pause(self.0.timing.poll) => {}
        }
    }

    async fn sweep(self) {
        while !self.is_stopping() {
            let swept = tokio::select! {
                swept = artifacts::sweep(self.database(), self.storage(), self.now()) => swept,
                // What it has not done, the next one does.
                () = self.stopped() => return,
            };
            if let Err(error) = swept {
                tracing::warn!(%error, "the storage is not swept");
            }
            self.pause(self.timing().sweep).await;
        }
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
