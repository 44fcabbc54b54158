//! Artifacts: the parts that jobs made, and the storage that has their bytes. Nothing here knows of pages or of
//! HTTP.

mod artifact;

pub use artifact::{Artifact, DeletedBecause};
