//! Keys: reading them from files, and one file per kind of recipient they open. No content is
//! decrypted here.

mod certificate;
mod kdf;
mod key_agreement;
mod key_encapsulation;
mod key_transport;
mod key_wrap;
mod load;
mod oaep;
mod pbe;
mod pkcs12;
mod private_key;
mod ring;
mod secret_key;
mod traditional;
#[cfg(test)]
mod wycheproof;

pub use certificate::Certificate;
pub use key_agreement::unwrap_with_shared_secret;
#[cfg(feature = "internals")]
pub(crate) use key_transport::select_key;
pub use private_key::PrivateKey;
pub(crate) use ring::Cost;
pub use ring::{KeyRing, RecipientKey};
