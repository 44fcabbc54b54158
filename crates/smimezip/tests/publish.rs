//! All or nothing at the target: saving on several threads, cancelling, and what a killed run left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use common::{Tree, noise, read_tree, write_tree, zips};
use smimezip::extract::{
    Overwrite, SaveOptions, check_together, recover, save, save_stream, save_stream_with, save_with,
};
use smimezip::progress::Event;
use smimezip::{Archive, CancelToken, ErrorKind, ExtractOptions, Limit, Limits, Part, ReadAt};
use zip::CompressionMethod;

fn options(threads: usize) -> ExtractOptions {
    ExtractOptions::new().threads(threads)
}

fn archive(tree: &Tree) -> Archive {
    let bytes = zips::archive(tree, |_| CompressionMethod::Deflated);
    Archive::open([Part::new("e.zip", bytes)]).unwrap()
}

fn two_files() -> Tree {
    [("a/one", "1"), ("b/two", "2"), ("three", "3")]
        .map(|(name, contents)| (name.to_owned(), Some(contents.as_bytes().to_vec())))
        .into()
}

#[test]
fn saving_is_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for size in [0, 1, 5_000_000, 20_000_003] {
        let data = noise(size as u64, size);
        for threads in [1, 2, 5] {
            let path = folder.path().join("new/out");
            save_with(&data, &path, &SaveOptions::new().threads(threads), &mut ()).unwrap();
            assert!(std::fs::read(&path).unwrap() == data, "{size} on {threads}");
            std::fs::remove_dir_all(folder.path().join("new")).unwrap();
        }
    }
    assert!(read_tree(folder.path()).is_empty());
}

/// A limit among the options counts for one file, too: before it is begun where its size is known,
/// when so much has come where it is not.
#[test]
fn saving_more_than_is_allowed_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let data = noise(1, 1_000_000);
    for (allowed, fits) in [(0, false), (999_999, false), (1_000_000, true), (u64::MAX, true)] {
        let mut limits = Limits::default();
        limits.total_size = allowed;
        let limited = SaveOptions::new().threads(2).limits(&limits);
        for stream in [false, true] {
            let saved = if stream {
                save_stream_with(&data[..], &path, &limited, &mut ()).map(|size| {
                    assert_eq!(size, 1_000_000);
                })
            } else {
                save_with(&data, &path, &limited, &mut ())
            };
            match saved {
                Ok(()) => {
                    assert!(fits);
                    std::fs::remove_file(&path).unwrap();
                }
                Err(error) => {
                    let ErrorKind::Limit { limit, allowed: shown } = error.kind() else {
                        panic!("{error}")
                    };
                    assert_eq!((*limit, *shown), (Limit::TotalSize, allowed));
                    assert!(!fits);
                }
            }
            assert!(read_tree(folder.path()).is_empty());
        }
        let empty: &[u8] = &[];
        save_with(&empty, &path, &limited, &mut ()).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}

/// Fails in the middle.
struct Broken;

impl ReadAt for Broken {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset > 12_000_000 { Err(io::Error::other("broken")) } else { Ok(buf.len()) }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(30_000_000)
    }
}

#[test]
fn a_failed_or_cancelled_saving_leaves_what_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    std::fs::write(&path, "before").unwrap();
    let replace = SaveOptions::new().threads(3).overwrite(Overwrite::Always);
    let error = save_with(&Broken, &path, &replace, &mut ()).unwrap_err();
    assert!(format!("{error:#}").contains("broken"));
    let mut stop = |_: &Event<'_>| ControlFlow::Break(());
    let error = save_with(&noise(1, 50_000_000), &path, &replace, &mut stop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    let left = read_tree(folder.path());
    assert_eq!(left.len(), 1);
    assert_eq!(left["out"].as_deref(), Some(&b"before"[..]));
}

#[test]
fn f6_a_cancelled_extraction_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let tree: Tree = (0..40).map(|n| (format!("d/{n}"), Some(noise(n, 400_000)))).collect();
    let mut calls = 0;
    let mut stop = |event: &Event<'_>| {
        calls += 1;
        assert!(event.bytes_done <= event.bytes_total);
        ControlFlow::Break(())
    };
    // Whenever it is that the first report comes, it is heard before anything is published.
    let error =
        archive(&tree).extract_with(folder.path().join("out"), &options(2), &mut stop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    assert!(calls > 0);
    assert!(read_tree(folder.path()).is_empty());
}

#[test]
fn large_entries_are_written_behind_and_verified_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let tree: Tree =
        [("large".to_owned(), Some(noise(5, 40_000_001))), ("small".to_owned(), Some(vec![1]))]
            .into();
    let bytes = zips::archive(&tree, |_| CompressionMethod::Stored);
    let open = |bytes: Vec<u8>| Archive::open([Part::new("e.zip", bytes)]).unwrap();
    let good = folder.path().join("good");
    open(bytes.clone()).extract_with(&good, &options(2), &mut ()).unwrap();
    assert!(read_tree(&good) == tree);
    // The last byte of the large entry: all before it was written already.
    let mut damaged = bytes.clone();
    damaged[40_000_000] ^= 1;
    let error =
        open(damaged).extract_with(folder.path().join("bad"), &options(2), &mut ()).unwrap_err();
    assert_eq!(error.entry(), Some("large"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn progress_ends_with_everything_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = (0, 0, 0, 0);
    let mut note = |event: &Event<'_>| {
        last = (event.bytes_done, event.bytes_total, event.entries_done, event.entries_total);
        ControlFlow::Continue(())
    };
    archive(&two_files()).extract_with(folder.path(), &options(2), &mut note).unwrap();
    assert_eq!(last, (3, 3, 3, 3));
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

#[cfg(unix)]
#[test]
fn a_staging_folder_that_is_not_private_is_not_obeyed() {
    // Somebody else could have put it there, to have our files moved.
    let folder = tempfile::tempdir().unwrap();
    half_published(folder.path());
    let staging = folder.path().join(".smimezip-0123456789abcdef");
    set_mode(&staging, 0o755);
    let tree: Tree = [("other".to_owned(), Some(b"x".to_vec()))].into();
    archive(&tree).extract_with(folder.path(), &options(1), &mut ()).unwrap();
    assert!(folder.path().join("a/one").exists());
    assert!(staging.exists());
}

/// What a run leaves that is killed after it moved `a` and before it moved the rest.
fn half_published(home: &Path) {
    let staging = home.join(".smimezip-0123456789abcdef");
    write_tree(
        &staging,
        &[
            ("lock", ""),
            ("journal", "a\0b\0three\0"),
            ("tree/b/two", "2"),
            ("tree/three", "3"),
            ("replaced/2", "the file that was there"),
        ]
        .map(|(name, contents)| (name.to_owned(), Some(contents.as_bytes().to_vec())))
        .into(),
    );
    set_mode(&staging, 0o700);
    write_tree(home, &[("a/one".to_owned(), Some(b"1".to_vec()))].into());
}

#[test]
fn f1_what_a_killed_run_half_published_is_taken_back_and_a_rerun_converges() {
    let folder = tempfile::tempdir().unwrap();
    write_tree(folder.path(), &[("mine".to_owned(), Some(b"mine".to_vec()))].into());
    half_published(folder.path());
    let replace = options(1).overwrite(Overwrite::Always);
    archive(&two_files()).extract_with(folder.path(), &replace, &mut ()).unwrap();
    let mut expected = two_files();
    expected.insert("mine".to_owned(), Some(b"mine".to_vec()));
    let found = read_tree(folder.path());
    let files: Tree = found.into_iter().filter(|(_, contents)| contents.is_some()).collect();
    assert!(files == expected, "{:?}", files.keys());
    // Taken back alone: the replaced file is where it was, what was published is gone.
    half_published(folder.path());
    std::fs::remove_file(folder.path().join("three")).unwrap();
    let error =
        archive(&two_files()).extract_with(folder.path(), &options(1), &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(_)));
    assert!(!folder.path().join("a").exists());
    let three = std::fs::read(folder.path().join("three")).unwrap();
    assert_eq!(three, b"the file that was there");
}

#[test]
fn f1_what_a_killed_run_had_published_whole_stays() {
    let folder = tempfile::tempdir().unwrap();
    let staging = folder.path().join(".smimezip-0123456789abcdef");
    write_tree(
        &staging,
        &[("lock", ""), ("journal", "three\0a\0"), ("tree/b/unrelated", ""), ("replaced/9", "")]
            .map(|(name, contents)| (name.to_owned(), Some(contents.as_bytes().to_vec())))
            .into(),
    );
    set_mode(&staging, 0o700);
    write_tree(folder.path(), &two_files());
    let replace = options(1).overwrite(Overwrite::Skip);
    let report = archive(&two_files()).extract_with(folder.path(), &replace, &mut ()).unwrap();
    assert_eq!((report.files, report.skipped.len()), (0, 3));
    assert!(!staging.exists());
}

#[test]
fn recovering_takes_back_what_a_check_finds_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    half_published(folder.path());
    let archive = archive(&two_files());
    let all = [(&archive, folder.path())];
    // A check writes nothing, so it finds what the killed run moved.
    let error = check_together(&all, &options(1)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
    recover(folder.path()).unwrap();
    assert!(!folder.path().join("a").exists());
    let three = std::fs::read(folder.path().join("three")).unwrap();
    assert_eq!(three, b"the file that was there");
    std::fs::remove_file(folder.path().join("three")).unwrap();
    check_together(&all, &options(1)).unwrap();
    assert!(read_tree(folder.path()).is_empty());
    // Where there is nothing to take back, nothing is made either.
    recover(folder.path().join("new/folder")).unwrap();
    assert!(read_tree(folder.path()).is_empty());
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(recover(&file).unwrap_err().kind(), ErrorKind::Exists(_)));
}

#[test]
fn a_run_that_lives_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let staging = folder.path().join(".smimezip-0123456789abcdef");
    std::fs::create_dir(&staging).unwrap();
    let lock = std::fs::File::create(staging.join("lock")).unwrap();
    lock.lock().unwrap();
    archive(&two_files()).extract_with(folder.path(), &options(1), &mut ()).unwrap();
    assert!(staging.exists());
}

/// A folder with a name that is no text, of a run that was killed in the middle.
#[cfg(target_os = "linux")]
#[test]
fn f1_a_destination_whose_name_is_no_text_is_taken_back() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;
    let folder = tempfile::tempdir().unwrap();
    let name = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
    let odd = name(b"gr\xfc\xdfe");
    let staging = folder.path().join(".smimezip-0123456789abcdef");
    std::fs::create_dir_all(staging.join("tree")).unwrap();
    std::fs::create_dir_all(staging.join("replaced")).unwrap();
    set_mode(&staging, 0o700);
    std::fs::write(staging.join("lock"), "").unwrap();
    std::fs::write(staging.join("journal"), b"gr\xfc\xdfe\0\xff\0last\0").unwrap();
    std::fs::write(staging.join("tree/last"), "plaintext").unwrap();
    std::fs::write(staging.join("replaced/1"), "mine").unwrap();
    std::fs::create_dir(folder.path().join(&odd)).unwrap();
    std::fs::write(folder.path().join(&odd).join("a"), "plaintext").unwrap();
    std::fs::write(folder.path().join(name(b"\xff")), "plaintext").unwrap();
    // Any later run into that folder does it.
    let out = folder.path().join(name(b"new\xfe"));
    archive(&two_files()).extract_with(&out, &options(1), &mut ()).unwrap();
    assert!(!folder.path().join(&odd).exists());
    assert!(!staging.exists());
    assert_eq!(std::fs::read(folder.path().join(name(b"\xff"))).unwrap(), b"mine");
    assert_eq!(std::fs::read(out.join("three")).unwrap(), b"3");
}

#[test]
fn options_are_chained_and_what_is_plain_is_the_default() {
    let archive = archive(&two_files());
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(archive.verify().unwrap().files, 3);
    archive.extract(folder.path()).unwrap();
    // By default nothing is replaced; an entry on its own neither.
    let error = archive.extract(folder.path()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
    let entry = archive.find("three").unwrap();
    assert!(archive.extract_entry(entry, folder.path()).is_err());
    let (token, tight) = (CancelToken::new(), Limits::new().with(Limit::Entries, 2));
    let options = ExtractOptions::new()
        .filter(|entry| entry.raw_name() == "three")
        .overwrite(Overwrite::Always)
        .local_time(|_| None)
        .threads(1)
        .durable(false)
        .cancel(&token);
    let report = archive.extract_with(folder.path(), &options, &mut ()).unwrap();
    assert_eq!((report.files, report.bytes), (1, 1));
    let error = archive.verify_with(&options.clone().limits(&tight), &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Entries, .. }), "{error}");
    token.cancel();
    let error = archive.extract_entry_with(entry, folder.path(), &options, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    let path = folder.path().join("three");
    assert!(save(b"new".as_slice(), &path).is_err() && save_stream(&b"new"[..], &path).is_err());
    let error = save_with(b"new".as_slice(), &path, &SaveOptions::new().cancel(&token), &mut ());
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::Cancelled));
    let replace = SaveOptions::new().overwrite(Overwrite::Always).durable(false);
    assert_eq!(save_stream_with(&b"new"[..], &path, &replace, &mut ()).unwrap(), 3);
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
}
