//! The operating system fails at a chosen call, or ends the program there: by strace.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use crate::common::path;

/// What is done at a call.
pub const FAULTS: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=KILL"];

/// What became of the runs.
#[derive(Debug, Default)]
pub struct Outcomes {
    pub refused: AtomicUsize,
    pub succeeded: AtomicUsize,
    pub killed: AtomicUsize,
    /// Killed between two renames into folders that were there: a known hole, mended by the next
    /// run.
    pub killed_halfway: AtomicUsize,
}

/// Whether strace is not there, or may not trace here.
pub fn is_missing() -> bool {
    let mut command = Command::new("strace");
    command.args(["-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    !command.status().is_ok_and(|status| status.success())
}

/// Says that a test could not run.
pub fn skipped(why: &str) {
    use std::io::Write as _;
    std::io::stderr().write_all(format!("\nSKIPPED: {why}\n").as_bytes()).unwrap();
}

/// Runs the program under strace with these options, its log in `log`.
pub fn traced(log: &Path, options: &[&str], arguments: &[&str]) -> Output {
    Command::new("strace")
        .args(["-f", "-q", "-o", path(log)])
        .args(options)
        .args([env!("CARGO_BIN_EXE_smimezip"), "--no-history"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// How often the log has this call; of several threads, that which makes it most often, as strace
/// counts for each of them.
pub fn count(log: &Path, call: &str) -> usize {
    let mut counts = BTreeMap::<String, usize>::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        if let Some((thread, rest)) = line.split_once(' ')
            && rest.trim_start().starts_with(&format!("{call}("))
        {
            *counts.entry(thread.to_owned()).or_default() += 1;
        }
    }
    counts.into_values().max().unwrap_or(0)
}

/// Checks each of the cases, on all cores.
pub fn each<T: Sync>(cases: &[T], check: impl Fn(&T) + Sync) {
    let queue = Mutex::new(cases.iter());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(case) = next else { break };
                    check(case);
                }
            });
        }
    });
}
