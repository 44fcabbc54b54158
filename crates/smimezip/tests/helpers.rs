//! A large entry with idle threads, which read ahead and write behind: the same bytes, the same
//! errors, and nothing left behind, whatever the number of threads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use common::{json_lines, read_tree, zips};
use smimezip::error::Damage;
use smimezip::progress::Event;
use smimezip::{Archive, ErrorKind, ExtractOptions, Part, Progress, ReadAt};
use zip::CompressionMethod;

/// Beyond what is worth help, in several blocks of all kinds.
const SIZE: usize = 18 * 1024 * 1024 + 7;

/// An archive's bytes, which notes who reads and can be broken at one place.
struct Source {
    bytes: Vec<u8>,
    broken: Option<u64>,
    threads: Mutex<HashSet<ThreadId>>,
}

impl ReadAt for Source {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.threads.lock().unwrap().insert(std::thread::current().id());
        let count = self.bytes.read_at(buf, offset)?;
        if self.broken.is_some_and(|broken| (offset..offset + count as u64).contains(&broken)) {
            return Err(io::Error::other("the disk is broken here"));
        }
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }
}

fn open(bytes: Vec<u8>, broken: Option<u64>) -> (Archive, Arc<Source>) {
    let source = Arc::new(Source { bytes, broken, threads: Mutex::default() });
    let archive = Archive::open([Part::new("e.zip", Arc::clone(&source))]).unwrap();
    source.threads.lock().unwrap().clear();
    (archive, source)
}

fn options(threads: usize) -> ExtractOptions {
    ExtractOptions::new().threads(threads).durable(false)
}

/// Lines of `SIZE` bytes.
fn large() -> Vec<u8> {
    let lines = json_lines(4, 20_000);
    lines.iter().copied().cycle().take(SIZE).collect()
}

/// A large entry, deflated and stored, and a small one.
fn archives() -> Vec<(common::Tree, Vec<u8>)> {
    let mut tree = common::Tree::new();
    tree.insert("large.json".into(), Some(large()));
    tree.insert("small.json".into(), Some(json_lines(5, 100)));
    [CompressionMethod::Deflated, CompressionMethod::Stored]
        .into_iter()
        .map(|method| (tree.clone(), zips::archive(&tree, |_| method)))
        .collect()
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    for (tree, bytes) in archives() {
        for threads in [1, 2, 5] {
            let (archive, source) = open(bytes.clone(), None);
            let folder = tempfile::tempdir().unwrap();
            archive.extract_with(folder.path().join("out"), &options(threads), &mut ()).unwrap();
            assert!(read_tree(&folder.path().join("out")) == tree, "{threads} threads");
            let readers = source.threads.lock().unwrap().len();
            // The small entry may be over before the large one is worth help, or not.
            assert!(if threads == 1 { readers == 1 } else { readers <= threads + 1 });
            let report = archive.verify_with(&options(threads), &mut ()).unwrap();
            assert_eq!(report.files, 2);
        }
    }
}

#[test]
fn an_idle_thread_reads_ahead() {
    let data = large();
    let (archive, source) = open(zips::stored(&[("large.json", &data)]), None);
    archive.verify_with(&options(2), &mut ()).unwrap();
    assert_eq!(source.threads.lock().unwrap().len(), 2);
    source.threads.lock().unwrap().clear();
    archive.verify_with(&options(1), &mut ()).unwrap();
    assert_eq!(source.threads.lock().unwrap().len(), 1);
}

#[test]
fn f4_an_error_while_reading_ahead_or_writing_behind_leaves_nothing() {
    let bytes = zips::stored(&[("large.json", &large())]);
    let size = bytes.len() as u64;
    for threads in [1, 2, 4] {
        for place in [1, 7] {
            let (archive, _) = open(bytes.clone(), Some(size / 8 * place));
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let error = archive.extract_with(out, &options(threads), &mut ()).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
            assert_eq!(error.part(), Some("e.zip"));
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{threads} {place}");
            assert!(archive.verify_with(&options(threads), &mut ()).is_err());
        }
    }
}

#[test]
fn damage_is_found_and_the_other_entry_kept() {
    let data = large();
    let mut bytes = zips::stored(&[("large.json", &data), ("small.json", &data[..50])]);
    bytes[SIZE / 3 * 2] ^= 1;
    for threads in [1, 2, 4] {
        let (archive, _) = open(bytes.clone(), None);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let error = archive.extract_with(&out, &options(threads), &mut ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::Crc { .. })), "{error}");
        assert!(!out.exists());
        let keeping = options(threads).keep_going(true);
        let report = archive.extract_with(&out, &keeping, &mut ()).unwrap();
        assert_eq!((report.files, report.failed.len()), (1, 1));
        assert_eq!(read_tree(&out).into_keys().collect::<Vec<_>>(), ["small.json"]);
    }
}

/// Stops once something was done.
struct Stop;

impl Progress for Stop {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        if event.bytes_done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn cancelling_ends_all_threads() {
    let (_, bytes) = archives().swap_remove(0);
    for threads in [2, 4] {
        let (archive, source) = open(bytes.clone(), None);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        // It may have been done before it was asked.
        if let Err(error) = archive.extract_with(&out, &options(threads), &mut Stop) {
            assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        drop(archive);
        // Nobody holds the source any more.
        assert_eq!(Arc::strong_count(&source), 1);
    }
}
