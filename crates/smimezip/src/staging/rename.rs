//! Renames that replace nothing and are led nowhere by links, whoever else works in the folder.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use cap_fs_ext::DirExt;
use cap_std::fs::Dir;

use crate::error::{Error, ErrorKind};

/// What has a name already. Links are not followed: they are what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    Folder,
    File,
    /// A link, a device, a pipe: never replaced, never looked through.
    Other,
}

/// What `folder` has at `path`.
pub(crate) fn there(folder: &Dir, path: &Path) -> Result<Option<There>, Error> {
    match folder.symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Some(There::Folder)),
        Ok(metadata) if metadata.is_file() => Ok(Some(There::File)),
        Ok(_) => Ok(Some(There::Other)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The folder that `path` below `folder` is in, and its name there. A link on the way is an error.
pub(crate) fn enter<'p>(folder: &Dir, path: &'p Path) -> Result<(Dir, &'p OsStr), Error> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut at = folder.try_clone()?;
    for component in path.parent().into_iter().flat_map(Path::components) {
        at = at.open_dir_nofollow(component.as_os_str())?;
    }
    Ok((at, name))
}

/// Moves `from_path` below `from` to `to_path` below `to`.
pub(crate) fn rename_new(
    from: &Dir,
    from_path: &Path,
    to: &Dir,
    to_path: &Path,
) -> Result<(), Error> {
    let (from, old) = enter(from, from_path)?;
    let (to, new) = enter(to, to_path)?;
    match rename_in_kernel(&from, old, &to, new) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(ErrorKind::Exists(to_path.to_path_buf()).into())
        }
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            if there(&to, Path::new(new))?.is_some() {
                return Err(ErrorKind::Exists(to_path.to_path_buf()).into());
            }
            Ok(from.rename(old, &to, new)?)
        }
        result => Ok(result?),
    }
}

/// Renames without replacing, in one step; `Unsupported` where the file system cannot.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_in_kernel(from: &Dir, old: &OsStr, to: &Dir, new: &OsStr) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;

    renameat_with(from, old, to, new, RenameFlags::NOREPLACE).map_err(|error| match error {
        Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP => io::ErrorKind::Unsupported.into(),
        other => other.into(),
    })
}

#[cfg(windows)]
use super::windows::rename_new as rename_in_kernel;

/// No such call on this platform.
#[cfg(not(any(windows, target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_in_kernel(_: &Dir, _: &OsStr, _: &Dir, _: &OsStr) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
