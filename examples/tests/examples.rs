//! Every example runs on the sample export.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn part(kind: &str) -> String {
    let name = format!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.{kind}.smime");
    data().join(name).to_str().unwrap().to_owned()
}

fn key() -> String {
    data().join("key.pem").to_str().unwrap().to_owned()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn extract_with_progress() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let shown = run(
        env!("CARGO_BIN_EXE_extract-with-progress"),
        &[&part("z02"), &key(), out.to_str().unwrap()],
    );
    assert!(shown.contains("407455 of 407455 bytes"), "{shown}");
    assert!(shown.ends_with("6 files, 407455 bytes\n"), "{shown}");
    assert!(out.join("entities/Customer-7f1f3a6c.json").exists());
}

#[test]
fn one_entry() {
    let name = "attachments/Übersicht, Größe.txt";
    let shown = run(env!("CARGO_BIN_EXE_one-entry"), &[&part("z01"), &key(), name]);
    assert_eq!(shown, "Grüße aus dem Export\n");
}

#[test]
fn read_and_seek() {
    let shown = run(env!("CARGO_BIN_EXE_read-and-seek"), &[&part("zip"), &key()]);
    assert!(shown.contains("S/MIME, base64, AES-256-CBC"), "{shown}");
    assert!(shown.contains("for issuer CN=Export key 1"), "{shown}");
    // The end of central directory record.
    assert!(shown.contains("[50, 4b, 05, 06]"), "{shown}");
}

#[test]
fn parts_from_elsewhere() {
    let shown =
        run(env!("CARGO_BIN_EXE_parts-from-elsewhere"), &[data().to_str().unwrap(), &key()]);
    assert!(shown.contains("105382 entities/Customer-7f1f3a6c.json"), "{shown}");
    assert!(shown.contains("bytes served"), "{shown}");
}

#[test]
fn key_elsewhere() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not installed");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_key-elsewhere"))
        .args([&part("zip"), "openssl", "pkeyutl", "-decrypt", "-inkey", &key()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let end = output.stdout.len() - 22;
    assert!(output.stdout[end..].starts_with(b"PK\x05\x06"));
}

#[test]
fn from_a_pipe() {
    let message = std::fs::File::open(part("zip")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_from-a-pipe"))
        .arg(key())
        .stdin(Stdio::from(message))
        .output()
        .unwrap();
    assert!(output.status.success());
    let end = output.stdout.len() - 22;
    // The end of central directory record.
    assert!(output.stdout[end..].starts_with(b"PK\x05\x06"));
}
