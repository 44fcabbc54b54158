//! What is in a folder, in an order that does not depend on the file system. Links are looked at
//! and never followed.

use std::path::Path;
use std::time::SystemTime;

use cap_fs_ext::{DirExt, MetadataExt};
use cap_std::fs::{Dir, Metadata};

use super::roots::{Kind, Root};
use crate::error::{Error, ErrorKind, NameProblem, Unsupported};
use crate::progress::check;
use crate::zip::path::MAX_DEPTH;

/// A file or a folder that was found.
pub(super) struct Found {
    /// From the folder that was scanned, with `/` between its components.
    pub(super) path: String,
    pub(super) state: State,
}

/// What of a file shows that it is the same, and was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) is_folder: bool,
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
    pub(super) permissions: Option<u32>,
    /// Device and number on it.
    identity: (u64, u64),
    /// When it was last changed in any way, which nobody can set: a number may be used again, and a
    /// modification time be put back. 0 where the system has no such time.
    changed: (i64, i64),
}

impl State {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let permissions = {
            use cap_std::fs::PermissionsExt as _;
            Some(metadata.permissions().mode() & 0o777)
        };
        #[cfg(not(unix))]
        let permissions = None;
        #[cfg(unix)]
        let changed = {
            use cap_std::fs::MetadataExt as _;
            (metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let changed = (0, 0);
        let is_folder = metadata.is_dir();
        Self {
            is_folder,
            size: if is_folder { 0 } else { metadata.len() },
            modified: metadata.modified().ok().map(cap_std::time::SystemTime::into_std),
            permissions,
            identity: (MetadataExt::dev(metadata), MetadataExt::ino(metadata)),
            changed,
        }
    }
}

/// Goes through all that is in what was named, folders before what is in them, names in the order
/// of their bytes.
pub(super) struct Scan<'a> {
    /// Whether a path is to be looked at at all; that of a folder ends in `/`.
    pub(super) wanted: &'a dyn Fn(&str) -> bool,
    /// Gets what can be an archive's entry and answers whether to go into a folder.
    pub(super) take: &'a mut dyn FnMut(Found) -> Result<bool, Error>,
    /// Gets what cannot be one.
    pub(super) refuse: &'a mut dyn FnMut(Error) -> Result<(), Error>,
}

impl Scan<'_> {
    /// # Errors
    /// Those of `take` and `refuse`, `Cancelled`, what the operating system says.
    pub(super) fn root(&mut self, root: &Root) -> Result<(), Error> {
        match &root.kind {
            Kind::Contents => self.folder(&root.folder, "", 0),
            Kind::Folder(name) => {
                let metadata = root.folder.dir_metadata();
                let metadata = metadata.map_err(|error| Error::from(error).in_entry(&**name))?;
                if self.may_enter(name.clone(), &metadata)? {
                    self.folder(&root.folder, name, 1)?;
                }
                Ok(())
            }
            Kind::File(name, file) => {
                let metadata = root.folder.symlink_metadata(file);
                let metadata = metadata.map_err(|error| Error::from(error).in_entry(&**name))?;
                self.may_enter(name.clone(), &metadata).map(drop)
            }
        }
    }

    /// Hands on what is at `path`; whether it is a folder to go into.
    fn may_enter(&mut self, path: String, metadata: &Metadata) -> Result<bool, Error> {
        let is_folder = metadata.is_dir();
        let is_wanted =
            if is_folder { (self.wanted)(&format!("{path}/")) } else { (self.wanted)(&path) };
        if !is_wanted {
            return Ok(false);
        }
        if !is_folder && !metadata.is_file() {
            (self.refuse)(Error::from(Unsupported::SpecialFile).in_entry(path))?;
            return Ok(false);
        }
        Ok((self.take)(Found { path, state: State::of(metadata) })? && is_folder)
    }

    fn folder(&mut self, folder: &Dir, path: &str, depth: usize) -> Result<(), Error> {
        let at = |error: std::io::Error| Error::from(error).in_entry(path);
        let mut names = Vec::new();
        for entry in folder.entries().map_err(at)? {
            check()?;
            names.push(entry.map_err(at)?.file_name());
        }
        names.sort_by(|one, other| one.as_encoded_bytes().cmp(other.as_encoded_bytes()));
        for name in names {
            check()?;
            let shown = name.to_string_lossy();
            let path = if path.is_empty() { shown.into_owned() } else { format!("{path}/{shown}") };
            let found = folder.symlink_metadata(&name);
            let metadata = found.map_err(|error| Error::from(error).in_entry(&*path))?;
            if name.to_str().is_none() {
                if (self.wanted)(&path) {
                    let error = Error::from(ErrorKind::UnsafeName(NameProblem::NotUnicode));
                    (self.refuse)(error.in_entry(path))?;
                }
                continue;
            }
            // Deeper ones are refused by their names; this keeps the recursion short in any case.
            if self.may_enter(path.clone(), &metadata)? && depth < MAX_DEPTH {
                let inner = folder.open_dir_nofollow(Path::new(&name));
                let inner = inner.map_err(|error| Error::from(error).in_entry(&*path))?;
                self.folder(&inner, &path, depth + 1)?;
            }
        }
        Ok(())
    }
}
