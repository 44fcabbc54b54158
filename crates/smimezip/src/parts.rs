//! A split archive's parts (APPNOTE section 8): their names, finding them, the view over all of
//! them in order, and where they go when they are made. Nothing here knows whether a part was
//! encrypted, nor what a zip record is.

mod discover;
mod either_sink;
mod found_set;
#[cfg(feature = "build")]
mod new_name;
mod part;
mod same;
mod set;
mod sink;
mod stray;
mod view;

pub use crate::part_name::{PartName, Position, SetName};
pub(crate) use discover::find;
pub use either_sink::{EitherPart, EitherSink};
pub(crate) use found_set::{Absent, FoundSet};
pub use part::Part;
pub(crate) use same::{has_same_ends, is_same};
pub(crate) use set::{Address, Contradiction, PartSet};
pub use sink::{PartReceipt, PartSink, PartWriter};
pub(crate) use view::View;
