//! The program itself: what it prints, whom it lets read its data, how it stops.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_smimezip-service");

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it with the demo, and returns what it says before it serves: until the line with its
/// address.
fn start(folder: &Path) -> (Running, Vec<String>) {
    let mut child = Command::new(PROGRAM)
        .args(["--demo", "--listen", "127.0.0.1:0"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        said.push(line.unwrap());
        if said.last().unwrap().starts_with("Open http://127.0.0.1:") {
            break;
        }
    }
    (Running(child), said)
}

#[test]
fn the_first_start_prints_a_link_and_a_signal_ends_it_well() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, said) = start(folder.path());
    assert!(said[0].starts_with("Set the password of the user admin, once"), "{said:?}");
    assert!(said[1].starts_with("  http://127.0.0.1:") && said[1].contains("/link/"), "{said:?}");
    let data = folder.path().join("smimezip-service");
    assert!(data.join("demo/README.txt").exists() && data.join("service.db").exists());
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&data.metadata().unwrap());
        assert_eq!(mode & 0o777, 0o700);
        let id = running.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(running.0.wait().unwrap().success());
    }
    let link = Command::new(PROGRAM)
        .args(["--new-link", "admin"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let link = String::from_utf8(link.stdout).unwrap();
    assert!(link.starts_with("http://127.0.0.1:8080/link/"), "{link}");
}

#[test]
fn an_address_that_others_can_reach_needs_https() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Command::new(PROGRAM)
        .args(["--listen", "0.0.0.0:0"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("needs HTTPS"), "{said}");
}
