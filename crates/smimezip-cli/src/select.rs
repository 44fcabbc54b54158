//! Which entries: the patterns of `--include` and `--exclude`.

use std::collections::HashSet;
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
    /// Whether a folder alone is worth something, without what is in it.
    folders_suffice: bool,
    /// A folder that matched, and nothing in it.
    bare: Option<String>,
}

impl Selected {
    pub(crate) fn new(selection: &Selection) -> Result<Self, Failure> {
        let filter = filter(selection)?;
        Ok(Self { filter, matched: false, folders_suffice: false, bare: None })
    }

    /// The same for those who look at names only.
    pub(crate) fn of_names(selection: &Selection) -> Result<Self, Failure> {
        Ok(Self { folders_suffice: true, ..Self::new(selection)? })
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
        let any = self.filter.is_none() || self.has_any(archive);
        self.matched |= any;
        any
    }

    /// Whether there is something in `archive` that is asked for. A folder of which nothing else is
    /// does not count: it would come out empty, and look like the whole of it.
    fn has_any(&mut self, archive: &Archive) -> bool {
        let (folders, files): (Vec<&Entry>, Vec<_>) =
            archive.entries().iter().filter(|it| self.selects(it)).partition(|it| it.is_folder());
        if self.folders_suffice || folders.is_empty() || !files.is_empty() {
            return !files.is_empty() || !folders.is_empty();
        }
        let chosen: HashSet<&str> = folders.iter().map(|it| name_of(it)).collect();
        let within = archive.entries().iter().filter(|it| !self.selects(it));
        let bare: HashSet<&str> = within
            .flat_map(|it| ancestors(name_of(it)))
            .filter(|folder| chosen.contains(folder))
            .collect();
        self.bare = bare.iter().min().map(|folder| (*folder).to_owned());
        chosen.len() > bare.len()
    }

    /// Fails if no archive that was noted had an entry that was asked for: success would look as if
    /// the right ones had been found.
    pub(crate) fn check(&self) -> Outcome {
        if self.matched {
            return Ok(());
        }
        if let Some(folder) = &self.bare {
            return Err(Failure::NoMatch(format!(
                "the folder \"{folder}\" matches, and nothing in it; \"{folder}/**\" is a pattern \
                 for all that is in it"
            )));
        }
        Err(Failure::NoMatch(
            "no entry matches --include and --exclude; a pattern is for the whole name, in which \
             `*` does not match `/`, and `**` does"
                .into(),
        ))
    }
}

fn name_of(entry: &Entry) -> &str {
    entry.raw_name().trim_end_matches('/')
}

/// The folders that a name lies in, from the innermost.
fn ancestors(name: &str) -> impl Iterator<Item = &str> {
    let above = |name: &str| name.rfind('/');
    std::iter::successors(above(name).map(|end| &name[..end]), move |name| {
        above(name).map(|end| &name[..end])
    })
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
