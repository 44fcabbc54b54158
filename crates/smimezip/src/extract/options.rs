//! What a caller can ask of an extraction.

mod words;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use crate::limits::Limits;
use crate::progress::CancelToken;
use crate::zip::{DosDateTime, Entry};

/// What happens where a file already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum Links {
    /// The archive is refused.
    #[default]
    Refuse,
    /// They are left out and reported.
    Skip,
}

/// What happens to names that are not safe on every platform: with a backslash, a colon or a control
/// character, with a dot or a space at the end, names of devices, such as are too long; and to names that
/// some file system does not tell apart, as they differ in letter case or Unicode normalisation only.
/// Absolute names, such as climb with `..`, and links are refused whatever was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Names {
    /// The archive is refused.
    #[default]
    Refuse,
    /// Entries of such names are left out and reported. Of names that collide the first one that is
    /// asked for stays.
    Skip,
    /// Entries of such names get others, and both are reported. A path does not depend on what else is
    /// asked for.
    ///
    /// * Each byte of an unsafe character becomes `%` and two hexadecimal digits: `a:b` is `a%3Ab`. The same
    ///   holds for a dot or a space at the end, the first letter of a device's name, and a `%` that two
    ///   hexadecimal digits follow: `a%20b` is `a%2520b`. So percent-decoding gives the name back.
    /// * Components that are empty or a dot are left out: `a//b` is `a/b`.
    /// * A component of more than 255 bytes loses the end of its stem. A path of more than 4096 bytes, or
    ///   more than 64 folders deep, is refused.
    /// * Of names that then collide the first keeps its own, others get the next free number before their
    ///   extension: `A.txt` beside `a.txt` is `A (2).txt`. A folder's name is the same for all that is in it;
    ///   a folder and a file of one name collide, too.
    Encode,
}

/// Tells whether an entry is asked for.
pub type Filter = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// Finds the instant of a wall clock's time. It is called on any thread.
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
    /// The same options, by which nothing is left out: it is extracted, or the call fails.
    pub(super) fn without_leaving_out(&self) -> Self {
        let mut options = self.clone();
        if options.overwrite == Overwrite::Skip {
            options.overwrite = Overwrite::Never;
        }
        if options.names == Names::Skip {
            options.names = Names::Refuse;
        }
        options.links = Links::Refuse;
        options.keep_going = false;
        options.filter = None;
        options
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
