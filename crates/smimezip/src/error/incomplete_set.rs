//! The error for a set of which parts are missing and nothing else is wrong.

use super::ErrorKind;
use crate::part_name::PartName;

impl ErrorKind {
    /// That parts of a set are missing, and nothing else is wrong with it as far as names show.
    pub(crate) fn missing(missing: Vec<PartName>) -> Self {
        Self::IncompleteSet {
            missing,
            extra: Vec::new(),
            duplicates: Vec::new(),
            unfinished: Vec::new(),
            misnamed: Vec::new(),
        }
    }
}
