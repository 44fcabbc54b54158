//! What a caller can ask of an extraction.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use crate::limits::Limits;
use crate::progress::CancelToken;
use crate::zip::{DosDateTime, Entry};

/// What happens where a file already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// Nothing is extracted at all.
    #[default]
    Never,
    /// The existing file stays, all others are extracted.
    Skip,
    /// The existing file is replaced.
    Always,
}

/// What happens to symbolic links, devices, pipes and sockets in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Links {
    /// The archive is refused.
    #[default]
    Refuse,
    /// They are left out and reported.
    Skip,
}

/// What happens to names that are not safe on every platform: with `:`, with a dot or a space at the
/// end, names of devices, names that some file system does not tell apart. Absolute names, `..` and
/// links are refused whatever was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Names {
    /// The archive is refused.
    #[default]
    Refuse,
    /// Entries of such names are left out and reported.
    Skip,
    /// Unsafe characters are percent-encoded, names that collide get a number, and both names are
    /// reported.
    Encode,
}

/// Tells whether an entry is asked for.
pub type Filter = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// Finds the instant of a wall clock's time.
pub type LocalTime = Arc<dyn Fn(DosDateTime) -> Option<SystemTime> + Send + Sync>;

/// Options of [`Archive::extract`](crate::Archive::extract) and
/// [`Archive::verify`](crate::Archive::verify). Make one with `default` and change single fields.
#[derive(Clone)]
#[non_exhaustive]
pub struct ExtractOptions {
    /// What happens where a file already exists.
    pub overwrite: Overwrite,
    /// What happens to symbolic links and the like.
    pub links: Links,
    /// What happens to names that are not safe on every platform.
    pub names: Names,
    /// Limits for this call; of these and those that the archive was opened under, the stricter
    /// counts. No others if `None`.
    pub limits: Option<Limits>,
    /// Extract what can be verified although other entries are damaged; the report names those.
    pub keep_going: bool,
    /// Write everything to the disk before it is published, so that a power failure right after
    /// cannot leave files without their contents.
    pub durable: bool,
    /// How many threads work, at most 64; all of the machine's, at most 16, if `None`. With any number of
    /// them memory stays below 64 MiB, not counting 0.3 KiB for each of the archive's entries.
    pub threads: Option<NonZeroUsize>,
    /// Which entries to extract; all if `None`.
    pub filter: Option<Filter>,
    /// How to understand times without a time zone; as UTC if `None`.
    pub local_time: Option<LocalTime>,
    /// Stops the call.
    pub cancel: CancelToken,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self {
            overwrite: Overwrite::Never,
            links: Links::Refuse,
            names: Names::Refuse,
            limits: None,
            keep_going: false,
            durable: true,
            threads: None,
            filter: None,
            local_time: None,
            cancel: CancelToken::new(),
        }
    }
}

impl ExtractOptions {
    pub(super) fn selects(&self, entry: &Entry) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter(entry))
    }
}

impl fmt::Debug for ExtractOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractOptions")
            .field("overwrite", &self.overwrite)
            .field("links", &self.links)
            .field("names", &self.names)
            .field("keep_going", &self.keep_going)
            .field("durable", &self.durable)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
