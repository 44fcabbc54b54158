//! Files that stay open, are closed, replaced, or are none.

use super::*;

#[test]
fn only_a_few_files_stay_open() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, files) = sources(folder.path(), 100);
    for (n, file) in files.iter().enumerate() {
        let mut buf = [0; 2];
        assert_eq!(file.read_at(&mut buf, 0).unwrap(), 1);
        assert_eq!(usize::from(buf[0]), n);
    }
    let open = |files: &[FileSource]| files.iter().filter(|it| it.slot.file().is_some()).count();
    assert_eq!((pool.lock().len(), open(&files)), (OPEN_FILES, OPEN_FILES));
    drop(files);
    assert_eq!(pool.lock().iter().filter(|slot| slot.strong_count() > 0).count(), 0);
}

/// Sources of so many files in one pool, each of one byte.
fn sources(folder: &Path, count: u8) -> (Arc<FilePool>, Vec<FileSource>) {
    let pool = FilePool::new();
    let source = |n: u8| {
        let path = folder.join(n.to_string());
        std::fs::write(&path, [n]).unwrap();
        FileSource::in_pool(Arc::clone(&pool), path).unwrap()
    };
    let sources = (0..count).map(source).collect();
    (pool, sources)
}

#[test]
fn what_is_read_again_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let (_pool, files) = sources(folder.path(), 100);
    let first = files[0].file().unwrap();
    for file in &files[1..] {
        file.read_at(&mut [0], 0).unwrap();
        files[0].read_at(&mut [0], 0).unwrap();
        assert!(Arc::ptr_eq(&first, &files[0].file().unwrap()));
    }
}

#[test]
fn a_file_that_is_open_is_read_without_the_lock_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, files) = sources(folder.path(), 2);
    for file in &files {
        file.read_at(&mut [0], 0).unwrap();
    }
    let _held = pool.lock();
    for file in &files {
        assert_eq!(file.read_at(&mut [0], 0).unwrap(), 1);
    }
}

#[test]
fn threads_that_read_more_files_than_stay_open_read_the_right_ones() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, files) = sources(folder.path(), 40);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let files = &files;
            scope.spawn(move || {
                for step in 0..2000 {
                    let at = (thread * 5 + step * 7) % files.len();
                    let mut buf = [0];
                    assert_eq!(files[at].read_at(&mut buf, 0).unwrap(), 1);
                    assert_eq!(usize::from(buf[0]), at);
                }
            });
        }
    });
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

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_is_noticed_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, b"one").unwrap();
    let source = FileSource::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    make_pipe(&path);
    let (done, outcome) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(source.read_at(&mut [0; 3], 0).is_err()));
    assert_eq!(outcome.recv_timeout(std::time::Duration::from_secs(20)), Ok(true));
    let error = FileSource::open(&path).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
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
        // The old one is still open, and still the right one for its source.
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
        source.slot.put(None);
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
fn a_file_that_is_open_is_a_view() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, b"abc").unwrap();
    let file: Arc<dyn ReadAt> = Arc::new(File::open(&path).unwrap());
    let mut buf = [0; 9];
    for _ in 0..2 {
        assert_eq!(file.read_at(&mut buf, 1).unwrap(), 2);
        assert_eq!(&buf[..2], b"bc");
    }
    assert_eq!(file.read_at(&mut buf, 3).unwrap(), 0);
    assert_eq!(file.size().unwrap(), 3);
    #[cfg(unix)]
    assert!(ReadAt::size(&File::open(folder.path()).unwrap()).is_err());
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = FileSource::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}
