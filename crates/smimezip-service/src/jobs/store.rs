//! Rows of jobs: made, read, listed, cancelled, deleted. How they are run is not here.

use super::{Job, JobType};
use crate::clock::Millis;
use crate::database::Database;
use crate::id::new_id;
use crate::listing::{Column, Kind, List, Listing, Page, fetch_page, fold};
use crate::{Scope, ServiceError};

/// The most characters of a title.
const MAX_TITLE: usize = 200;

/// What the list of jobs can be sorted and filtered by.
pub const COLUMNS: [Column; 11] = [
    Column::new("id", "id", Kind::Id),
    Column::new("title", "title_folded", Kind::Text),
    Column::new("source", "source_folded", Kind::Text),
    Column::new("job_type", "job_type", Kind::Words(&["whole", "changed"])),
    Column::new(
        "status",
        "status",
        Kind::Words(&["waiting", "in_progress", "completed", "failed", "cancelled"]),
    ),
    Column::new("created", "created_at", Kind::Time),
    Column::new("started", "started_at", Kind::Time).may_be_null(),
    Column::new("ended", "ended_at", Kind::Time).may_be_null(),
    Column::new("file_name", "LOWER(file_name)", Kind::Text).may_be_null(),
    Column::new("entries", "entries", Kind::Number).may_be_null(),
    Column::new("user", "owners.owner", Kind::Text).of(OWNERS),
];

/// Other names than those of the jobs' columns.
const OWNERS: &str = "JOIN (SELECT id AS owner_id, name_folded AS owner FROM users) AS owners \
     ON owners.owner_id = jobs.user_id";

const LIST: List = List {
    select: Job::COLUMNS,
    tables: "jobs",
    from: "jobs",
    key: "id",
    always: "1 = 1",
    user_id: "user_id",
    id: &["id"],
    columns: &COLUMNS,
    sort: ("created", true),
};

/// What somebody wants exported.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What it is called; for people.
    pub title: String,
    /// A data source's name. Whether there is one, who runs the job sees: the configuration may
    /// change.
    pub source: String,
    /// All of it, or what was changed.
    pub job_type: JobType,
    /// File Split Size: bytes.
    pub part_size: u64,
    /// The certificates it is sealed for, PEM, one after another.
    pub recipients: String,
}

/// Makes a job of the user `user_id`, which waits for a process to run it.
///
/// # Errors
/// [`ServiceError::Invalid`] for a title or a size that cannot be; [`ServiceError::Database`].
pub async fn create(
    database: &Database,
    now: Millis,
    user_id: &str,
    new: &NewJob,
) -> Result<Job, ServiceError> {
    let title = new.title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        let what = format!("a title has from 1 to {MAX_TITLE} characters");
        return Err(ServiceError::Invalid(what));
    }
    if title.chars().any(char::is_control) {
        return Err(ServiceError::Invalid("a title has no control characters".into()));
    }
    crate::config::check_part_size(new.part_size).map_err(ServiceError::Invalid)?;
    let id = new_id()?;
    // What changed since is what the user has not got yet: the last set that this user has of the
    // source. One that began later than now began by a clock that was wrong.
    let insert = "INSERT INTO jobs (id, user_id, title, source, job_type, part_size, recipients, \
         since, status, created_at, title_folded, source_folded) \
         SELECT $1, $2, $3, $4, $5, $6, $7, MAX(started_at), 'waiting', $8, $9, $10 FROM jobs \
         WHERE $5 = 'changed' AND source = $4 AND user_id = $2 AND status = 'completed' \
         AND started_at <= $8";
    sqlx::query(insert)
        .bind(&id)
        .bind(user_id)
        .bind(title)
        .bind(&new.source)
        .bind(new.job_type.as_str())
        .bind(i64::try_from(new.part_size).unwrap_or(i64::MAX))
        .bind(&new.recipients)
        .bind(now)
        .bind(fold(title))
        .bind(fold(&new.source))
        .execute(database.pool())
        .await?;
    get(database, &Scope::All, &id).await
}

/// The job with this identifier.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Database`].
pub async fn get(database: &Database, scope: &Scope, id: &str) -> Result<Job, ServiceError> {
    let sql = format!("SELECT {} FROM jobs WHERE id = $1 AND {}", Job::COLUMNS, scope.condition(2));
    let row = sqlx::query(&sql)
        .bind(id)
        .bind(scope.argument())
        .fetch_optional(database.pool())
        .await?
        .ok_or(ServiceError::NotFound("job"))?;
    Ok(Job::from_row(&row)?)
}

/// A page of the jobs; sorted by when they were made, the newest first, if the listing does not
/// say.
///
/// # Errors
/// [`ServiceError::Filter`] for one that cannot be read, [`ServiceError::Database`].
pub async fn list(
    database: &Database,
    scope: &Scope,
    now: Millis,
    listing: &Listing,
) -> Result<Page<Job>, ServiceError> {
    fetch_page(database.pool(), &LIST, scope, now, listing, Job::from_row).await
}

/// Ends a job that waits, or asks the process that runs it to.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] if it has ended;
/// [`ServiceError::Database`].
pub async fn cancel(
    database: &Database,
    scope: &Scope,
    now: Millis,
    id: &str,
) -> Result<(), ServiceError> {
    let sql = format!(
        "UPDATE jobs SET cancel_requested = 1, \
         ended_at = CASE status WHEN 'waiting' THEN $1 ELSE ended_at END, \
         status = CASE status WHEN 'waiting' THEN 'cancelled' ELSE status END \
         WHERE id = $2 AND status IN ('waiting', 'in_progress') AND {}",
        scope.condition(3)
    );
    let done = sqlx::query(&sql)
        .bind(now)
        .bind(id)
        .bind(scope.argument())
        .execute(database.pool())
        .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    get(database, scope, id).await?;
    Err(ServiceError::Conflict("the job has ended already".into()))
}

/// Deletes a job that does not run, with its artifacts. The sweeper removes their bytes.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] if it runs; [`ServiceError::Database`].
pub async fn delete(
    database: &Database,
    scope: &Scope,
    now: Millis,
    id: &str,
) -> Result<(), ServiceError> {
    let mut transaction = database.pool().begin().await?;
    // It changes nothing, and from here on no run can publish the job's set.
    sqlx::query("UPDATE jobs SET cancel_requested = cancel_requested WHERE id = $1")
        .bind(id)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO uploads (object, created_at) SELECT object, $1 FROM artifacts \
         WHERE job_id = $2 AND deleted_at IS NULL ON CONFLICT (object) DO NOTHING",
    )
    .bind(now)
    .bind(id)
    .execute(&mut *transaction)
    .await?;
    let sql = format!(
        "DELETE FROM jobs WHERE id = $1 AND status <> 'in_progress' AND {}",
        scope.condition(2)
    );
    let done = sqlx::query(&sql).bind(id).bind(scope.argument()).execute(&mut *transaction).await?;
    if done.rows_affected() == 1 {
        return Ok(transaction.commit().await?);
    }
    // Without the commit nothing of it happened.
    transaction.rollback().await?;
    get(database, scope, id).await?;
    Err(ServiceError::Conflict("the job is running; cancel it first".into()))
}
