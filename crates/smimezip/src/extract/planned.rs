//! An entry and where it goes: what a plan consists of. How plans are made is not known here.

use std::time::SystemTime;

use crate::zip::Entry;
use crate::zip::path::EntryPath;

/// One entry and where it goes.
pub(super) struct Planned<'a> {
    pub(super) entry: &'a Entry,
    /// Its number in the directory.
    pub(super) number: usize,
    pub(super) path: EntryPath<'a>,
    pub(super) modified: Option<SystemTime>,
}
