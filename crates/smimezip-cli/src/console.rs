//! What goes where: data and JSON to standard output, messages and progress to standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde_json::Value;
use smimezip::{Error, ErrorKind, Limit};

use crate::advice::{Sealing, Task, advice, failure_advice};
use crate::args::{Cli, Command, Names, Overwrite, OverwriteFile, When};
use crate::exit::Failure;
use crate::json;
use crate::text::{safe, size};

/// Recipients that are named to a person; JSON has all.
const MAX_RECIPIENTS: usize = 10;
/// Starts red text on a terminal.
const RED: &str = "\x1b[31m";

/// To whom progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Nothing,
    Person,
    /// A program, on standard output.
    Json,
}

/// How to talk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) progress: Shown,
    task: Task,
    color: bool,
}

impl Console {
    pub(crate) fn new(cli: &Cli) -> Self {
        let terminal = io::stderr().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        // A console of Windows shows colours only once it is asked to; nothing elsewhere.
        let is_dumb = is_dumb || anstyle_query::windows::enable_ansi_colors() == Some(false);
        let color = match cli.color {
            When::Always => true,
            When::Never => false,
            When::Auto => (terminal && !is_dumb || set("CLICOLOR_FORCE")) && !set("NO_COLOR"),
        };
        let progress = match cli.progress {
            When::Always if cli.json && !writes_content(&cli.command) => Shown::Json,
            // A program did not ask for lines between those it knows.
            When::Auto if terminal && !cli.quiet => Shown::Person,
            When::Always => Shown::Person,
            When::Auto | When::Never => Shown::Nothing,
        };
        let task = match &cli.command {
            Command::Extract(args) => Task::Extract {
                replacing: args.overwrite == Overwrite::Always,
                encoding: args.policy.names == Names::Encode,
                available: args.available,
            },
            Command::Decrypt(args) => {
                let replacing = args.saving.overwrite == OverwriteFile::Always;
                if args.parts.len() > 1 || args.directory.is_some() {
                    Task::DecryptSeveral { replacing }
                } else {
                    Task::Decrypt { replacing }
                }
            }
            Command::Salvage(_) => Task::Salvage,
            Command::Seal(_) => Task::Seal,
            Command::Encrypt(args) => {
                Task::Encrypt { replacing: args.saving.overwrite == OverwriteFile::Always }
            }
            Command::CheckCert(_) => Task::CheckCertificate,
            Command::Verify(args) if args.manifest.is_some() => Task::CompareManifest,
            Command::Verify(args) => Task::Verify {
                encoding: args.policy.names == Names::Encode,
                available: args.available,
            },
            _ => Task::Read,
        };
        Self { json: cli.json, quiet: cli.quiet, verbose: cli.verbose, progress, task, color }
    }

    /// Says something to a person, unless they want quiet or JSON.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            self.message("", "", text);
        }
    }

    /// Warns.
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            self.message("\x1b[33m", "warning: ", text);
        }
    }

    /// Reports a failure, and what to do next.
    pub(crate) fn fail(&self, failure: &Failure) {
        match failure {
            Failure::Library(error) => self.error(error, None),
            Failure::Explained(it) => self.error(&it.error, Some(it.sealing)),
            Failure::Usage(text)
            | Failure::Io(text)
            | Failure::NoExport(text)
            | Failure::Collision(text)
            | Failure::NotAFolder(text)
            | Failure::NoKey(text)
            | Failure::NoMatch(text)
            | Failure::KeyStore { text, .. } => {
                self.message(RED, "error: ", text);
                let advice = self.advise(failure_advice(failure, self.task));
                self.failed_value(&json::failure(failure, text, advice.as_deref()));
            }
            Failure::BrokenPipe | Failure::Reported(_) => {}
        }
    }

    /// Reports an error of the library.
    pub(crate) fn error(&self, error: &Error, sealing: Option<Sealing>) {
        self.message(RED, "error: ", &headline(error));
        match error.kind() {
            // Its words say all of it, if something was given.
            ErrorKind::NoMatchingKey { given, .. } if !given.is_empty() => {}
            _ => self.keys(error),
        }
        self.advise(advice(error, self.task, sealing));
        self.failed_value(&self.error_value(error, sealing));
    }

    /// For whom the message is, and what was given for it, if the error is about that.
    fn keys(&self, error: &Error) {
        let recipients = error.recipients();
        for recipient in recipients.iter().take(MAX_RECIPIENTS) {
            self.message("", "  the message is for ", recipient);
        }
        if recipients.len() > MAX_RECIPIENTS {
            self.message("", "  ", &format!("and for {} more", recipients.len() - MAX_RECIPIENTS));
        }
        for key in error.keys_given() {
            self.message("", "  given: ", key);
        }
    }

    /// Says what to do next, if there is something, and returns it.
    fn advise(&self, advice: Option<Cow<'static, str>>) -> Option<Cow<'static, str>> {
        if let Some(advice) = &advice {
            self.message("", "  ", advice);
        }
        advice
    }

    /// An error as JSON, with what it knows as data.
    pub(crate) fn error_value(&self, error: &Error, sealing: Option<Sealing>) -> Value {
        json::error(error, &headline(error), advice(error, self.task, sealing).as_deref())
    }

    fn failed_value(&self, value: &Value) {
        if self.json {
            // If even this cannot be written, the exit code still says.
            let _ = json::line("error", value);
        }
    }

    fn message(&self, style: &str, label: &str, text: &str) {
        let (on, off) = if self.color && !style.is_empty() { (style, "\x1b[0m") } else { ("", "") };
        let _ = writeln!(io::stderr(), "{on}{label}{off}{}", safe(text));
    }
}

/// Whether a command writes what is in an entry or a message to standard output, or to something
/// that may be the same: nothing else must stand between.
fn writes_content(command: &Command) -> bool {
    let is_stream = |input: &Path, output: Option<&Path>| match output {
        Some(output) => {
            output.as_os_str() == "-" || output.metadata().is_ok_and(|it| !it.is_file())
        }
        None => input.as_os_str() == "-",
    };
    match command {
        Command::Cat(_) => true,
        Command::Decrypt(args) => match args.parts.as_slice() {
            [part] if args.directory.is_none() => is_stream(part, args.output.as_deref()),
            _ => false,
        },
        Command::Encrypt(args) => is_stream(&args.file, args.output.as_deref()),
        _ => false,
    }
}

/// Writes a line of data to standard output.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Whether people know the value of a limit better as 2.0 GiB than as a number.
fn is_of_bytes(limit: Limit) -> bool {
    matches!(limit, Limit::TotalSize | Limit::Spool | Limit::ScryptMemory)
}

/// What an error says. Where nothing was given, the library's words on what was would mislead.
fn headline(error: &Error) -> String {
    let part = error.part().map(|part| format!("{part}: ")).unwrap_or_default();
    let entry = error.entry().map(|entry| format!("entry \"{entry}\": ")).unwrap_or_default();
    match error.kind() {
        ErrorKind::NoMatchingKey { given, .. } if given.is_empty() => format!(
            "{part}a private key is needed: --key FILE, or SMIMEZIP_KEY in the environment; or \
             --password, --secret-key, --unwrap-command"
        ),
        ErrorKind::NoSpace { needed, available } => format!(
            "{part}not enough free space: {} needed, {} available",
            size(*needed),
            size(*available)
        ),
        ErrorKind::Limit { limit, allowed } if is_of_bytes(*limit) => {
            format!("{part}{entry}limit reached: {limit}, allowed {}", size(*allowed))
        }
        _ => format!("{error:#}"),
    }
}
