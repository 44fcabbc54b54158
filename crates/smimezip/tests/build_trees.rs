//! Folders as archives: the same tree comes back; what an extraction would refuse is refused or
//! left out; files that change are named; the outbox has all parts or none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use common::sinks::{MemoryPart, MemorySink};
use common::{noise, read_tree, sha256, tree, write_tree};
#[cfg(unix)]
use smimezip::build::Unfit;
use smimezip::build::{BuildOptions, Built, build_tree, build_tree_in};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::progress::{self, Phase};
use smimezip::{Archive, CancelToken, Error, ErrorKind, Export, KeyRing};

struct Place {
    _temporary: tempfile::TempDir,
    tree: PathBuf,
    out: PathBuf,
}

fn place() -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let (tree, out) = (temporary.path().join("tree"), temporary.path().join("out"));
    std::fs::create_dir(&tree).unwrap();
    Place { _temporary: temporary, tree, out }
}

fn name() -> PartName {
    PartName::parse("export-1.zip").unwrap()
}

fn build(place: &Place, options: &BuildOptions) -> Result<Built, Error> {
    build_tree_in(&place.tree, &place.out, &name(), options, &mut ())
}

/// Nothing is at the destination, and nothing is left beside it.
fn is_clean(place: &Place) {
    assert!(!place.out.exists());
    let beside = std::fs::read_dir(place.out.parent().unwrap()).unwrap();
    assert_eq!(beside.count(), 1, "only the tree is there");
}

#[test]
fn a_tree_comes_back_with_its_times() {
    let place = place();
    write_tree(&place.tree, &tree());
    let options = BuildOptions::new().part_size(65_536).digests(true);
    let built = build(&place, &options).unwrap();
    assert_eq!((built.files, built.folders, built.skipped.len()), (6, 5, 0));
    for part in &built.parts {
        let bytes = std::fs::read(place.out.join(part.name().to_string())).unwrap();
        assert_eq!(part.size(), bytes.len() as u64);
        let digest = part.sha256().unwrap().iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert_eq!(digest, sha256(&bytes));
    }
    assert_eq!(std::fs::read_dir(&place.out).unwrap().count(), built.parts.len());
    let archive = Export::discover(&place.out).unwrap().unlock(&KeyRing::new()).unwrap();
    let names: Vec<_> = archive.entries().iter().map(|it| it.raw_name().to_owned()).collect();
    assert!(names.is_sorted_by_key(|name| name.trim_end_matches('/').to_owned()), "{names:?}");
    let back = place.out.join("back");
    assert_eq!(archive.extract(&back).unwrap().oddities, []);
    assert_eq!(read_tree(&back), tree());
    let modified = |root: &Path| {
        let time = std::fs::metadata(root.join("Interaction-1.json")).unwrap().modified().unwrap();
        time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs()
    };
    assert_eq!(modified(&back), modified(&place.tree));
}

#[test]
fn digests_are_made_if_they_are_asked_for() {
    let place = place();
    write_tree(&place.tree, &tree());
    let built = build(&place, &BuildOptions::new()).unwrap();
    assert_eq!(built.parts.iter().filter_map(PartReceipt::sha256).count(), 0);
}

#[test]
fn two_copies_of_a_tree_give_the_same_bytes_if_that_is_asked_for() {
    let options = BuildOptions::new().part_size(70_000).reproducible(true);
    let made: Vec<_> = [1, 2, 5]
        .iter()
        .map(|threads| {
            let place = place();
            write_tree(&place.tree, &tree());
            let file = std::fs::File::options()
                .write(true)
                .open(place.tree.join("Interaction-1.json"))
                .unwrap();
            let time = std::time::Duration::from_secs(1_000_000_000 + threads);
            file.set_modified(std::time::SystemTime::UNIX_EPOCH + time).unwrap();
            let options = options.clone().threads(usize::try_from(*threads).unwrap());
            build(&place, &options).unwrap();
            read_tree(&place.out)
        })
        .collect();
    assert!(made[0].len() > 2);
    assert!(made.iter().all(|parts| *parts == made[0]));
}

#[test]
fn an_archive_that_must_fit_is_written_once() {
    let place = place();
    write_tree(&place.tree, &tree());
    let sink = MemorySink::default();
    let options = BuildOptions::new().part_size(1_000_000);
    build_tree(&place.tree, sink.clone(), &name(), &options, &mut ()).unwrap();
    assert_eq!(sink.counts(), (0, 1, 0));
    assert!(Archive::open(sink.to_open()).unwrap().verify().is_ok());
}

#[cfg(unix)]
#[test]
fn z1_what_an_extraction_would_refuse_is_not_put_in() {
    use std::os::unix::ffi::OsStrExt as _;
    for (file, code) in [
        ("link", "unsupported"),
        ("pipe", "unsupported"),
        ("nul.txt", "unsafe_name"),
        ("a:b", "unsafe_name"),
        ("A", "name_conflict"),
        ("not text \u{fffd}", "unsafe_name"),
        ("folder. ", "unsafe_name"),
    ] {
        let place = place();
        std::fs::write(place.tree.join("a"), "a").unwrap();
        std::fs::write(place.tree.join("b"), "b").unwrap();
        let path = place.tree.join(file);
        match file {
            "link" => std::os::unix::fs::symlink("a", path).unwrap(),
            "pipe" => drop(common::run(&place.tree, "mkfifo", &["pipe"])),
            "folder. " => {
                std::fs::create_dir(&path).unwrap();
                std::fs::write(path.join("inside"), "c").unwrap();
            }
            "A" | "nul.txt" | "a:b" => std::fs::write(path, "c").unwrap(),
            _ => {
                let raw = std::ffi::OsStr::from_bytes(b"not text \xff");
                std::fs::write(place.tree.join(raw), "c").unwrap();
            }
        }
        let error = build(&place, &BuildOptions::new()).unwrap_err();
        // Capital letters come first, so it is the other that is in the way.
        let named = if file == "A" { "a" } else { file };
        assert_eq!((error.code(), error.entry()), (code, Some(named)), "{error}");
        is_clean(&place);
        let built = build(&place, &BuildOptions::new().unfit(Unfit::Skip)).unwrap();
        assert_eq!((built.files, built.folders, built.skipped.len()), (2, 0, 1));
        assert_eq!((built.skipped[0].code(), built.skipped[0].entry()), (code, Some(named)));
        let archive = Export::discover(&place.out).unwrap().unlock(&KeyRing::new()).unwrap();
        assert_eq!(archive.verify().unwrap().files, 2);
    }
}

#[test]
fn an_outbox_in_the_tree_and_parts_that_are_there_are_refused() {
    let place = place();
    write_tree(&place.tree, &tree());
    for inside in ["", "out", "attachments", "attachments/new/out", "x/../out", "."] {
        let out = place.tree.join(inside);
        let built = build_tree_in(&place.tree, out, &name(), &BuildOptions::new(), &mut ());
        let error = built.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{inside}: {error}");
    }
    assert_eq!(read_tree(&place.tree), tree());
    std::fs::create_dir(&place.out).unwrap();
    for there in ["export-1.zip", "EXPORT-1.z07.smime"] {
        let there = place.out.join(there);
        std::fs::write(&there, "x").unwrap();
        let error = build(&place, &BuildOptions::new()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Exists(path) if *path == there), "{error}");
        assert_eq!(std::fs::read_dir(&place.out).unwrap().count(), 1);
        std::fs::remove_file(there).unwrap();
    }
    std::fs::write(place.out.join("export-2.zip"), "x").unwrap();
    build(&place, &BuildOptions::new()).unwrap();
    assert_eq!(std::fs::read_dir(&place.out).unwrap().count(), 2);
}

#[test]
fn what_is_no_folder_or_cannot_be_read_is_named() {
    let place = place();
    std::fs::remove_dir(&place.tree).unwrap();
    let error = build(&place, &BuildOptions::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error:#}");
    assert_eq!(error.part(), Some(&*place.tree.display().to_string()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::create_dir(&place.tree).unwrap();
        let file = place.tree.join("secret");
        std::fs::write(&file, "x").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read all.
        if std::fs::read(&file).is_err() {
            let error = build(&place, &BuildOptions::new()).unwrap_err();
            assert_eq!((error.code(), error.entry()), ("io", Some("secret")));
            is_clean(&place);
        }
    }
}

/// Calls something when the first byte of a part is written.
struct Meddling<F>(MemorySink, Option<F>);

struct MeddlingPart<F>(MemoryPart, Option<F>);

impl<F: FnOnce() + Send> PartSink for Meddling<F> {
    type Part = MeddlingPart<F>;

    fn begin(&mut self, name: &PartName) -> Result<Self::Part, Error> {
        Ok(MeddlingPart(self.0.begin(name)?, self.1.take()))
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        self.0.commit(parts)
    }
}

impl<F: FnOnce() + Send> Write for MeddlingPart<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(meddle) = self.1.take() {
            meddle();
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: FnOnce() + Send> PartWriter for MeddlingPart<F> {
    fn finish(self) -> Result<PartReceipt, Error> {
        self.0.finish()
    }
}

#[test]
fn f4_a_file_that_changes_is_named() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("grows", |file| {
            let mut file = std::fs::File::options().append(true).open(file).unwrap();
            file.write_all(b"more").unwrap();
        }),
        ("shrinks", |file| {
            std::fs::File::options().write(true).open(file).unwrap().set_len(2_000_000).unwrap();
        }),
        ("is written to", |file| {
            let mut file = std::fs::File::options().write(true).open(file).unwrap();
            file.write_all(b"other").unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        }),
        ("is replaced", |file| {
            let bytes = std::fs::read(file).unwrap();
            let time = std::fs::metadata(file).unwrap().modified().unwrap();
            std::fs::remove_file(file).unwrap();
            std::fs::write(file, bytes).unwrap();
            std::fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
        }),
    ];
    for (what, change) in changes {
        // What is of the same size and time has but its number there, which may be used again.
        if cfg!(windows) && what == "is replaced" {
            continue;
        }
        let place = place();
        let (first, second) = (place.tree.join("1"), place.tree.join("2"));
        std::fs::write(&first, noise(1, 3_000_000)).unwrap();
        std::fs::write(&second, noise(2, 3_000_000)).unwrap();
        // The first is being read then, and the second was not opened yet.
        let changed = if what == "is replaced" { second } else { first };
        let memory = MemorySink::default();
        let meddle = || {
            // Longer than a tick of the file system's clock.
            std::thread::sleep(std::time::Duration::from_millis(20));
            change(&changed);
        };
        let sink = Meddling(memory.clone(), Some(meddle));
        let error = build_tree(&place.tree, sink, &name(), &BuildOptions::new(), &mut ());
        let error = error.unwrap_err();
        assert_eq!(
            (error.code(), error.category().to_string()),
            ("changed", "input or output failed".into())
        );
        let named = changed.file_name().unwrap().to_str();
        assert_eq!(error.entry(), named, "{what}");
        assert!(memory.parts().is_none() && memory.counts().0 == 0);
    }
}

#[test]
fn f6_a_build_that_is_cancelled_leaves_nothing() {
    let place = place();
    write_tree(&place.tree, &tree());
    let (mut phases, mut last) = (Vec::new(), (0, 0, 0, 0));
    let mut listener = progress::listener(|event| {
        if phases.last() != Some(&event.phase) {
            phases.push(event.phase);
        }
        last = (event.bytes_done, event.bytes_total, event.entries_done, event.entries_total);
        ControlFlow::Continue(())
    });
    let options = BuildOptions::new();
    let built = build_tree_in(&place.tree, &place.out, &name(), &options, &mut listener).unwrap();
    assert_eq!(phases, [Phase::Planning, Phase::Writing, Phase::Publishing]);
    assert_eq!(last, (built.bytes, built.bytes, 11, 11));
    std::fs::remove_dir_all(&place.out).unwrap();
    for phase in [Phase::Planning, Phase::Writing, Phase::Publishing] {
        let token = CancelToken::new();
        let options = BuildOptions::new().cancel(&token);
        let mut listener = progress::listener(|event| {
            if event.phase == phase {
                token.cancel();
            }
            ControlFlow::Continue(())
        });
        let built = build_tree_in(&place.tree, &place.out, &name(), &options, &mut listener);
        assert!(matches!(built.unwrap_err().kind(), ErrorKind::Cancelled));
        is_clean(&place);
    }
}
