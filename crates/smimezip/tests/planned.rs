//! What is found before anything is written: what `extract` would do, whether several archives go
//! together, sizes that no disk has; and that none of it takes longer than the number of entries
//! explains.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::mem::discriminant;
use std::path::Path;
use std::time::{Duration, Instant};

use common::zips::{Exact, exact};
use common::{limits, read_tree};
use smimezip::extract::{Names, Overwrite, check_together};
use smimezip::{
    Archive, CancelToken, Error, ErrorKind, ExtractOptions, Limit, Limits, Part, Report,
    UnlockOptions,
};

fn open_with(bytes: Vec<u8>, limits: &Limits) -> Archive {
    Archive::open_with([Part::new("e.zip", bytes)], &UnlockOptions::new().limits(limits)).unwrap()
}

fn archive(entries: &[(&str, &str)]) -> Archive {
    let entries: Vec<_> =
        entries.iter().map(|(name, contents)| Exact::new(name, contents.as_bytes())).collect();
    open_with(exact(&entries), &limits())
}

fn options(overwrite: Overwrite) -> ExtractOptions {
    ExtractOptions::new().overwrite(overwrite).durable(false)
}

/// What `dry_run` and then `extract` say, which is the same.
fn both(archive: &Archive, out: &Path, options: &ExtractOptions) -> Result<Report, Error> {
    let what_is_there = || out.is_dir().then(|| read_tree(out));
    let before = what_is_there();
    let said = archive.dry_run(out, options);
    assert!(what_is_there() == before, "a dry run changed something");
    let done = archive.extract_with(out, options, &mut ());
    match (&said, &done) {
        (Ok(said), Ok(done)) => assert_eq!(format!("{said:?}"), format!("{done:?}")),
        (Err(said), Err(done)) => {
            assert_eq!(discriminant(said.kind()), discriminant(done.kind()), "{said}; {done}");
            // How much space there is may change at any moment.
            if !matches!(said.kind(), ErrorKind::NoSpace { .. }) {
                assert_eq!(said.to_string(), done.to_string());
            }
        }
        other => panic!("{other:?}"),
    }
    done
}

#[test]
fn a_dry_run_says_what_extract_would() {
    let archive = archive(&[("a", "1"), ("d/", ""), ("d/b", "22"), ("e/c", "333")]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let never = options(Overwrite::Never);
    // Not there; some levels of it are not there.
    assert_eq!(both(&archive, &path("new"), &never).unwrap().bytes, 6);
    assert_eq!(both(&archive, &path("x/y/z"), &never).unwrap().files, 3);
    // There, with the same files in it.
    let error = both(&archive, &path("new"), &never).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(it) if *it == path("new/a")), "{error}");
    let report = both(&archive, &path("new"), &options(Overwrite::Skip)).unwrap();
    assert_eq!((report.files, report.folders, report.skipped.len(), report.bytes), (0, 1, 3, 0));
    assert_eq!(both(&archive, &path("new"), &options(Overwrite::Always)).unwrap().files, 3);
    // A file is there, or on the way.
    std::fs::write(path("file"), "mine").unwrap();
    for out in ["file", "file/below"] {
        let error = both(&archive, &path(out), &never).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{out}: {error}");
    }
    // Inside of it something is in the way.
    std::fs::create_dir(path("blocked")).unwrap();
    std::fs::write(path("blocked/d"), "mine").unwrap();
    for overwrite in [Overwrite::Never, Overwrite::Skip, Overwrite::Always] {
        let error = both(&archive, &path("blocked"), &options(overwrite)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
    }
    let token = CancelToken::new();
    token.cancel();
    let cancelled = options(Overwrite::Never).cancel(&token);
    let error = both(&archive, &path("never"), &cancelled).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}

#[cfg(target_os = "linux")]
#[test]
fn a_dry_run_says_what_the_system_would() {
    let archive = archive(&[("a", "1")]);
    let folder = tempfile::tempdir().unwrap();
    let never = options(Overwrite::Never);
    // A link to nowhere, to itself, to a file.
    for (name, target) in [("nowhere", "none"), ("itself", "itself"), ("to-file", "file")] {
        std::fs::write(folder.path().join("file"), "mine").unwrap();
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
        let error = both(&archive, &folder.path().join(name), &never).unwrap_err();
        let known = matches!(error.kind(), ErrorKind::Exists(_) | ErrorKind::Io(_));
        assert!(known, "{name}: {error}");
    }
    let long = folder.path().join("x".repeat(300));
    let error = both(&archive, &long, &never).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
}

/// Two entries of `declared` bytes each, as their headers say, in 262 bytes.
fn enormous(declared: u64) -> Vec<u8> {
    let entry = |name: &'static str| Exact {
        declared: Some(declared),
        // An empty deflate stream.
        ..Exact::new(name, b"\x03\0")
    };
    exact(&[entry("a"), entry("b")])
}

#[test]
fn z6_sizes_whose_sum_is_beyond_all_numbers_are_refused() {
    let mut lifted = limits();
    lifted.total_size = u64::MAX;
    lifted.ratio = u64::MAX;
    for declared in [1 << 63, u64::MAX, u64::MAX - 1, (1 << 63) + 1, 1 << 62] {
        let bytes = enormous(declared);
        assert_eq!(bytes.len(), 262);
        let archive = open_with(bytes, &lifted);
        for (overwrite, keep_going) in
            [(Overwrite::Never, false), (Overwrite::Skip, true), (Overwrite::Always, true)]
        {
            let options = options(overwrite).keep_going(keep_going);
            let verified = archive.verify_with(&options, &mut ());
            match verified {
                Ok(report) => {
                    assert_eq!((report.files, report.bytes, report.failed.len()), (0, 0, 2));
                }
                Err(error) => assert!(!keep_going, "{error}"),
            }
            let folder = tempfile::tempdir().unwrap();
            let error = both(&archive, &folder.path().join("out"), &options).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NoSpace { .. }), "{error}");
            // One of them is there already.
            std::fs::write(folder.path().join("a"), "mine").unwrap();
            let result = archive.dry_run(folder.path(), &options);
            assert!(result.is_err(), "{result:?}");
            // Both are, so that nothing is left of the sum.
            std::fs::write(folder.path().join("b"), "mine").unwrap();
            if overwrite == Overwrite::Skip {
                let report = both(&archive, folder.path(), &options).unwrap();
                assert_eq!((report.files, report.bytes, report.skipped.len()), (0, 0, 2));
            }
        }
        let error =
            open_with(enormous(declared), &limits()).dry_run("out", &options(Overwrite::Never));
        assert!(matches!(error.unwrap_err().kind(), ErrorKind::Limit { limit: Limit::Ratio, .. }));
    }
}

#[test]
fn limits_of_a_call_and_of_the_archive_the_stricter_counts() {
    let three = [("a", "1234567890"), ("b", "1234567890"), ("c", "1")];
    let refused = |archive: &Archive, limits: &Limits| {
        let options = options(Overwrite::Never).limits(limits);
        let folder = tempfile::tempdir().unwrap();
        match both(archive, &folder.path().join("out"), &options) {
            Ok(report) => {
                assert!(archive.verify_with(&options, &mut ()).is_ok());
                assert_eq!(report.files, 3);
                None
            }
            Err(error) => match *error.kind() {
                ErrorKind::Limit { limit, allowed } => {
                    assert!(archive.verify_with(&options, &mut ()).is_err());
                    assert!(read_tree(folder.path()).is_empty());
                    Some((limit, allowed))
                }
                _ => panic!("{error}"),
            },
        }
    };
    let with = |limit: Limit, value: u64| {
        let mut limits = limits();
        limits.set(limit, value);
        limits
    };
    assert_eq!(refused(&archive(&three), &limits()), None);
    for (limit, refusing, allowing) in [(Limit::TotalSize, 20, 21), (Limit::Entries, 2, 3)] {
        let open = archive(&three);
        assert_eq!(refused(&open, &with(limit, refusing)), Some((limit, refusing)));
        assert_eq!(refused(&open, &with(limit, allowing)), None);
    }
    // A call cannot lift what the archive was opened under.
    let entries: Vec<_> = three.iter().map(|(name, it)| Exact::new(name, it.as_bytes())).collect();
    let strict = open_with(exact(&entries), &with(Limit::TotalSize, 20));
    assert_eq!(refused(&strict, &with(Limit::TotalSize, 1000)), Some((Limit::TotalSize, 20)));
    assert_eq!(refused(&strict, &with(Limit::TotalSize, 10)), Some((Limit::TotalSize, 10)));
    // The ratio counts from one GiB on.
    let one = Exact { declared: Some(2 << 30), ..Exact::new("a", b"\x03\0") };
    let bomb = open_with(exact(&[one]), &with(Limit::Ratio, u64::MAX));
    let options = options(Overwrite::Never).limits(&with(Limit::Ratio, 1000));
    let error = bomb.verify_with(&options, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Ratio, allowed: 1000 }));
}

#[test]
fn archives_that_do_not_go_together_are_refused_before_the_first_is_extracted() {
    let one = archive(&[("a", "1"), ("d/", ""), ("d/b", "2"), ("E/x", "3")]);
    let two = archive(&[("c", "4"), ("d/", ""), ("d/e", "5"), ("E/y", "6")]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let check = |archives: &[(&Archive, &Path)], overwrite| {
        let result = check_together(archives, &options(overwrite));
        assert!(read_tree(folder.path()).is_empty());
        result
    };
    let never = Overwrite::Never;
    let reports = check(&[(&one, &out), (&two, &out)], never).unwrap();
    assert_eq!(reports.iter().map(|it| it.files).collect::<Vec<_>>(), [3, 3]);
    // The same archive twice, into one folder and into two.
    let error = check(&[(&one, &out), (&one, &out)], never).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NameConflict(_)), "{error}");
    assert_eq!(error.part(), Some("e.zip"));
    check(&[(&one, &out.join("1")), (&one, &out.join("2"))], never).unwrap();
    for (other, name) in [
        (archive(&[("new", "0"), ("d/b", "9")]), "d/b"),
        (archive(&[("D/z", "9")]), "D/z"),
        (archive(&[("d", "9")]), "d"),
        (archive(&[("a/z", "9")]), "a/z"),
        (archive(&[("A", "9")]), "A"),
        (archive(&[("e/", "")]), "e/"),
    ] {
        for overwrite in [Overwrite::Never, Overwrite::Skip, Overwrite::Always] {
            let result = check(&[(&one, &out), (&two, &out), (&other, &out)], overwrite);
            if name == "d/b" && overwrite != Overwrite::Never {
                let last = &result.unwrap()[2];
                let left_out = u64::from(overwrite == Overwrite::Skip);
                assert_eq!((last.files, last.skipped.len() as u64), (2 - left_out, left_out));
                assert_eq!(last.bytes, 2 - left_out);
                continue;
            }
            let error = result.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NameConflict(_)), "{name}: {error}");
            assert_eq!(error.entry(), Some(name));
        }
    }
    // One inside of the other.
    let error =
        check(&[(&one, &out), (&archive(&[("b", "9")]), &out.join("d"))], never).unwrap_err();
    assert_eq!(error.entry(), Some("b"));
    let error = check(&[(&one, &out), (&two, &out.join("a"))], never).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NameConflict(it) if it.ends_with("out/a")),
        "{error}"
    );
    assert!(check(&[], never).unwrap().is_empty());
}

#[test]
fn what_is_checked_together_is_what_extracting_one_after_the_other_does() {
    let one = archive(&[("a", "1"), ("d/b", "2")]);
    let two = archive(&[("d/b", "333"), ("d/c", "4"), ("f:", "5")]);
    for overwrite in [Overwrite::Skip, Overwrite::Always] {
        let folder = tempfile::tempdir().unwrap();
        let options = options(overwrite).names(Names::Encode);
        std::fs::write(folder.path().join("a"), "mine").unwrap();
        let planned =
            check_together(&[(&one, folder.path()), (&two, folder.path())], &options).unwrap();
        let done =
            [&one, &two].map(|it| it.extract_with(folder.path(), &options, &mut ()).unwrap());
        assert_eq!(format!("{planned:?}"), format!("{done:?}"));
        let mine = if overwrite == Overwrite::Skip { "mine" } else { "1" };
        assert_eq!(std::fs::read_to_string(folder.path().join("a")).unwrap(), mine);
        assert!(folder.path().join("f%3A").exists());
    }
    // What is there already is found for each of them.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    std::fs::write(folder.path().join("d/c"), "mine").unwrap();
    let never = options(Overwrite::Never).names(Names::Skip);
    let error =
        check_together(&[(&one, folder.path()), (&two, folder.path())], &never).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
}

#[test]
fn space_is_needed_for_all_archives_together() {
    let mut lifted = limits();
    lifted.ratio = u64::MAX;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &'static str, declared| {
        let entry = Exact { declared: Some(declared), ..Exact::new(name, b"\x03\0") };
        open_with(exact(&[entry]), &lifted)
    };
    let none = file("none", u64::MAX).dry_run(folder.path(), &options(Overwrite::Never));
    let ErrorKind::NoSpace { available, .. } = *none.unwrap_err().kind() else { panic!() };
    // Either fits, if nobody else takes much of the disk meanwhile.
    let (one, two) = (file("one", available / 4 * 3), file("two", available / 4 * 3));
    let (here, there) = (folder.path().to_owned(), folder.path().join("new"));
    let never = options(Overwrite::Never);
    check_together(&[(&one, &here)], &never).unwrap();
    let error = check_together(&[(&one, &here), (&two, &there)], &never).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NoSpace { needed, .. } if *needed > available),
        "{error}"
    );
    // The first of them is there already.
    std::fs::write(here.join("one"), "mine").unwrap();
    check_together(&[(&one, &here), (&two, &there)], &options(Overwrite::Skip)).unwrap();
}

#[test]
fn one_entry_is_extracted_without_a_look_at_the_others() {
    let archive = archive(&[
        ("a:b", "1"),
        ("d/./x", "2"),
        ("good/file", "3"),
        ("GOOD/FILE", "4"),
        ("folder/", ""),
        ("/", ""),
        ("../out", "5"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let one = |name: &str, options: &ExtractOptions| {
        archive.extract_entry_with(archive.find(name).unwrap(), &out, options, &mut ())
    };
    let mut options = options(Overwrite::Never);
    assert_eq!(one("good/file", &options).unwrap().files, 1);
    assert_eq!(one("folder/", &options).unwrap().folders, 1);
    assert_eq!(one("/", &options).unwrap().folders, 0);
    // It is there afterwards, or an error says why not.
    for overwrite in [Overwrite::Never, Overwrite::Skip] {
        options = options.overwrite(overwrite);
        let error = one("good/file", &options).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
    }
    options = options.overwrite(Overwrite::Always);
    assert_eq!(one("good/file", &options).unwrap().files, 1);
    for names in [Names::Refuse, Names::Skip] {
        options = options.names(names);
        let error = one("a:b", &options).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)), "{error}");
    }
    options = options.names(Names::Encode);
    // A filter is not asked.
    options = options.filter(|_| false);
    assert_eq!(one("a:b", &options).unwrap().renamed[0].path, "a%3Ab");
    let error = one("../out", &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)), "{error}");
    let found: Vec<_> = read_tree(folder.path()).into_keys().collect();
    assert_eq!(found, ["out", "out/a%3Ab", "out/folder", "out/good", "out/good/file"]);
}

#[test]
fn forty_thousand_damaged_entries_are_reported_in_their_order_and_in_time() {
    const COUNT: usize = 40_000;
    let names: Vec<_> = (0..COUNT).map(|n| format!("d{}/{n}", n % 7)).collect();
    let entries: Vec<_> = names.iter().map(|name| Exact::new(name, b"contents")).collect();
    let mut bytes = exact(&entries);
    // All contents but those of one entry are damaged.
    let mut at = 0;
    for name in &names {
        at += 30 + name.len();
        if name != "d2/9" {
            bytes[at] ^= 1;
        }
        at += 8;
    }
    let archive = open_with(bytes, &limits());
    let options = options(Overwrite::Never).keep_going(true);
    let start = Instant::now();
    let report = archive.verify_with(&options, &mut ()).unwrap();
    let time = start.elapsed();
    assert_eq!((report.files, report.bytes, report.failed.len()), (1, 8, COUNT - 1));
    let failed = report.failed.iter().map(|error| error.entry().unwrap());
    assert!(failed.eq(names.iter().filter(|name| *name != "d2/9")), "in the directory's order");
    println!("{COUNT} damaged entries: {time:?}");
    // Not a measure of speed: a machine may be busy. Each compared with each, it would be much
    // longer.
    assert!(time < Duration::from_secs(30), "{time:?}");
}

#[test]
fn errors_of_planning_and_of_reading_come_in_one_order() {
    // Every third entry has a method that is not known, every other third is damaged.
    let names: Vec<_> = (0..30).map(|n| format!("f{}", (n * 7) % 30)).collect();
    let entries: Vec<_> = names.iter().map(|name| Exact::new(name, b"contents")).collect();
    let mut bytes = exact(&entries);
    let (mut at, mut failing) = (0, Vec::new());
    let mut central: usize = names.iter().map(|name| 38 + name.len()).sum();
    for (nth, name) in names.iter().enumerate() {
        match nth % 3 {
            0 => {
                bytes[at + 8] = 98;
                bytes[central + 10] = 98;
            }
            1 => bytes[at + 30 + name.len()] ^= 1,
            _ => {}
        }
        if nth % 3 < 2 {
            failing.push(name.as_str());
        }
        at += 38 + name.len();
        central += 46 + name.len();
    }
    let archive = open_with(bytes, &limits());
    let options = options(Overwrite::Never).keep_going(true);
    let report = archive.verify_with(&options, &mut ()).unwrap();
    let failed: Vec<_> = report.failed.iter().map(|error| error.entry().unwrap()).collect();
    assert_eq!(failed, failing);
    assert_eq!(report.files, 10);
}
