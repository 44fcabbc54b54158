//! Files as `ReadAt`, with a bounded number of them open at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ReadAt;

/// How many files a pool keeps open. Sets of a thousand parts must open under the smallest
/// usual limit of open files (64), and sequential reading touches two parts at a time.
const OPEN_FILES: usize = 16;

/// Opens files on demand and keeps only a few of them open, the ones used last.
#[derive(Debug, Default)]
pub struct FilePool {
    open: Mutex<VecDeque<OpenFile>>,
}

/// A path may name one file after the other, and sources of both may be in use: so a file is known
/// by its identity, too.
#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    identity: Identity,
    file: Arc<File>,
}

impl FilePool {
    /// An empty pool.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    fn get(&self, path: &Path, expected: &Identity) -> io::Result<Arc<File>> {
        if let Some(file) = Self::used_again(&mut self.lock(), path, expected) {
            return Ok(file);
        }
        let file = Arc::new(File::open(path)?);
        let identity = Identity::of(&file)?;
        if identity != *expected {
            return Err(io::Error::other("the file was replaced or changed while it was read"));
        }
        let mut open = self.lock();
        // Threads that wanted it at the same time shall not fill the pool with it.
        if let Some(file) = Self::used_again(&mut open, path, expected) {
            return Ok(file);
        }
        open.push_front(OpenFile { path: path.to_path_buf(), identity, file: Arc::clone(&file) });
        open.truncate(OPEN_FILES);
        Ok(file)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<OpenFile>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file if it is open, which makes it the one used last.
    fn used_again(
        open: &mut VecDeque<OpenFile>,
        path: &Path,
        expected: &Identity,
    ) -> Option<Arc<File>> {
        let at = open.iter().position(|it| it.path == path && it.identity == *expected)?;
        let found = open.remove(at)?;
        let file = Arc::clone(&found.file);
        open.push_front(found);
        Some(file)
    }
}

/// A regular file as a [`ReadAt`]. It is opened when it is read, and again when the pool has
/// closed it meanwhile; a file that changed in between is an error.
#[derive(Debug)]
pub struct FileSource {
    pool: Arc<FilePool>,
    path: PathBuf,
    identity: Identity,
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
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self { pool, path, identity: Identity::from(&metadata) })
    }

    /// The file's path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl ReadAt for FileSource {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        read_file_at(&*self.pool.get(&self.path, &self.identity)?, buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.identity.length)
    }
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
    fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_few_files_stay_open() {
        let folder = tempfile::tempdir().unwrap();
        let pool = FilePool::new();
        let files: Vec<_> = (0..100_u8)
            .map(|n| {
                let path = folder.path().join(n.to_string());
                std::fs::write(&path, [n]).unwrap();
                FileSource::in_pool(Arc::clone(&pool), path).unwrap()
            })
            .collect();
        for (n, file) in files.iter().enumerate() {
            let mut buf = [0; 2];
            assert_eq!(file.read_at(&mut buf, 0).unwrap(), 1);
            assert_eq!(usize::from(buf[0]), n);
        }
        assert_eq!(pool.lock().len(), OPEN_FILES);
    }

    #[test]
    fn a_file_replaced_meanwhile_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"one").unwrap();
        let source = FileSource::open(&path).unwrap();
        std::fs::rename(&path, folder.path().join("b")).unwrap();
        std::fs::write(&path, b"two!").unwrap();
        assert!(source.read_at(&mut [0; 3], 0).is_err());
    }

    #[test]
    fn a_source_of_the_new_file_never_reads_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let pool = FilePool::new();
        let open = || FileSource::in_pool(Arc::clone(&pool), &path).unwrap();
        let read = |source: &FileSource| {
            let mut buf = [0; 3];
            source.read_at(&mut buf, 0).map(|_| buf)
        };
        std::fs::write(&path, b"old").unwrap();
        let old = open();
        assert_eq!(&read(&old).unwrap(), b"old");
        std::fs::rename(&path, folder.path().join("b")).unwrap();
        std::fs::write(&path, b"new").unwrap();
        let new = open();
        for _ in 0..3 {
            // The old one is still open in the pool, and still the right one for its source.
            assert_eq!(&read(&new).unwrap(), b"new");
            assert_eq!(&read(&old).unwrap(), b"old");
        }
    }

    #[test]
    fn threads_that_miss_together_leave_room_for_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let pool = FilePool::new();
        let path = folder.path().join("a");
        std::fs::write(&path, b"x").unwrap();
        let source = FileSource::in_pool(Arc::clone(&pool), &path).unwrap();
        let start = std::sync::Barrier::new(8);
        for _ in 0..50 {
            pool.lock().clear();
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        start.wait();
                        source.read_at(&mut [0], 0).unwrap();
                    });
                }
            });
            assert_eq!(pool.lock().len(), 1);
        }
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileSource::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
