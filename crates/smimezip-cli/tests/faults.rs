//! Rows F1 and F2: the operating system fails at every single call of an extraction, or ends the
//! program there. Afterwards the destination is as it was or complete, nothing of the plaintext
//! lies about, and the next run converges. And a disk that fills up.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{self, strace};

use common::{expect, files, key, path, run, sample, smimezip, text, thorough};
use strace::{FAULTS, Outcomes, each, is_missing, skipped};

/// Calls that an extraction makes.
const CALLS: [&str; 14] = [
    "openat",
    "openat2",
    "mkdirat",
    "write",
    "pread64",
    "fstatfs",
    "statx",
    "getdents64",
    "flock",
    "utimensat",
    "syncfs",
    "fsync",
    "renameat2",
    "unlinkat",
];

/// A piece of the sample's texts. Nothing else here has it.
const MARKER: &[u8] = b"\"digest\": \"";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The destination is not there.
    New,
    /// It is a folder with other files, and some of the same folders.
    Existing,
}

/// Runs an extraction under strace with these options.
fn traced(home: &Path, log: &Path, options: &[&str]) -> Output {
    let (sample, key, out) = (sample(), key(), home.join("out"));
    let extract = ["extract", path(&sample), "-k", &key, "-C", path(&out)];
    let more = ["--threads", "1", "--progress", "never"];
    strace::traced(log, options, &[&extract[..], &more].concat())
}

/// How often an undisturbed extraction makes this call.
fn count(target: Target, call: &str) -> usize {
    let folder = prepared(target);
    let log = tempfile::NamedTempFile::new().unwrap();
    let output = traced(folder.path(), log.path(), &["-e", &format!("trace={call}")]);
    expect(&output, 0, "extracted 6 files");
    strace::count(log.path(), call)
}

fn prepared(target: Target) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    if target == Target::Existing {
        let out = folder.path().join("out");
        std::fs::create_dir_all(out.join("entities")).unwrap();
        std::fs::create_dir_all(out.join("attachments/2024")).unwrap();
        std::fs::write(out.join("mine"), "mine").unwrap();
        std::fs::write(out.join("entities/mine"), "mine, too").unwrap();
    }
    folder
}

type Tree = BTreeMap<String, Vec<u8>>;

/// What is in the destination, and what is beside or in it that belongs to a run.
fn look(home: &Path) -> (Tree, Vec<PathBuf>) {
    let mut tree = files(home);
    let staging: Vec<_> =
        tree.keys().filter(|name| name.contains(".smimezip-")).map(PathBuf::from).collect();
    tree.retain(|name, _| !name.contains(".smimezip-"));
    (tree, staging)
}

struct Case<'a> {
    target: Target,
    call: &'a str,
    fault: &'a str,
    nth: usize,
}

/// One extraction with one fault.
fn check(case: &Case<'_>, before: &Tree, complete: &Tree, outcomes: &Outcomes) {
    let Case { target, call, fault, nth } = *case;
    let folder = prepared(target);
    let home = folder.path();
    let log = tempfile::NamedTempFile::new().unwrap();
    let inject = format!("inject={call}:{fault}:when={nth}");
    let output = traced(home, log.path(), &["-e", &format!("trace={call}"), "-e", &inject]);
    let what = format!("{target:?}, {inject}: {:?}, {}", output.status, text(&output.stderr));
    assert!(!what.contains("panicked"), "{what}");
    let (after, staging) = look(home);
    let killed = output.status.signal().is_some() || output.status.code() == Some(137);
    if killed {
        outcomes.killed.fetch_add(1, Ordering::Relaxed);
        if after != *before && after != *complete {
            assert_eq!(target, Target::Existing, "half a tree in a new folder after {what}");
            outcomes.killed_halfway.fetch_add(1, Ordering::Relaxed);
        }
    } else if output.status.success() {
        outcomes.succeeded.fetch_add(1, Ordering::Relaxed);
        assert!(after == *complete, "success without the whole tree after {what}");
    } else {
        outcomes.refused.fetch_add(1, Ordering::Relaxed);
        assert!(after == *before, "something was left after {what}");
        assert!(!output.stderr.is_empty() || call == "write", "no message after {what}");
    }
    // Of a run that lives, nothing stays, unless its removing was what failed.
    if !killed && call != "unlinkat" {
        assert!(staging.is_empty(), "{staging:?} after {what}");
        no_plaintext(home, &after, complete, &what);
    }
    // The next run is undisturbed.
    let out = home.join("out");
    let again = run(&["extract", path(&sample()), "-k", &key(), "-C", path(&out)]);
    assert_eq!(again.status.code(), Some(0), "{}, after {what}", text(&again.stderr));
    if after == *complete && !killed {
        expect(&again, 0, "already complete");
    }
    let (end, staging) = look(home);
    assert!(end == *complete, "the next run did not converge after {what}");
    assert!(staging.is_empty(), "{staging:?} stayed after {what} and another run");
}

/// Whether any file but those of a complete destination has the plaintext.
fn no_plaintext(home: &Path, tree: &Tree, complete: &Tree, what: &str) {
    if tree == complete {
        return;
    }
    for (name, contents) in files(home) {
        assert!(!has_marker(&contents), "plaintext in {name} after {what}");
    }
}

fn has_marker(contents: &[u8]) -> bool {
    contents.windows(MARKER.len()).any(|window| window == MARKER)
}

#[test]
fn f1_a_fault_at_any_call_leaves_all_or_nothing() {
    // One of the faults, in turn: which one is another for each target. In a short run each at the
    // first call, and then one at each third.
    let is_short = thorough(false, true);
    faults_at_all_calls(move |target, nth| {
        let turn = nth + target as usize;
        match (is_short, nth, turn % FAULTS.len()) {
            (true, 1, _) => &FAULTS,
            (true, _, 1 | 2) => &[],
            (true, ..) => &FAULTS[turn / FAULTS.len() % FAULTS.len()..][..1],
            (false, _, at) => &FAULTS[at..][..1],
        }
    });
}

#[test]
#[ignore = "takes minutes: each of the faults at each call; .ci/release runs it"]
fn f1_each_fault_at_any_call_leaves_all_or_nothing() {
    faults_at_all_calls(|_, _| &FAULTS);
}

fn faults_at_all_calls(faults: impl Fn(Target, usize) -> &'static [&'static str]) {
    if is_missing() {
        return skipped("strace is not installed, or may not trace here");
    }
    let mut cases = Vec::new();
    let mut states = Vec::new();
    for target in [Target::New, Target::Existing] {
        let folder = prepared(target);
        let before = look(folder.path()).0;
        let out = folder.path().join("out");
        let whole = smimezip()
            .args(["extract", path(&sample()), "-k", &key(), "-C", path(&out)])
            .output()
            .unwrap();
        expect(&whole, 0, "extracted 6 files");
        let complete = look(folder.path()).0;
        assert!(complete.values().any(|contents| has_marker(contents)));
        states.push((target, before, complete));
        for call in CALLS {
            for nth in 1..=count(target, call) {
                for &fault in faults(target, nth) {
                    cases.push(Case { target, call, fault, nth });
                }
            }
        }
    }
    let outcomes = Outcomes::default();
    each(&cases, |case| {
        let (_, before, complete) =
            states.iter().find(|(target, ..)| *target == case.target).unwrap();
        check(case, before, complete, &outcomes);
    });
    println!("{} faults at {} kinds of calls: {outcomes:?}", cases.len(), CALLS.len());
    // How many calls the busiest thread makes is up to the scheduler.
    assert!(cases.len() >= thorough(150, 60), "{} faults only", cases.len());
    let [refused, killed] = [outcomes.refused, outcomes.killed].map(AtomicUsize::into_inner);
    assert!(refused > cases.len() / 5 && killed > cases.len() / 5, "{refused}, {killed}");
}

/// An archive in one part with so many files of one byte, each of which takes a page of a disk.
fn many_small_files(count: u16) -> Vec<u8> {
    let fields = |name: &str, bytes: &mut Vec<u8>| {
        // Version 1.0, stored, the first of 1980, CRC-32 of "x", sizes, length of the name.
        bytes.extend(b"\x0a\0\0\0\0\0\0\0\x21\0\x83\x16\xdc\x8c\x01\0\0\0\x01\0\0\0");
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
    };
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for number in 0..count {
        let name = format!("f/{number}");
        let offset = u32::try_from(archive.len()).unwrap();
        archive.extend(b"PK\x03\x04");
        fields(&name, &mut archive);
        archive.extend(name.as_bytes());
        archive.push(b'x');
        directory.extend(b"PK\x01\x02\x0a\0");
        fields(&name, &mut directory);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size) = (archive.len(), directory.len());
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend(u32::try_from(size).unwrap().to_le_bytes());
    archive.extend(u32::try_from(start).unwrap().to_le_bytes());
    archive.extend([0, 0]);
    archive
}

#[test]
fn f1_a_disk_that_fills_up_leaves_nothing() {
    let works = Command::new("unshare").args(["-m", "true"]).status();
    if !works.is_ok_and(|status| status.success()) {
        return skipped("a disk of its own cannot be mounted here (unshare -m)");
    }
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("e.zip");
    std::fs::write(&archive, many_small_files(300)).unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = r#"
        mount -t tmpfs -o "$1" tmpfs "$2" || exit 99
        "$3" extract "$4" --no-history -k "$5" -C "$2/out" --threads "$6"
        code=$?
        echo "left: $(ls -A "$2" | wc -l), files: $(find "$2/out" -type f 2>/dev/null | wc -l)"
        exit $code"#;
    let (mut full, mut complete) = (0, 0);
    for options in [
        "size=16k",
        "size=200k",
        "size=600k",
        "size=1100k",
        "nr_inodes=9",
        "nr_inodes=200",
        "size=4m",
    ] {
        for threads in ["1", "2"] {
            let output = Command::new("unshare")
                .args(["-m", "sh", "-c", script, "sh", options, path(&disk)])
                .args([env!("CARGO_BIN_EXE_smimezip"), path(&archive), &key(), threads])
                .output()
                .unwrap();
            let (found, message) = (text(&output.stdout), text(&output.stderr));
            if output.status.success() {
                complete += 1;
                assert_eq!(found, "left: 1, files: 300\n", "{options}: {message}");
            } else {
                full += 1;
                assert_eq!(output.status.code(), Some(2), "{options}: {message}");
                assert!(message.contains("No space left"), "{options}: {message}");
                assert_eq!(found, "left: 0, files: 0\n", "{options}: {message}");
            }
        }
    }
    println!("{full} times the disk was full, {complete} times it was not");
    assert!(full >= 10 && complete >= 2, "{full} {complete}");
}
