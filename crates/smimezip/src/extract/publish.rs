//! From the staging folder to the destination, by renames: all of them or none.
//!
//! A folder that is not there yet is published whole by one rename. Where folders are there
//! already, several renames are needed; a journal written before the first one lets a later run
//! take them back, should this one be killed in between.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions};

use super::options::Overwrite;
use super::report::{SkipReason, Skipped};
use crate::error::{Error, ErrorKind};

/// In the staging folder: the paths to be published, each ended by a NUL.
const JOURNAL: &str = "journal";
/// In the staging folder: files that were replaced, by their number in the journal.
const REPLACED: &str = "replaced";

/// Publishes all of `tree` into `home`. Existing files are treated as `overwrite` says; folders
/// that are in both are merged. After an error everything is as it was.
pub(super) fn publish(
    home: &Dir,
    staging: &Dir,
    tree: &Dir,
    overwrite: Overwrite,
) -> Result<Vec<Skipped>, Error> {
    let mut moves = Vec::new();
    let mut skipped = Vec::new();
    collect(home, tree, Path::new(""), overwrite, &mut moves, &mut skipped)?;
    staging.create_dir(REPLACED)?;
    let replaced = staging.open_dir(REPLACED)?;
    if moves.len() > 1 {
        write_journal(staging, &moves)?;
    }
    for (number, path) in moves.iter().enumerate() {
        let moved = set_aside(home, &replaced, number, path, overwrite)
            .and_then(|()| rename_new(tree, home, path));
        if let Err(error) = moved {
            for (number, path) in moves.iter().enumerate().take(number + 1).rev() {
                undo(home, &replaced, tree, number, path)?;
            }
            return Err(error);
        }
    }
    if moves.len() > 1 {
        staging.remove_file(JOURNAL)?;
    }
    Ok(skipped)
}

/// Finds what has to be moved: whole folders where `home` has none of that name.
fn collect(
    home: &Dir,
    tree: &Dir,
    below: &Path,
    overwrite: Overwrite,
    moves: &mut Vec<PathBuf>,
    skipped: &mut Vec<Skipped>,
) -> Result<(), Error> {
    for entry in tree.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        let path = below.join(&name);
        let is_folder = entry.file_type()?.is_dir();
        match there(home, Path::new(&name))? {
            None => moves.push(path),
            Some(There::Folder) if is_folder => {
                let (home, tree) = (home.open_dir(&name)?, tree.open_dir(&name)?);
                collect(&home, &tree, &path, overwrite, moves, skipped)?;
            }
            Some(found) => match overwrite {
                Overwrite::Always if !is_folder && found == There::File => moves.push(path),
                Overwrite::Skip if !is_folder && found == There::File => {
                    let name = path.to_string_lossy().into_owned();
                    skipped.push(Skipped { name, reason: SkipReason::Exists });
                }
                _ => return Err(ErrorKind::Exists(path).into()),
            },
        }
    }
    Ok(())
}

/// What has a name already. Links are not followed: they are what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    Folder,
    File,
    /// A link, a device, a pipe: never replaced, never looked through.
    Other,
}

/// What `home` has at `path`.
pub(super) fn there(home: &Dir, path: &Path) -> Result<Option<There>, Error> {
    match home.symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Some(There::Folder)),
        Ok(metadata) if metadata.is_file() => Ok(Some(There::File)),
        Ok(_) => Ok(Some(There::Other)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn set_aside(
    home: &Dir,
    replaced: &Dir,
    number: usize,
    path: &Path,
    overwrite: Overwrite,
) -> Result<(), Error> {
    if overwrite == Overwrite::Always && there(home, path)? == Some(There::File) {
        home.rename(path, replaced, number.to_string())?;
    }
    Ok(())
}

/// Takes back the move of `path`, whether it was made or not.
fn undo(home: &Dir, replaced: &Dir, tree: &Dir, number: usize, path: &Path) -> Result<(), Error> {
    if there(tree, path)?.is_none() && there(home, path)?.is_some() {
        home.rename(path, tree, path)?;
    }
    let number = number.to_string();
    if there(replaced, Path::new(&number))?.is_some() {
        replaced.rename(&number, home, path)?;
    }
    Ok(())
}

fn write_journal(staging: &Dir, moves: &[PathBuf]) -> Result<(), Error> {
    let mut octets = Vec::new();
    for path in moves {
        octets.extend_from_slice(path.as_os_str().as_encoded_bytes());
        octets.push(0);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut journal = staging.open_with(JOURNAL, &options)?.into_std();
    journal.write_all(&octets)?;
    journal.sync_all()?;
    Ok(())
}

/// Takes back what a killed run had published when it was killed in the middle. A run that had
/// moved everything was complete: that stays.
pub(super) fn take_back(home: &Dir, staging: &Dir, tree: &Dir) -> Result<(), Error> {
    let mut journal = String::new();
    match staging.open(JOURNAL) {
        Ok(mut file) => file.read_to_string(&mut journal)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let replaced = staging.open_dir(REPLACED)?;
    // A path without its end was being written when the run was killed: nothing was moved then.
    let paths: Vec<&Path> = journal.split_terminator('\0').map(Path::new).collect();
    let mut left = false;
    for path in &paths {
        left |= there(tree, path)?.is_some();
    }
    if left && journal.ends_with('\0') {
        for (number, path) in paths.iter().enumerate().rev() {
            undo(home, &replaced, tree, number, path)?;
        }
    }
    Ok(())
}

/// Renames without ever replacing anything.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_new(from: &Dir, to: &Dir, path: &Path) -> Result<(), Error> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(from, path, to, path, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(ErrorKind::Exists(path.to_path_buf()).into()),
        // The file system does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rename_checked(from, to, path),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// Renames without replacing what can be seen.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_new(from: &Dir, to: &Dir, path: &Path) -> Result<(), Error> {
    rename_checked(from, to, path)
}

fn rename_checked(from: &Dir, to: &Dir, path: &Path) -> Result<(), Error> {
    if there(to, path)?.is_some() {
        return Err(ErrorKind::Exists(path.to_path_buf()).into());
    }
    Ok(from.rename(path, to, path)?)
}
