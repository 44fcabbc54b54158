//! Ways to do one job, run in alternation, and their medians beside each other.

use std::path::{Path, PathBuf};

use crate::measure::{Measured, Step, median};

/// One way to do a job: its steps, each a program.
pub(crate) struct Way {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    /// What it writes, removed before each run: first what the job is for.
    pub(crate) outputs: Vec<PathBuf>,
    /// Folders that must be there before it begins.
    pub(crate) folders: Vec<PathBuf>,
}

impl Way {
    /// A way of one step.
    pub(crate) fn of(
        name: &str,
        program: &str,
        arguments: &[&str],
        output: Option<&PathBuf>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            steps: vec![Step::new(program, arguments)],
            outputs: output.into_iter().cloned().collect(),
            folders: Vec::new(),
        }
    }

    /// The same by another name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    fn run(&self) -> Result<Measured, String> {
        for output in &self.outputs {
            // Not there before the first run.
            let _ = std::fs::remove_file(output);
            let _ = std::fs::remove_dir_all(output);
        }
        for folder in &self.folders {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        let mut sum = Measured::default();
        for step in &self.steps {
            sum = sum.and(&step.run()?);
        }
        Ok(sum)
    }

    fn clean(&self) {
        for output in self.outputs.iter().chain(&self.folders) {
            let _ = std::fs::remove_file(output);
            let _ = std::fs::remove_dir_all(output);
        }
    }
}

/// Runs the ways in alternation and prints their medians beside the first's.
pub(crate) fn print(title: &str, ways: &[Way], runs: usize) -> Result<(), String> {
    let mut results: Vec<Vec<Measured>> = ways.iter().map(|_| Vec::new()).collect();
    let mut made = vec![0; ways.len()];
    for run in 0..runs {
        // Each way comes first in turn: what a run leaves behind touches the next one.
        for at in 0..ways.len() {
            let at = (at + run) % ways.len();
            results[at].push(ways[at].run()?);
            made[at] = ways[at].outputs.first().map_or(0, |output| size(output));
        }
    }
    ways.iter().for_each(Way::clean);
    let width = ways.iter().map(|way| way.name.len()).max().unwrap_or_default();
    println!("\n{title} ({runs} runs)");
    println!(
        "{:width$}  wall s, median (spread)    CPU s   memory      read    written       made  ratio: wall   CPU",
        ""
    );
    let first = median(&results[0]);
    for ((way, results), made) in ways.iter().zip(&results).zip(made) {
        let it = median(results);
        println!(
            "{:width$}  {:7.3} ({:7.3} to {:7.3}) {:8.3} {:4} MiB {:>9} {:>10} {:>10}       {:6.2} {:6.2}",
            way.name,
            it.wall,
            results.iter().map(|run| run.wall).fold(f64::INFINITY, f64::min),
            results.iter().map(|run| run.wall).fold(0.0, f64::max),
            it.cpu,
            it.memory_kib / 1024,
            bytes(it.read),
            bytes(it.written),
            bytes(made),
            it.wall / first.wall,
            it.cpu / first.cpu
        );
    }
    Ok(())
}

/// Bytes of a file, or of all files in a folder.
fn size(path: &Path) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else { return 0 };
    match path.read_dir() {
        Ok(entries) => entries.flatten().map(|entry| size(&entry.path())).sum(),
        Err(_) => metadata.len(),
    }
}

fn bytes(count: u64) -> String {
    if count < 10_000_000 {
        format!("{} kB", count / 1000)
    } else {
        format!("{} MB", count / 1_000_000)
    }
}
