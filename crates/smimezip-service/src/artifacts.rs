//! Artifacts: the parts that jobs made, and the storage that has their bytes. Nothing here knows of
//! pages or of HTTP.

mod artifact;
mod loss;
mod sink;
mod storage;
mod store;
mod sweep;

pub use artifact::{Artifact, DeletedBecause};
pub use loss::Loss;
pub(crate) use sink::StorageSink;
pub(crate) use storage::remote;
pub use storage::{Bytestream, Storage};
pub(crate) use store::selected;
pub use store::{COLUMNS, MAX_SELECTED, delete, expire, get, list, losses, of_job};
pub(crate) use sweep::sweep;
