//! Artifacts: the parts that jobs made, and the storage that has their bytes. Nothing here knows of pages or of
//! HTTP.

mod artifact;
mod loss;
mod store;

pub use artifact::{Artifact, DeletedBecause};
pub use loss::Loss;
pub use store::{COLUMNS, MAX_SELECTED, delete, expire, get, list, losses, of_job};
