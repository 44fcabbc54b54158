//! Rows of artifacts: listed, read, deleted, expired. Their bytes go later, by the sweeper; a row
//! that has its `deleted_at` never gets it unset.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{Artifact, DeletedBecause, Loss};
use crate::clock::Millis;
use crate::database::Database;
use crate::listing::{Column, Kind, List, Listing, Page, fetch_page};
use crate::{Scope, ServiceError};

/// How many artifacts can be selected at once.
pub const MAX_SELECTED: usize = 100;

/// What the list of artifacts can be sorted and filtered by.
pub const COLUMNS: [Column; 9] = [
    Column::new("name", "LOWER(artifacts.name)", Kind::Text),
    Column::new("source", "artifacts.source_folded", Kind::Text),
    Column::new("title", "artifacts.title_folded", Kind::Text),
    Column::new("job", "artifacts.job_id", Kind::Id),
    Column::new("part", "artifacts.part", Kind::Number),
    Column::new("size", "artifacts.size", Kind::Number),
    Column::new("created", "artifacts.created_at", Kind::Time),
    Column::new("days_left", "artifacts.expires_at", Kind::DaysLeft),
    Column::new("user", "owners.name_folded", Kind::Text).of(OWNERS),
];

const OWNERS: &str = "JOIN users AS owners ON owners.id = artifacts.user_id";

const LIST: List = List {
    select: Artifact::COLUMNS,
    tables: Artifact::TABLES,
    from: "artifacts",
    key: "artifacts.id",
    always: "artifacts.deleted_at IS NULL",
    user_id: "artifacts.user_id",
    // A set's parts stand together, in their order.
    id: &["artifacts.job_id", "artifacts.part"],
    columns: &COLUMNS,
    sort: ("created", true),
};

/// A page of the artifacts that are there; sorted by when they were made, the newest first, if the
/// listing does not say.
///
/// # Errors
/// [`ServiceError::Filter`] for one that cannot be read, [`ServiceError::Database`].
pub async fn list(
    database: &Database,
    scope: &Scope,
    now: Millis,
    listing: &Listing,
) -> Result<Page<Artifact>, ServiceError> {
    expire(database, now).await?;
    fetch_page(database.pool(), &LIST, scope, now, listing, Artifact::from_row).await
}

/// The artifact with this identifier, if it is there still.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Database`].
pub async fn get(
    database: &Database,
    scope: &Scope,
    now: Millis,
    id: &str,
) -> Result<Artifact, ServiceError> {
    expire(database, now).await?;
    let condition = format!("id = $1 AND deleted_at IS NULL AND {}", scope.condition(2));
    let row = sqlx::query(&select(&condition))
        .bind(id)
        .bind(scope.argument())
        .fetch_optional(database.pool())
        .await?
        .ok_or(ServiceError::NotFound("artifact"))?;
    Ok(Artifact::from_row(&row)?)
}

/// All artifacts that a job has or had, in the order of the set: those that were deleted are there,
/// too, and say so.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn of_job(
    database: &Database,
    scope: &Scope,
    now: Millis,
    job_id: &str,
) -> Result<Vec<Artifact>, ServiceError> {
    expire(database, now).await?;
    let condition = format!("job_id = $1 AND {}", scope.condition(2));
    let sql = format!("{} ORDER BY artifacts.part", select(&condition));
    let rows =
        sqlx::query(&sql).bind(job_id).bind(scope.argument()).fetch_all(database.pool()).await?;
    Ok(rows.iter().map(Artifact::from_row).collect::<Result<_, _>>()?)
}

/// What [`delete`] would take from each set.
///
/// # Errors
/// Those of [`delete`].
pub async fn losses(
    database: &Database,
    scope: &Scope,
    now: Millis,
    ids: &[impl AsRef<str>],
) -> Result<Vec<Loss>, ServiceError> {
    let ids = selected(ids)?;
    let mut connection = database.pool().acquire().await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let sql = format!(
            "SELECT job_id, part FROM artifacts \
             WHERE id = $1 AND deleted_at IS NULL AND expires_at > $2 AND {}",
            scope.condition(3)
        );
        let row = sqlx::query(&sql).bind(id).bind(now).bind(scope.argument());
        let row = row.fetch_optional(&mut *connection).await?;
        rows.push(row.ok_or(ServiceError::NotFound("artifact"))?);
    }
    let mut lost = count(&rows, &mut connection).await?;
    for loss in &mut lost {
        loss.left = loss.left.saturating_sub(loss.parts.len() as u64);
    }
    Ok(lost)
}

/// Deletes artifacts, all of them or none. The sweeper removes their bytes. Returned is what each
/// set loses.
///
/// # Errors
/// [`ServiceError::NotFound`] if one is not there; [`ServiceError::Invalid`] if they are more than
/// [`MAX_SELECTED`] or none; [`ServiceError::Database`].
pub async fn delete(
    database: &Database,
    scope: &Scope,
    now: Millis,
    ids: &[impl AsRef<str>],
) -> Result<Vec<Loss>, ServiceError> {
    let ids = selected(ids)?;
    let mut transaction = database.pool().begin().await?;
    let mut rows = Vec::with_capacity(ids.len());
    let sql = format!(
        "UPDATE artifacts SET deleted_at = $1, deleted_because = $2 \
         WHERE id = $3 AND deleted_at IS NULL AND {} RETURNING job_id, part, object",
        scope.condition(4)
    );
    for id in ids {
        let deleted = sqlx::query(&sql)
            .bind(now)
            .bind(DeletedBecause::User.as_str())
            .bind(id)
            .bind(scope.argument())
            .fetch_all(&mut *transaction)
            .await?;
        // Without the commit nothing of it happened.
        let row = deleted.into_iter().next().ok_or(ServiceError::NotFound("artifact"))?;
        doom(&mut transaction, now, &row).await?;
        rows.push(row);
    }
    let lost = count(&rows, &mut transaction).await?;
    transaction.commit().await?;
    Ok(lost)
}

/// Marks what is over by `now`. It is called before anything is read, so that what was hidden once
/// stays hidden, whatever the clock does.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn expire(database: &Database, now: Millis) -> Result<u64, ServiceError> {
    // Most times there is nothing to write.
    let over = sqlx::query(
        "SELECT id FROM artifacts WHERE deleted_at IS NULL AND expires_at <= $1 LIMIT 1",
    );
    if over.bind(now).fetch_optional(database.pool()).await?.is_none() {
        return Ok(0);
    }
    let mut transaction = database.pool().begin().await?;
    let expired = sqlx::query(
        "UPDATE artifacts SET deleted_at = $1, deleted_because = $2 \
         WHERE deleted_at IS NULL AND expires_at <= $1 RETURNING object",
    )
    .bind(now)
    .bind(DeletedBecause::Expired.as_str())
    .fetch_all(&mut *transaction)
    .await?;
    for row in &expired {
        doom(&mut transaction, now, row).await?;
    }
    transaction.commit().await?;
    Ok(expired.len() as u64)
}

fn select(condition: &str) -> String {
    format!(
        "SELECT {} FROM {} WHERE artifacts.id IN (SELECT id FROM artifacts WHERE {condition})",
        Artifact::COLUMNS,
        Artifact::TABLES
    )
}

/// What somebody selected: one that is named twice counts once. In an order of its own, so that
/// two who delete the same do not wait for each other.
///
/// # Errors
/// [`ServiceError::Invalid`] if they are more than [`MAX_SELECTED`] or none.
pub(crate) fn selected(ids: &[impl AsRef<str>]) -> Result<BTreeSet<&str>, ServiceError> {
    if ids.is_empty() {
        return Err(ServiceError::Invalid("no file is selected".into()));
    }
    if ids.len() > MAX_SELECTED {
        let what = format!("at most {MAX_SELECTED} files can be selected; these are {}", ids.len());
        return Err(ServiceError::Invalid(what));
    }
    Ok(ids.iter().map(AsRef::as_ref).collect())
}

/// Has the sweeper remove the object of a row.
async fn doom(
    connection: &mut AnyConnection,
    now: Millis,
    row: &AnyRow,
) -> Result<(), sqlx::Error> {
    let object: String = row.try_get("object")?;
    let insert =
        "INSERT INTO uploads (object, created_at) VALUES ($1, $2) ON CONFLICT (object) DO NOTHING";
    sqlx::query(insert).bind(object).bind(now).execute(connection).await?;
    Ok(())
}

/// Sorts parts by the sets that they are of, and counts what those have now.
async fn count(rows: &[AnyRow], connection: &mut AnyConnection) -> Result<Vec<Loss>, sqlx::Error> {
    let mut parts_of = BTreeMap::<String, Vec<u64>>::new();
    for row in rows {
        let part: i64 = row.try_get("part")?;
        parts_of.entry(row.try_get("job_id")?).or_default().push(part.unsigned_abs());
    }
    let mut lost = Vec::with_capacity(parts_of.len());
    for (job_id, mut parts) in parts_of {
        parts.sort_unstable();
        let counted = sqlx::query(
            "SELECT title, (SELECT CAST(COUNT(*) AS BIGINT) FROM artifacts WHERE job_id = $1 \
             AND deleted_at IS NULL) AS left_over, (SELECT CAST(COUNT(*) AS BIGINT) FROM artifacts \
             WHERE job_id = $1) AS whole FROM jobs WHERE id = $1",
        );
        let row = counted.bind(&job_id).fetch_one(&mut *connection).await?;
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        let title = row.try_get("title")?;
        lost.push(Loss { job_id, title, parts, left: number("left_over")?, of: number("whole")? });
    }
    Ok(lost)
}
