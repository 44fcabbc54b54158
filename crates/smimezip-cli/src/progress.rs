//! Progress: a bar with rate and remaining time on a terminal; a line a second where it is asked
//! for and standard error is none; and lines of JSON, if both are asked for.

mod terminal;

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde_json::json;
use smimezip::Progress;
use smimezip::progress::{Event, Phase};

use self::terminal::Terminal;
use crate::console::{Console, Shown};
use crate::json;
use crate::text::{safe, size};

/// How often a line is written of one phase.
const INTERVAL: Duration = Duration::from_secs(1);

/// What shows progress.
pub(crate) enum Bar {
    Nothing,
    Terminal(Terminal),
    /// Each begins with which of several things it is about.
    Lines(Rate, String),
    Json {
        export: Option<String>,
        rate: Rate,
    },
}

/// Lets a line through where a phase begins, and one a second of it.
#[derive(Default)]
pub(crate) struct Rate {
    last: Option<(Phase, Instant)>,
}

impl Rate {
    fn lets_through(&mut self, event: &Event<'_>) -> bool {
        let is_known =
            |(phase, at): (Phase, Instant)| phase == event.phase && at.elapsed() < INTERVAL;
        if self.last.is_some_and(is_known) {
            return false;
        }
        self.last = Some((event.phase, Instant::now()));
        true
    }
}

impl Bar {
    /// What shows the progress of one thing, perhaps of an export of this name, and perhaps the nth
    /// of several.
    pub(crate) fn new(console: &Console, export: Option<&str>, turn: Option<Turn>) -> Self {
        let turn = turn.map_or_else(String::new, |Turn { nth, all }| format!("{nth} of {all}: "));
        match console.progress {
            Shown::Nothing => Self::Nothing,
            Shown::Json => Self::Json { export: export.map(str::to_owned), rate: Rate::default() },
            Shown::Person if io::stderr().is_terminal() => Self::Terminal(Terminal::new(turn)),
            Shown::Person => Self::Lines(Rate::default(), turn),
        }
    }
}

/// Which of how many things it is that something is done to, from 1.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) nth: usize,
    pub(crate) all: usize,
}

impl Progress for Bar {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        // Most sets are unlocked at once, and nothing is counted then, nor while an archive is
        // planned.
        if event.bytes_total == 0 {
            return ControlFlow::Continue(());
        }
        let what = match (event.phase, event.entry) {
            (Phase::Unlocking, _) => Some("verifying the encryption".to_owned()),
            (Phase::Verifying, None) => Some("verifying".to_owned()),
            (Phase::Verifying, Some(entry)) => Some(format!("verifying {}", safe(entry))),
            (Phase::Publishing, _) => Some("writing to the disk".to_owned()),
            (_, entry) => entry.map(safe),
        };
        match self {
            Self::Nothing => {}
            Self::Terminal(bar) => bar.show(event.bytes_done, event.bytes_total, what),
            Self::Lines(rate, turn) => {
                if rate.lets_through(event) {
                    let (done, total) = (size(event.bytes_done), size(event.bytes_total));
                    let what = what.map(|what| format!("  {what}"));
                    let what = what.unwrap_or_default();
                    // Who does not read it does not need it.
                    let _ = writeln!(io::stderr(), "{turn}{done} of {total}{what}");
                }
            }
            Self::Json { export, rate } => {
                if rate.lets_through(event) {
                    // As with the line for a person; the next line that matters says so.
                    let _ = json::line("progress", &value(export.as_deref(), event));
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn value(export: Option<&str>, event: &Event<'_>) -> serde_json::Value {
    json!({
        "export": export,
        "phase": phase(event.phase),
        "bytes_done": event.bytes_done,
        "bytes_total": event.bytes_total,
        "entries_done": event.entries_done,
        "entries_total": event.entries_total,
        "entry": event.entry,
    })
}

/// What JSON calls a phase.
fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Unlocking => "unlocking",
        Phase::Planning => "planning",
        Phase::Verifying => "verifying",
        Phase::Publishing => "publishing",
        Phase::Writing => "writing",
        // One of a later library.
        _ => "working",
    }
}
