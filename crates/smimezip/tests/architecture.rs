//! The two laws of the core, and numbers that must agree: a module imports only from a lower floor
//! or from its own folder; the CMS side and the zip side meet in `export.rs` alone; files are opened in
//! few places; the minimum Rust version is one number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each top-level module's floor. `lib.rs` only re-exports.
const FLOORS: [(&str, u8); 23] = [
    ("limits", 0),
    ("oddity", 0),
    ("oid", 0),
    ("secret", 0),
    ("error", 1),
    ("progress", 2),
    ("read_at", 3),
    ("threads", 3),
    ("asn1", 4),
    ("smime", 5),
    ("cms", 5),
    ("volumes", 5),
    ("keys", 6),
    ("cipher", 6),
    ("zip", 6),
    ("content", 7),
    ("unlock", 7),
    ("envelope", 8),
    ("decoder", 8),
    ("extract", 8),
    ("export", 9),
    ("internals", 9),
    ("lib", 10),
];

const CMS_SIDE: [&str; 8] =
    ["smime", "cms", "keys", "cipher", "envelope", "content", "decoder", "unlock"];
const ZIP_SIDE: [&str; 3] = ["volumes", "zip", "extract"];

/// The only files that may name `std::fs` (tests at a file's end apart).
const FILES: [&str; 4] =
    ["read_at/file.rs", "read_at/spool.rs", "volumes/discover.rs", "keys/ring.rs"];
/// Those that may only hold open files, made through directory handles.
const HANDLES: [&str; 4] =
    ["extract/sink.rs", "extract/disk.rs", "extract/save.rs", "extract/ranges.rs"];

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

/// Each source by its path below `src`, without its unit tests.
fn core() -> BTreeMap<String, String> {
    let src = manifest().join("src");
    sources(&src)
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
            (path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/"), code)
        })
        .collect()
}

fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

fn floor(module: &str) -> u8 {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .unwrap_or_else(|| panic!("{module} has no floor"))
        .1
}

/// The modules that `code` names as `crate::…`.
fn imports(code: &str) -> Vec<String> {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn a_module_imports_only_from_below() {
    let mut seen = 0;
    for (file, code) in core() {
        let own = module(&file);
        for other in imports(&code) {
            seen += 1;
            assert!(
                other == own || floor(&other) < floor(own),
                "{file} (floor {}) imports {other} (floor {})",
                floor(own),
                floor(&other)
            );
        }
    }
    assert!(seen > 80, "the test sees {seen} imports only");
}

#[test]
fn the_two_sides_meet_in_export_only() {
    for (file, code) in core() {
        let own = module(&file);
        for other in imports(&code) {
            let crossing =
                |one: &[&str], two: &[&str]| one.contains(&own) && two.contains(&&*other);
            assert!(
                !crossing(&CMS_SIDE, &ZIP_SIDE) && !crossing(&ZIP_SIDE, &CMS_SIDE),
                "{file} imports {other}"
            );
        }
    }
}

#[test]
fn files_are_opened_in_few_places() {
    for (file, code) in core() {
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.replace("cap_std::fs", "");
        let allowed = FILES.contains(&&*file) || HANDLES.contains(&&*file);
        assert!(allowed || !code.contains("std::fs"), "{file} names std::fs");
        if HANDLES.contains(&&*file) {
            assert!(!code.contains("File::open") && !code.contains("fs::read"), "{file}");
        }
    }
}

#[test]
fn files_are_short() {
    for (file, code) in core() {
        let lines = code.lines().count();
        assert!(lines <= 400, "{file} has {lines} lines");
    }
}

/// The value of `rust-version` in the workspace.
fn rust_version() -> String {
    let manifest = std::fs::read_to_string(manifest().join("../../Cargo.toml")).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("rust-version")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn the_minimum_rust_version_is_one_number() {
    let readme = std::fs::read_to_string(manifest().join("../../README.md")).unwrap();
    let stated = format!("Rust {} or later", rust_version());
    assert!(readme.contains(&stated), "README.md does not say \"{stated}\"");
}

#[test]
fn no_dependency_needs_a_later_rust() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = std::process::Command::new(cargo)
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        // Packages of other platforms are not at hand.
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(manifest())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let number = |version: &str| {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    let ours = rust_version();
    let mut seen = 0;
    for found in text.split("\"rust_version\":\"").skip(1) {
        let version = found.split('"').next().unwrap();
        seen += 1;
        assert!(number(version) <= number(&ours), "a dependency needs Rust {version}");
    }
    assert!(seen > 20, "the test sees {seen} versions only");
}
