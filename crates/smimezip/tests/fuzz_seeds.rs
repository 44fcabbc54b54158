//! Every fuzz target, fed with its seeds, its committed corpus, and pieces of them; on any
//! compiler, without a fuzzer. What the fuzzer once found is in the corpus, and so found again
//! here.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests")]

use crate::common;
#[allow(unreachable_pub, dead_code, reason = "shared by textual inclusion")]
#[path = "../../../fuzz/src/lib.rs"]
pub(crate) mod targets;

use std::path::PathBuf;

use common::data;

/// The folders of a target's inputs: its corpus and fixtures of other tests.
fn inputs(target: &str, fixtures: &[&str]) -> Vec<PathBuf> {
    let corpus = common::core().join("../../fuzz/corpus").join(target);
    let mut found = Vec::new();
    let mut folders = vec![corpus];
    folders.extend(fixtures.iter().map(|it| data().join(it)));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Calls `run` with each input, and with each cut at some places and with bytes changed.
fn replay(target: &str, fixtures: &[&str], run: fn(&[u8])) {
    let inputs = inputs(target, fixtures);
    assert!(inputs.len() >= 5, "{target} has {} inputs", inputs.len());
    for input in &inputs {
        let bytes = std::fs::read(input).unwrap();
        // A panic of a target names no file.
        let name = input.file_name().unwrap().to_string_lossy();
        println!("{target}: {name}, {} bytes", bytes.len());
        run(&bytes);
        if bytes.len() > 16 * 1024 {
            continue;
        }
        for at in [bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(1)] {
            run(&bytes[..at]);
            let mut changed = bytes.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= 0x81;
            }
            run(&changed);
        }
    }
    println!("{target}: {} inputs", inputs.len());
}

#[test]
fn ber() {
    replay("ber", &["vectors"], targets::ber::run);
}

#[test]
fn directory() {
    replay("directory", &["sets/info-zip-streamed"], targets::directory::run);
}

#[test]
fn envelope() {
    replay("envelope", &["envelopes", "vectors"], targets::envelope::run);
}

#[test]
fn export() {
    replay("export", &[], targets::export::run);
}

#[test]
fn extract() {
    replay("extract", &["sets/info-zip-streamed"], targets::extract::run);
}

#[test]
fn key_costs() {
    replay("key_costs", &[], targets::key_costs::run);
}

#[test]
fn keys() {
    replay("keys", &["keyforms", "keys"], targets::keys::run);
}

#[test]
fn manifest() {
    replay("manifest", &[], targets::manifest::run);
}

#[test]
fn mime() {
    replay("mime", &["vectors"], targets::mime::run);
}

#[test]
fn pem() {
    replay("pem", &["keys", "envelopes/keys"], targets::pem::run);
}

#[test]
fn salvage() {
    replay("salvage", &["sets/info-zip-streamed"], targets::salvage::run);
}

#[test]
fn seal() {
    replay("seal", &[], targets::seal::run);
}

#[test]
fn parts() {
    replay("parts", &[], targets::parts::run);
}
