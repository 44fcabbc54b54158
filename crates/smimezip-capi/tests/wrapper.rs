//! The C++ face against the C header: whatever C can do, C++ can. A function that is new in
//! `smimezip.h` fails here until `smimezip.hpp` calls it.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::common;

use std::collections::BTreeSet;
use std::path::PathBuf;

use common::root;

/// The headers of the C++ face.
fn wrapper() -> Vec<PathBuf> {
    let include = root().join("include");
    let mut headers = vec![include.join("smimezip.hpp")];
    let chapters = std::fs::read_dir(include.join("smimezip")).unwrap();
    headers.extend(chapters.map(|it| it.unwrap().path()));
    headers
}

/// A header without its comments: what is only mentioned is not used.
fn code(path: PathBuf) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rest = text.as_str();
    let mut code = String::new();
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").unwrap().1;
    }
    code.push_str(rest);
    code.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect()
}

/// The identifiers of the library in a text.
fn names(code: &str) -> BTreeSet<&str> {
    code.split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
        .filter(|word| word.starts_with("smz_"))
        .collect()
}

#[test]
fn cpp_calls_every_function_of_c() {
    let c = code(root().join("include/smimezip.h"));
    let declared: BTreeSet<&str> = c
        .split("SMZ_API")
        .filter_map(|rest| rest.split_once('(')?.0.split([' ', '*', '\n']).next_back())
        .filter(|name| name.starts_with("smz_"))
        .collect();
    assert!(declared.len() > 60, "{declared:?}");
    let cpp: String = wrapper().into_iter().map(code).collect();
    let used = names(&cpp);
    let unused: Vec<_> = declared.difference(&used).collect();
    assert!(unused.is_empty(), "smimezip.hpp does not call {unused:?}");
}

#[test]
fn every_chapter_is_included_installed_and_short() {
    let face = std::fs::read_to_string(root().join("include/smimezip.hpp")).unwrap();
    let manifest = root().join("crates/smimezip-capi/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    assert!(manifest.contains(r#"{ from = "../../include/smimezip/*.hpp", to = "smimezip" }"#));
    for path in wrapper() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        if name != "smimezip.hpp" && name != "detail.hpp" {
            assert!(face.contains(&format!("#include \"smimezip/{name}\"")), "{name}");
        }
        assert!(text.starts_with("/**\n * @file "), "{name}");
        assert!(text.lines().count() <= 400, "{name}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{name}");
    }
}
