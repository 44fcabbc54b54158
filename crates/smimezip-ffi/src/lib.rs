//! The C interface of smimezip: every function, type and constant of `include/smimezip.h`, which
//! cbindgen makes from this crate's source. One file for each C "class"; [`boundary`] guards every
//! entry, [`handles`] knows which handles are alive.
//!
//! It imports the public interface of the core alone. The library that C programs link is made by
//! `smimezip-capi`; this crate is what tests and sanitizers link.
//!
//! The doc comments here are written for the header: their readers are C programmers.

#![allow(non_camel_case_types, reason = "the names are those of C")]
#![allow(clippy::missing_safety_doc, reason = "the header's text is the contract, as C states it")]
#![allow(clippy::missing_errors_doc, reason = "every function's text names its statuses")]

mod archive;
mod availability;
mod boundary;
mod build_plan;
mod call_options;
mod callbacks;
mod cancel;
mod decoder;
mod entry;
mod entry_parts;
mod error;
mod export_builder;
mod export_writer;
mod extract;
mod facts;
mod handles;
mod keyring;
mod message;
mod oddity;
mod option;
mod options;
mod part_sink;
mod progress;
mod reader;
mod receipt;
mod recipient;
mod recipients;
mod report;
mod salvage;
mod salvage_found;
mod seal_options;
mod sealer;
mod set;
mod set_add;
mod set_list;
mod set_status;
mod source;
mod status;
mod struct_size;
mod text;
mod unix_time;
mod version;

pub use archive::*;
pub use availability::*;
pub use build_plan::*;
pub use callbacks::*;
pub use cancel::*;
pub use decoder::*;
pub use entry::*;
pub use entry_parts::*;
pub use error::*;
pub use export_builder::*;
pub use export_writer::*;
pub use extract::*;
pub use facts::*;
pub use keyring::*;
pub use message::*;
pub use oddity::*;
pub use option::*;
pub use options::*;
pub use part_sink::*;
pub use progress::*;
pub use reader::*;
pub use receipt::*;
pub use recipient::*;
pub use recipients::*;
pub use report::*;
pub use salvage::*;
pub use seal_options::*;
pub use sealer::*;
pub use set::*;
pub use set_add::*;
pub use set_list::*;
pub use set_status::*;
pub use source::*;
pub use status::*;
pub use version::*;

#[cfg(test)]
mod tests;
