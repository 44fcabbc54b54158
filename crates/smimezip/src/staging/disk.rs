//! What the disk is asked: free space, to write everything out, a folder's time.

use std::fs::File;
use std::io;
use std::time::SystemTime;

use cap_std::fs::Dir;

use crate::error::Error;
#[cfg(unix)]
use crate::error::ErrorKind;

/// A handle of a folder that can be locked, synced and given a time; those of `cap_std` can only
/// be looked up in.
#[cfg(unix)]
pub(crate) fn full_handle(folder: &Dir) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(folder, ".", flags, Mode::empty())?.into())
}

/// A handle of a folder with what the platform allows.
#[cfg(not(unix))]
pub(crate) fn full_handle(folder: &Dir) -> io::Result<File> {
    Ok(folder.open_dir(".")?.into_std_file())
}

/// Refuses a plan of `needed` bytes that the file system of `folder` has no room for.
#[cfg(unix)]
pub(crate) fn check_free_space(folder: &Dir, needed: u64) -> Result<(), Error> {
    let space = rustix::fs::fstatvfs(folder).map_err(io::Error::from)?;
    if space.f_blocks == 0 {
        // A file system that does not report its size.
        return Ok(());
    }
    let available = space.f_bavail.saturating_mul(space.f_frsize);
    if needed > available {
        return Err(ErrorKind::NoSpace { needed, available }.into());
    }
    Ok(())
}

/// Free space is not asked here; a full disk ends the extraction cleanly.
#[cfg(not(unix))]
pub(crate) fn check_free_space(_: &Dir, _: u64) -> Result<(), Error> {
    Ok(())
}

/// A number that stands for the file system that a folder is on.
#[cfg(unix)]
pub(crate) fn file_system(folder: &Dir) -> Result<u64, Error> {
    use cap_std::fs::MetadataExt as _;
    Ok(folder.dir_metadata()?.dev())
}

/// Free space is not asked here.
#[cfg(not(unix))]
pub(crate) fn file_system(_: &Dir) -> Result<u64, Error> {
    Ok(0)
}

/// Refuses a folder in which nothing may be made, as the attempt would.
#[cfg(unix)]
pub(crate) fn check_writable(folder: &Dir) -> Result<(), Error> {
    use rustix::fs::{Access, AtFlags};
    let access = Access::WRITE_OK | Access::EXEC_OK;
    Ok(rustix::fs::accessat(folder, ".", access, AtFlags::EACCESS).map_err(io::Error::from)?)
}

/// Is not known before the attempt.
#[cfg(not(unix))]
pub(crate) fn check_writable(_: &Dir) -> Result<(), Error> {
    Ok(())
}

/// Writes all of the file system of `tree` out: one call for any number of files.
#[cfg(target_os = "linux")]
pub(crate) fn sync_all(tree: &Dir) -> Result<(), Error> {
    Ok(rustix::fs::syncfs(full_handle(tree)?).map_err(io::Error::from)?)
}

/// Writes each file and folder of `tree` out.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_all(tree: &Dir) -> Result<(), Error> {
    for entry in tree.entries()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&tree.open_dir(entry.file_name())?)?;
        } else {
            entry.open()?.sync_all()?;
        }
    }
    sync_folder(tree)
}

/// Writes a folder's own list of names out.
pub(crate) fn sync_folder(folder: &Dir) -> Result<(), Error> {
    let file = full_handle(folder)?;
    match file.sync_all() {
        // Not every file system and platform can; the renames are made all the same.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Sets a folder's modification time.
pub(crate) fn set_folder_time(folder: &Dir, modified: SystemTime) -> Result<(), Error> {
    let file = full_handle(folder)?;
    match file.set_modified(modified) {
        // Windows opens folders for reading only.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => Ok(result?),
    }
}
