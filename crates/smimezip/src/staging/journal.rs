//! The moves of a publication, written down before the first one is made, so that they can be taken
//! back: by this run after an error, by the next run after a kill.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions};

use super::rename::{There, enter, rename_new, there};
use crate::error::Error;

/// In the staging folder: the paths to be published, as the system has them, each ended by a NUL.
const JOURNAL: &str = "journal";
/// In the staging folder: files that were replaced, by their number in the journal.
const REPLACED: &str = "replaced";

/// The folders that a publication moves between.
pub(crate) struct Moves<'a> {
    pub(crate) home: &'a Dir,
    pub(crate) tree: &'a Dir,
    replaced: Dir,
}

impl<'a> Moves<'a> {
    /// Writes `paths` down in the staging folder; to the disk if it is to be `durable`.
    pub(crate) fn begin(
        home: &'a Dir,
        staging: &Dir,
        tree: &'a Dir,
        paths: &[PathBuf],
        durable: bool,
    ) -> Result<Self, Error> {
        staging.create_dir(REPLACED)?;
        let mut bytes = Vec::new();
        for path in paths {
            bytes.extend_from_slice(path.as_os_str().as_encoded_bytes());
            bytes.push(0);
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut journal = staging.open_with(JOURNAL, &options)?.into_std();
        journal.write_all(&bytes)?;
        if durable {
            journal.sync_all()?;
        }
        Ok(Self { home, tree, replaced: staging.open_dir(REPLACED)? })
    }

    /// Makes the move with this number. A file in its place is set aside if `replace`.
    pub(crate) fn make(&self, number: usize, path: &Path, replace: bool) -> Result<(), Error> {
        if replace {
            let (folder, name) = enter(self.home, path)?;
            if there(&folder, Path::new(name))? == Some(There::File) {
                let aside = number.to_string();
                rename_new(&folder, Path::new(name), &self.replaced, Path::new(&aside))?;
            }
        }
        rename_new(self.tree, path, self.home, path)
    }

    /// Takes back the move with this number, whether it was made, half made or not made.
    pub(crate) fn undo(&self, number: usize, path: &Path) -> Result<(), Error> {
        let (folder, name) = enter(self.home, path)?;
        let name = Path::new(name);
        let (mirror, _) = enter(self.tree, path)?;
        if there(&mirror, name)?.is_none() && there(&folder, name)?.is_some() {
            rename_new(&folder, name, &mirror, name)?;
        }
        let aside = number.to_string();
        if there(&self.replaced, Path::new(&aside))?.is_some() {
            rename_new(&self.replaced, Path::new(&aside), &folder, name)?;
        }
        Ok(())
    }
}

/// The publication is complete: nothing is to be taken back any more.
pub(crate) fn end(staging: &Dir) -> Result<(), Error> {
    Ok(staging.remove_file(JOURNAL)?)
}

/// Takes back what a killed run had published when it was killed in the middle. A run that had
/// moved everything was complete: that stays.
pub(crate) fn take_back(home: &Dir, staging: &Dir, tree: &Dir) -> Result<(), Error> {
    let mut journal = Vec::new();
    match staging.open(JOURNAL) {
        Ok(mut file) => file.read_to_end(&mut journal)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Some((0, journal)) = journal.split_last() else {
        // It was being written when the run was killed: nothing was moved then.
        return Ok(());
    };
    let moves = Moves { home, tree, replaced: staging.open_dir(REPLACED)? };
    let paths = journal.split(|byte| *byte == 0).map(path_of).collect::<Result<Vec<_>, _>>()?;
    let mut left = false;
    for path in &paths {
        left |= there(tree, path)?.is_some();
    }
    if left {
        for (number, path) in paths.iter().enumerate().rev() {
            moves.undo(number, path)?;
        }
    }
    Ok(())
}

/// A path in the journal: the bytes that the system has for it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
fn path_of(bytes: &[u8]) -> io::Result<&Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Ok(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

/// A path in the journal. What is no Unicode text cannot be taken back on this platform.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> io::Result<&Path> {
    std::str::from_utf8(bytes).map(Path::new).map_err(io::Error::other)
}
