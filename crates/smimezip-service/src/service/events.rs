//! Who is told that a job changed. What this process changes, it says by itself; what others
//! change, a look into the database shows, while somebody listens.

use std::collections::HashMap;

use sqlx::Row;

use super::Service;
use crate::ServiceError;
use crate::clock::Millis;

/// For how long a job that ended is looked at still, so that none ends unseen between two looks.
const RECENT: Millis = 60 * 1000;

/// A job changed, or there is a new one, or one is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which job.
    pub job_id: String,
    /// Whose it is.
    pub user_id: String,
}

/// What a change shows by.
#[derive(PartialEq, Eq)]
struct Seen {
    user_id: String,
    status: String,
    attempt: i64,
    done_bytes: i64,
}

/// Looks until the service stops.
pub(super) async fn watch(service: Service) {
    let mut seen = None;
    while !service.is_stopping() {
        if service.0.events.receiver_count() == 0 {
            seen = None;
        } else {
            match look(&service).await {
                Ok(now) => {
                    if let Some(before) = &seen {
                        tell(&service, before, &now);
                    }
                    seen = Some(now);
                }
                Err(error) => tracing::warn!(%error, "changes are not seen"),
            }
        }
        service.pause(service.timing().poll).await;
    }
}

async fn look(service: &Service) -> Result<HashMap<String, Seen>, ServiceError> {
    let rows = sqlx::query(
        "SELECT id, user_id, status, attempt, done_bytes FROM jobs \
         WHERE status IN ('waiting', 'in_progress') OR ended_at > $1",
    )
    .bind(service.now().saturating_sub(RECENT))
    .fetch_all(service.database().pool())
    .await?;
    let read = |row: &sqlx::any::AnyRow| {
        let seen = Seen {
            user_id: row.try_get("user_id")?,
            status: row.try_get("status")?,
            attempt: row.try_get("attempt")?,
            done_bytes: row.try_get("done_bytes")?,
        };
        Ok((row.try_get("id")?, seen))
    };
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

fn tell(service: &Service, before: &HashMap<String, Seen>, now: &HashMap<String, Seen>) {
    let changed = now.iter().filter(|(id, seen)| before.get(*id) != Some(*seen));
    // One that ended long ago is not among those any more either, which does no harm.
    let gone = before.iter().filter(|(id, _)| !now.contains_key(*id));
    for (id, seen) in changed.chain(gone) {
        service.changed(id, &seen.user_id);
    }
}
