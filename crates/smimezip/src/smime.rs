//! The outside of a message: S/MIME's MIME entity (RFC 8551), PEM (RFC 7468), base64 (RFC 4648)
//! or the bare bytes; read, and written. What comes out is a view of the ContentInfo's bytes;
//! nothing here knows what is in them.

mod base64;
mod detect;
mod feed;
mod headers;
mod lines;
mod open;
mod other;
pub(crate) mod pem;
mod text;
mod write;

pub use detect::Container;
pub(crate) use detect::begins_as_message;
pub(crate) use feed::Forward;
pub(crate) use open::{Opened, open, open_cut, open_entity};
pub(crate) use write::Wrapper;
pub use write::{Columns, LineEnd, SealContainer};
