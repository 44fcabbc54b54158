//! Removes from the storage what is not to be there any more: bytes of artifacts that were deleted
//! or expired, and of runs that ended without a set. Only rows tell what that is, so that nothing
//! of a set that was published can be taken for something left over; and as rows go last, whatever
//! fails is tried again.

use sqlx::Row;

use super::{Storage, expire};
use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;

/// How long after its end a run is looked after still whose process did not say that it had
/// stopped: it may have been asleep.
const GRACE: Millis = 10 * 60 * 1000;
/// How many rows are looked at in one go.
const ROWS: i64 = 1000;

/// Does it once.
///
/// # Errors
/// [`ServiceError::Database`]. What the storage says is logged: another object may be removed
/// still.
pub(crate) async fn sweep(
    database: &Database,
    storage: &Storage,
    now: Millis,
) -> Result<(), ServiceError> {
    expire(database, now).await?;
    let time = database.now();
    // A run that is none any more will never be one again: each claim counts its attempt up.
    let dead = format!(
        "UPDATE uploads SET dead_since = {time} WHERE dead_since IS NULL AND job_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = uploads.job_id \
         AND jobs.attempt = uploads.attempt AND jobs.status = 'in_progress')"
    );
    sqlx::query(&dead).execute(database.pool()).await?;
    let rows = sqlx::query(
        "SELECT object FROM uploads WHERE job_id IS NULL OR dead_since IS NOT NULL \
         ORDER BY created_at, object LIMIT $1",
    );
    let forget = format!(
        "DELETE FROM uploads WHERE object = $1 AND (job_id IS NULL OR dead_since < {time} - $2)"
    );
    for row in rows.bind(ROWS).fetch_all(database.pool()).await? {
        let object: String = row.try_get("object")?;
        match storage.remove(&object).await {
            Ok(()) => {
                let forget = sqlx::query(&forget).bind(&object).bind(GRACE);
                forget.execute(database.pool()).await?;
            }
            Err(error) => tracing::warn!(%object, %error, "cannot be removed from the storage"),
        }
    }
    Ok(())
}
