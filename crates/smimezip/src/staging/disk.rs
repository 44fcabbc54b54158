//! What the disk is asked: free space, to write everything out, a folder's time and lock.

use std::fs::File;
#[cfg(unix)]
use std::fs::TryLockError;
use std::io;
use std::time::SystemTime;

use cap_std::fs::Dir;
#[cfg(not(target_os = "linux"))]
use cap_std::fs::OpenOptions;

#[cfg(windows)]
use super::windows;
use crate::error::{Error, ErrorKind};
#[cfg(not(target_os = "linux"))]
use crate::progress::check;
use crate::threads::abandonable;

/// A handle of a folder that can be locked, synced and given a time; those of `cap_std` can only
/// be looked up in.
#[cfg(unix)]
fn full_handle(folder: &Dir) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(folder, ".", flags, Mode::empty())?.into())
}

#[cfg(windows)]
fn full_handle(folder: &Dir) -> io::Result<File> {
    windows::open_for_writing(folder)
}

/// Locks a folder as long as what is returned is open.
#[cfg(unix)]
pub(super) fn lock_folder(folder: &Dir) -> Result<File, TryLockError> {
    let file = full_handle(folder).map_err(TryLockError::Error)?;
    file.try_lock().map(|()| file)
}

#[cfg(windows)]
pub(super) use windows::lock_folder;

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

/// Refuses a plan of `needed` bytes that the file system of `folder` has no room for, or that are
/// more than the user may still have there.
#[cfg(windows)]
pub(crate) fn check_free_space(folder: &Dir, needed: u64) -> Result<(), Error> {
    let available = windows::free_space(folder)?;
    if needed > available {
        return Err(ErrorKind::NoSpace { needed, available }.into());
    }
    Ok(())
}

/// A number that stands for the file system that a folder is on.
pub(crate) fn file_system(folder: &Dir) -> Result<u64, Error> {
    Ok(cap_fs_ext::MetadataExt::dev(&folder.dir_metadata()?))
}

/// Refuses a folder in which nothing may be made, as the attempt would.
#[cfg(unix)]
pub(crate) fn check_writable(folder: &Dir) -> Result<(), Error> {
    use rustix::fs::{Access, AtFlags};
    let access = Access::WRITE_OK | Access::EXEC_OK;
    Ok(rustix::fs::accessat(folder, ".", access, AtFlags::EACCESS).map_err(io::Error::from)?)
}

#[cfg(windows)]
pub(crate) fn check_writable(folder: &Dir) -> Result<(), Error> {
    windows::check_local(folder)?;
    Ok(windows::check_writable(folder)?)
}

/// Writes all that is in `tree` out. A call that is cancelled waits for it on Windows only, where
/// what another thread has open could not be removed.
pub(crate) fn write_out(tree: &Dir) -> Result<(), Error> {
    if cfg!(windows) {
        return sync_all(tree);
    }
    let tree = tree.try_clone()?;
    abandonable(move || sync_all(&tree))
}

/// Writes a file out and closes it, as [`write_out`].
pub(crate) fn write_file_out(file: File) -> Result<(), Error> {
    let write = move || Ok(file.sync_all()?);
    if cfg!(windows) { write() } else { abandonable(write) }
}

/// Writes all of the file system of `tree` out: one call for any number of files.
#[cfg(target_os = "linux")]
fn sync_all(tree: &Dir) -> Result<(), Error> {
    Ok(rustix::fs::syncfs(full_handle(tree)?).map_err(io::Error::from)?)
}

/// Writes each file and folder of `tree` out. Files are opened for writing: Windows flushes through
/// no other handle (FlushFileBuffers).
#[cfg(not(target_os = "linux"))]
fn sync_all(tree: &Dir) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true);
    for entry in tree.entries()? {
        check()?;
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&tree.open_dir(entry.file_name())?)?;
        } else {
            entry.open_with(&options)?.sync_all()?;
        }
    }
    sync_folder(tree)
}

/// Writes a folder's own list of names out. Of folders Microsoft's page on FlushFileBuffers says
/// nothing, that on NtFlushBuffersFileEx, which it calls, knows handles of them; where a file
/// system refuses, its own journal keeps the order of the renames.
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
    Ok(full_handle(folder)?.set_modified(modified)?)
}
