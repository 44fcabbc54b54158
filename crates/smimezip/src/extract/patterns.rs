//! `Patterns`: which names are meant, as every face of this library understands it.

use glob::{MatchOptions, Pattern};

use crate::error::{Error, ErrorKind};

/// Patterns for names of entries, of which one is enough. `*` and `?` stop at `/`, `**` crosses it,
/// `[a-c]` is one of several characters; letter case counts, and a pattern is for the whole name.
///
/// ```
/// use smimezip::ExtractOptions;
/// use smimezip::extract::Patterns;
///
/// let wanted = Patterns::new(["entities/**", "*.txt"])?;
/// assert!(wanted.matches("entities/archive/2019/Ticket.json"));
/// assert!(!wanted.matches("attachments/readme.txt"));
/// let options = ExtractOptions::new().filter(move |entry| wanted.matches(entry.raw_name()));
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// These patterns.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming the first text that is no pattern.
    pub fn new(texts: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, Error> {
        let mut patterns = Self::default();
        for text in texts {
            patterns.add(text.as_ref())?;
        }
        Ok(patterns)
    }

    /// Adds a pattern.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if `text` is none.
    pub fn add(&mut self, text: &str) -> Result<(), Error> {
        let wrong = |error| ErrorKind::InvalidArgument(format!("not a pattern: {text}: {error}"));
        self.0.push(Pattern::new(text).map_err(wrong)?);
        Ok(())
    }

    /// Whether there is none, so that nothing matches.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is for the whole of `name`. That of a folder is compared without its
    /// last `/`.
    pub fn matches(&self, name: &str) -> bool {
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
    fn patterns_match_what_the_table_says() {
        let table = include_str!("../../tests/data/patterns.tsv");
        for line in table.lines() {
            let [pattern, name, verdict] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let seen = match Patterns::new([pattern]) {
                Ok(patterns) if patterns.matches(name) => "yes",
                Ok(_) => "no",
                Err(error) => {
                    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
                    "wrong"
                }
            };
            assert_eq!(seen, verdict, "{pattern} for {name}");
        }
        assert!(table.lines().count() > 20);
    }
}
