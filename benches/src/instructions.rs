//! `instructions`: how many instructions each job of the program takes, counted by valgrind's
//! callgrind on one thread. Time on a busy machine says little; this number hardly changes, so it
//! shows what a change costs. Compared with the numbers in `INSTRUCTIONS.tsv`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::data::{self, Key};

const USAGE: &str = "usage: smimezip-benches instructions [--write]";
/// Bytes of a message, of an export, and of one member.
const SIZE: u64 = 8 << 20;
/// Files of the archive of many.
const FILES: u32 = 5_000;
/// How many percent more than the written number fail.
const TOLERANCE: u64 = 5;

/// Counts, and writes the numbers or compares with them.
///
/// # Errors
/// What is missing or went wrong, or which jobs take more.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        _ => return Err(USAGE.into()),
    };
    let counts = count_all()?;
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("INSTRUCTIONS.tsv");
    if write {
        let lines = counts.iter().map(|(job, count)| format!("{job}\t{count}\n"));
        let text = format!("{}\n{}", compiler()?, lines.collect::<String>());
        return std::fs::write(list, text).map_err(|error| error.to_string());
    }
    let text = std::fs::read_to_string(list).map_err(|error| error.to_string())?;
    let (written_by, lines) = text.split_once('\n').ok_or("INSTRUCTIONS.tsv is empty")?;
    let written: BTreeMap<&str, u64> = lines
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(job, count)| Some((job, count.parse().ok()?)))
        .collect();
    let mut more = Vec::new();
    for (job, count) in &counts {
        let before = *written.get(job.as_str()).ok_or(format!("{job} has no number"))?;
        println!("{job}: {count} instructions, {before} before");
        if *count > before + before * TOLERANCE / 100 {
            more.push(job.as_str());
        }
    }
    if more.is_empty() {
        return Ok(());
    }
    let text = format!("more than {TOLERANCE} % more instructions: {}", more.join(", "));
    if compiler()? == written_by {
        return Err(text);
    }
    println!("{text}; but the numbers are of another compiler: {written_by}");
    Ok(())
}

fn count_all() -> Result<Vec<(String, u64)>, String> {
    let ours = std::env::current_exe()
        .map_err(|error| error.to_string())?
        .with_file_name("smimezip")
        .display()
        .to_string();
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    let key = Key::make(folder)?;
    let message = data::message(folder, &key, SIZE)?;
    let set = data::export(folder, &key, SIZE)?;
    let (many, huge) = (data::many(folder, FILES)?, data::huge(folder, SIZE)?);
    let key = text(&key.key);
    let (mime, der) = (text(&message.mime), text(&message.der));
    let (last, many, huge) = (text(&set.sealed[0]), text(&many), text(&huge));
    let jobs: [(&str, &[&str]); 7] = [
        ("decrypt base64", &["decrypt", &mime, "-k", &key, "-o", "/dev/null"]),
        ("decrypt DER", &["decrypt", &der, "-k", &key, "-o", "/dev/null"]),
        ("verify one deflated member", &["verify", &huge]),
        ("verify an export", &["verify", &last, "-k", &key]),
        ("list an export", &["list", &last, "-k", &key]),
        ("list many", &["list", &many]),
        ("verify many", &["verify", &many]),
    ];
    let out = folder.join("callgrind.out");
    let floor = count(&ours, &["--version"], &out)?;
    let mut counts = Vec::new();
    for (job, arguments) in jobs {
        let arguments = [arguments, &["--threads", "1", "-q"]].concat();
        counts.push((job.to_owned(), count(&ours, &arguments, &out)?.saturating_sub(floor)));
    }
    Ok(counts)
}

fn count(program: &str, arguments: &[&str], out: &Path) -> Result<u64, String> {
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "-q"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !status.success() {
        return Err(format!("{arguments:?} failed under valgrind"));
    }
    let text = std::fs::read_to_string(out).map_err(|error| error.to_string())?;
    text.lines()
        .find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")))
        .and_then(|total| total.trim().parse().ok())
        .ok_or_else(|| "callgrind wrote no total".into())
}

fn compiler() -> Result<String, String> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
