//! One program run: wall time, CPU time, highest resident memory, bytes read and written, as the
//! system's own accounting gives them.

use std::process::{Command, Stdio};

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
    /// Bytes asked for by reads, and given to writes, whether a disk is after them or not.
    pub(crate) read: u64,
    pub(crate) written: u64,
}

/// Runs a program and prints what it used; Python has `getrusage`, Rust's library not. A process's
/// own account of bytes has those of its children once they have ended.
const ACCOUNT: &str = "
import resource, subprocess, sys, time
def bytes():
    try:
        fields = dict(line.split(': ') for line in open('/proc/self/io'))
        return int(fields['rchar']), int(fields['wchar'])
    except OSError:
        return 0, 0
def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss
# What started Python may have had children of its own.
before, cpu_before = bytes(), cpu()[0]
begin = time.monotonic()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
wall = time.monotonic() - begin
used, memory = cpu()
read, written = (after - before for after, before in zip(bytes(), before))
print(wall, used - cpu_before, memory, read, written)
sys.exit(code)
";

impl Step {
    pub(crate) fn new(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        Self { program: program.to_owned(), arguments }
    }

    pub(crate) fn run(&self) -> Result<Measured, String> {
        let output = Command::new("python3")
            .args(["-c", ACCOUNT, &self.program])
            .args(&self.arguments)
            // Runs are kept, as they are for everybody, but not among those of whoever measures.
            .env("XDG_STATE_HOME", std::env::temp_dir().join("smimezip-benches"))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("python3: {error}"))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {message}", self.program));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let fields: Vec<&str> = text.split_whitespace().collect();
        Measured::parse(&fields).ok_or_else(|| format!("no accounting of {}", self.program))
    }
}

impl Measured {
    fn parse(fields: &[&str]) -> Option<Self> {
        let [wall, cpu, memory, read, written] = fields else { return None };
        Some(Self {
            wall: wall.parse().ok()?,
            cpu: cpu.parse().ok()?,
            memory_kib: memory.parse().ok()?,
            read: read.parse().ok()?,
            written: written.parse().ok()?,
        })
    }

    /// One run after another.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            wall: self.wall + other.wall,
            cpu: self.cpu + other.cpu,
            memory_kib: self.memory_kib.max(other.memory_kib),
            read: self.read + other.read,
            written: self.written + other.written,
        }
    }
}

/// How long starting a program takes that does nothing; every row has it.
pub(crate) fn floor() -> Result<Measured, String> {
    Step::new("true", &[]).run()
}

/// Whether a program is installed.
pub(crate) fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--help").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// The median of each figure.
pub(crate) fn median(runs: &[Measured]) -> Measured {
    fn middle<T: Copy + Default>(
        runs: &[Measured],
        of: impl Fn(&Measured) -> T,
        order: impl Fn(&T, &T) -> std::cmp::Ordering,
    ) -> T {
        let mut values: Vec<T> = runs.iter().map(of).collect();
        values.sort_by(order);
        values.get(values.len() / 2).copied().unwrap_or_default()
    }
    Measured {
        wall: middle(runs, |run| run.wall, f64::total_cmp),
        cpu: middle(runs, |run| run.cpu, f64::total_cmp),
        memory_kib: middle(runs, |run| run.memory_kib, u64::cmp),
        read: middle(runs, |run| run.read, u64::cmp),
        written: middle(runs, |run| run.written, u64::cmp),
    }
}
