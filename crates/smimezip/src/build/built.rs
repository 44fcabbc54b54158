//! What the making of an archive did.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::parts::PartReceipt;

/// What was made, and what was left out.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Built {
    /// The parts in their order, the last one `.zip`.
    pub parts: Vec<PartReceipt>,
    /// Files in the archive.
    pub files: u64,
    /// Entries of folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// The same, compressed.
    pub compressed_bytes: u64,
    /// Bytes of the archive's directory.
    pub directory_size: u64,
    /// What was left out with [`Unfit::Skip`](super::Unfit::Skip); each error names its entry and
    /// says why.
    pub skipped: Vec<Error>,
}

impl Built {
    /// The limits of archives that must be raised for all of it to be extracted where `limits` are
    /// in force, each with the least value that will do: what is made here may have any size, and
    /// somebody else's archive of that size may be an attack. Those of messages are not looked at.
    ///
    /// ```
    /// use smimezip::build::{BuildOptions, build_tree_in};
    /// use smimezip::parts::PartName;
    /// use smimezip::{Limit, Limits};
    ///
    /// # let temporary = tempfile::tempdir()?;
    /// # let (tree, out) = (temporary.path().join("tree"), temporary.path().join("out"));
    /// # std::fs::create_dir(&tree)?;
    /// # std::fs::write(tree.join("hello.txt"), "Hello")?;
    /// # std::fs::write(tree.join("again.txt"), "Hello again")?;
    /// let name = PartName::parse("export-1.zip").unwrap();
    /// let built = build_tree_in(&tree, &out, &name, &BuildOptions::new(), &mut ())?;
    /// assert!(built.needs(&Limits::default()).is_empty());
    /// let strict = Limits::new().with(Limit::Entries, 1);
    /// assert_eq!(built.needs(&strict), [(Limit::Entries, 2)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn needs(&self, limits: &Limits) -> Vec<(Limit, u64)> {
        let counted = [
            (Limit::Parts, self.parts.len() as u64),
            (Limit::Directory, self.directory_size),
            (Limit::Entries, self.files.saturating_add(self.folders)),
            (Limit::TotalSize, self.bytes),
        ];
        let exceeded = counted.into_iter().filter(|(limit, needed)| *needed > limits.get(*limit));
        let ratio = limits.exceeded_ratio(self.bytes, self.compressed_bytes);
        exceeded.chain(ratio.map(|ratio| (Limit::Ratio, ratio))).collect()
    }
}

/// What would be made, and what would be left out.
#[cfg(feature = "extract")]
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BuildPlan {
    /// The paths in the archive, in its order; that of a folder ends in `/`.
    pub entries: Vec<String>,
    /// How many of them are files.
    pub files: u64,
    /// How many of them are folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// The most bytes that the archive can have, before its parts are sealed.
    pub max_size: u64,
    /// The most parts that there can be. How many there are depends on how well the files compress.
    /// More than [`MAX_PARTS`](super::MAX_PARTS) are not made.
    pub max_parts: u64,
    /// What is left out, as in [`Built`].
    pub skipped: Vec<Error>,
}
