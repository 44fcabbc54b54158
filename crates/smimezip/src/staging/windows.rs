//! What Windows does in a way of its own. A handle of a folder keeps others from moving the folder
//! and those above it, so what is done by its path is done where the handle is. Paths are verbatim
//! (`\\?\…`): of any length, and as they are written. Nothing here decides what is done.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cap_std::fs::Dir;

/// Held open by whoever makes or cleans staging folders beside it; gone when it is closed, also by
/// a kill.
const GUARD: &str = ".smimezip.guard";
/// What virus scanners and indexers have open for a moment cannot be moved or removed: how often it
/// is tried, and how long it is waited in between.
const TRIES: usize = 100;
const PATIENCE: Duration = Duration::from_millis(20);

// Of the Windows SDK's winerror.h and winnt.h.
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;
const ERROR_DIR_NOT_EMPTY: i32 = 145;
const FILE_ADD_FILE: u32 = 0x2;
const FILE_ADD_SUBDIRECTORY: u32 = 0x4;
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;

/// Where a folder is.
pub(super) fn path_of(folder: &Dir) -> io::Result<PathBuf> {
    winx::file::get_file_path(&folder.try_clone()?.into_std_file())
}

/// Refuses a folder on another machine, a mapped drive, too: `cap_std` looks for its files in a
/// wrong place there.
pub(super) fn check_local(folder: &Dir) -> io::Result<()> {
    let is_elsewhere = {
        let start: Vec<u16> = OsStr::new(r"\\?\UNC\").encode_wide().collect();
        path_of(folder)?.as_os_str().encode_wide().take(start.len()).eq(start)
    };
    if is_elsewhere {
        let what = "a folder on another machine; only one on this machine can be written to";
        return Err(io::Error::new(io::ErrorKind::Unsupported, what));
    }
    Ok(())
}

/// A handle of a folder that can be flushed and given a time: both need the right to write.
pub(super) fn open_for_writing(folder: &Dir) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path_of(folder)?)
}

/// Whether files and folders may be made in a folder, as an error if not.
pub(super) fn check_writable(folder: &Dir) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.access_mode(FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY);
    options.custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path_of(folder)?).map(drop)
}

/// Bytes that this user may still write to the file system of a folder.
pub(super) fn free_space(folder: &Dir) -> io::Result<u64> {
    fs4::available_space(&path_of(folder)?)
}

/// Keeps other runs out of a folder until it is closed. Folders themselves cannot be locked here.
pub(super) fn lock_folder(folder: &Dir) -> Result<File, TryLockError> {
    let path = path_of(folder).map_err(TryLockError::Error)?.join(GUARD);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).share_mode(0);
    options.custom_flags(FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT);
    // While one that was closed disappears, access is denied.
    patiently(&[ERROR_ACCESS_DENIED], || options.open(&path)).map_err(|error| {
        match error.raw_os_error() {
            Some(ERROR_SHARING_VIOLATION) => TryLockError::WouldBlock,
            _ => TryLockError::Error(error),
        }
    })
}

/// Whether a folder belongs to who runs this: to the user, or to the administrators the user is one
/// of.
pub(super) fn is_own(folder: &Dir) -> bool {
    path_of(folder).is_ok_and(|path| {
        gix_sec::identity::is_path_owned_by_current_user(&path).unwrap_or_default()
    })
}

/// Renames without replacing, in one step.
pub(super) fn rename_new(from: &Dir, old: &OsStr, to: &Dir, new: &OsStr) -> io::Result<()> {
    let (old, new) = (path_of(from)?.join(old), path_of(to)?.join(new));
    patiently(&[ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION], || {
        renamore::rename_exclusive(&old, &new)
    })
}

/// Removes a folder with all that is in it, none of which may be open here.
pub(super) fn remove_all(home: &Dir, name: &Path) -> io::Result<()> {
    let path = path_of(home)?.join(name);
    patiently(&[ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_DIR_NOT_EMPTY], || {
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                // Of older systems read-only files are not removed; a file that was replaced may
                // be one.
                let _ = clear_read_only(&path);
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    })
}

/// Makes all files below a folder writable. Links are not followed.
fn clear_read_only(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        let mut permissions = metadata.permissions();
        if metadata.is_dir() {
            clear_read_only(&entry.path())?;
        } else if metadata.is_file() && permissions.readonly() {
            #[expect(clippy::permissions_set_readonly_false, reason = "it is an attribute here")]
            permissions.set_readonly(false);
            std::fs::set_permissions(entry.path(), permissions)?;
        }
    }
    Ok(())
}

/// Tries again as long as one of these errors comes.
fn patiently<T>(errors: &[i32], mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..TRIES {
        match work() {
            Err(error) if error.raw_os_error().is_some_and(|it| errors.contains(&it)) => {
                std::thread::sleep(PATIENCE);
            }
            outcome => return outcome,
        }
    }
    work()
}
