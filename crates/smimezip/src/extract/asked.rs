//! Which entries are asked for. A caller's filter may be anything, so it is called on the calling
//! thread, before the rest of a call goes on elsewhere.

use super::options::ExtractOptions;
use crate::error::Error;
use crate::progress::Phase;
use crate::threads::Attended;
use crate::zip::Archive;

/// What the filter said of each entry, by its number; nothing if there is none.
pub(super) struct Asked(Option<Vec<bool>>);

impl Asked {
    /// Every entry.
    pub(super) fn all() -> Self {
        Self(None)
    }

    /// Those that the options ask for.
    pub(super) fn of(
        archive: &Archive,
        options: &ExtractOptions,
        attended: &mut Attended<'_>,
    ) -> Result<Self, Error> {
        let Some(filter) = &options.filter else { return Ok(Self::all()) };
        attended.begin(Phase::Planning)?;
        let asked = archive.entries().iter().map(|entry| {
            attended.tick()?;
            Ok(filter(entry))
        });
        asked.collect::<Result<_, Error>>().map(Some).map(Self)
    }

    /// Whether the entry of that number is one of them.
    pub(super) fn has(&self, number: usize) -> bool {
        self.0.as_ref().is_none_or(|asked| asked.get(number) == Some(&true))
    }
}
