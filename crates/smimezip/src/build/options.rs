//! What a caller can ask of the making of an archive.

use std::num::NonZeroUsize;

use crate::progress::CancelToken;

/// Highest level of compression.
pub(super) const MAX_LEVEL: u32 = 9;

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
#[derive(Clone, Debug)]
pub struct BuildOptions {
    pub(super) part_size: Option<u64>,
    pub(super) level: u32,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) reproducible: bool,
    pub(super) unfit: Unfit,
    pub(super) durable: bool,
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
            durable: true,
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

    /// Whether parts in a folder are written to the disk before they get their names. By default
    /// they are.
    #[must_use]
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
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
}
