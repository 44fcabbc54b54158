//! One program run: wall time, CPU time, highest resident memory, as `/usr/bin/time` or the shell's
//! own accounting tell them.

use std::process::{Command, Stdio};
use std::time::Instant;

/// A program and its arguments.
#[derive(Clone)]
pub(crate) struct Step {
    program: String,
    arguments: Vec<String>,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) memory_kib: u64,
}

/// Runs a program and prints its CPU time and memory; Python has `getrusage`, Rust's library not.
const ACCOUNT: &str = "
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
";

impl Step {
    pub(crate) fn new(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        Self { program: program.to_owned(), arguments }
    }

    pub(crate) fn run(&self) -> Result<Measured, String> {
        let begin = Instant::now();
        let output = Command::new("python3")
            .args(["-c", ACCOUNT, &self.program])
            .args(&self.arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("python3: {error}"))?;
        let wall = begin.elapsed().as_secs_f64();
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {message}", self.program));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut fields = text.split_whitespace();
        let mut number = || fields.next().and_then(|field| field.parse::<f64>().ok());
        let (Some(cpu), Some(memory)) = (number(), number()) else {
            return Err(format!("no accounting of {}", self.program));
        };
        // Whole KiB, far below 2^53.
        let memory_kib = format!("{memory:.0}").parse().unwrap_or(0);
        Ok(Measured { wall, cpu, memory_kib })
    }
}

impl Measured {
    /// One run after another.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            wall: self.wall + other.wall,
            cpu: self.cpu + other.cpu,
            memory_kib: self.memory_kib.max(other.memory_kib),
        }
    }
}

/// Whether a program is installed.
pub(crate) fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--help").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// The median of each figure.
pub(crate) fn median(runs: &[Measured]) -> Measured {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    let mut memory: Vec<_> = runs.iter().map(|run| run.memory_kib).collect();
    memory.sort_unstable();
    Measured {
        wall: middle(runs.iter().map(|run| run.wall).collect()),
        cpu: middle(runs.iter().map(|run| run.cpu).collect()),
        memory_kib: memory.get(memory.len() / 2).copied().unwrap_or_default(),
    }
}
