//! Keys: reading them from files, and one file per kind of recipient they open. No content is
//! decrypted here.

mod certificate;
mod key_transport;
mod load;
mod ring;
mod traditional;

pub use certificate::Certificate;
pub use key_transport::RsaKey;
pub use ring::{KeyRing, RecipientKey};
