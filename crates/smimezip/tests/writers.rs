//! One tree, written as a zip archive by every writer at hand, in every mode that it has: each
//! archive is opened, verified and extracted, and what comes out is that tree. Where other readers
//! are there, they read the same. `docs/INTEROP-WRITERS.md` is the table of what was opened; made
//! anew by `SMIMEZIP_WRITE_INTEROP=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{data, has, read_tree, sha256, skipped, thorough, try_run};
use smimezip::message::Accept;
use smimezip::read_at::FileSource;
use smimezip::zip::OddityKind;
use smimezip::{Archive, Error, Export, KeyRing, Part, UnlockOptions};

/// A line of the manifest.
struct Written {
    /// A file, or a folder with the parts of a set.
    file: String,
    writer: String,
    version: String,
    mode: String,
    tree: String,
}

/// A file's SHA-256, or that it is an empty folder, by path.
type Sums = BTreeMap<String, String>;

const EMPTY_FOLDER: &str = "empty folder";

/// What is refused, and why that is right.
struct Refused {
    file: &'static str,
    /// What the error says.
    error: &'static str,
    why: &'static str,
    /// Whether `Accept::unused_bytes` opens it.
    unused_bytes: bool,
}

const fn refuse(
    file: &'static str,
    error: &'static str,
    why: &'static str,
    unused_bytes: bool,
) -> Refused {
    Refused { file, error, why, unused_bytes }
}

const CONTRADICTS: &str = "the data descriptor contradicts the directory";
const BACKWARDS: &str = "its data descriptors have their signature backwards.";
const LINE: &str = "a line stands before the archive, and belongs to no entry.";

const REFUSED: [Refused; 8] = [
    refuse("aiozipstream-deflate.zip", CONTRADICTS, BACKWARDS, false),
    refuse("aiozipstream-stored.zip", CONTRADICTS, BACKWARDS, false),
    refuse("info-zip-adjusted.zip", "10 bytes that belong to no entry", LINE, true),
    refuse("info-zip-prefix.zip", "10 bytes that belong to no entry", LINE, true),
    refuse("python-zipapp.pyz", "23 bytes that belong to no entry", LINE, true),
    refuse(
        "info-zip-bzip2.zip",
        "compression method 12 (bzip2)",
        "stored, deflate and deflate64 are what is read.",
        false,
    ),
    refuse(
        "info-zip-zip64-pipe.zip",
        "the directory does not end at the end record",
        "the end record refers to a zip64 record that is not there; no other program opens it.",
        false,
    ),
    refuse(
        "rust-zip-shallow-copy.zip",
        "it overlaps what follows it",
        "two entries have the same bytes, under a local header with the name of one.",
        false,
    ),
];

fn folder() -> PathBuf {
    data().join("writers")
}

fn all() -> Vec<Written> {
    let manifest = std::fs::read_to_string(folder().join("MANIFEST.tsv")).unwrap();
    manifest
        .lines()
        .map(|line| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [file, writer, version, mode, tree] = fields.try_into().unwrap();
            Written { file, writer, version, mode, tree }
        })
        .collect()
}

fn refused(file: &str) -> Option<&'static Refused> {
    REFUSED.iter().find(|it| it.file == file)
}

fn expected(tree: &str) -> Sums {
    let manifest = std::fs::read_to_string(folder().join("trees").join(tree)).unwrap();
    let lines = manifest.lines().map(|line| line.split_once("  ").unwrap());
    lines.map(|(sum, name)| (name.to_owned(), sum.to_owned())).collect()
}

/// The sums of a folder. A folder that has something in it is not listed, as what is in it is.
fn found(root: &Path) -> Sums {
    let tree = read_tree(root);
    let full = |name: &str| tree.keys().any(|it| it.starts_with(&format!("{name}/")));
    let sums = tree.iter().filter_map(|(name, contents)| match contents {
        Some(contents) => Some((name.clone(), sha256(contents))),
        None if full(name) => None,
        None => Some((name.clone(), EMPTY_FOLDER.to_owned())),
    });
    sums.collect()
}

/// The names that are not in both trees with the same contents.
fn difference<'a>(one: &'a Sums, other: &'a Sums) -> BTreeSet<&'a str> {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.iter().collect(), other.iter().collect());
    one.symmetric_difference(&other).map(|(name, _)| name.as_str()).collect()
}

/// The parts of an archive, the first one first.
fn parts(written: &Written) -> Vec<PathBuf> {
    let path = folder().join(&written.file);
    if path.is_file() {
        return vec![path];
    }
    let mut parts: Vec<PathBuf> =
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    // The last part of a split archive is e.zip, which sorts after e.z01.
    parts.sort_by_key(|part| (part.extension() == Some("zip".as_ref()), part.clone()));
    parts
}

/// Opens an archive: by its parts, or as a user would, by the name of one.
fn open(written: &Written, by_name: bool, options: &UnlockOptions) -> Result<Archive, Error> {
    let parts = parts(written);
    if by_name {
        return Export::discover(&parts[0])?.unlock_with(&KeyRing::new(), options, &mut ());
    }
    let mut sources = Vec::new();
    for part in parts {
        let name = part.file_name().unwrap().to_str().unwrap().to_owned();
        sources.push(Part::new(name, FileSource::open(&part).unwrap()));
    }
    Archive::open_with(sources, options)
}

/// Extracts an archive; the tree, and what was odd.
fn extract(archive: &Archive) -> Result<(Sums, Vec<OddityKind>), Error> {
    let out = tempfile::tempdir().unwrap();
    let report = archive.extract(out.path())?;
    Ok((found(out.path()), report.oddities.iter().map(smimezip::zip::Oddity::kind).collect()))
}

/// Verifies an archive; what was odd.
fn verify(archive: &Archive) -> Result<Vec<OddityKind>, Error> {
    let report = archive.verify()?;
    Ok(report.oddities.iter().map(smimezip::zip::Oddity::kind).collect())
}

#[test]
fn every_archive_gives_its_tree() {
    let mut failures = String::new();
    let all = all();
    for written in all.iter().filter(|it| refused(&it.file).is_none()) {
        let expected = expected(&written.tree);
        let oddities = match open(written, false, &UnlockOptions::new()).and_then(|it| extract(&it))
        {
            Ok((tree, oddities)) if tree == expected => oddities,
            Ok((tree, _)) => {
                let other = difference(&expected, &tree);
                writeln!(failures, "{}: other {other:?}", written.file).unwrap();
                continue;
            }
            Err(error) => {
                writeln!(failures, "{}: {error}", written.file).unwrap();
                continue;
            }
        };
        // By its name it is the same, and verifying meets what extracting meets.
        let [one, other] =
            [false, true].map(|by_name| open(written, by_name, &UnlockOptions::new()).unwrap());
        let entries = |it: &Archive| -> Vec<_> {
            it.entries()
                .iter()
                .map(|it| (it.raw_name().to_owned(), it.crc32(), it.size()))
                .collect()
        };
        assert_eq!(entries(&one), entries(&other), "{}", written.file);
        assert_eq!(verify(&other).unwrap(), oddities, "{}", written.file);
    }
    assert!(failures.is_empty(), "\n{failures}");
    let writers: BTreeSet<&str> = all.iter().map(|it| it.writer.as_str()).collect();
    assert!(all.len() > 250 && writers.len() > 50, "{} of {}", all.len(), writers.len());
}

#[test]
fn what_is_refused_is_refused_with_its_reason() {
    let all = all();
    for refused in &REFUSED {
        let written = all.iter().find(|it| it.file == refused.file).unwrap();
        let result = open(written, false, &UnlockOptions::new()).and_then(|it| extract(&it));
        let error = result.map(|_| ()).expect_err(refused.file).to_string();
        assert!(error.contains(refused.error), "{}: {error}", refused.file);
        let accepting = UnlockOptions::new().accept(Accept::new().unused_bytes(true));
        let result = open(written, false, &accepting).and_then(|it| extract(&it));
        match (refused.unused_bytes, result) {
            (true, Ok((tree, oddities))) => {
                assert_eq!(tree, expected(&written.tree), "{}", refused.file);
                assert!(oddities.contains(&OddityKind::UnusedBytes), "{}", refused.file);
            }
            (false, Err(_)) => {}
            (_, result) => panic!("{}: {result:?}", refused.file),
        }
    }
}

/// How other readers extract an archive into a folder.
const READERS: [(&str, &[&str]); 4] = [
    ("7z", &["x", "-y", "-o{out}", "{archive}"]),
    ("bsdtar", &["-x", "-f", "{archive}", "-C", "{out}"]),
    ("python3", &["-c", PYTHON, "{archive}", "{out}"]),
    ("unzip", &["-q", "-o", "-d", "{out}", "{archive}"]),
];

const PYTHON: &str = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";

/// Whether two trees have the same files, and differ at most in names that are not ASCII: without a
/// flag, a reader takes them for what it likes.
fn differ_in_characters(ours: &Sums, theirs: &Sums) -> bool {
    let files = |sums: &Sums| {
        let mut files: Vec<String> =
            sums.values().filter(|it| *it != EMPTY_FOLDER).cloned().collect();
        files.sort();
        files
    };
    let same = |(name, sum): (&String, &String)| !name.is_ascii() || theirs.get(name) == Some(sum);
    ours.iter().all(same) && files(ours) == files(theirs)
}

#[test]
fn z5_other_readers_give_the_same_trees() {
    let all: Vec<_> = all().into_iter().filter(|it| refused(&it.file).is_none()).collect();
    // In a short run each archive is read by one of them.
    let step = thorough(1, READERS.len());
    let is_read = |at: usize, turn: usize, is_set: bool| {
        let whose = if is_set { 0 } else { at % READERS.len() };
        step == 1 || whose == turn
    };
    for (turn, (reader, arguments)) in READERS.into_iter().enumerate() {
        if !has(reader) {
            skipped(reader);
            continue;
        }
        let (mut same, mut characters, mut failed) = (0, 0, 0);
        for (at, written) in all.iter().enumerate() {
            let parts = parts(written);
            // None but 7-Zip, the first, reads the parts of a set.
            let is_set = parts.len() > 1;
            if is_set && reader != "7z" || !is_read(at, turn, is_set) {
                continue;
            }
            let last =
                if written.file.contains("pieces") { &parts[0] } else { parts.last().unwrap() };
            let out = tempfile::tempdir().unwrap();
            let arguments: Vec<String> = arguments
                .iter()
                .map(|it| it.replace("{archive}", last.to_str().unwrap()))
                .map(|it| it.replace("{out}", out.path().to_str().unwrap()))
                .collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (ok, _) = try_run(out.path(), reader, &arguments, b"");
            let (ours, theirs) = (expected(&written.tree), found(out.path()));
            if ours == theirs {
                same += 1;
            } else if differ_in_characters(&ours, &theirs) {
                characters += 1;
            } else {
                let other = difference(&ours, &theirs);
                assert!(!ok, "{reader} reads another tree from {}: {other:?}", written.file);
                failed += 1;
            }
        }
        println!(
            "{reader}: {same} same, {characters} with other characters in names, {failed} not read"
        );
        assert!(same > 200 / step && failed < 10 / step, "{reader}: {same} {characters} {failed}");
    }
}

#[test]
fn the_table_says_what_was_opened() {
    let all = all();
    let mut table = String::from(
        "# Archives of other software\n\n\
         Made by `tests/writers.rs`, which opens every one of them, verifies it, extracts it, and compares what\n\
         comes out with the tree that went in: text, an empty file, an empty folder, a nested file, a name with\n\
         umlauts and ideographs, bytes that do not compress. The archives are in `tests/data/writers`, made by\n\
         `tests/data/make-writers.sh`. What is odd in an archive and accepted is said, as in every report.\n\n\
         7-Zip, bsdtar, Python and unzip read the same files from all that opens, where they read it. Names that\n\
         are not ASCII and not flagged as UTF-8 come out of some of them in other characters.\n\n",
    );
    let writers: BTreeMap<&str, usize> = all.iter().fold(BTreeMap::new(), |mut counts, it| {
        *counts.entry(it.writer.as_str()).or_default() += 1;
        counts
    });
    let opened = all.len() - REFUSED.len();
    writeln!(table, "{} archives of {} writers: {opened} open.\n", all.len(), writers.len())
        .unwrap();
    table.push_str("These are refused, and why:\n\n");
    for it in &REFUSED {
        let written = all.iter().find(|written| written.file == it.file).unwrap();
        let accept = if it.unused_bytes { " `--accept unused-bytes` opens it." } else { "" };
        writeln!(table, "* {}, {}: {}{accept}", written.writer, written.mode, it.why).unwrap();
    }
    table.push('\n');
    table.push_str("| writer | version | mode | opens |\n|---|---|---|---|\n");
    let mut rows = BTreeSet::new();
    for written in &all {
        let opens = if let Some(refused) = refused(&written.file) {
            format!("no: {}", refused.error)
        } else {
            let oddities = verify(&open(written, false, &UnlockOptions::new()).unwrap()).unwrap();
            let oddities: Vec<String> = oddities.iter().map(ToString::to_string).collect();
            let said = if oddities.is_empty() { "" } else { ": " };
            format!("yes{said}{}", oddities.join("; "))
        };
        let Written { writer, version, mode, .. } = written;
        rows.insert(format!("| {writer} | {version} | {mode} | {opens} |"));
    }
    assert_eq!(rows.len(), all.len(), "two archives of one writer and mode");
    for row in rows {
        writeln!(table, "{row}").unwrap();
    }
    let path = common::core().join("docs/INTEROP-WRITERS.md");
    if std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == table, "docs/INTEROP-WRITERS.md is not what the tests find");
}
