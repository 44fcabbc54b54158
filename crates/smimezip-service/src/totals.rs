//! What there is in all, for whoever watches the service: jobs and how long they ran, artifacts and
//! their bytes. Nothing here says whose they are.

use sqlx::Row;

use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::jobs::JobStatus;

/// Jobs of one status.
#[derive(Clone, Debug)]
pub(crate) struct JobTotal {
    pub(crate) status: JobStatus,
    pub(crate) number: i64,
    /// How long they ran, together; until now if they still do.
    pub(crate) ran: Millis,
}

/// Everything that is counted.
#[derive(Clone, Debug)]
pub(crate) struct Totals {
    /// One of each status.
    pub(crate) jobs: Vec<JobTotal>,
    pub(crate) artifacts: i64,
    pub(crate) bytes: i64,
}

/// Counts.
///
/// # Errors
/// [`ServiceError::Database`].
pub(crate) async fn count(database: &Database, now: Millis) -> Result<Totals, ServiceError> {
    let rows = sqlx::query(
        "SELECT status, CAST(COUNT(*) AS BIGINT) AS number, \
         CAST(COALESCE(SUM(COALESCE(ended_at, $1) - started_at), 0) AS BIGINT) AS ran \
         FROM jobs GROUP BY status",
    )
    .bind(now)
    .fetch_all(database.pool())
    .await?;
    let mut jobs: Vec<JobTotal> =
        JobStatus::ALL.into_iter().map(|status| JobTotal { status, number: 0, ran: 0 }).collect();
    for row in &rows {
        let status: String = row.try_get("status")?;
        if let Some(total) = jobs.iter_mut().find(|total| total.status.as_str() == status) {
            total.number = row.try_get("number")?;
            total.ran = row.try_get("ran")?;
        }
    }
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS number, \
         CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM artifacts \
         WHERE deleted_at IS NULL AND expires_at > $1",
    )
    .bind(now)
    .fetch_one(database.pool())
    .await?;
    Ok(Totals { jobs, artifacts: row.try_get("number")?, bytes: row.try_get("bytes")? })
}
