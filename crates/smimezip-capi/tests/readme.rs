//! The commands of `include/README.md`, run as they stand, one after the other, from the root of
//! the repository.

// `install.sh` is for Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::process::Command;

use common::{has, root, run, sample};

#[test]
#[ignore = "builds the library with optimisation, which takes minutes; .ci/run runs it"]
fn the_commands_of_the_page_work() {
    if !["cc", "c++", "pkg-config", "cmake"].iter().all(|tool| has(tool, "include/README.md")) {
        return;
    }
    let page = std::fs::read_to_string(root().join("include/README.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 5);
    let folder = root().join("target/c");
    let _ = std::fs::remove_dir_all(&folder);
    for block in blocks {
        run(Command::new("bash").args(["-euc", block]).current_dir(root()));
    }
    for out in ["out", "out-static", "out-cmake", "out-cmake-static", "out-cpp"] {
        run(Command::new("sha256sum")
            .args(["--quiet", "-c"])
            .arg(sample().join("SHA256SUMS"))
            .current_dir(folder.join(out)));
    }
}
