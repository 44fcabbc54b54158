//! RFC 5652 as types: ContentInfo, EnvelopedData, RecipientInfo, algorithms. Reading and naming
//! only: no keys and no decryption here.

mod algorithm;
mod enveloped_data;
mod recipient_info;

pub use algorithm::{ContentEncryptionAlgorithm, KeyEncryptionAlgorithm};
pub(crate) use enveloped_data::EnvelopedData;
pub use recipient_info::{
    IssuerAndSerialNumber, RecipientIdentifier, RecipientInfo, RecipientKind,
};
pub(crate) use recipient_info::{same_serial, text_of_name};
