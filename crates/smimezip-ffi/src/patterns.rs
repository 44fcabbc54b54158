//! Patterns for names of entries, with the meaning they have on the command line: `*` and `?` stop
//! at `/`, `**` crosses it.

use glob::{MatchOptions, Pattern};

use crate::error::Failure;

/// Patterns of which one is enough.
#[derive(Clone, Default)]
pub(crate) struct Patterns(Vec<Pattern>);

impl Patterns {
    pub(crate) fn add(&mut self, text: &str) -> Result<(), Failure> {
        let wrong = |error| Failure::argument(format!("not a pattern: {text}: {error}"));
        self.0.push(Pattern::new(text).map_err(wrong)?);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one is for the whole name; that of a folder is compared without its last `/`.
    pub(crate) fn any(&self, name: &str) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        let name = name.trim_end_matches('/');
        self.0.iter().any(|pattern| pattern.matches_with(name, options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is read by a test of the command line as well.
    #[test]
    fn patterns_are_those_of_the_command_line() {
        let table = include_str!("../../smimezip/tests/data/patterns.tsv");
        for line in table.lines() {
            let [pattern, name, verdict] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let mut patterns = Patterns::default();
            let seen = match patterns.add(pattern) {
                Ok(()) if patterns.any(name) => "yes",
                Ok(()) => "no",
                Err(_) => "wrong",
            };
            assert_eq!(seen, verdict, "{pattern} for {name}");
        }
        assert!(table.lines().count() > 20);
    }
}
