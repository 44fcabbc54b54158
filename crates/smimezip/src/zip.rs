//! The zip format (PKWARE APPNOTE 6.3.10): strict reading of its records, the directory with the
//! address of every entry, entries opened on their own; and the same records written, forward
//! only, into parts. Nothing here knows how the bytes are encrypted or which files the parts are.

mod archive;
mod availability;
mod descriptor;
mod directory;
mod end;
mod entry;
mod extents;
mod extra;
mod inflate;
mod local;
mod moved;
mod name;
mod names;
mod part_count;
pub(crate) mod path;
mod read_ahead;
mod reader;
mod record;
mod salvage;
mod sizes;
mod split;
mod stream;
mod time;

pub use archive::Archive;
pub use availability::Availability;
pub(crate) use end::{TAIL, count_of_disks, size_before};
pub use entry::{Entry, EntryKind};
pub use part_count::MAX_PARTS;
pub(crate) use part_count::PartCount;
pub use path::EntryPath;
pub use reader::EntryReader;
pub(crate) use reader::Memory;
pub(crate) use salvage::{Piece, Salvaged, salvage};
pub(crate) use stream::{DEFLATE, Data, END_SIZE, Finished, NewEntry, STORED, ZipStream, overhead};
pub use time::{DosDateTime, Modified};

pub use crate::oddity::{Oddity, OddityKind};
