//! One artifact as the database has it.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::clock::{self, Millis};

/// Why an artifact is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletedBecause {
    /// Its retention ended.
    Expired,
    /// Somebody deleted it.
    User,
}

impl DeletedBecause {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::User => "user",
        }
    }
}

/// A part of a set, sealed, to be downloaded.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Its identifier, by which it is addressed; never by its name.
    pub id: String,
    /// The job that made it.
    pub job_id: String,
    /// Whose it is.
    pub user_id: String,
    /// The data source that it is of.
    pub source: String,
    /// What the job is called.
    pub title: String,
    /// The file's name.
    pub name: String,
    /// Which part of the set it is, from 1.
    pub part: u64,
    /// Of how many.
    pub parts: u64,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Where the storage has it.
    pub object: String,
    /// When it was made.
    pub created_at: Millis,
    /// When its retention ends.
    pub expires_at: Millis,
    /// When it was deleted.
    pub deleted_at: Option<Millis>,
    /// Why.
    pub deleted_because: Option<DeletedBecause>,
}

impl Artifact {
    /// The columns that [`Artifact::from_row`] reads.
    pub(crate) const COLUMNS: &'static str = "artifacts.id, artifacts.job_id, \
         artifacts.user_id, jobs.source, jobs.title, artifacts.name, artifacts.part, \
         artifacts.parts, artifacts.size, artifacts.sha256, artifacts.object, \
         artifacts.created_at, artifacts.expires_at, artifacts.deleted_at, \
         artifacts.deleted_because";
    /// The tables that have them.
    pub(crate) const TABLES: &'static str = "artifacts JOIN jobs ON jobs.id = artifacts.job_id";

    /// Reads a row of [`Artifact::COLUMNS`].
    ///
    /// # Errors
    /// [`sqlx::Error`] if it is no such row.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        let because: Option<String> = row.try_get("deleted_because")?;
        Ok(Self {
            id: row.try_get("id")?,
            job_id: row.try_get("job_id")?,
            user_id: row.try_get("user_id")?,
            source: row.try_get("source")?,
            title: row.try_get("title")?,
            name: row.try_get("name")?,
            part: number("part")?,
            parts: number("parts")?,
            size: number("size")?,
            sha256: row.try_get("sha256")?,
            object: row.try_get("object")?,
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            deleted_at: row.try_get("deleted_at")?,
            deleted_because: because.map(|word| match word.as_str() {
                "expired" => DeletedBecause::Expired,
                _ => DeletedBecause::User,
            }),
        })
    }

    /// How many days are left, a day that has begun counted whole.
    pub fn days_left(&self, now: Millis) -> i64 {
        clock::days_left(now, self.expires_at)
    }
}
