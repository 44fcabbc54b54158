//! What is made is read by 7-Zip, Info-ZIP (`zip -s 0` and `unzip`), zip4j and commons-compress, in
//! parts of many sizes: each must give the tree that went in, byte for byte.
//!
//! Needs the tools; without them the test says so and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use common::{
    Tree, has, json_lines, noise, read_tree, run_with, skipped, tree, try_run, write_tree,
};
use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes, FolderSink, build_tree_in};
use smimezip::parts::PartName;

const JARS: [&str; 2] = ["zip4j", "commons-compress"];

fn missing_tools() -> Vec<String> {
    let programs = ["7z", "zip", "unzip", "java"].map(str::to_owned);
    let mut missing: Vec<_> = programs.into_iter().filter(|program| !has(program)).collect();
    let jars = JARS.map(|jar| format!("/usr/share/java/{jar}.jar"));
    missing.extend(jars.into_iter().filter(|jar| !Path::new(jar).exists()));
    missing
}

fn name() -> PartName {
    PartName::parse("export-1.zip").unwrap()
}

/// Whether `zip -s 0` joins parts of this size. Of an entry that is longer than a part it loses
/// bytes where parts are a multiple of its buffer, also of those it has made itself with `zip -s
/// 64k`.
fn info_zip_joins(part_size: Option<u64>) -> bool {
    part_size.is_none_or(|size| !size.is_multiple_of(16_384))
}

/// What each program makes of the archives in these folders, whose parts are of these sizes; texts
/// for those that fail.
fn check_all(root: &Path, archives: &[(PathBuf, Option<u64>)], tree: &Tree) -> Vec<String> {
    let mut failures = Vec::new();
    let mut jobs = String::new();
    let mut outs = Vec::new();
    for (number, (folder, part_size)) in archives.iter().enumerate() {
        let archive = folder.join("export-1.zip");
        let archive = archive.to_str().unwrap();
        let out = |program: &str| root.join(format!("{program}-{number}"));
        let target = format!("-o{}", out("7z").to_str().unwrap());
        let (ok, said) = try_run(root, "7z", &["x", "-y", archive, &target], b"");
        if !ok || read_tree(&out("7z")) != *tree {
            failures.push(format!("7-Zip, {archive}: {}", String::from_utf8_lossy(&said)));
        }
        if info_zip_joins(*part_size) {
            let whole = root.join(format!("whole-{number}.zip"));
            let whole = whole.to_str().unwrap();
            let join = ["-q", "-s", "0", archive, "--out", whole];
            let (ok, said) = try_run(root, "zip", &join, b"");
            let zip = out("unzip");
            let unzip = ["-q", whole, "-d", zip.to_str().unwrap()];
            if !ok || !try_run(root, "unzip", &unzip, b"").0 || read_tree(&zip) != *tree {
                failures.push(format!("Info-ZIP, {archive}: {}", String::from_utf8_lossy(&said)));
            }
        }
        for program in ["zip4j", "commons"] {
            let out = out(program);
            writeln!(jobs, "{program}\t{archive}\t{}", out.to_str().unwrap()).unwrap();
            outs.push((format!("{program}, {archive}"), out));
        }
    }
    let source = common::core().join("tests/tools/Extract.java");
    let class_path = JARS.map(|jar| format!("/usr/share/java/{jar}.jar")).join(":");
    let said =
        run_with(root, "java", &["-cp", &class_path, source.to_str().unwrap()], jobs.as_bytes());
    let said = String::from_utf8(said).unwrap();
    assert_eq!(said.lines().count(), outs.len());
    for (said, (what, out)) in said.lines().zip(outs) {
        if said != "ok" || read_tree(&out) != *tree {
            failures.push(format!("{what}: {said}"));
        }
    }
    failures
}

#[test]
fn other_programs_read_parts_of_many_sizes() {
    let missing = missing_tools();
    if !missing.is_empty() {
        return skipped(&format!("not there: {}", missing.join(", ")));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut tree = tree();
    tree.insert("large.json".into(), Some(json_lines(7, 12_000)));
    tree.insert("large.raw".into(), Some(noise(8, 400_000)));
    write_tree(&root.join("tree"), &tree);
    let sizes = (0..28).map(|step| 65_536 + step * 1_723).chain([250_000, 400_000]);
    let mut archives = Vec::new();
    let mut counts = std::collections::BTreeSet::new();
    for size in sizes.map(Some).chain([None]) {
        let out = root.join(format!("parts-{}", size.unwrap_or(0)));
        let mut options = BuildOptions::new().durable(false);
        options = size.map_or(options.clone(), |size| options.part_size(size));
        let built = build_tree_in(root.join("tree"), &out, &name(), &options, &mut ()).unwrap();
        counts.insert(built.parts.len());
        archives.push((out, size));
    }
    assert!(counts.len() > 5, "{counts:?}");
    let failures = check_all(root, &archives, &tree);
    let joined = archives.iter().filter(|(_, size)| info_zip_joins(*size)).count();
    let cells = archives.len() * 3 + joined;
    println!("{} archives, {cells} cells, {} fail", archives.len(), failures.len());
    assert!(cells > 100);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A first entry of every size around that of a part, so that headers, descriptors and the
/// directory come to lie at many distances from its end.
#[test]
fn other_programs_read_records_at_the_end_of_a_part() {
    let missing = missing_tools();
    if !missing.is_empty() {
        return skipped(&format!("not there: {}", missing.join(", ")));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (bytes, large) = (noise(1, 70_000), noise(2, 140_000));
    let mut failures = Vec::new();
    for distance in (0..260).step_by(9) {
        let out = root.join(format!("parts-{distance}"));
        let options = BuildOptions::new().part_size(65_536).durable(false);
        let sink = FolderSink::new(&out, &name(), &options).unwrap();
        let mut archive = ArchiveWriter::new(sink, &name(), &options).unwrap();
        let mut tree = Tree::new();
        for (name, contents) in
            [("first", &bytes[..65_536 - distance]), ("second", &bytes[..10]), ("large", &large)]
        {
            // Of known size, and so without zip64.
            let attributes = EntryAttributes::new().max_size(contents.len() as u64);
            let mut entry = archive.begin_file(name, &attributes).unwrap();
            entry.write_all(contents).unwrap();
            entry.finish().unwrap();
            tree.insert(name.into(), Some(contents.to_vec()));
        }
        archive.add_folder("folder", &EntryAttributes::new()).unwrap();
        tree.insert("folder".into(), None);
        archive.finish().unwrap();
        failures.extend(check_all_but_java(root, &out, distance, &tree));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check_all_but_java(root: &Path, archive: &Path, number: usize, tree: &Tree) -> Vec<String> {
    let inner = root.join(format!("out-{number}"));
    std::fs::create_dir(&inner).unwrap();
    let out = inner.join("7z");
    let target = format!("-o{}", out.to_str().unwrap());
    let archive = archive.join("export-1.zip");
    let (ok, said) = try_run(root, "7z", &["x", "-y", archive.to_str().unwrap(), &target], b"");
    if ok && read_tree(&out) == *tree {
        return Vec::new();
    }
    vec![format!("7-Zip, {number}: {}", String::from_utf8_lossy(&said))]
}

/// Unknown sizes (zip64 fields, descriptors of 24 bytes), many parts, many entries.
#[test]
fn other_programs_read_zip64_and_many_parts() {
    let missing = missing_tools();
    if !missing.is_empty() {
        return skipped(&format!("not there: {}", missing.join(", ")));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let tree = Tree::from([
        ("unknown.json".to_owned(), Some(json_lines(1, 20_000))),
        ("unknown.raw".to_owned(), Some(noise(2, 7_000_000))),
    ]);
    let mut archives = Vec::new();
    for size in [None, Some(65_700), Some(500_000)] {
        let out = root.join(format!("parts-{}", size.unwrap_or(0)));
        let mut options = BuildOptions::new().durable(false);
        options = size.map_or(options.clone(), |size| options.part_size(size));
        let sink = FolderSink::new(&out, &name(), &options).unwrap();
        let mut archive = ArchiveWriter::new(sink, &name(), &options).unwrap();
        for (name, contents) in &tree {
            let mut entry = archive.begin_file(name, &EntryAttributes::new()).unwrap();
            entry.write_all(contents.as_deref().unwrap()).unwrap();
            entry.finish().unwrap();
        }
        let built = archive.finish().unwrap();
        assert!(size != Some(65_700) || built.parts.len() > 99);
        archives.push((out, size));
    }
    let failures = check_all(root, &archives, &tree);
    println!("{} archives, {} fail", archives.len(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
