//! What goes where: data and JSON to standard output, messages and progress to standard error.

use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};
use smimezip::Error;

use crate::args::{Cli, When};
use crate::exit::{Failure, advice};
use crate::explain::WrongKey;
use crate::text::safe;

/// Recipients that are named to a person; JSON has all.
const MOST_RECIPIENTS: usize = 10;

/// How to talk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) progress: bool,
    color: bool,
}

impl Console {
    pub(crate) fn new(cli: &Cli) -> Self {
        let terminal = io::stderr().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match cli.color {
            When::Always => true,
            When::Never => false,
            When::Auto => (terminal || set("CLICOLOR_FORCE")) && !set("NO_COLOR"),
        };
        let progress = match cli.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !cli.quiet,
        };
        Self { json: cli.json, quiet: cli.quiet, verbose: cli.verbose, progress, color }
    }

    /// Tells a person something, unless they want quiet or JSON.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            self.message("", "", text);
        }
    }

    /// Warns; there is one cause so far, a key's mode.
    #[cfg(unix)]
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            self.message("\x1b[33m", "warning: ", text);
        }
    }

    /// Tells of a failure, and what to do next.
    pub(crate) fn fail(&self, failure: &Failure) {
        match failure {
            Failure::Library(error) => self.error(error),
            Failure::WrongKey(wrong) => {
                let WrongKey { error, recipients, given } = &**wrong;
                self.message("\x1b[31m", "error: ", &error.to_string());
                for recipient in recipients.iter().take(MOST_RECIPIENTS) {
                    self.message("", "  the message is for ", recipient);
                }
                if recipients.len() > MOST_RECIPIENTS {
                    let more = recipients.len() - MOST_RECIPIENTS;
                    self.message("", "  ", &format!("and for {more} more"));
                }
                for key in given {
                    self.message("", "  given: ", key);
                }
                if let Some(advice) = advice(error) {
                    self.message("", "  ", advice);
                }
                let mut value = error_value(error);
                value["recipients"] = json!(recipients);
                value["keys_given"] = json!(given);
                self.failed_value(&value);
            }
            Failure::Usage(text) | Failure::Io(text) => {
                self.message("\x1b[31m", "error: ", text);
                self.failed_value(&json!({
                    "type": "error", "exit_code": failure.code(), "message": text,
                }));
            }
            Failure::BrokenPipe | Failure::Reported(_) => {}
        }
    }

    /// Tells of an error of the library.
    pub(crate) fn error(&self, error: &Error) {
        self.message("\x1b[31m", "error: ", &error.to_string());
        if let Some(advice) = advice(error) {
            self.message("", "  ", advice);
        }
        self.failed_value(&error_value(error));
    }

    fn failed_value(&self, value: &Value) {
        if self.json {
            // If even this cannot be written, the exit code still tells.
            let _ = json_line(value);
        }
    }

    fn message(&self, style: &str, label: &str, text: &str) {
        let (on, off) = if self.color && !style.is_empty() { (style, "\x1b[0m") } else { ("", "") };
        let _ = writeln!(io::stderr(), "{on}{label}{off}{}", safe(text));
    }
}

/// Writes a line of data to standard output.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Writes a JSON line to standard output.
pub(crate) fn json_line(value: &Value) -> Result<(), Failure> {
    line(&value.to_string())
}

/// An error as JSON.
pub(crate) fn error_value(error: &Error) -> Value {
    json!({
        "type": "error",
        "exit_code": crate::exit::code_of(error),
        "message": error.to_string(),
        "part": error.part(),
        "entry": error.entry(),
        "offset": error.offset(),
        "advice": advice(error),
    })
}
