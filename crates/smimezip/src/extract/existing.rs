//! What of a plan is there already, found before anything is written. Nothing is looked at through
//! a link: a link where a folder must be is in the way.

use std::collections::HashSet;
use std::path::Path;

use cap_std::fs::Dir;

use super::plan::Plan;
use super::report::SkipReason;
use crate::error::{Error, ErrorKind};
use crate::progress::check;
use crate::staging::{Overwrite, There, there};

/// Goes through the plan with what `home` has, which is `destination`: refuses it, or leaves files
/// out of it, as `overwrite` says.
pub(super) fn apply_overwrite_policy(
    plan: &mut Plan<'_>,
    home: &Dir,
    destination: &Path,
    overwrite: Overwrite,
) -> Result<(), Error> {
    let mut lookup = Lookup::new(home);
    let exists = |path: &str| Err(ErrorKind::Exists(destination.join(path)).into());
    for folder in &plan.folders {
        check()?;
        match lookup.find(folder.path.as_str())? {
            None | Some((_, There::Folder)) => {}
            Some((at, _)) => return exists(&at),
        }
    }
    let mut kept = Vec::with_capacity(plan.files.len());
    for file in std::mem::take(&mut plan.files) {
        check()?;
        let path = file.path.as_str();
        match (lookup.find(path)?, overwrite) {
            (None, _) => kept.push(file),
            (Some((at, There::File)), Overwrite::Always) if at == path => kept.push(file),
            (Some((at, There::File)), Overwrite::Skip) if at == path => {
                plan.skip(file.entry, SkipReason::Exists);
            }
            (Some((at, _)), _) => return exists(&at),
        }
    }
    plan.files = kept;
    plan.sum();
    Ok(())
}

/// Looks paths up, remembering folders that are not there: a plan has many files in each.
pub(super) struct Lookup<'a> {
    home: &'a Dir,
    absent: HashSet<String>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(home: &'a Dir) -> Self {
        Self { home, absent: HashSet::new() }
    }

    /// What is at `path`, or what is in the way to it, and where that is.
    pub(super) fn find(&mut self, path: &str) -> Result<Option<(String, There)>, Error> {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if self.absent.contains(folder) {
                return Ok(None);
            }
            match there(self.home, Path::new(folder))? {
                Some(There::Folder) => {}
                Some(found) => return Ok(Some((folder.to_owned(), found))),
                None => {
                    self.absent.insert(folder.to_owned());
                    return Ok(None);
                }
            }
        }
        Ok(there(self.home, Path::new(path))?.map(|found| (path.to_owned(), found)))
    }
}
