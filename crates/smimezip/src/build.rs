//! Makes archives: entries as the caller writes them ([`ArchiveWriter`]), or a folder with all that
//! is in it ([`build_tree`]), compressed on all cores, into the parts of any
//! [`PartSink`](crate::parts::PartSink), in constant memory and forward only. Nothing here knows
//! whether parts are sealed on their way.
//!
//! What [`Archive::extract`](crate::Archive::extract) would refuse is not put in: names that are
//! not safe on every platform, links, devices, names that some file system does not tell apart.

mod archive_writer;
mod attributes;
mod built;
mod deflate;
mod entries;
mod entry_writer;
#[cfg(feature = "extract")]
mod folder_sink;
mod names;
mod open_entry;
mod options;
#[cfg(feature = "extract")]
mod plan;
mod pool;
mod queue;
#[cfg(feature = "extract")]
mod roots;
#[cfg(feature = "extract")]
mod scan;
#[cfg(feature = "extract")]
mod tree;

pub use crate::zip::MAX_PARTS;
pub use archive_writer::ArchiveWriter;
pub(crate) use archive_writer::check_name;
pub use attributes::EntryAttributes;
#[cfg(feature = "extract")]
pub use built::BuildPlan;
pub use built::Built;
pub use entry_writer::EntryWriter;
#[cfg(feature = "extract")]
pub use folder_sink::{FolderPart, FolderSink};
pub(crate) use names::Names;
pub use options::{BuildOptions, Unfit};
#[cfg(feature = "extract")]
pub(crate) use roots::Source;
#[cfg(feature = "extract")]
pub use tree::{build_tree, build_tree_in};
#[cfg(feature = "extract")]
pub(crate) use tree::{build_with, plan_with};
