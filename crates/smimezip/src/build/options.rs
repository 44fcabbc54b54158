//! What a caller can ask of the making of an archive.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::progress::CancelToken;

/// Highest level of compression.
const MAX_LEVEL: u32 = 9;

/// Tells whether a path goes into an archive.
type Filter = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What happens to a file that an extraction would refuse: a link, a device, a name that is not
/// safe on every platform or is not Unicode, a name that some file system does not tell from
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unfit {
    /// Nothing is made.
    #[default]
    Refuse,
    /// It is left out, with all that is in it, and reported. Of names that collide the first one in
    /// the order of the archive stays.
    Skip,
}

/// Options of [`ArchiveWriter`](super::ArchiveWriter) and of what makes archives of folders.
///
/// ```
/// # use smimezip::CancelToken;
/// # use smimezip::build::BuildOptions;
/// let token = CancelToken::new();
/// let options = BuildOptions::new().part_size(500 << 20).level(5).cancel(&token);
/// ```
#[derive(Clone)]
pub struct BuildOptions {
    pub(super) part_size: Option<u64>,
    pub(super) level: u32,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) reproducible: bool,
    pub(super) unfit: Unfit,
    pub(super) filter: Option<Filter>,
    pub(super) durable: bool,
    pub(super) digests: bool,
    pub(super) cancel: CancelToken,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            part_size: None,
            level: 6,
            threads: None,
            reproducible: false,
            unfit: Unfit::Refuse,
            filter: None,
            durable: true,
            digests: false,
            cancel: CancelToken::new(),
        }
    }
}

impl BuildOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has the archive cut into parts of so many bytes, before they are sealed: from 65,536 to
    /// 4,294,967,295. A part is a few bytes shorter where a record would lie across its end
    /// (APPNOTE 8.5.2), and that before the directory by as much as it takes for all of the
    /// directory to stand in the last part, if it fits in one: some programs look for it nowhere
    /// else. What fits in one part, with the four bytes of a split archive's marker, is made as one
    /// plain archive. By default it is not cut.
    #[must_use]
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = Some(bytes);
        self
    }

    /// How hard to compress, from 0, not at all, to 9; by default 6. Data that do not compress are
    /// stored in any case, and seen by a sample.
    #[must_use]
    pub fn level(mut self, level: u32) -> Self {
        self.level = level;
        self
    }

    /// Has so many threads compress, at most 64; 0, the default, is all of the machine's, at most
    /// 16. What is made does not depend on it. With any number of them memory stays below 64 MiB,
    /// not counting 0.5 KiB for each entry.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// Leaves out what differs between two copies of a tree: times, and of permissions all but
    /// whether the owner may execute a file. Names and contents alone determine every byte then. By
    /// default both are stored.
    #[must_use]
    pub fn reproducible(mut self, reproducible: bool) -> Self {
        self.reproducible = reproducible;
        self
    }

    /// What happens to files of a folder that an extraction would refuse; by default nothing is
    /// made then.
    #[must_use]
    pub fn unfit(mut self, unfit: Unfit) -> Self {
        self.unfit = unfit;
        self
    }

    /// Which files and folders go into the archive: those for which `filter` is true, instead of
    /// all. It gets each path as the archive would have it, that of a folder with `/` at its end;
    /// a folder that is left out is so with all that is in it. It is called on another thread.
    ///
    /// ```
    /// use smimezip::build::BuildOptions;
    /// use smimezip::extract::Patterns;
    ///
    /// let not_wanted = Patterns::new(["**/.git", "**/*.tmp"])?;
    /// let options = BuildOptions::new().filter(move |path| !not_wanted.matches(path));
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// Whether parts in a folder are written to the disk before they get their names. By default
    /// they are.
    #[must_use]
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Whether the SHA-256 of each part in a folder is made while it is written, for its
    /// [receipt](crate::parts::PartReceipt::sha256). It takes as long as all the rest of writing on
    /// processors that have no instruction for it, so it is not made by default, but for a
    /// [manifest](crate::export::ExportBuilder::manifest).
    #[must_use]
    pub fn digests(mut self, digests: bool) -> Self {
        self.digests = digests;
        self
    }

    /// Has `token` stop the call, or the writer.
    #[must_use]
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }

    pub(crate) fn token(&self) -> &CancelToken {
        &self.cancel
    }

    /// As [`threads`](Self::threads) was told.
    pub(crate) fn thread_count(&self) -> usize {
        self.threads.map_or(0, NonZeroUsize::get)
    }

    /// # Errors
    /// `InvalidArgument` for a level that there is not.
    pub(super) fn check_level(&self) -> Result<(), Error> {
        if self.level <= MAX_LEVEL {
            return Ok(());
        }
        let what = format!("level {}: from 0 to {MAX_LEVEL} there are", self.level);
        Err(ErrorKind::InvalidArgument(what).into())
    }
}

impl fmt::Debug for BuildOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            part_size, level, threads, reproducible, unfit, filter, durable, digests, ..
        } = self;
        f.debug_struct("BuildOptions")
            .field("part_size", part_size)
            .field("level", level)
            .field("threads", threads)
            .field("reproducible", reproducible)
            .field("unfit", unfit)
            .field("filter", &filter.is_some())
            .field("durable", durable)
            .field("digests", digests)
            .finish_non_exhaustive()
    }
}
