//! One line of the journal. Fields may be added; those that are there keep their meaning.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::arguments::Obstacle;
use crate::exit::{Failure, INCOMPLETE, INTERRUPTED, SOME_FAILED};

/// What was done with one export, or one message, in a run of the program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Run {
    /// Counts from 1, without a gap.
    pub(crate) number: u64,
    /// Its name; `None` if the run failed before it came to one.
    pub(crate) export: Option<String>,
    pub(crate) command: String,
    /// RFC 3339, in UTC.
    pub(crate) started: String,
    pub(crate) duration_ms: u64,
    pub(crate) status: Status,
    pub(crate) exit_code: u8,
    /// Where the files are: an absolute path.
    pub(crate) target: Option<String>,
    /// The kind of the failure.
    pub(crate) code: Option<String>,
    /// What was said of it, without names of entries.
    pub(crate) cause: Option<String>,
    pub(crate) arguments: Vec<String>,
    /// The working folder.
    pub(crate) folder: String,
    pub(crate) not_repeatable: Option<Obstacle>,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// All that was asked for was done
    Completed,
    /// It was not done
    Failed,
    /// Parts are missing, or some entries were not extracted
    Incomplete,
    /// It was stopped
    Cancelled,
}

impl Status {
    pub(super) fn of(failure: &Failure, command: &str) -> Self {
        match failure.code() {
            INTERRUPTED => Self::Cancelled,
            INCOMPLETE => Self::Incomplete,
            SOME_FAILED if matches!(command, "extract" | "salvage") => Self::Incomplete,
            _ => Self::Failed,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Incomplete => "incomplete",
            Self::Cancelled => "cancelled",
        }
    }
}
