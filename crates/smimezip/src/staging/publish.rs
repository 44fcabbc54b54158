//! From the staging folder to the destination, by renames: all of them or none.
//!
//! A folder that is not there yet is published whole by one rename. Where folders are there
//! already, several renames are needed, and where files are replaced, two for each; a journal is
//! written before the first of them.

use std::path::{Path, PathBuf};

use cap_fs_ext::DirExt;
use cap_std::fs::Dir;

use super::disk;
use super::folder::Staging;
use super::journal::{self, Moves};
use super::overwrite::Overwrite;
use super::rename::{There, rename_new, there};
use crate::error::{Error, ErrorKind};
use crate::progress::check;

/// Publishes all that is staged, and writes the home's list of names out if it is to be `durable`.
/// Existing files are treated as `overwrite` says; folders that are in both are merged. Returns the
/// files that stayed as they were. After an error,
/// and after a cancellation, which is heard until the last rename, everything is as it was.
pub(crate) fn publish(
    staging: Staging,
    overwrite: Overwrite,
    durable: bool,
) -> Result<Vec<String>, Error> {
    let staging = staging.complete();
    let mut found = Found { overwrite, moves: Vec::new(), kept: Vec::new() };
    found.collect(staging.home(), staging.tree(), Path::new(""))?;
    let Found { moves, kept, .. } = found;
    let replace = overwrite == Overwrite::Always;
    let sync = || if durable { disk::sync_folder(staging.home()) } else { Ok(()) };
    check()?;
    if let ([path], false) = (moves.as_slice(), replace) {
        rename_new(staging.tree(), path, staging.home(), path)?;
        if let Err(error) = sync() {
            rename_new(staging.home(), path, staging.tree(), path)?;
            return Err(error);
        }
        return Ok(kept);
    }
    let journaled =
        Moves::begin(staging.home(), staging.folder(), staging.tree(), &moves, durable)?;
    let mut begun = 0;
    let made = moves.iter().enumerate().try_for_each(|(number, path)| {
        check()?;
        begun = number + 1;
        journaled.make(number, path, replace)
    });
    if let Err(error) = made.and_then(|()| sync()).and_then(|()| journal::end(staging.folder())) {
        let begun = moves.iter().enumerate().take(begun).rev();
        let undone = begun.map(|(number, path)| journaled.undo(number, path));
        if undone.fold(false, |failed, undone| failed | undone.is_err()) {
            // What could not be taken back now is left to the next run.
            staging.keep();
        }
        return Err(error);
    }
    Ok(kept)
}

/// What is to be moved, and what stays.
struct Found {
    overwrite: Overwrite,
    moves: Vec<PathBuf>,
    kept: Vec<String>,
}

impl Found {
    /// Finds what has to be moved: whole folders where `home` has none of that name.
    fn collect(&mut self, home: &Dir, tree: &Dir, below: &Path) -> Result<(), Error> {
        for entry in tree.entries()? {
            check()?;
            let entry = entry?;
            let name = entry.file_name();
            let path = below.join(&name);
            let is_folder = entry.file_type()?.is_dir();
            match (there(home, Path::new(&name))?, self.overwrite) {
                (None, _) => self.moves.push(path),
                (Some(There::Folder), _) if is_folder => {
                    let (home, tree) = (home.open_dir_nofollow(&name)?, tree.open_dir(&name)?);
                    self.collect(&home, &tree, &path)?;
                }
                (Some(There::File), Overwrite::Always) if !is_folder => self.moves.push(path),
                (Some(There::File), Overwrite::Skip) if !is_folder => {
                    self.kept.push(path.to_string_lossy().into_owned());
                }
                _ => return Err(ErrorKind::Exists(path).into()),
            }
        }
        Ok(())
    }
}
