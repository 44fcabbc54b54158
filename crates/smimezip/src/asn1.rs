//! ASN.1 in BER (X.690), read at a position: just what is needed to find the content of a message
//! of any size; and written forward. No object identifiers' meaning and no CMS types here.
//!
//! `der` and `cms` cannot read the head of a message without all of it, know no length above
//! 4 GiB and refuse legal BER; so the way to the content is ours, and each small structure on the
//! way is normalised to DER and handed to them.

mod chunks;
pub(crate) mod der;
mod feed;
mod header;
mod index;
mod normalise;
mod octets;
mod reader;
pub(crate) mod write;

pub(crate) use feed::{Next, OctetFeed};
pub(crate) use header::{Class, Length, tag};
pub(crate) use normalise::{first_to_der, size_if_der, to_der};
pub(crate) use octets::{OctetPlace, OctetView};
pub(crate) use reader::{Element, Reader};

pub(crate) use header::parse as parse_header;
