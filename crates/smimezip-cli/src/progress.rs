//! Progress: a bar with rate and remaining time on a terminal; a line a second where it is asked
//! for and standard error is none.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use smimezip::Progress;
use smimezip::progress::{Event, Phase};

use crate::console::Console;
use crate::text::{safe, size};

/// How often a line is written of one phase.
const INTERVAL: Duration = Duration::from_secs(1);

/// What shows progress.
pub(crate) enum Bar {
    Nothing,
    Terminal(ProgressBar),
    Lines { last: Option<(Phase, Instant)> },
}

impl Bar {
    pub(crate) fn new(console: &Console) -> Self {
        if !console.progress {
            return Self::Nothing;
        }
        if !io::stderr().is_terminal() {
            return Self::Lines { last: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let template = "{bar:24} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self::Terminal(bar)
    }
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
            Self::Terminal(bar) => {
                bar.set_length(event.bytes_total);
                bar.set_position(event.bytes_done);
                if let Some(what) = what {
                    bar.set_message(what);
                }
            }
            Self::Lines { last } => {
                let is_known =
                    last.is_some_and(|(phase, at)| phase == event.phase && at.elapsed() < INTERVAL);
                if !is_known {
                    *last = Some((event.phase, Instant::now()));
                    let (done, total) = (size(event.bytes_done), size(event.bytes_total));
                    let what = what.map(|what| format!("  {what}"));
                    // Who does not read it does not need it.
                    let _ = writeln!(io::stderr(), "{done} of {total}{}", what.unwrap_or_default());
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Self::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }
}
