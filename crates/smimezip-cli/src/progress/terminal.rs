//! The bar on a terminal: one line that is never wider than the terminal, as a line that wraps is
//! not taken back. What there is no room for is left out, the least needed first.

use std::io;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::{Width, terminal_size_of};

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;
/// What the line has, from the most to the least, each with the most columns that it takes; what is
/// left has the message.
const LINES: [(usize, &str); 4] = [
    (74, "{bar:24} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left {wide_msg}"),
    (41, "{bar:10} {percent:>3}% {bytes_per_sec}, {eta} left {wide_msg}"),
    (15, "{percent:>3}% {eta} left {wide_msg}"),
    (4, "{percent:>3}%"),
];
/// How often it is seen whether the width is another.
const INTERVAL: Duration = Duration::from_millis(100);
/// How often a second the line is drawn.
const HERTZ: u8 = 10;

/// The bar.
pub(crate) struct Terminal {
    bar: ProgressBar,
    columns: Box<dyn Fn() -> usize>,
    /// Which of several things it is about, to stand before all else.
    turn: String,
    /// The template that is shown, and when the width was looked at.
    shown: Option<(String, Instant)>,
}

impl Terminal {
    /// On standard error.
    pub(super) fn new(turn: String) -> Self {
        Self::on(ProgressDrawTarget::stderr_with_hz(HERTZ), Box::new(columns), turn)
    }

    fn on(target: ProgressDrawTarget, columns: Box<dyn Fn() -> usize>, turn: String) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        Self { bar, columns, turn, shown: None }
    }

    pub(super) fn show(&mut self, done: u64, total: u64, message: Option<String>) {
        self.fit();
        self.bar.set_length(total);
        self.bar.set_position(done);
        if let Some(message) = message {
            self.bar.set_message(message);
        }
    }

    /// Has the line fit into the terminal as it is now.
    fn fit(&mut self) {
        if self.shown.as_ref().is_some_and(|(_, at)| at.elapsed() < INTERVAL) {
            return;
        }
        let template = template((self.columns)(), &self.turn);
        if self.shown.as_ref().is_none_or(|(shown, _)| *shown != template)
            && let Ok(style) = ProgressStyle::with_template(&template)
        {
            self.bar.set_style(style);
        }
        self.shown = Some((template, Instant::now()));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How many columns the terminal has.
fn columns() -> usize {
    terminal_size_of(io::stderr()).map_or(COLUMNS, |(Width(columns), _)| columns.into())
}

/// The line for so many columns. Which of several things it is about goes only where there is no
/// room for more than how far that is.
fn template(columns: usize, turn: &str) -> String {
    let with = |turn: &str, lines: &[(usize, &str)]| {
        let room = columns.checked_sub(turn.len())?;
        let (_, line) = lines.iter().find(|(least, _)| *least <= room)?;
        Some(format!("{turn}{line}"))
    };
    with(turn, &LINES).or_else(|| with("", &LINES)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug)]
    struct Written {
        columns: u16,
        lines: Arc<Mutex<Vec<String>>>,
    }

    impl TermLike for Written {
        fn width(&self) -> u16 {
            self.columns
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.lines.lock().unwrap().push(text.to_owned());
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What stands on a terminal of so many columns at last, after much was done of very much.
    fn line(columns: u16, turn: &str) -> String {
        let lines = Arc::default();
        let written = Written { columns, lines: Arc::clone(&lines) };
        let target = ProgressDrawTarget::term_like(Box::new(written));
        let mut terminal = Terminal::on(target, Box::new(move || columns.into()), turn.to_owned());
        let (done, total) = (768 << 30, 1_024 << 30);
        terminal.show(0, total, None);
        terminal.show(done, total, Some("verifying a-name-that-is-long/Größe/大小.json".into()));
        terminal.bar.force_draw();
        let all = lines.lock().unwrap();
        for line in &*all {
            assert!(line.chars().count() <= columns.into(), "{columns}: {line:?}");
        }
        all.iter().rfind(|line| !line.trim().is_empty()).cloned().unwrap_or_default()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for turn in ["", "3 of 20: ", "10000 of 20000: "] {
            for columns in 1..=200 {
                line(columns, turn);
            }
        }
    }

    #[test]
    fn what_matters_most_is_left_out_last() {
        let wide = line(120, "3 of 20: ");
        assert!(wide.starts_with("3 of 20: ") && wide.contains("GiB/"), "{wide}");
        assert!(wide.contains("verifying a-name"), "{wide}");
        for (columns, words) in [(50, "% "), (39, " left"), (24, " 75%"), (13, "3 of 20:  75%")] {
            let line = line(columns, "3 of 20: ");
            assert!(line.starts_with("3 of 20: ") && line.contains(words), "{columns}: {line}");
        }
        assert_eq!(line(10, "3 of 20: ").trim(), "75%");
        assert_eq!(line(3, "3 of 20: "), "");
    }

    #[test]
    fn a_terminal_that_says_nothing_has_80_columns() {
        // The tests' standard error may be one that says it.
        let said = terminal_size_of(io::stderr()).map(|(Width(columns), _)| columns.into());
        assert_eq!(columns(), said.unwrap_or(80));
        assert!(template(80, "").starts_with("{bar:24} {bytes}"));
    }
}
