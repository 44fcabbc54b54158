//! What the tests of the C library share: the installed library, compilers, data.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "most tests are for Linux"))]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

mod built;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The folder with the sample export and its key.
pub fn sample() -> PathBuf {
    root().join("examples/data")
}

/// A part of the sample export.
pub fn part(kind: &str) -> PathBuf {
    sample().join(format!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.{kind}.smime"))
}

/// Messages made by other software.
pub fn vectors() -> PathBuf {
    root().join("crates/smimezip/tests/data/vectors")
}

/// A folder of this test's own, empty.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether to compile everything in every way, for which `SMIMEZIP_THOROUGH` asks before a release.
pub fn is_thorough() -> bool {
    std::env::var_os("SMIMEZIP_THOROUGH").is_some()
}

/// Whether a program is installed; says so if not.
pub fn has(tool: &str, why: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        println!("SKIPPED: {why}: {tool} is not installed");
    }
    found
}

/// Runs a command that must succeed; returns what it wrote.
pub fn run(command: &mut Command) -> String {
    // Cargo names its own folders there; programs are to find the library as they would at home.
    command.env_remove("LD_LIBRARY_PATH");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// `install.sh`, which is to install the library without optimisation.
pub fn install_sh() -> Command {
    let mut install = Command::new("bash");
    install.arg(root().join("crates/smimezip-capi/install.sh"));
    match built::folder("libsmimezip") {
        Some(folder) => install.env("BUILT", folder),
        None => install.env_remove("BUILT"),
    };
    install.arg("--debug");
    install
}

/// The library as `install.sh` puts it under a prefix, without optimisation.
pub fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = scratch("prefix");
        run(install_sh().args(["--prefix", prefix.to_str().unwrap()]));
        prefix
    })
}

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Shared,
    Static,
}

/// Compiles a C or C++ program against the installed library.
pub fn compile(compiler: &str, flags: &[&str], source: &Path, link: Link, program: &Path) {
    let lib = prefix().join("lib");
    let mut command = Command::new(compiler);
    command.args(flags).arg("-I").arg(prefix().join("include"));
    command.arg(source).arg("-o").arg(program);
    match link {
        Link::Shared => {
            command.arg("-L").arg(&lib).arg("-lsmimezip");
            command.arg(format!("-Wl,-rpath,{}", lib.display()));
        }
        Link::Static => {
            command.arg("-DSMZ_STATIC").arg(lib.join("libsmimezip.a"));
            command.args(["-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"]);
        }
    }
    run(&mut command);
}

/// Warnings that are errors in C.
pub const WARNINGS: [&str; 7] =
    ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wundef", "-Wshadow", "-Werror"];
/// Warnings that are errors in C++.
pub const WARNINGS_CPP: [&str; 5] = ["-Wall", "-Wextra", "-pedantic", "-Wshadow", "-Werror"];
