//! What programs are linked against: the exported symbols are those of the header, and what they
//! are made of is what the committed baseline says. `SMIMEZIP_WRITE_ABI=1` renews the baseline.

// `install.sh` is for Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use common::{has, prefix, root, run, scratch};

fn declared() -> Vec<String> {
    let header = std::fs::read_to_string(root().join("include/smimezip.h")).unwrap();
    header
        .split("\nSMZ_API")
        .skip(1)
        .map(|rest| {
            let declaration = rest.split(';').next().unwrap().replace("SMZ_MUST_USE", "");
            declaration.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn name(declaration: &str) -> String {
    let head = declaration.split('(').next().unwrap();
    head.rsplit([' ', '*']).next().unwrap().to_owned()
}

fn baseline() -> PathBuf {
    root().join("crates/smimezip-capi/abi/smimezip.abi")
}

#[test]
fn only_the_functions_of_the_header_are_exported() {
    let declared: BTreeSet<_> = declared().iter().map(|it| name(it)).collect();
    for (options, library) in [
        (&["-D", "--defined-only"][..], "libsmimezip.so"),
        (&["-g", "--defined-only"], "libsmimezip.a"),
    ] {
        if !has("nm", "symbols") {
            return;
        }
        let library_path = prefix().join("lib").join(library);
        let shown = run(Command::new("nm").args(options).arg(library_path));
        let exported: BTreeSet<String> = shown
            .lines()
            .filter_map(|line| line.split_whitespace().nth(2))
            // The static library's one further symbol, as the linker needs it.
            .filter(|symbol| *symbol != "DW.ref.rust_eh_personality")
            .map(str::to_owned)
            .collect();
        assert_eq!(exported, declared, "{library}");
    }
}

#[test]
fn the_shared_library_has_its_name() {
    if !has("objdump", "SONAME") {
        return;
    }
    let shown = run(Command::new("objdump").arg("-p").arg(prefix().join("lib/libsmimezip.so")));
    let soname = shown.lines().find(|line| line.contains("SONAME")).unwrap();
    assert!(soname.ends_with("libsmimezip.so.0.1"), "{soname}");
}

/// What Rust's own library needs; the programs of `programs.rs` show that nothing else is needed.
#[test]
fn install_sh_names_the_libraries_that_rustc_names() {
    let script = root().join("crates/smimezip-capi/install.sh");
    let script = std::fs::read_to_string(script).unwrap();
    // Those of this platform stand first.
    let mut lines = script.lines().map(str::trim_start);
    let line = lines.find(|line| line.starts_with("native=")).unwrap();
    let folder = scratch("native");
    std::fs::write(folder.join("empty.rs"), "").unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--crate-type", "staticlib", "--print", "native-static-libs", "empty.rs"]);
    let output = rustc.current_dir(&folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let named = text.lines().find_map(|line| line.split_once("native-static-libs: "));
    let named = named.unwrap_or_else(|| panic!("{text}")).1.trim();
    // That one is the compiler's own to choose: with -static it is -lgcc_eh.
    let named = named.replace("-lgcc_s ", "");
    assert_eq!(line.split('"').nth(1).unwrap(), named);
}

/// A library with the header's functions and nothing in them: what abidw describes does not depend
/// on the Rust compiler.
#[test]
fn the_abi_is_that_of_the_baseline() {
    if !has("abidw", "the ABI's baseline") || !has("abidiff", "the ABI's baseline") {
        return;
    }
    let folder = scratch("abi");
    let mut source = String::from("#include <smimezip.h>\n");
    for declaration in declared() {
        let is_void = declaration.starts_with("void ");
        let body = if is_void { "{}" } else { "{ return 0; }" };
        writeln!(source, "{declaration} {body}").unwrap();
    }
    std::fs::write(folder.join("stub.c"), source).unwrap();
    let mut gcc = Command::new("gcc");
    gcc.args(["-g", "-shared", "-fPIC", "-Wl,-soname,libsmimezip.so.0.1", "-w", "-I"]);
    gcc.arg(root().join("include")).args(["stub.c", "-o", "libsmimezip.so.0.1"]);
    run(gcc.current_dir(&folder));
    let mut abidw = Command::new("abidw");
    abidw.args(["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs"]);
    let abi = run(abidw.arg("libsmimezip.so.0.1").current_dir(&folder));
    if std::env::var_os("SMIMEZIP_WRITE_ABI").is_some() {
        std::fs::write(baseline(), &abi).unwrap();
    }
    let mut abidiff = Command::new("abidiff");
    abidiff.arg(baseline()).arg(folder.join("libsmimezip.so.0.1"));
    let output = abidiff.output().unwrap();
    assert!(
        output.status.success(),
        "the ABI changed; SMIMEZIP_WRITE_ABI=1 cargo test -p smimezip-capi --test suite abi:: \
         renews the baseline\n{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
