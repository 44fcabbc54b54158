//! Keys: reading them from files, and one file per kind of recipient that they open or that is
//! sealed for. No content is decrypted or encrypted here.

mod algorithm;
mod budget;
mod certificate;
mod contents;
mod file;
mod foreign;
mod kdf;
mod key_agreement;
#[cfg_attr(not(feature = "pq"), path = "keys/absent/key_encapsulation.rs")]
mod key_encapsulation;
mod key_transport;
mod key_wrap;
mod load;
mod oaep;
mod object;
#[cfg_attr(not(feature = "legacy"), path = "keys/absent/old_cipher.rs")]
mod old_cipher;
mod opener;
mod padded;
mod passphrase_form;
mod pbe;
mod pbes2;
mod pkcs12;
mod pkcs12_mac;
mod pkcs8;
mod private_key;
mod recipient;
mod recipient_key;
mod ring;
mod secret_key;
mod shape;
#[cfg_attr(not(feature = "legacy"), path = "keys/absent/traditional.rs")]
mod traditional;
mod unusable;
#[cfg(all(test, feature = "pq"))]
mod wycheproof;

#[cfg(feature = "internals")]
pub(crate) use budget::work;
pub use certificate::Certificate;
pub use key_agreement::unwrap_with_shared_secret;
#[cfg(feature = "internals")]
pub(crate) use key_transport::select_key;
pub use private_key::PrivateKey;
pub use recipient::Recipient;
pub use recipient_key::RecipientKey;
pub(crate) use ring::Cost;
pub use ring::KeyRing;
pub use unusable::UnusableItem;

pub use crate::secret::{ContentEncryptionKey, Passphrase};
