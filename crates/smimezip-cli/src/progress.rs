//! The progress bar: rate and remaining time on a terminal, nothing on a pipe.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use smimezip::{Event, Progress};

use crate::console::Console;
use crate::text::safe;

/// A bar on standard error, or nothing.
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(crate) fn new(console: &Console) -> Self {
        if !console.progress {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let template = "{bar:24} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(Some(bar))
    }
}

impl Progress for Bar {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        if let Self(Some(bar)) = self {
            bar.set_length(event.bytes_total);
            bar.set_position(event.bytes_done);
            if let Some(entry) = event.entry {
                bar.set_message(safe(entry));
            }
        }
        ControlFlow::Continue(())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Self(Some(bar)) = self {
            bar.finish_and_clear();
        }
    }
}
