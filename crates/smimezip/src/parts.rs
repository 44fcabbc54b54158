//! A split archive's parts (APPNOTE section 8): their names, finding them, and the view over all of
//! them in order. Nothing here knows whether a part was encrypted, nor what a zip record is.

mod discover;
mod found_set;
mod name;
mod part;
mod set;
mod stray;

pub(crate) use discover::find;
pub(crate) use found_set::{Absent, FoundSet};
pub use name::{PartName, Position};
pub use part::Part;
pub(crate) use set::{Contradiction, PartSet};
