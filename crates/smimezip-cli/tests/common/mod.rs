//! What the tests of the program share: how it is run, and what it left.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

pub mod certificates;
#[cfg(all(target_os = "linux", feature = "keystore"))]
pub mod keystore;
pub mod seen;
#[cfg(target_os = "linux")]
pub mod strace;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where runs are kept, which is not where those of whoever runs the tests are.
pub const STATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/state");

pub const NAME: &str = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

/// How far a test goes that can try thousands of runs: as far as it can with `SMIMEZIP_THOROUGH`,
/// which is for the time before a release.
pub fn thorough<T>(every: T, some: T) -> T {
    if std::env::var_os("SMIMEZIP_THOROUGH").is_some() { every } else { some }
}

pub fn sample() -> PathBuf {
    from_here("../../examples/data")
}

pub fn test_keys() -> PathBuf {
    from_here("../smimezip/tests/data/keys")
}

/// With the drive, which a path that Linux gave to the compiler has not.
fn from_here(path: &str) -> PathBuf {
    std::path::absolute(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A file of the collection of unusual inputs.
pub fn case(name: &str) -> String {
    path(&test_keys().join("../cases").join(name)).to_owned()
}

/// The lines of JSON on standard output.
pub fn json_lines(output: &Output) -> Vec<serde_json::Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs the program with `input` on its standard input.
pub fn feed(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = smimezip()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

pub fn part(kind: &str) -> PathBuf {
    sample().join(format!("{NAME}.{kind}.smime"))
}

pub fn smimezip() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smimezip"));
    for name in ["SMIMEZIP_KEY", "SMIMEZIP_PASSIN", "SMIMEZIP_THREADS"] {
        command.env_remove(name);
    }
    // Whatever its user has configured.
    command.env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no configuration"));
    command.env("XDG_STATE_HOME", STATE);
    // The same on Windows, where a path without its drive is not absolute.
    command.env("LOCALAPPDATA", std::path::absolute(STATE).unwrap());
    command.stdin(Stdio::null());
    command
}

pub fn run(arguments: &[&str]) -> Output {
    smimezip().args(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
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
            let name =
                path.strip_prefix(root).unwrap().to_str().unwrap().replace(MAIN_SEPARATOR, "/");
            found.insert(name, std::fs::read(&path).unwrap_or_default());
        }
    }
    found
}

/// An archive in one part that is not sealed, of stored empty files with these names.
pub fn archive_of(names: &[&str]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let offset = u32::try_from(bytes.len()).unwrap();
        let mut fields = b"\x0a\0\0\x08\0\0\0\0\x21\0".to_vec();
        fields.extend([0; 12]);
        fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend([b"PK\x03\x04", &*fields, name.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x0a\0", &*fields, &[0; 10]].concat());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let (start, size) = (bytes.len(), directory.len());
    bytes.extend(directory);
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count].concat());
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
