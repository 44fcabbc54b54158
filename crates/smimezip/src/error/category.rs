//! What a category is called.

use std::fmt;

use super::Category;

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Io => "input or output failed",
            Self::Format => "not what it should be",
            Self::Key => "no key fits",
            Self::Damaged => "damaged",
            Self::Set => "not one complete set",
            Self::NotFound => "not there",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        })
    }
}
