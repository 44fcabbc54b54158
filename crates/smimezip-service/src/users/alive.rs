//! Which sessions go on, for those who listen for long: looked at for all of them together, so that
//! a thousand of them do not ask the database a thousand times.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::sessions::{self, Session};
use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;

/// What was seen last, and when.
#[derive(Debug, Default)]
pub struct Alive(Mutex<Option<(Instant, HashSet<String>)>>);

impl Alive {
    /// Whether a session goes on, or did so short a time ago.
    ///
    /// # Errors
    /// [`ServiceError::Database`].
    pub async fn has(
        &self,
        database: &Database,
        now: Millis,
        session: &Session,
        age: Duration,
    ) -> Result<bool, ServiceError> {
        let mut seen = self.0.lock().await;
        if let Some((at, alive)) = &*seen
            && at.elapsed() < age
            && session.is_among(alive)
        {
            return Ok(true);
        }
        // One that is not among those of before may have begun since.
        let alive = sessions::all(database, now).await?;
        let is_alive = session.is_among(&alive);
        *seen = Some((Instant::now(), alive));
        Ok(is_alive)
    }
}
