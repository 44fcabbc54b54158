//! What a caller can ask of an extraction.

mod words;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use crate::limits::Limits;
use crate::progress::CancelToken;
use crate::staging::Overwrite;
use crate::zip::{DosDateTime, Entry};

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

/// What happens to names that are not safe on every platform: with a backslash, a colon or a
/// control character, with a dot or a space at the end, names of devices, such as are too long; on
/// Windows also with one of `<`, `>`, `"`, `|`, `?` and `*`, of which it makes no file; and to
/// names that some file system does not tell apart, as they differ in letter case or Unicode
/// normalisation only. Absolute names, such as climb with `..`, and links are refused whatever was
/// chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Names {
    /// The archive is refused.
    #[default]
    Refuse,
    /// Entries of such names are left out and reported. Of names that collide the first one that is
    /// asked for stays.
    Skip,
    /// Entries of such names get others, and both are reported. A path does not depend on what else
    /// is asked for.
    ///
    /// * Each byte of an unsafe character becomes `%` and two hexadecimal digits: `a:b` is `a%3Ab`.
    ///   The same holds for a dot or a space at the end, the first letter of a device's name, and a
    ///   `%` that two hexadecimal digits follow: `a%20b` is `a%2520b`. So percent-decoding gives
    ///   the name back.
    /// * Components that are empty or a dot are left out: `a//b` is `a/b`.
    /// * A component of more than 255 bytes loses the end of its stem. A path of more than 4096
    ///   bytes, or more than 64 folders deep, is refused.
    /// * Of names that then collide the first keeps its own, others get the next free number before
    ///   their extension: `A.txt` beside `a.txt` is `A (2).txt`. A folder's name is the same for
    ///   all that is in it; a folder and a file of one name collide, too.
    Encode,
}

/// Tells whether an entry is asked for.
pub(super) type Filter = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// Finds the instant of a wall clock's time. It is called on any thread.
pub(super) type LocalTime = Arc<dyn Fn(DosDateTime) -> Option<SystemTime> + Send + Sync>;

/// Options of [`Archive::extract_with`](crate::Archive::extract_with),
/// [`Archive::verify_with`](crate::Archive::verify_with) and the like.
///
/// ```
/// # use smimezip::extract::Overwrite;
/// # use smimezip::{CancelToken, ExtractOptions};
/// let token = CancelToken::new();
/// let options = ExtractOptions::new()
///     .filter(|entry| entry.raw_name().ends_with(".json"))
///     .overwrite(Overwrite::Skip)
///     .cancel(&token);
/// ```
#[derive(Clone)]
pub struct ExtractOptions {
    pub(super) overwrite: Overwrite,
    pub(super) links: Links,
    pub(super) names: Names,
    pub(super) limits: Option<Limits>,
    pub(super) keep_going: bool,
    pub(super) available: bool,
    pub(super) durable: bool,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) filter: Option<Filter>,
    pub(super) local_time: Option<LocalTime>,
    pub(super) cancel: CancelToken,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self {
            overwrite: Overwrite::Never,
            links: Links::Refuse,
            names: Names::Refuse,
            limits: None,
            keep_going: false,
            available: false,
            durable: true,
            threads: None,
            filter: None,
            local_time: None,
            cancel: CancelToken::new(),
        }
    }
}

impl ExtractOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What happens where a file already exists; by default nothing is extracted then.
    #[must_use]
    pub fn overwrite(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// What happens to symbolic links and the like; by default the archive is refused.
    #[must_use]
    pub fn links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// What happens to names that are not safe on every platform; by default the archive is
    /// refused.
    #[must_use]
    pub fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// Limits for this call; of these and those that the archive was opened under, the stricter
    /// counts. By default there are no others.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.limits = Some(limits.clone());
        self
    }

    /// Whether to extract what can be verified although other entries are damaged; the report names
    /// those. By default it is not.
    #[must_use]
    pub fn keep_going(mut self, keep_going: bool) -> Self {
        self.keep_going = keep_going;
        self
    }

    /// Whether to extract what can be had of an archive of which parts are missing, as
    /// [`UnlockOptions::incomplete`](crate::UnlockOptions::incomplete) opens it:
    /// [`Report::unavailable`](crate::Report::unavailable) has the other entries, with the parts
    /// that they need. By default such an archive is refused.
    #[must_use]
    pub fn available(mut self, available: bool) -> Self {
        self.available = available;
        self
    }

    /// Whether to write everything to the disk before it is published, so that a power failure
    /// right after cannot leave files without their contents. By default it is.
    #[must_use]
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Has so many threads work, at most 64; 0, the default, is all of the machine's, at most 16.
    /// With any number of them memory stays below 64 MiB, not counting 0.3 KiB for each of the
    /// archive's entries.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// Which entries to extract: those for which `filter` is true, instead of all. It is called on
    /// the calling thread.
    #[must_use]
    pub fn filter(mut self, filter: impl Fn(&Entry) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// How to understand times without a time zone, instead of as UTC. It is called on any thread.
    #[must_use]
    pub fn local_time(
        mut self,
        local_time: impl Fn(DosDateTime) -> Option<SystemTime> + Send + Sync + 'static,
    ) -> Self {
        self.local_time = Some(Arc::new(local_time));
        self
    }

    /// Has `token` stop the call.
    #[must_use]
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }

    /// The same options, by which everything is left out that cannot be extracted.
    pub(crate) fn for_salvage(&self) -> Self {
        let mut options = self.clone();
        if options.names == Names::Refuse {
            options.names = Names::Skip;
        }
        options.links = Links::Skip;
        options.keep_going = true;
        options.available = true;
        options
    }

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
        options.available = false;
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
            .field("available", &self.available)
            .field("durable", &self.durable)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// Options of [`save_with`](crate::extract::save_with) and
/// [`save_stream_with`](crate::extract::save_stream_with).
///
/// ```
/// # use smimezip::extract::{Overwrite, SaveOptions};
/// let options = SaveOptions::new().overwrite(Overwrite::Always).durable(false);
/// ```
#[derive(Clone, Debug)]
pub struct SaveOptions {
    /// `Skip` is `Never`.
    pub(super) overwrite: Overwrite,
    pub(super) durable: bool,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) max_size: u64,
    pub(super) cancel: CancelToken,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            overwrite: Overwrite::Never,
            durable: true,
            threads: None,
            max_size: u64::MAX,
            cancel: CancelToken::new(),
        }
    }
}

impl SaveOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What happens where a file already exists: it is replaced with `Always`, else the call fails.
    #[must_use]
    pub fn overwrite(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Whether to write everything to the disk before the file gets its name. By default it is.
    #[must_use]
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Has so many threads work, at most 64; 0, the default, is all of the machine's, at most 16. A
    /// stream is read by one.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// [`Limits::total_size`] is how large the file may become, instead of any size; no other limit
    /// counts.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.max_size = limits.total_size;
        self
    }

    /// Has `token` stop the call.
    #[must_use]
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }
}
