//! RFC 5652 as types: ContentInfo, EnvelopedData, AuthEnvelopedData, SignedData, RecipientInfo,
//! algorithms. Reading, naming and writing only: no keys and no ciphers here.

mod content_encryption;
mod enveloped_data;
mod hash;
mod key_encryption;
mod pbkdf2;
mod recipient_identifier;
mod recipient_info;
mod signed_data;
mod walk;
pub(crate) mod write;

pub use content_encryption::ContentEncryptionAlgorithm;
pub(crate) use content_encryption::ContentParameters;
pub(crate) use enveloped_data::{EnvelopedData, Tail};
pub use hash::HashAlgorithm;
pub use key_encryption::{KemAlgorithm, KeyDerivation, KeyEncryptionAlgorithm, KeyWrapAlgorithm};
pub(crate) use pbkdf2::Pbkdf2Params;
pub use recipient_identifier::{IssuerAndSerialNumber, RecipientIdentifier};
pub(crate) use recipient_identifier::{same_serial, text_of_name};
pub(crate) use recipient_info::{Agreement, Details, Encapsulation, PasswordParameters};
pub use recipient_info::{RecipientInfo, RecipientKind};
pub(crate) use signed_data::SignedData;

pub use crate::oid::Oid;
