//! Folders that entries name: verified as files are, made before these, dated after them.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cap_std::fs::Dir;

use super::options::ExtractOptions;
use super::plan::Plan;
use super::work;
use crate::error::Error;
use crate::oddity::Oddities;
use crate::progress::check;
use crate::staging::disk;
use crate::threads;
use crate::zip::{Archive, Entry, Memory};

/// A folder's entry has bytes in the archive, too, and may contradict the directory. One that does
/// is taken out of the plan where the options say to keep going.
pub(super) fn verify(
    archive: &Archive,
    plan: &mut Plan<'_>,
    options: &ExtractOptions,
) -> Result<(), Error> {
    let folders = plan.folders.iter().map(|folder| (folder.number, folder.entry));
    // Of these nothing is made, and so it does not matter in which order they fail.
    let nothing = plan.nothing.iter().map(|entry| (usize::MAX, *entry));
    let entries: Vec<(usize, &Entry)> = folders.chain(nothing).collect();
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let oddities = Mutex::<Oddities>::default();
    threads::team(threads::count(options.threads).min(entries.len()), || {
        let mut memory = Memory::default();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((number, entry)) = entries.get(at) else { return Ok(()) };
            check()?;
            match verify_one(archive, entry, std::mem::take(&mut memory)) {
                Ok((used, odd)) => {
                    memory = used;
                    if !odd.is_empty() {
                        oddities.lock().unwrap_or_else(PoisonError::into_inner).merge(odd);
                    }
                }
                Err(error) if options.keep_going && work::is_of_the_entry(&error) => {
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.push((at, *number, error));
                }
                Err(error) => return Err(error),
            }
        }
    })?;
    plan.oddities.merge(oddities.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_unstable_by_key(|(at, ..)| *at);
    for (at, _, error) in &failed {
        archive.check_settled(entries[*at].1, error)?;
    }
    let mut places = failed.iter().map(|(at, ..)| *at).peekable();
    let mut at = 0..;
    plan.folders.retain(|_| at.next().is_none_or(|at| places.next_if_eq(&at).is_none()));
    plan.failed.extend(failed.into_iter().map(|(_, number, error)| (number, error)));
    Ok(())
}

fn verify_one(
    archive: &Archive,
    folder: &Entry,
    memory: Memory,
) -> Result<(Memory, Oddities), Error> {
    let mut reader = archive.read_with(folder, memory)?;
    if reader.read(&mut [0])? != 0 {
        return Err(Error::record("a folder with contents").in_entry(folder.raw_name()));
    }
    let oddities = reader.oddities();
    Ok((reader.into_memory(), oddities))
}

pub(super) fn make(target: &Dir, plan: &Plan<'_>) -> Result<(), Error> {
    for folder in &plan.folders {
        check()?;
        let path = folder.path.as_str();
        if let Some(parent) = folder.path.parent() {
            target.create_dir_all(parent)?;
        }
        #[cfg_attr(not(unix), expect(unused_mut, reason = "the mode is set on Unix only"))]
        let mut builder = cap_std::fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use cap_std::fs::DirBuilderExt as _;
            builder.mode(folder.entry.permissions().unwrap_or(0o777) | 0o700);
        }
        match target.create_dir_with(path, &builder) {
            // Made as the parent of a folder before it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
    }
    Ok(())
}

/// Folders get their times last, the deepest first: writing into a folder changes its time.
pub(super) fn set_times(target: &Dir, plan: &Plan<'_>) -> Result<(), Error> {
    for folder in plan.folders.iter().rev() {
        check()?;
        if let Some(modified) = folder.modified {
            disk::set_folder_time(
                &target.open_dir(PathBuf::from(folder.path.as_str()))?,
                modified,
            )?;
        }
    }
    Ok(())
}
