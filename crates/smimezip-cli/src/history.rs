//! The journal of runs: what was extracted, sealed, decrypted, encrypted or verified here, and what
//! came of it. Neither a secret nor the name of an entry may get into it, and nothing that goes
//! wrong with it may change what a run comes to.

mod arguments;
mod cause;
mod journal;
mod run;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use smimezip::Report;

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::text;
use arguments::Given;
pub(crate) use arguments::{in_shell, words_in_shell};
use cause::Cause;
pub(crate) use journal::Journal;
pub(crate) use run::{Run, Status};

/// How long nothing is kept after the journal could not be written.
const PAUSE: Duration = Duration::from_secs(60);

/// Keeps what one run of the program does, a line for each export; or nothing.
#[derive(Clone)]
pub(crate) struct History(Option<Rc<Recorder>>);

struct Recorder {
    journal: Journal,
    console: Console,
    command: &'static str,
    given: Given,
    started: Started,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// The exports that are worked on.
    open: Vec<Open>,
    has_recorded: bool,
    has_warned: bool,
    /// Until then nothing is kept: a journal that cannot be written must not hold up a batch.
    pause: Option<Instant>,
    is_off: bool,
}

struct Open {
    export: Option<String>,
    target: Option<String>,
    started: Started,
    /// What is known of its failure, where that itself does not say it.
    cause: Option<Cause>,
}

#[derive(Clone, Copy)]
struct Started {
    time: SystemTime,
    clock: Instant,
}

impl Started {
    fn now() -> Self {
        Self { time: SystemTime::now(), clock: Instant::now() }
    }
}

impl History {
    /// That of this run, if it is one that is kept.
    pub(crate) fn new(cli: &Cli, console: Console) -> Self {
        let Some(command) = kept(&cli.command).filter(|_| !cli.no_history) else {
            return Self(None);
        };
        let Some(journal) = Journal::of_user() else { return Self(None) };
        let given = Given::of(std::env::args_os().skip(1), std::env::current_dir());
        let (started, state) = (Started::now(), RefCell::default());
        Self(Some(Rc::new(Recorder { journal, console, command, given, started, state })))
    }

    /// Nothing is kept of this run: what it makes goes nowhere that it could be found again.
    pub(crate) fn turn_off(&self) {
        if let Some(recorder) = &self.0 {
            recorder.state.borrow_mut().is_off = true;
        }
    }

    /// Work on an export begins; what is made is put to `target`.
    pub(crate) fn begin(&self, export: Option<&str>, target: Option<&Path>) {
        let Some(recorder) = &self.0 else { return };
        let target = target.map(|target| {
            let absolute = std::path::absolute(target);
            absolute.as_deref().unwrap_or(target).display().to_string()
        });
        let export = export.map(str::to_owned);
        let open = Open { export, target, started: Started::now(), cause: None };
        recorder.state.borrow_mut().open.push(open);
    }

    /// What an archive's report says of entries that are not there, in numbers.
    pub(crate) fn note(&self, export: &str, report: &Report) {
        let Some(recorder) = &self.0 else { return };
        let mut state = recorder.state.borrow_mut();
        if let Some(open) = state.open.iter_mut().find(|it| it.export.as_deref() == Some(export)) {
            open.cause = Cause::of_report(report);
        }
    }

    /// Work on an export has ended so.
    pub(crate) fn done<T>(&self, export: Option<&str>, outcome: &Result<T, Failure>) {
        let Some(recorder) = &self.0 else { return };
        let at = |state: &State| state.open.iter().position(|it| it.export.as_deref() == export);
        let open = {
            let mut state = recorder.state.borrow_mut();
            let Some(at) = at(&state) else { return };
            state.open.remove(at)
        };
        recorder.record(open, outcome.as_ref().err());
    }

    /// Forgets the exports that were begun, but for those that `is_kept` names.
    pub(crate) fn retain(&self, is_kept: impl Fn(&str) -> bool) {
        if let Some(recorder) = &self.0 {
            let open = &mut recorder.state.borrow_mut().open;
            open.retain(|it| it.export.as_deref().is_some_and(&is_kept));
        }
    }

    /// The run has ended so, and with it what was not done yet.
    pub(crate) fn finish(&self, outcome: &Outcome) {
        let Some(recorder) = &self.0 else { return };
        let failure = outcome.as_ref().err();
        let (open, has_recorded) = {
            let mut state = recorder.state.borrow_mut();
            (std::mem::take(&mut state.open), state.has_recorded)
        };
        // It came to no export.
        if open.is_empty() && !has_recorded && failure.is_some() {
            let (started, cause) = (recorder.started, None);
            recorder.record(Open { export: None, target: None, started, cause }, failure);
        }
        for open in open {
            recorder.record(open, failure);
        }
    }
}

impl Recorder {
    fn record(&self, open: Open, failure: Option<&Failure>) {
        let mut state = self.state.borrow_mut();
        state.has_recorded = true;
        if state.is_off || state.pause.is_some_and(|end| Instant::now() < end) {
            return;
        }
        let Open { export, target, started: Started { time, clock }, cause } = open;
        let cause = failure.map(|failure| cause.unwrap_or_else(|| Cause::of(failure)));
        let given = self.given.clone();
        let run = Run {
            number: 0,
            export,
            command: self.command.to_owned(),
            started: text::utc(time).unwrap_or_default(),
            duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
            status: failure.map_or(Status::Completed, |failure| Status::of(failure, self.command)),
            exit_code: failure.map_or(0, Failure::code),
            target,
            code: cause.as_ref().map(|cause| cause.code.to_owned()),
            cause: cause.map(|cause| cause.text),
            arguments: given.arguments,
            folder: given.folder,
            not_repeatable: given.obstacle,
        };
        let Err(error) = self.journal.append(run) else { return };
        state.pause = Instant::now().checked_add(PAUSE);
        if !std::mem::replace(&mut state.has_warned, true) {
            let file = self.journal.file();
            self.console.warn(&format!(
                "the history cannot be written, {}: {error}; --no-history does without it",
                file.display()
            ));
        }
    }
}

/// The command's name, if its runs are kept.
fn kept(command: &Command) -> Option<&'static str> {
    let is_stream = |path: &Path| path.as_os_str() == "-";
    match command {
        Command::Extract(args) => (!args.dry_run).then_some("extract"),
        Command::Salvage(_) => Some("salvage"),
        Command::Seal(args) => (!args.dry_run).then_some("seal"),
        Command::Verify(_) => Some("verify"),
        Command::Decrypt(args) => {
            let from_stdin = matches!(args.parts.as_slice(), [part] if is_stream(part));
            let to_stdout = args.output.as_deref().map_or(from_stdin, is_stream);
            (!to_stdout).then_some("decrypt")
        }
        Command::Encrypt(args) => {
            let to_stdout = args.output.as_deref().map_or(is_stream(&args.file), is_stream);
            (!to_stdout).then_some("encrypt")
        }
        _ => None,
    }
}
