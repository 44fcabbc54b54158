//! What `--exclude` of `seal` leaves out, and which of the patterns left out nothing: who mistypes
//! one would else seal what was to stay here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use smimezip::extract::Patterns;

use super::Context;
use crate::exit::Failure;

/// The patterns, each with whether it was for anything until now.
#[derive(Clone)]
pub(super) struct Excluded(Arc<[(String, Patterns, AtomicBool)]>);

impl Excluded {
    /// A pattern is for the path in the export, so `./` before it and `/` after it mean nothing.
    pub(super) fn new(patterns: &[String]) -> Result<Self, Failure> {
        let one = |text: &String| {
            let pattern = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
            let patterns = Patterns::new([pattern]);
            let patterns = patterns.map_err(|error| Failure::Usage(error.to_string()))?;
            Ok((text.clone(), patterns, AtomicBool::new(false)))
        };
        patterns.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any pattern is for this path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let matching = self.0.iter().filter(|(_, patterns, _)| patterns.matches(path));
        matching.map(|(.., was_used)| was_used.store(true, Ordering::Relaxed)).count() > 0
    }

    /// Names the patterns that were for nothing; one without wildcards is refused, as it was meant
    /// for something that is there.
    pub(super) fn check(&self, context: &Context) -> Result<(), Failure> {
        for (text, _, was_used) in &*self.0 {
            // Nobody looks into a folder that is left out.
            let is_inside = text.match_indices('/').any(|(end, _)| self.matches(&text[..end]));
            if was_used.load(Ordering::Relaxed) || is_inside {
                continue;
            }
            if !text.contains(['*', '?', '[']) {
                let what = format!("nothing to be sealed is {text}, which --exclude names");
                return Err(Failure::NoMatch(what));
            }
            context.console.say(&format!("nothing to be sealed matches --exclude {text}"));
        }
        Ok(())
    }
}
