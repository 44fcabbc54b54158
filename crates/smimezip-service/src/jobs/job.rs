//! One job as the database has it.

use std::fmt;
use std::str::FromStr;

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::clock::Millis;

/// What a job exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobType {
    /// All of the source.
    Whole,
    /// What was modified since the last completed job of the same source began.
    Changed,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// No process has taken it yet.
    Waiting,
    /// A process runs it.
    InProgress,
    /// Its parts can be downloaded, or could.
    Completed,
    /// It ended without a set; [`Job::failure`] says why.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl JobType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Whole, Self::Changed];

    /// The word in the database, in addresses and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Changed => "changed",
        }
    }
}

impl JobStatus {
    /// All of them, in the order in which a job goes through them.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::InProgress, Self::Completed, Self::Failed, Self::Cancelled];

    /// The word in the database, in addresses and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing more will happen to the job.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// For people.
impl fmt::Display for JobType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "Whole",
            Self::Changed => "Changed",
        })
    }
}

/// For people.
impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "Waiting",
            Self::InProgress => "In Progress",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        })
    }
}

impl FromStr for JobType {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|known| known.as_str() == word).ok_or(())
    }
}

impl FromStr for JobStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|known| known.as_str() == word).ok_or(())
    }
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its identifier.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What the user called it.
    pub title: String,
    /// The data source's name.
    pub source: String,
    /// What it exports.
    pub job_type: JobType,
    /// File Split Size: bytes.
    pub part_size: u64,
    /// The certificates it is sealed for, PEM.
    pub recipients: String,
    /// Of [`JobType::Changed`]: what was modified since then.
    pub since: Option<Millis>,
    /// Where it stands.
    pub status: JobStatus,
    /// Somebody asked for its end.
    pub cancel_requested: bool,
    /// When it was asked for.
    pub created_at: Millis,
    /// When a process first began it.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// The name of the set's last part.
    pub file_name: Option<String>,
    /// How many files and folders are in it.
    pub entries: Option<u64>,
    /// Why it failed.
    pub failure: Option<String>,
    /// How many bytes of the source were read.
    pub done_bytes: u64,
    /// How many bytes the source has; 0 if that is not known.
    pub total_bytes: u64,
    /// How many times a process began it.
    pub attempt: i64,
}

impl Job {
    /// The columns that [`Job::from_row`] reads.
    pub(crate) const COLUMNS: &'static str = "id, user_id, title, source, job_type, part_size, \
         recipients, since, status, cancel_requested, created_at, started_at, ended_at, file_name, \
         entries, failure, done_bytes, total_bytes, attempt";

    /// Reads a row of [`Job::COLUMNS`].
    ///
    /// # Errors
    /// [`sqlx::Error`] if it is no such row.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        Ok(Self {
            id: row.try_get("id")?,
            user_id: row.try_get("user_id")?,
            title: row.try_get("title")?,
            source: row.try_get("source")?,
            job_type: word(row, "job_type")?,
            part_size: number("part_size")?,
            recipients: row.try_get("recipients")?,
            since: row.try_get("since")?,
            status: word(row, "status")?,
            cancel_requested: row.try_get::<i64, _>("cancel_requested")? != 0,
            created_at: row.try_get("created_at")?,
            started_at: row.try_get("started_at")?,
            ended_at: row.try_get("ended_at")?,
            file_name: row.try_get("file_name")?,
            entries: row.try_get::<Option<i64>, _>("entries")?.map(i64::unsigned_abs),
            failure: row.try_get("failure")?,
            done_bytes: number("done_bytes")?,
            total_bytes: number("total_bytes")?,
            attempt: row.try_get("attempt")?,
        })
    }

    /// How many milliseconds are left by what was done so far, if that can be told.
    pub fn remaining(&self, now: Millis) -> Option<Millis> {
        let started = self.started_at.filter(|_| self.status == JobStatus::InProgress)?;
        let left = self.total_bytes.checked_sub(self.done_bytes)?;
        if self.done_bytes == 0 || self.total_bytes == 0 {
            return None;
        }
        let taken = u128::from(now.saturating_sub(started).max(0).unsigned_abs());
        Millis::try_from(taken * u128::from(left) / u128::from(self.done_bytes)).ok()
    }
}

fn word<T: FromStr>(row: &AnyRow, column: &str) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| sqlx::Error::ColumnDecode {
        index: column.into(),
        source: format!("an unknown word: {text:?}").into(),
    })
}
