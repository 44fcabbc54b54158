//! An archive of entries that were found otherwise than by reading its directory as it is.

use std::sync::{Arc, OnceLock};

use super::Archive;
use crate::integrity::Integrity;
use crate::oddity::Oddities;
use crate::options::Rules;
use crate::parts::PartSet;
use crate::read_at::Scan;
use crate::zip::entry::Entry;

impl Archive {
    /// An archive of entries that were found in its parts without or beside its directory.
    pub(in crate::zip) fn of_found(
        set: &Arc<PartSet>,
        entries: Vec<Entry>,
        rules: &Rules,
        integrity: Integrity,
    ) -> Self {
        let archive = Self {
            set: Arc::clone(set),
            entries,
            rules: Arc::new(rules.clone()),
            oddities: Oddities::default(),
            integrity: Integrity::Checksummed,
            extents: Scan::done(0),
            names: OnceLock::new(),
        };
        archive.with_parts_of(integrity)
    }

    /// Its entries, to make another archive of.
    pub(in crate::zip) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}
