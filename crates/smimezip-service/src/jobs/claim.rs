//! Which process runs a job. A claim is a lease by the database's clock, and a number: each claim
//! of a job has the next one, and whatever a run writes has that number for a condition, so that
//! one that has lost its lease can do no harm.

use sqlx::Row;

use super::{Job, JobStatus};
use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::listing::fold;

/// How many processes may die with a job until it counts as the one that did it.
const MAX_DEATHS: i64 = 3;

/// A job that this process may run.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// As it was when it was claimed.
    pub(crate) job: Job,
    owner: String,
}

/// How the lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lease {
    Held,
    /// Somebody wants the job's end.
    CancelRequested,
    /// The job is somebody else's now, or none any more.
    Lost,
}

/// A set that nobody sees yet.
pub(crate) struct Finished {
    /// How many files and folders are in it.
    pub(crate) entries: u64,
    /// How many bytes the files have.
    pub(crate) bytes: u64,
    pub(crate) parts: Vec<Published>,
}

/// A part that is to be published.
pub(crate) struct Published {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    pub(crate) object: String,
}

/// How a run ended that made no set.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Failed(String),
    Cancelled,
    /// The process stops; another takes the job up.
    GivenBack,
}

/// Claims the job that has waited longest, or whose process died.
///
/// # Errors
/// [`ServiceError::Database`].
pub(crate) async fn next(
    database: &Database,
    now: Millis,
    owner: &str,
    lease: Millis,
) -> Result<Option<Claim>, ServiceError> {
    let time = database.now();
    // Most times there is nothing to write.
    let any = format!(
        "SELECT id FROM jobs WHERE status = 'waiting' \
         OR (status = 'in_progress' AND lease_until < {time}) LIMIT 1"
    );
    if sqlx::query(&any).fetch_optional(database.pool()).await?.is_none() {
        return Ok(None);
    }
    let died = format!("the process that ran it died {MAX_DEATHS} times");
    let end_dead = format!(
        "UPDATE jobs SET ended_at = $1, lease_owner = NULL, lease_until = NULL, \
         deaths = deaths + 1, \
         status = CASE cancel_requested WHEN 1 THEN 'cancelled' ELSE 'failed' END, \
         failure = CASE cancel_requested WHEN 1 THEN failure ELSE $2 END \
         WHERE status = 'in_progress' AND lease_until < {time} \
         AND (deaths >= $3 OR cancel_requested = 1)"
    );
    sqlx::query(&end_dead)
        .bind(now)
        .bind(died)
        .bind(MAX_DEATHS - 1)
        .execute(database.pool())
        .await?;

    let mut transaction = database.pool().begin().await?;
    let claim = format!(
        "UPDATE jobs SET deaths = deaths + CASE status WHEN 'in_progress' THEN 1 ELSE 0 END, \
         status = 'in_progress', started_at = COALESCE(started_at, $1), attempt = attempt + 1, \
         lease_owner = $2, lease_until = {time} + $3, done_bytes = 0, total_bytes = 0 \
         WHERE id = (SELECT id FROM jobs WHERE cancel_requested = 0 AND (status = 'waiting' \
         OR (status = 'in_progress' AND lease_until < {time} AND deaths < $4)) \
         ORDER BY created_at, id LIMIT 1 {}) \
         RETURNING {}",
        database.for_update(),
        Job::COLUMNS
    );
    let claimed = sqlx::query(&claim)
        .bind(now)
        .bind(owner)
        .bind(lease)
        .bind(MAX_DEATHS - 1)
        .fetch_all(&mut *transaction)
        .await?;
    let Some(row) = claimed.first() else {
        transaction.rollback().await?;
        return Ok(None);
    };
    let claim = Claim { job: Job::from_row(row)?, owner: owner.to_owned() };
    // Before the first object: whatever becomes of this process, somebody knows where it wrote.
    let upload =
        "INSERT INTO uploads (object, job_id, attempt, created_at) VALUES ($1, $2, $3, $4)";
    sqlx::query(upload)
        .bind(claim.prefix())
        .bind(&claim.job.id)
        .bind(claim.job.attempt)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(claim))
}

impl Claim {
    /// The run's name in the storage.
    pub(crate) fn run(&self) -> String {
        format!("{}/{}", self.job.id, self.job.attempt)
    }

    fn prefix(&self) -> String {
        self.run() + "/"
    }

    /// Prolongs the lease, and writes down how far the run is.
    ///
    /// # Errors
    /// [`ServiceError::Database`].
    pub(crate) async fn heartbeat(
        &self,
        database: &Database,
        lease: Millis,
        (done, total): (u64, u64),
    ) -> Result<Lease, ServiceError> {
        let beat = format!(
            "UPDATE jobs SET lease_until = {} + $1, done_bytes = $2, total_bytes = $3 \
             WHERE id = $4 AND attempt = $5 AND lease_owner = $6 AND status = 'in_progress' \
             RETURNING cancel_requested",
            database.now()
        );
        let rows = sqlx::query(&beat)
            .bind(lease)
            .bind(signed(done))
            .bind(signed(total))
            .bind(&self.job.id)
            .bind(self.job.attempt)
            .bind(&self.owner)
            .fetch_all(database.pool())
            .await?;
        let Some(row) = rows.first() else { return Ok(Lease::Lost) };
        let is_requested = row.try_get::<i64, _>(0)? != 0;
        Ok(if is_requested { Lease::CancelRequested } else { Lease::Held })
    }

    /// Completes the job with its set: all of it can be seen afterwards, or nothing. Whether the
    /// job is completed, by this run.
    ///
    /// # Errors
    /// [`ServiceError::Database`]; asked again it does what is not done.
    pub(crate) async fn publish(
        &self,
        database: &Database,
        now: Millis,
        expires_at: Millis,
        set: &Finished,
    ) -> Result<bool, ServiceError> {
        let Finished { entries, bytes, parts } = set;
        let Some(last) = parts.last() else { return Ok(false) };
        let mut transaction = database.pool().begin().await?;
        let complete = "UPDATE jobs SET status = 'completed', ended_at = $1, file_name = $2, \
             entries = $3, done_bytes = $4, total_bytes = $4, \
             lease_owner = NULL, lease_until = NULL \
             WHERE id = $5 AND attempt = $6 AND lease_owner = $7 AND status = 'in_progress'";
        let done = sqlx::query(complete)
            .bind(now)
            .bind(&last.name)
            .bind(signed(*entries))
            .bind(signed(*bytes))
            .bind(&self.job.id)
            .bind(self.job.attempt)
            .bind(&self.owner)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() != 1 {
            transaction.rollback().await?;
            // It may have been this run, and the answer was lost on the way.
            return self.is_completed(database).await;
        }
        for (number, part) in (1..).zip(parts) {
            let insert = "INSERT INTO artifacts (id, job_id, user_id, name, part, parts, size, \
                 sha256, object, created_at, expires_at, title_folded, source_folded) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
            sqlx::query(insert)
                .bind(&part.id)
                .bind(&self.job.id)
                .bind(&self.job.user_id)
                .bind(&part.name)
                .bind(number)
                .bind(signed(parts.len() as u64))
                .bind(signed(part.size))
                .bind(&part.sha256)
                .bind(&part.object)
                .bind(now)
                .bind(expires_at)
                .bind(fold(&self.job.title))
                .bind(fold(&self.job.source))
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM uploads WHERE object = $1")
            .bind(self.prefix())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Ends the run without a set. Whether it was still this one's to end.
    ///
    /// # Errors
    /// [`ServiceError::Database`].
    pub(crate) async fn end(
        &self,
        database: &Database,
        now: Millis,
        end: &End,
    ) -> Result<bool, ServiceError> {
        let (status, failure) = match end {
            End::Failed(failure) => (JobStatus::Failed, Some(failure)),
            End::Cancelled => (JobStatus::Cancelled, None),
            End::GivenBack => (JobStatus::Waiting, None),
        };
        let mut transaction = database.pool().begin().await?;
        // A job that is given back and whose end somebody wants has it.
        let change = "UPDATE jobs SET lease_owner = NULL, lease_until = NULL, failure = $1, \
             status = CASE WHEN $2 = 'waiting' AND cancel_requested = 1 THEN 'cancelled' \
             ELSE $2 END, \
             ended_at = CASE WHEN $2 = 'waiting' AND cancel_requested = 0 THEN NULL ELSE $3 END \
             WHERE id = $4 AND attempt = $5 AND lease_owner = $6 AND status = 'in_progress'";
        let done = sqlx::query(change)
            .bind(failure)
            .bind(status.as_str())
            .bind(now)
            .bind(&self.job.id)
            .bind(self.job.attempt)
            .bind(&self.owner)
            .execute(&mut *transaction)
            .await?;
        // This run writes nothing any more, whoever has the job.
        sqlx::query("UPDATE uploads SET job_id = NULL WHERE object = $1")
            .bind(self.prefix())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    async fn is_completed(&self, database: &Database) -> Result<bool, ServiceError> {
        let completed =
            "SELECT id FROM jobs WHERE id = $1 AND attempt = $2 AND status = 'completed'";
        let found = sqlx::query(completed).bind(&self.job.id).bind(self.job.attempt);
        Ok(found.fetch_optional(database.pool()).await?.is_some())
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
