//! A private folder where files are written first, and what makes them visible: all of them, or
//! none. Nothing here knows of archives or messages, nor what is in the files.

pub(crate) mod disk;
mod folder;
mod journal;
mod overwrite;
mod publish;
mod rename;
#[cfg(windows)]
mod windows;

pub(crate) use folder::{Staging, nearest};
pub use overwrite::Overwrite;
pub(crate) use publish::publish;
pub(crate) use rename::{There, enter, there};
