//! `smimezip history`: the runs that the journal has: all of them, one, one once more, none.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use smimezip::extract::Patterns;

use super::Context;
use crate::args::{History as Arguments, HistoryAction};
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::history::{Journal, Run, in_shell};
use crate::json;
use crate::table;
use crate::text;

pub(crate) fn run(args: &Arguments, context: &Context, is_kept: bool) -> Outcome {
    let console = context.console;
    let journal = Journal::of_user().ok_or_else(|| {
        Failure::Io("the system does not say where your files are, so there is no history".into())
    })?;
    if args.action.is_some() && (args.status.is_some() || args.set.is_some()) {
        return Err(Failure::Usage("--status and --set are for the list of runs".into()));
    }
    match args.action {
        None => list(args, &journal, &console),
        Some(HistoryAction::Show { number }) => show(&find(&journal, number, &console)?, &console),
        Some(HistoryAction::Again { number }) => {
            again(&find(&journal, number, &console)?, is_kept, &console)
        }
        Some(HistoryAction::Clear) => clear(&journal, &console),
    }
}

/// The runs in the journal, the oldest first.
fn read(journal: &Journal, console: &Console) -> Result<Vec<Run>, Failure> {
    let reading = journal.read().map_err(|error| named(journal, &error))?;
    if reading.broken > 0 {
        let lines = text::count(reading.broken as u64, "line");
        let file = journal.file();
        console.warn(&format!("{}: {lines} cannot be read, and left out", file.display()));
    }
    Ok(reading.runs)
}

fn named(journal: &Journal, error: &std::io::Error) -> Failure {
    Failure::Io(format!("{}: {error}", journal.file().display()))
}

fn find(journal: &Journal, number: u64, console: &Console) -> Result<Run, Failure> {
    let run = read(journal, console)?.into_iter().rev().find(|run| run.number == number);
    run.ok_or_else(|| {
        Failure::Usage(format!("the history has no run {number}; `smimezip history` lists them"))
    })
}

/// Lists the runs that are asked for, the newest first.
fn list(args: &Arguments, journal: &Journal, console: &Console) -> Outcome {
    let wanted = args.set.as_ref().map(|set| Patterns::new([set])).transpose();
    let wanted = wanted.map_err(|error| Failure::Usage(error.to_string()))?;
    let is_wanted = |run: &&Run| {
        let name = run.export.as_deref();
        args.status.is_none_or(|status| run.status == status)
            && wanted.as_ref().is_none_or(|it| {
                // A name may have what is special in a pattern.
                name == args.set.as_deref() || name.is_some_and(|name| it.matches(name))
            })
    };
    let all = read(journal, console)?;
    let runs: Vec<&Run> = all.iter().rev().filter(is_wanted).collect();
    if console.json {
        return runs.into_iter().try_for_each(line);
    }
    if runs.is_empty() {
        console.say(if all.is_empty() { "the history is empty" } else { "no run is like that" });
        return Ok(());
    }
    let head = ["RUN", "STARTED", "COMMAND", "EXPORT", "STATUS", "TOOK", "TARGET"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(runs.into_iter().map(row));
    table::print(&rows)
}

fn row(run: &Run) -> Vec<String> {
    let cells = [
        run.number.to_string(),
        started(run),
        run.command.clone(),
        run.export.clone().unwrap_or_else(|| "-".to_owned()),
        run.status.name().to_owned(),
        took(run),
        run.target.clone().unwrap_or_else(|| "-".to_owned()),
    ];
    cells.iter().map(|cell| text::safe(cell)).collect()
}

fn started(run: &Run) -> String {
    text::parse_utc(&run.started).map_or_else(|| "-".to_owned(), text::local_minute)
}

fn took(run: &Run) -> String {
    let seconds = Duration::from_millis(run.duration_ms).as_secs();
    match seconds {
        0 => format!("{} ms", run.duration_ms),
        1..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn line(run: &Run) -> Outcome {
    let fields = serde_json::to_value(run).map_err(std::io::Error::from)?;
    json::line("run", &fields)
}

fn show(run: &Run, console: &Console) -> Outcome {
    if console.json {
        return line(run);
    }
    let mut facts = vec![
        ("run", run.number.to_string()),
        ("command", run.command.clone()),
        ("export", run.export.clone().unwrap_or_else(|| "it came to none".to_owned())),
        ("started", run.started.clone()),
        ("took", took(run)),
        ("status", format!("{}, exit code {}", run.status.name(), run.exit_code)),
    ];
    facts.extend(run.cause.iter().map(|cause| ("cause", cause.clone())));
    facts.extend(run.target.iter().map(|target| ("target", target.clone())));
    facts.push(("folder", run.folder.clone()));
    facts.push(("command line", in_shell(&run.arguments)));
    let obstacle = run.not_repeatable.map(|it| ("not repeatable", it.text().to_owned()));
    facts.extend(obstacle);
    let rows = facts.into_iter().map(|(name, value)| vec![format!("{name}:"), text::safe(&value)]);
    table::print(&rows.collect::<Vec<_>>())
}

/// Runs the program as it was run then, and ends as it ends.
fn again(run: &Run, is_kept: bool, console: &Console) -> Outcome {
    if let Some(obstacle) = run.not_repeatable {
        let text = format!("run {} cannot be repeated as it is: {}", run.number, obstacle.text());
        return Err(Failure::Usage(text));
    }
    let program = std::env::current_exe()
        .map_err(|error| Failure::Io(format!("the program does not find itself: {error}")))?;
    if let Err(error) = std::fs::read_dir(&run.folder) {
        return Err(Failure::Io(format!("{}: {error}", run.folder)));
    }
    console.say(&format!("in {}: {}", run.folder, in_shell(&run.arguments)));
    let mut command = Command::new(program);
    if !is_kept {
        command.arg("--no-history");
    }
    command.args(&run.arguments).current_dir(&run.folder);
    run_in_place(command)
}

/// The other run takes the place of this one, so that signals reach it and its end is this one's.
#[cfg(unix)]
fn run_in_place(mut command: Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(Failure::Io(format!("the program cannot be run again: {error}")))
}

#[cfg(not(unix))]
fn run_in_place(mut command: Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| Failure::Io(format!("the program cannot be run again: {error}")))?;
    match status.code().map(u8::try_from) {
        Some(Ok(0)) => Ok(()),
        Some(Ok(code)) => Err(Failure::Reported(code)),
        _ => Err(Failure::Reported(crate::exit::INTERRUPTED)),
    }
}

fn clear(journal: &Journal, console: &Console) -> Outcome {
    let runs = journal.clear().map_err(|error| named(journal, &error))?;
    if console.json {
        return json::line("cleared", &json!({ "runs": runs }));
    }
    console.say(&format!("{} forgotten", text::count(runs as u64, "run")));
    Ok(())
}
