//! Files as `ReadAt`, with a bounded number of them open at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use super::ReadAt;

/// How many files a pool keeps open: so few that sets of a thousand parts open under the smallest
/// usual limit of open files (64).
const OPEN_FILES: usize = 16;

/// Opens files on demand and keeps only a few of them open, ones that were used not long ago.
///
/// Reading a file that is open takes no lock that is shared with other files.
#[derive(Debug, Default)]
pub struct FilePool {
    /// Those that are open, and perhaps some that were dropped. Each is opened and closed by
    /// whoever holds this lock.
    open: Mutex<VecDeque<Weak<Slot>>>,
}

/// Where a source has its file as long as that is open.
#[derive(Debug, Default)]
struct Slot {
    file: RwLock<Option<Arc<File>>>,
    /// Whether it was read since the pool last looked for one to close.
    used: AtomicBool,
}

impl Slot {
    /// The file if it is open, which is then used.
    fn file(&self) -> Option<Arc<File>> {
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        // Most often it is set already, and threads that only look do not disturb each other.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
        Some(file)
    }

    fn put(&self, file: Option<Arc<File>>) {
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = file;
    }
}

impl FilePool {
    /// An empty pool.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Keeps `file` open in `slot` and closes others; returns it, or the one that another thread
    /// has put there meanwhile.
    fn keep(&self, slot: &Arc<Slot>, file: Arc<File>) -> Arc<File> {
        let mut open = self.lock();
        if let Some(file) = slot.file() {
            return file;
        }
        open.retain(|it| it.strong_count() > 0);
        while open.len() >= OPEN_FILES {
            Self::close_one(&mut open);
        }
        open.push_back(Arc::downgrade(slot));
        slot.put(Some(Arc::clone(&file)));
        file
    }

    /// Closes the file that was opened first among those that were not used since this was last
    /// done; where all were, the one that was opened first.
    fn close_one(open: &mut VecDeque<Weak<Slot>>) {
        let mut chances = open.len();
        while let Some(slot) = open.pop_front() {
            // A source that was dropped took its file with it.
            let Some(slot) = slot.upgrade() else { return };
            if chances == 0 || !slot.used.swap(false, Ordering::Relaxed) {
                return slot.put(None);
            }
            chances -= 1;
            open.push_back(Arc::downgrade(&slot));
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Weak<Slot>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A regular file as a [`ReadAt`]. It is opened when it is read, and again when the pool has
/// closed it meanwhile; a file that changed in between is an error.
#[derive(Debug)]
pub struct FileSource {
    pool: Arc<FilePool>,
    path: PathBuf,
    identity: Identity,
    slot: Arc<Slot>,
}

impl FileSource {
    /// A file with a pool of its own.
    ///
    /// # Errors
    /// What the operating system says; a folder, a pipe or a device is `InvalidInput`.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        Self::in_pool(FilePool::new(), path)
    }

    /// A file that shares `pool` with others.
    ///
    /// # Errors
    /// What the operating system says; a folder, a pipe or a device is `InvalidInput`.
    pub fn in_pool(pool: Arc<FilePool>, path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let metadata = std::fs::metadata(&path)?;
        if !metadata.is_file() {
            return Err(not_regular());
        }
        Ok(Self { pool, path, identity: Identity::from(&metadata), slot: Arc::default() })
    }

    /// The file's path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self) -> io::Result<Arc<File>> {
        if let Some(file) = self.slot.file() {
            return Ok(file);
        }
        let file = open(&self.path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || Identity::from(&metadata) != self.identity {
            return Err(io::Error::other("the file was replaced or changed while it was read"));
        }
        Ok(self.pool.keep(&self.slot, Arc::new(file)))
    }
}

impl ReadAt for FileSource {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        read_file_at(&*self.file()?, buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.identity.length)
    }
}

/// A regular file that is open. Its position is of no matter; on Windows reading moves it. Its size
/// is that of now each time it is asked for: a file that grows or shrinks meanwhile is no view.
impl ReadAt for File {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        read_file_at(self, buf, offset)
    }

    /// # Errors
    /// What the operating system says; a folder, a pipe or a device is `InvalidInput`.
    fn size(&self) -> io::Result<u64> {
        let metadata = self.metadata()?;
        if metadata.is_file() { Ok(metadata.len()) } else { Err(not_regular()) }
    }
}

/// Opens what is at `path` for reading. A pipe that has taken the place of a file would keep the
/// caller waiting for somebody who writes to it; so it is opened without waiting, and then seen to
/// be none.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    match File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path) {
        // A regular file on which another program has a lease, which it gives back if it is waited
        // for (fcntl(2)). A pipe never answers so.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        outcome => outcome,
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

/// What must stay the same between two openings of one path.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    length: u64,
    modified: Option<std::time::SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl Identity {
    fn from(metadata: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: (metadata.dev(), metadata.ino()),
        }
    }
}

#[cfg(unix)]
pub(super) fn read_file_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
pub(super) fn read_file_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

/// Where there are no files, none is open.
#[cfg(not(any(unix, windows)))]
pub(super) fn read_file_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests;
