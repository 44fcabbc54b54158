//! The private folder where files are written before they are published: on the target's file
//! system, readable by nobody else, reached through directory handles only, locked as long as
//! its owner lives.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cap_fs_ext::DirExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirBuilder, OpenOptions};

use super::rename::there;
#[cfg(windows)]
use super::windows;
use super::{disk, journal};
use crate::error::{Error, ErrorKind};
use crate::progress::check;
use crate::random::random;

/// Names of staging folders start with this, so that a later run knows them.
const PREFIX: &str = ".smimezip-";
/// In the staging folder: held locked by its owner.
const LOCK: &str = "lock";
/// How often removing a staging folder is tried.
const REMOVALS: usize = 3;
/// How long to wait before a folder that another run has locked is tried again.
const LOCK_PATIENCE: Duration = Duration::from_millis(10);
/// In the staging folder: what will be published.
const TREE: &str = "tree";

/// A staging folder that is written to. Dropped, it is removed with all that is in it.
pub(crate) struct Staging {
    /// What of the destination lies below its home and does not exist yet.
    prefix: PathBuf,
    /// The destination's mirror inside the tree.
    target: Dir,
    complete: Complete,
}

/// A staging folder with all that will be published. Below its tree nothing is open, as Windows
/// moves no folder that is, or in which anything is. Dropped, it is removed with what is left in
/// it.
pub(crate) struct Complete {
    /// Mirrors the home.
    tree: Dir,
    folder: Dir,
    /// The last to be dropped, as Windows removes nothing that is open.
    place: Place,
}

impl Staging {
    /// Makes a staging folder for `destination`, after stale ones of killed runs were removed.
    pub(crate) fn create(destination: &Path) -> Result<Self, Error> {
        let (home, prefix) = nearest(destination)?;
        #[cfg(windows)]
        windows::check_local(&home)?;
        let guard = FolderLock::take(&home)?;
        // Removes everything, however far making it comes.
        let mut place = Place::make_private(home)?;
        let folder = place.home.open_dir(&place.name)?;
        place.lock = Some(lock_file(&folder)?);
        remove_stale(&place.home, &folder, &guard);
        drop(guard);
        if prefix.as_os_str().is_empty() {
            remove_stale_beside(destination, &folder);
        }
        folder.create_dir(TREE)?;
        let tree = folder.open_dir(TREE)?;
        let target = if prefix.as_os_str().is_empty() {
            tree.try_clone()?
        } else {
            tree.create_dir_all(&prefix)?;
            tree.open_dir(&prefix)?
        };
        Ok(Self { prefix, target, complete: Complete { tree, folder, place } })
    }

    /// The nearest folder of the destination that was there before.
    pub(crate) fn home(&self) -> &Dir {
        self.complete.home()
    }

    /// All that is staged.
    pub(crate) fn tree(&self) -> &Dir {
        self.complete.tree()
    }

    /// The handle of the folder that stands for the destination.
    pub(crate) fn target(&self) -> &Dir {
        &self.target
    }

    /// Whether the destination itself exists already.
    pub(crate) fn destination_exists(&self) -> bool {
        self.prefix.as_os_str().is_empty()
    }

    /// Nothing more will be written.
    pub(super) fn complete(self) -> Complete {
        self.complete
    }
}

impl Complete {
    /// Where all that is staged will be.
    pub(super) fn home(&self) -> &Dir {
        &self.place.home
    }

    pub(super) fn tree(&self) -> &Dir {
        &self.tree
    }

    /// The staging folder itself.
    pub(super) fn folder(&self) -> &Dir {
        &self.folder
    }

    /// Leaves the folder where it is, for the next run to take back what this one could not.
    pub(super) fn keep(&self) {
        self.place.keep.store(true, Ordering::Relaxed);
    }
}

/// Where a staging folder is; its owner.
struct Place {
    home: Dir,
    name: String,
    keep: AtomicBool,
    lock: Option<File>,
}

impl Place {
    /// Makes a folder with a new name that only its owner can enter.
    fn make_private(home: Dir) -> Result<Self, Error> {
        let mut number = [0; 8];
        random(&mut number)?;
        let name = format!("{PREFIX}{:016x}", u64::from_ne_bytes(number));
        #[cfg_attr(not(unix), expect(unused_mut, reason = "the mode is set on Unix only"))]
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        {
            use cap_std::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        home.create_dir_with(&name, &builder)?;
        Ok(Self { home, name, keep: AtomicBool::new(false), lock: None })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.keep.load(Ordering::Relaxed) {
            return;
        }
        if cfg!(windows) {
            // What is open cannot be removed. Should another run take it for stale now, it does
            // the same.
            self.lock = None;
        }
        // A passing fault must not leave plaintext behind; about a lasting one nothing can be done
        // here, and the next run tries again.
        let _ = (0..REMOVALS).find(|_| remove_all(&self.home, &self.name).is_ok());
    }
}

/// The nearest existing folder on the way to `destination`, and the rest of the way.
///
/// # Errors
/// `Exists` if something that is no folder is there.
pub(crate) fn nearest(destination: &Path) -> Result<(Dir, PathBuf), Error> {
    let mut missing = Vec::new();
    let mut at = destination;
    loop {
        let folder = if at.as_os_str().is_empty() { Path::new(".") } else { at };
        match Dir::open_ambient_dir(folder, ambient_authority()) {
            Ok(home) => {
                // A link that leads nowhere is there, too.
                if let Some(name) = missing.last()
                    && there(&home, Path::new(name))?.is_some()
                {
                    return Err(ErrorKind::Exists(at.join(name)).into());
                }
                return Ok((home, missing.iter().rev().collect()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(ErrorKind::Exists(folder.to_path_buf()).into());
            }
            Err(error) => return Err(error.into()),
        }
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        };
        missing.push(name);
        at = parent;
    }
}

fn lock_file(folder: &Dir) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let lock = folder.open_with(LOCK, &options)?.into_std();
    // A file system without locks makes cleaning after killed runs impossible, nothing else.
    let _ = lock.try_lock();
    Ok(lock)
}

/// Keeps two runs from making and cleaning in one folder at the same moment.
struct FolderLock(Option<File>);

impl FolderLock {
    /// Waits until nobody else has it.
    ///
    /// # Errors
    /// `Cancelled`.
    fn take(home: &Dir) -> Result<Self, Error> {
        loop {
            check()?;
            match disk::lock_folder(home) {
                Ok(file) => return Ok(Self(Some(file))),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PATIENCE),
                // Where folders cannot be locked, a new staging folder could be mistaken for a
                // stale one between two system calls of its owner, which then fails cleanly.
                Err(TryLockError::Error(_)) => return Ok(Self(None)),
            }
        }
    }

    fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// Removes the staging folders whose owners no longer live; what they had half published is taken
/// back first. Failures are left for the next run. `own` is the folder of this run, `guard` that of
/// `home`.
fn remove_stale(home: &Dir, own: &Dir, guard: &FolderLock) {
    let Ok(entries) = home.entries() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_ours || !is_folder {
            continue;
        }
        let Ok(folder) = home.open_dir_nofollow(&name) else { continue };
        // Anybody may have put a folder of that name here, with a journal that moves our files.
        if !is_alike(&folder, own) {
            continue;
        }
        match folder.open(LOCK).map(cap_std::fs::File::into_std) {
            Ok(lock) if lock.try_lock().is_err() => continue,
            Ok(_) => {}
            // Who makes a folder holds the guard until its lock is there. So this one's owner was
            // killed while it removed it, or does so at this moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound && guard.is_held() => {}
            Err(_) => continue,
        }
        if let Ok(tree) = folder.open_dir(TREE)
            && journal::take_back(home, &folder, &tree).is_err()
        {
            continue;
        }
        drop(folder);
        let _ = remove_all(home, &name);
    }
}

#[cfg(unix)]
fn remove_all(home: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
    home.remove_dir_all(name)
}

#[cfg(windows)]
fn remove_all(home: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
    windows::remove_all(home, name.as_ref())
}

/// Does so beside a destination that exists: it may be that of a run that was killed right after
/// it had published the whole folder.
fn remove_stale_beside(destination: &Path, own: &Dir) {
    let Some(parent) = destination.parent() else { return };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    if let Ok(parent) = Dir::open_ambient_dir(parent, ambient_authority()) {
        // Who cancels leaves it to the next run.
        if let Ok(guard) = FolderLock::take(&parent) {
            remove_stale(&parent, own, &guard);
        }
    }
}

/// Whether a folder belongs to the same user as `own` and is as private.
#[cfg(unix)]
fn is_alike(folder: &Dir, own: &Dir) -> bool {
    use cap_std::fs::MetadataExt as _;
    let owner_and_mode = |folder: &Dir| {
        let metadata = folder.dir_metadata().ok()?;
        Some((metadata.uid(), metadata.mode() & 0o777))
    };
    owner_and_mode(folder).is_some_and(|it| Some(it) == owner_and_mode(own))
}

/// Whether a folder belongs to the same user. Who may write in it may do so in its home, too: both
/// have one access list.
#[cfg(windows)]
fn is_alike(folder: &Dir, _: &Dir) -> bool {
    windows::is_own(folder)
}
