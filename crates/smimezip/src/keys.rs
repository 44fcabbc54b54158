//! Keys: reading them from files, and one file per kind of recipient that they open or that is
//! sealed for. No content is decrypted or encrypted here.

mod algorithm;
#[cfg_attr(target_os = "unknown", path = "keys/absent/blinding.rs")]
mod blinding;
mod budget;
mod certificate;
mod contents;
#[path = "keys/absent/blinding.rs"]
#[cfg(test)]
mod derived_blinding;
mod file;
mod foreign;
mod hash;
#[cfg(any(feature = "ec", feature = "kem"))]
mod kdf;
#[cfg_attr(not(feature = "ec"), path = "keys/absent/key_agreement.rs")]
mod key_agreement;
#[cfg_attr(not(feature = "kem"), path = "keys/absent/key_encapsulation.rs")]
mod key_encapsulation;
mod key_transport;
mod key_wrap;
mod load;
mod oaep;
mod object;
#[cfg_attr(not(feature = "legacy"), path = "keys/absent/old_cipher.rs")]
mod old_cipher;
mod opener;
#[cfg(any(feature = "encrypted-keys", feature = "legacy"))]
mod padded;
mod passphrase_form;
#[cfg_attr(not(feature = "encrypted-keys"), path = "keys/absent/password.rs")]
mod password;
mod pbe;
#[cfg_attr(not(feature = "encrypted-keys"), path = "keys/absent/pbes2.rs")]
mod pbes2;
#[cfg_attr(not(feature = "pkcs12"), path = "keys/absent/pkcs12.rs")]
mod pkcs12;
#[cfg(feature = "pkcs12")]
mod pkcs12_mac;
mod pkcs8;
mod private_key;
#[cfg(feature = "build")]
mod recipient;
mod recipient_key;
mod ring;
mod secret_key;
mod shape;
#[cfg_attr(not(feature = "legacy"), path = "keys/absent/traditional.rs")]
mod traditional;
#[cfg_attr(not(feature = "legacy"), path = "keys/absent/triple_des.rs")]
mod triple_des;
mod unusable;
#[cfg(feature = "default")]
#[cfg(test)]
mod wycheproof;

#[cfg(feature = "internals")]
pub(crate) use budget::work;
pub use certificate::Certificate;
pub use key_agreement::unwrap_with_shared_secret;
#[cfg(feature = "internals")]
pub(crate) use key_transport::select_key;
pub use private_key::PrivateKey;
#[cfg(feature = "build")]
pub use recipient::Recipient;
pub use recipient_key::RecipientKey;
pub(crate) use ring::Cost;
pub use ring::KeyRing;
pub use unusable::UnusableItem;

pub use crate::secret::{ContentEncryptionKey, Passphrase};
