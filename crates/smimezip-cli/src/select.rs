//! Which entries: the patterns of `--include` and `--exclude`.

use std::sync::Arc;

use smimezip::extract::Patterns;
use smimezip::{Archive, Entry};

use crate::args::Selection;
use crate::exit::{Failure, Outcome};

/// Whether an entry is asked for.
type Filter = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// The entries asked for, and whether there were any.
pub(crate) struct Selected {
    filter: Option<Filter>,
    matched: bool,
}

impl Selected {
    pub(crate) fn new(selection: &Selection) -> Result<Self, Failure> {
        Ok(Self { filter: filter(selection)?, matched: false })
    }

    /// The filter for the library; `None` for all entries.
    pub(crate) fn filter(&self) -> Option<Filter> {
        self.filter.clone()
    }

    pub(crate) fn selects(&self, entry: &Entry) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter(entry))
    }

    /// Notes whether any entry of `archive` is asked for, and returns it.
    pub(crate) fn note(&mut self, archive: &Archive) -> bool {
        let any = self.filter.is_none() || archive.entries().iter().any(|it| self.selects(it));
        self.matched |= any;
        any
    }

    /// Fails if no archive that was noted had an entry that was asked for: success would look as if
    /// the right ones had been found.
    pub(crate) fn check(&self) -> Outcome {
        if self.matched {
            return Ok(());
        }
        Err(Failure::NoMatch(
            "no entry matches --include and --exclude; a pattern is for the whole name, in which \
             `*` does not match `/`, and `**` does"
                .into(),
        ))
    }
}

fn filter(selection: &Selection) -> Result<Option<Filter>, Failure> {
    let (include, exclude) = (patterns(&selection.include)?, patterns(&selection.exclude)?);
    if include.is_empty() && exclude.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(move |entry| {
        let name = entry.raw_name();
        (include.is_empty() || include.matches(name)) && !exclude.matches(name)
    })))
}

fn patterns(texts: &[String]) -> Result<Patterns, Failure> {
    Patterns::new(texts).map_err(|error| Failure::Usage(error.to_string()))
}
