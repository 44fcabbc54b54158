//! What the tests share: trees, tools, keys.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

pub mod key_files;
pub mod layout;
pub mod odd;
pub mod openers;
pub mod seal;
pub mod sinks;
pub mod zip_readers;
pub mod zips;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use smimezip::{KeyRing, Limits};

/// Contents by relative path; `None` is a folder.
pub type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// The folder of the core, whichever package a program of tests is of.
pub fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../smimezip")
}

/// The folder of the committed test data.
pub fn data() -> PathBuf {
    core().join("tests/data")
}

/// The folder of one of the committed cases: what real programs made, and what is right.
pub fn case(name: &str) -> PathBuf {
    data().join("cases").join(name)
}

/// The sample export of the repository.
pub fn sample() -> PathBuf {
    core().join("../../examples/data")
}

/// A key ring with the sample's key.
pub fn sample_keys() -> KeyRing {
    KeyRing::from_file(sample().join("key.pem")).unwrap()
}

/// Reads a folder.
pub fn read_tree(root: &Path) -> Tree {
    fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if entry.file_type().unwrap().is_dir() {
                tree.insert(name, None);
                walk(root, &path, tree);
            } else {
                tree.insert(name, Some(std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut tree = Tree::new();
    if root.exists() {
        walk(root, root, &mut tree);
    }
    tree
}

/// Writes a folder.
pub fn write_tree(root: &Path, tree: &Tree) {
    std::fs::create_dir_all(root).unwrap();
    for (name, contents) in tree {
        let path = root.join(name);
        match contents {
            None => std::fs::create_dir_all(path).unwrap(),
            Some(contents) => {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, contents).unwrap();
            }
        }
    }
}

/// Bytes that do not compress, always the same for one seed.
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

/// Text that compresses as exports do.
pub fn json_lines(seed: u64, count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, id) in (0..count).zip(noise(seed, count * 8).chunks_exact(8)) {
        let id = u64::from_le_bytes(id.try_into().unwrap());
        writeln!(out, "{{\"number\":{number},\"id\":\"{id:016x}\",\"state\":\"closed\"}}").unwrap();
    }
    out
}

/// A tree with what real ones have: large and small, deep, empty, other scripts.
pub fn tree() -> Tree {
    let mut tree = Tree::new();
    tree.insert("Interaction-1.json".into(), Some(json_lines(1, 4000)));
    tree.insert("attachments/recording.raw".into(), Some(noise(2, 150_000)));
    tree.insert("attachments/2024/03/note.txt".into(), Some(b"a note\n".to_vec()));
    tree.insert("attachments/Größe, 大小.txt".into(), Some("Grüße\n".into()));
    tree.insert("attachments/empty.txt".into(), Some(Vec::new()));
    tree.insert("entities/Customer-1.json".into(), Some(json_lines(3, 1500)));
    tree.insert("empty folder".into(), None);
    for folder in ["attachments", "attachments/2024", "attachments/2024/03", "entities"] {
        tree.insert(folder.into(), None);
    }
    tree
}

/// How far a test goes that can try every byte, or thousands of trees: as far as it can with
/// `SMIMEZIP_THOROUGH`, which is for the time before a release.
pub fn thorough<T>(every: T, some: T) -> T {
    if std::env::var_os("SMIMEZIP_THOROUGH").is_some() { every } else { some }
}

/// Says that a test could not run, even where the test runner hides what passing tests print.
pub fn skipped(why: &str) {
    std::io::stderr().write_all(format!("\nSKIPPED: {why}\n").as_bytes()).unwrap();
}

/// Whether a program is there.
pub fn has(program: &str) -> bool {
    let status = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Runs a program in `folder`; its standard output. Panics unless it succeeds.
pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> Vec<u8> {
    run_with(folder, program, arguments, b"")
}

/// As [`run`], with standard input.
pub fn run_with(folder: &Path, program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let (ok, output) = try_run(folder, program, arguments, input);
    assert!(ok, "{program} {arguments:?}: {}", String::from_utf8_lossy(&output));
    output
}

/// Runs a program; whether it succeeded, and its standard output and error.
pub fn try_run(folder: &Path, program: &str, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>) {
    // Java's programs live for a second here: they are not to prepare for hours.
    let java = std::env::var("JAVA_TOOL_OPTIONS").unwrap_or_default()
        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("JAVA_TOOL_OPTIONS", java)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let mut text = output.stdout;
    if !output.status.success() {
        text.extend_from_slice(&output.stderr);
    }
    (output.status.success(), text)
}

/// Default limits.
pub fn limits() -> Limits {
    Limits::default()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    let mut text = String::new();
    for byte in sha2::Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
