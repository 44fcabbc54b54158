//! Row F5 for exports that are made: memory stays flat at any size, in many parts.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use common::{key, path, run, sample, smimezip, text};

/// Highest resident memory that there may be, in KiB: 64 MiB.
const MOST: u64 = 64 * 1024;

/// Runs the program; its highest resident memory in KiB. Panics unless it succeeds.
fn peak(arguments: &[&str]) -> u64 {
    let mut child = smimezip().args(arguments).stdout(Stdio::null()).spawn().unwrap();
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        let text = std::fs::read_to_string(&status_file).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.starts_with("VmHWM")) {
            peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{arguments:?}");
    peak
}

/// Seals a file of so many zeros, which take no room on the disk, not compressed and compressed,
/// each time in many parts; has the first one verified.
fn check(size: u64, stored: &str, compressed: &str, at_least: usize) {
    let place = tempfile::tempdir().unwrap();
    let [tree, outbox] = ["tree", "outbox"].map(|name| place.path().join(name));
    std::fs::create_dir(&tree).unwrap();
    File::create(tree.join("zeros")).unwrap().set_len(size).unwrap();
    let certificate = sample().join("certificate.pem");
    for (level, split) in [("0", stored), ("6", compressed)] {
        let all = ["seal", path(&tree), "-o", path(&outbox), "--to", path(&certificate)];
        let more = ["--level", level, "--split", split, "--name", "export-1", "--no-sync"];
        let peak = peak(&[&all[..], &more, &["--progress", "never"]].concat());
        let parts = std::fs::read_dir(&outbox).unwrap().count();
        println!("{size} bytes, level {level}: {parts} parts, {peak} KiB at most");
        assert!((1..=MOST).contains(&peak), "{peak} KiB");
        assert!(level != "0" || parts >= at_least, "{parts} parts");
        if level == "0" {
            let said = run(&["verify", path(&outbox), "-k", &key()]);
            assert!(said.status.success(), "{}", text(&said.stderr));
        }
        std::fs::remove_dir_all(&outbox).unwrap();
    }
}

#[test]
fn f5_a_twin_of_the_large_export() {
    check(256 << 20, "1M", "64K", 256);
}

#[test]
#[ignore = "takes minutes and 15 GB of disk; run by hand (CONTRIBUTING.md), its twin always"]
fn f5_an_export_of_10_gib() {
    check(10 << 30, "16M", "64K", 640);
}
