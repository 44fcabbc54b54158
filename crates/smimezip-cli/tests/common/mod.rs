//! What the tests of the program share: how it is run, and what it left.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub const NAME: &str = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data")
}

pub fn test_keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../smimezip/tests/data/keys")
}

pub fn part(kind: &str) -> PathBuf {
    sample().join(format!("{NAME}.{kind}.smime"))
}

pub fn smimezip() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smimezip"));
    for name in ["SMIMEZIP_KEY", "SMIMEZIP_PASSIN", "SMIMEZIP_THREADS"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub fn run(arguments: &[&str]) -> Output {
    smimezip().args(arguments).output().unwrap()
}

pub fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[track_caller]
pub fn expect(output: &Output, code: i32, in_message: &str) {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(message.contains(in_message), "{in_message:?} is not in {message:?}");
    assert!(!message.contains("panicked"), "{message}");
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn key() -> String {
    path(&sample().join("key.pem")).to_owned()
}

/// A copy of the sample that may be damaged.
pub fn copy_of_sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["z01", "z02", "z03", "zip"] {
        let from = part(kind);
        std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    folder
}

pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read(&path).unwrap_or_default());
        }
    }
    found
}
