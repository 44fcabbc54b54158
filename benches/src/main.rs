//! `compare`: smimezip beside the documented way, measured in one run.
//!
//! The documented way is `openssl smime -decrypt` on each part and then `7z x` on the decrypted set.

#![forbid(unsafe_code)]

mod data;
mod faces;
mod measure;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use measure::{Measured, Step, median};

const USAGE: &str = "usage: smimezip-benches compare [--size 256M] [--runs 5] [--folder DIR]";

struct Arguments {
    size: u64,
    runs: usize,
    folder: PathBuf,
}

fn main() -> ExitCode {
    let own: Vec<String> = std::env::args().skip(1).collect();
    if own.first().is_some_and(|command| command.starts_with("read")) {
        return finish(faces::read(&own));
    }
    finish(arguments().and_then(|arguments| compare(&arguments)))
}

fn finish(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut all = std::env::args().skip(1);
    if all.next().as_deref() != Some("compare") {
        return Err(USAGE.into());
    }
    let mut arguments = Arguments { size: 256 << 20, runs: 5, folder: std::env::temp_dir() };
    while let Some(name) = all.next() {
        let value = all.next().ok_or(USAGE)?;
        match name.as_str() {
            "--size" => arguments.size = size(&value)?,
            "--runs" => arguments.runs = value.parse().map_err(|_| USAGE)?,
            "--folder" => arguments.folder = value.into(),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(arguments)
}

fn size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.strip_suffix('M') {
        Some(digits) => (digits, 20),
        None => (text.strip_suffix('G').ok_or(USAGE)?, 30),
    };
    Ok(digits.parse::<u64>().map_err(|_| USAGE)? << shift)
}

/// One way to do a job: its steps, each a program.
struct Way {
    name: &'static str,
    steps: Vec<Step>,
    /// What it writes, removed before each run.
    outputs: Vec<PathBuf>,
}

fn compare(arguments: &Arguments) -> Result<(), String> {
    let ours = program()?;
    let folder = tempfile::tempdir_in(&arguments.folder).map_err(|error| error.to_string())?;
    eprintln!("making the data in {} …", folder.path().display());
    let set = data::make(folder.path(), arguments.size)?;
    table("one part, decrypted to a file", &decrypt_ways(&ours, &set, folder.path()), arguments)?;
    table("a whole export, to a tree", &export_ways(&ours, &set, folder.path()), arguments)?;
    table("the same zip, decrypted and whole", &zip_ways(&ours, &set, folder.path()), arguments)?;
    match faces::ways(&text(&set.sealed[0]), &text(&set.key), folder.path()) {
        Ok(ways) => table("the content of one part, 16 times, to nowhere", &ways, arguments),
        Err(why) => {
            println!("\nthe faces were left out: {why}");
            Ok(())
        }
    }
}

/// The program, built beside this one.
fn program() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = own.with_file_name("smimezip");
    if program.exists() {
        Ok(program)
    } else {
        Err("build it first: cargo build --release -p smimezip-cli".into())
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn decrypt_ways(ours: &Path, set: &data::Set, folder: &Path) -> Vec<Way> {
    let (one, two) = (folder.join("part-ours"), folder.join("part-openssl"));
    let part = text(&set.sealed[0]);
    let key = text(&set.key);
    vec![
        Way {
            name: "smimezip decrypt",
            steps: vec![Step::new(
                &text(ours),
                &["decrypt", &part, "-k", &key, "-q", "-o", &text(&one)],
            )],
            outputs: vec![one],
        },
        Way {
            name: "openssl smime -decrypt",
            steps: vec![openssl(&part, &key, &two)],
            outputs: vec![two],
        },
    ]
}

fn export_ways(ours: &Path, set: &data::Set, folder: &Path) -> Vec<Way> {
    let (one, two, three) =
        (folder.join("tree-ours"), folder.join("tree-7z"), folder.join("plain"));
    let key = text(&set.key);
    let mut steps: Vec<Step> = set
        .sealed
        .iter()
        .map(|part| openssl(&text(part), &key, &three.join(part.file_stem().unwrap_or_default())))
        .collect();
    let last = three.join("e.zip");
    steps.push(Step::new("7z", &["x", "-bd", "-y", &text(&last), &format!("-o{}", text(&two))]));
    let extract =
        ["extract", &text(&set.sealed[0]), "-k", &key, "-q", "-C", &text(&one)].map(str::to_owned);
    let extract: Vec<&str> = extract.iter().map(String::as_str).collect();
    let unsynced: Vec<&str> = [&extract[..], &["--no-sync"]].concat();
    let unzip = steps.pop();
    // What somebody does who knows about processes: all parts at once, then the extractor.
    let parallel = format!(
        "ls '{0}'/e.*.smime | xargs -P \"$(nproc)\" -I{{}} sh -c 'openssl smime -decrypt -binary \
         -inkey {1} -in \"$1\" -out {2}/\"$(basename \"$1\" .smime)\"' sh {{}}",
        text(folder),
        key,
        text(&three)
    );
    let parallel: Vec<Step> =
        [Step::new("sh", &["-c", &parallel])].into_iter().chain(unzip.clone()).collect();
    steps.extend(unzip);
    vec![
        Way {
            name: "smimezip extract",
            steps: vec![Step::new(&text(ours), &extract)],
            outputs: vec![one.clone()],
        },
        Way {
            name: "smimezip extract --no-sync",
            steps: vec![Step::new(&text(ours), &unsynced)],
            outputs: vec![one],
        },
        Way { name: "openssl per part, 7z x", steps, outputs: vec![three.clone(), two.clone()] },
        Way { name: "openssl xargs -P, 7z x", steps: parallel, outputs: vec![three, two] },
    ]
}

/// Extractors on the zip that is inside the export.
fn zip_ways(ours: &Path, set: &data::Set, folder: &Path) -> Vec<Way> {
    let out = folder.join("tree-zip");
    let (zip, key, target) = (text(&set.zip), text(&set.key), text(&out));
    let way = |name, program: &str, arguments: &[&str]| Way {
        name,
        steps: vec![Step::new(program, arguments)],
        outputs: vec![out.clone()],
    };
    let ours = text(ours);
    let extract = ["extract", &zip, "-k", &key, "-q", "--no-sync", "-C", &target];
    let one_thread = [&extract[..], &["-j1"]].concat();
    let mut ways = vec![
        way("smimezip --no-sync", &ours, &extract),
        way("smimezip --no-sync -j1", &ours, &one_thread),
        way("smimezip verify", &ours, &["verify", &zip, "-k", &key, "-q"]),
        way("7z x", "7z", &["x", "-bd", "-y", &zip, &format!("-o{target}")]),
        way("unzip", "unzip", &["-q", &zip, "-d", &target]),
    ];
    if measure::is_there("ripunzip") {
        ways.push(way("ripunzip", "ripunzip", &["unzip-file", &zip, "-d", &target, "-q"]));
    }
    ways
}

fn openssl(part: &str, key: &str, out: &Path) -> Step {
    let arguments = ["smime", "-decrypt", "-binary", "-inkey", key, "-in", part, "-out"];
    Step::new("openssl", &[&arguments[..], &[&text(out)]].concat())
}

/// Runs the ways in alternation and prints their medians beside the first's.
fn table(title: &str, ways: &[Way], arguments: &Arguments) -> Result<(), String> {
    let mut results: Vec<Vec<Measured>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..arguments.runs {
        for (way, results) in ways.iter().zip(&mut results) {
            results.push(run(way)?);
        }
    }
    println!("\n{title} ({} runs)", arguments.runs);
    let (wall, cpu) = ("wall s (spread)", "CPU s");
    println!("{:26} {wall:>21} {cpu:>7} {:>9}  ratio: wall, CPU", "", "memory");
    let first = median(&results[0]);
    for (way, results) in ways.iter().zip(&results) {
        let it = median(results);
        println!(
            "{:26} {:6.2} ({:5.2} to {:5.2}) {:7.2} {:5} MiB  {:.2} {:.2}",
            way.name,
            it.wall,
            results.iter().map(|run| run.wall).fold(f64::INFINITY, f64::min),
            results.iter().map(|run| run.wall).fold(0.0, f64::max),
            it.cpu,
            it.memory_kib / 1024,
            it.wall / first.wall,
            it.cpu / first.cpu
        );
    }
    Ok(())
}

fn run(way: &Way) -> Result<Measured, String> {
    for output in &way.outputs {
        // Not there before the first run.
        let _ = std::fs::remove_file(output);
        let _ = std::fs::remove_dir_all(output);
        if output.ends_with("plain") {
            std::fs::create_dir(output).map_err(|error| error.to_string())?;
        }
    }
    let mut sum = Measured::default();
    for step in &way.steps {
        sum = sum.and(&step.run()?);
    }
    Ok(sum)
}
