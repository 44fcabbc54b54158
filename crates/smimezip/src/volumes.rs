//! A split archive's parts (APPNOTE section 8): their names, finding them, and the view over all of
//! them in order. Nothing here knows whether a part was encrypted, nor what a zip record is.

mod discover;
mod name;
mod set;

pub(crate) use discover::{Family, file_name, find};
pub use name::{PartName, Place};
pub(crate) use set::VolumeSet;
