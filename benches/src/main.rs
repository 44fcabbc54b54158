//! `compare`: smimezip beside other programs, measured in one run, job by job; `instructions`: what
//! each job takes, counted.

#![forbid(unsafe_code)]

mod arguments;
mod data;
mod inflate;
mod instructions;
mod measure;
mod peers;
mod table;
mod tables;

use std::process::ExitCode;

use arguments::Arguments;
use peers::Peers;

fn main() -> ExitCode {
    let own: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match own.first().map(String::as_str) {
        Some("read" | "read-forward") => tables::faces::read(&own),
        Some("inflate") => inflate::run(&own[1..]),
        Some("instructions") => instructions::run(&own[1..]),
        _ => Arguments::parse(own.into_iter()).and_then(|arguments| compare(&arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Makes what each table needs, prints it, and removes the data again.
fn compare(arguments: &Arguments) -> Result<(), String> {
    let folder = tempfile::Builder::new()
        .prefix("smimezip-benches-")
        .tempdir_in(&arguments.folder)
        .map_err(|error| error.to_string())?;
    let folder = folder.path();
    let peers = Peers::find(folder)?;
    let floor = measure::floor()?;
    println!(
        "every row has what starting a program from Python costs: {:.3} s, {} MiB",
        floor.wall,
        floor.memory_kib / 1024
    );
    let key = data::Key::make(folder)?;
    let runs = arguments.runs;
    if arguments.wants("decrypt") || arguments.wants("nowhere") {
        let message = data::message(folder, &key, arguments.size)?;
        if arguments.wants("decrypt") {
            let ways = tables::decrypt::to_file(&peers, &message, &key, folder);
            table::print("one part, decrypted to a file", &ways, runs)?;
        }
        if arguments.wants("nowhere") {
            let ways = tables::decrypt::to_nowhere(&peers, &message, &key);
            table::print("one part, decrypted to nowhere", &ways, runs)?;
        }
        message.remove()?;
    }
    if ["export", "zip", "little", "faces"].iter().any(|table| arguments.wants(table)) {
        exports(arguments, &peers, &key, folder)?;
    }
    if arguments.wants("many") {
        let zip = data::many(folder, arguments.files)?;
        let title = format!("{} files of 2 kB, plain zip, to a tree", arguments.files);
        table::print(&title, &tables::plain::ways(&peers, &zip, &key, folder), runs)?;
    }
    if arguments.wants("huge") {
        let zip = data::huge(folder, arguments.size)?;
        let ways = tables::huge::ways(&peers, &zip, &key, folder)?;
        table::print("one huge member of JSON lines", &ways, runs)?;
    }
    if arguments.wants("status") {
        let (one, all) = data::downloads(folder, &key, arguments.sets)?;
        let ways = tables::status::ways(&peers, &one, &all, &key);
        let title = format!("status of a folder of one set, and of {}", arguments.sets);
        table::print(&title, &ways, runs)?;
        for folder in [one, all] {
            std::fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
        }
    }
    let shares =
        [("seal", "a quarter", 1), ("half", "half", 2), ("recordings", "three quarters", 3)];
    for (name, share, recordings) in shares {
        if arguments.wants(name) {
            let tree = data::tree(folder, arguments.size, recordings)?;
            let ways = tables::making::export(&peers, &tree, &key, folder)?;
            let title = format!("a tree, {share} of it recordings, zipped, in eight sealed parts");
            table::print(&title, &ways, runs)?;
            std::fs::remove_dir_all(tree).map_err(|error| error.to_string())?;
        }
    }
    if arguments.wants("encrypt") {
        let plain = data::noise(folder, arguments.size)?;
        let ways = tables::making::message(&peers, &plain, &key, folder);
        table::print("one file, sealed", &ways, runs)?;
    }
    Ok(())
}

fn exports(
    arguments: &Arguments,
    peers: &Peers,
    key: &data::Key,
    folder: &std::path::Path,
) -> Result<(), String> {
    let runs = arguments.runs;
    let set = data::export(folder, key, arguments.size)?;
    if arguments.wants("export") {
        let ways = tables::export::ways(peers, &set, key, folder);
        table::print("a whole export, to a tree", &ways, runs)?;
    }
    if arguments.wants("zip") {
        let ways = tables::plain::ways(peers, &set.zip, key, folder);
        table::print("the same zip, decrypted and whole, to a tree", &ways, runs)?;
    }
    if arguments.wants("little") {
        let ways = tables::little::ways(peers, &set, key);
        table::print("a look into the export", &ways, runs)?;
    }
    if arguments.wants("faces") {
        match tables::faces::ways(&set.sealed[0], &key.key, folder) {
            Ok(ways) => {
                table::print("the content of one part, 16 times, to nowhere", &ways, runs)?;
            }
            Err(why) => println!("\nthe faces were left out: {why}"),
        }
    }
    set.remove()
}
