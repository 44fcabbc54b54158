//! The laws of the core, and numbers that must agree: a module imports only from a lower floor or
//! from its own folder, and files beside each other never in a circle; the CMS side and the zip
//! side meet in `export.rs` alone; there is no clock, no network and nothing asynchronous; files
//! are opened in few places; the minimum Rust version is one number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each top-level module's floor. `lib.rs` only re-exports.
const FLOORS: [(&str, u8); 28] = [
    ("absent", 0),
    ("hex", 0),
    ("integrity", 0),
    ("limits", 0),
    ("oddity", 0),
    ("oid", 0),
    ("part_name", 0),
    ("random", 0),
    ("error", 1),
    ("secret", 1),
    ("progress", 2),
    ("options", 3),
    ("read_at", 3),
    ("threads", 3),
    ("asn1", 4),
    ("staging", 4),
    ("smime", 5),
    ("cms", 5),
    ("parts", 5),
    ("keys", 6),
    ("cipher", 6),
    ("zip", 6),
    ("message", 7),
    ("extract", 8),
    ("build", 8),
    ("export", 9),
    ("internals", 9),
    ("lib", 10),
];

const CMS_SIDE: [&str; 5] = ["smime", "cms", "keys", "cipher", "message"];
const ZIP_SIDE: [&str; 4] = ["parts", "zip", "extract", "build"];

/// The only files that may name `std::fs` (tests at a file's end apart).
const FILES: [&str; 5] = [
    "read_at/file.rs",
    "read_at/spool.rs",
    "parts/discover.rs",
    "keys/file.rs",
    "staging/windows.rs",
];
/// Those that may only hold open files, made through directory handles.
const HANDLES: [&str; 6] = [
    "build/folder_sink.rs",
    "extract/sink.rs",
    "staging/folder.rs",
    "staging/disk.rs",
    "extract/save.rs",
    "extract/ranges.rs",
];

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
            let path = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
            (path, without_tests(&text))
        })
        .collect()
}

/// `text` without the unit tests at its end, and without modules that only tests compile before it.
fn without_tests(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let is_test_module = |at: usize| {
        let of_tests = |line: Option<&&str>| line.is_some_and(|it| it.trim() == "#[cfg(test)]");
        let before = at.checked_sub(1).and_then(|before| lines.get(before));
        lines[at].starts_with("mod ") && lines[at].ends_with(';') && of_tests(before)
    };
    let kept = (0..lines.len()).filter(|at| !is_test_module(*at)).map(|at| lines[at]);
    kept.fold(String::new(), |code, line| code + line + "\n")
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

/// The path of a file's module: `keys/ring.rs` is `keys::ring`.
fn module_path(file: &str) -> Vec<&str> {
    file.trim_end_matches(".rs").split('/').collect()
}

/// The module paths that the code of `own` names, from the root.
fn named_paths(own: &[&str], code: &str) -> Vec<Vec<String>> {
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let mut rest = &code[at..];
            let mut path: Vec<String> = own.iter().map(|it| (*it).to_owned()).collect();
            if let Some(after) = rest.strip_prefix("crate::") {
                path.clear();
                rest = after;
            }
            while let Some(after) = rest.strip_prefix("super::") {
                path.pop();
                rest = after;
            }
            flatten(&path, rest, &mut found);
        }
    }
    found
}

/// The paths of a use tree that `rest` starts with, each below `path`; what follows it.
fn flatten<'a>(path: &[String], rest: &'a str, found: &mut Vec<Vec<String>>) -> &'a str {
    let rest = rest.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = flatten(path, inner, found).trim_start();
            match inner.strip_prefix(',') {
                Some(more) => inner = more,
                None => return inner.strip_prefix('}').unwrap_or(inner),
            }
        }
    }
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let mut path = path.to_vec();
    if !name.is_empty() {
        path.push(name.to_owned());
    }
    if let Some(deeper) = after.strip_prefix("::") {
        return flatten(&path, deeper, found);
    }
    found.push(path);
    after
}

/// Files beside each other that import one another in a circle, each with what it reaches.
fn circles(files: &BTreeMap<String, String>) -> Vec<String> {
    let paths: BTreeSet<Vec<&str>> = files.keys().map(|file| module_path(file)).collect();
    let mut imports: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (file, code) in files {
        let own = module_path(file);
        for named in named_paths(&own, code) {
            let common = own.iter().zip(&named).take_while(|(one, two)| one == two).count();
            let (Some(_), Some(_)) = (own.get(common), named.get(common)) else { continue };
            let sibling: Vec<&str> = named[..=common].iter().map(String::as_str).collect();
            if paths.contains(&sibling) {
                let from = own[..=common].iter().map(|it| (*it).to_owned()).collect();
                imports.entry(from).or_default().insert(named[..=common].to_vec());
            }
        }
    }
    let reaches = |from: &Vec<String>| {
        let mut seen = BTreeSet::new();
        let mut due = vec![from.clone()];
        while let Some(next) = due.pop() {
            for to in imports.get(&next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    due.push(to.clone());
                }
            }
        }
        seen
    };
    let ring = imports.keys().filter(|from| reaches(from).contains(*from));
    ring.map(|from| from.join("::")).collect()
}

#[test]
fn files_beside_each_other_import_in_no_circle() {
    let files = core();
    let seen: usize =
        files.iter().map(|(file, code)| named_paths(&module_path(file), code).len()).sum();
    assert!(seen > 800, "the test sees {seen} paths only");
    assert_eq!(circles(&files), Vec::<String>::new());

    let tied = [("a.rs", "mod b;"), ("a/b.rs", "use super::{c::X, d};"), ("a/d.rs", "")];
    let tied = tied.into_iter().chain([("a/c.rs", "fn f() { super::b::g() }")]);
    let tied = tied.map(|(file, code)| (file.to_owned(), code.to_owned())).collect();
    assert_eq!(circles(&tied), ["a::b", "a::c"]);
}

#[test]
fn there_is_no_clock_no_network_and_nothing_asynchronous() {
    for (file, code) in core() {
        for word in ["SystemTime::now", "std::net", "async fn", ".await"] {
            let is_there = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| line.contains(word));
            assert!(!is_there, "{file} names {word}");
        }
    }
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
fn the_root_has_the_paved_path_only() {
    let lib = &core()["lib.rs"];
    let uses: Vec<Vec<String>> = lib
        .split("pub use ")
        .skip(1)
        .flat_map(|rest| {
            let mut found = Vec::new();
            flatten(&[], rest, &mut found);
            found
        })
        .collect();
    assert!(uses.len() > 10 && uses.len() <= 18, "{} names: {uses:?}", uses.len());
}

#[test]
fn files_are_short() {
    for (file, code) in core() {
        let lines = code.lines().count();
        assert!(lines <= 400, "{file} has {lines} lines");
    }
}

/// Cargo looks for no tests by itself where they are one program: a file that nobody names would
/// never run.
#[test]
fn every_file_of_tests_is_in_a_program() {
    let mut programs = 0;
    for crate_ in std::fs::read_dir(manifest().join("..")).unwrap() {
        let folder = crate_.unwrap().path();
        let mut settings = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !settings.contains("autotests = false") || !folder.join("tests").exists() {
            continue;
        }
        programs += 1;
        if folder.ends_with("smimezip") {
            // Of the core the largest is a package of its own.
            let suite = manifest().join("../smimezip-suite/Cargo.toml");
            settings += &std::fs::read_to_string(suite).unwrap();
        }
        let suite = std::fs::read_to_string(folder.join("tests/suite.rs")).unwrap();
        for file in std::fs::read_dir(folder.join("tests")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|it| it != "rs") {
                continue;
            }
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_module = suite.contains(&format!("\nmod {name};\n"));
            let is_program = settings.contains(&format!("[[test]]\nname = \"{name}\"\n"));
            assert!(is_module != is_program, "{}", path.display());
        }
    }
    assert_eq!(programs, 4);
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
#[cfg_attr(windows, ignore = "a program for Windows that wine runs starts no cargo")]
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

/// `rustfmt` leaves comments alone.
#[test]
fn comments_are_within_100_columns() {
    for path in sources(&manifest().join("..")) {
        for (at, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            let width = line.chars().count();
            assert!(!is_comment || width <= 100, "{}:{}: {width}", path.display(), at + 1);
        }
    }
}

/// Nothing of another crate is in the public interface, whose list `.ci/public-api` compares with
/// the code.
#[test]
fn the_public_interface_has_no_type_of_another_crate() {
    let list = std::fs::read_to_string(manifest().join("docs/PUBLIC-API.txt")).unwrap();
    assert!(list.lines().count() > 500);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    for path in list.split(|c| !is_part(c)).filter(|word| word.contains("::")) {
        let root = path.split("::").next().unwrap();
        // What begins with a capital is a parameter's item, as `Self::Err`.
        let is_crate = root.starts_with(|c: char| c.is_ascii_lowercase());
        assert!(!is_crate || ["smimezip", "core", "std", "alloc"].contains(&root), "{path}");
    }
}
