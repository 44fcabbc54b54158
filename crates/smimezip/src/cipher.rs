//! The content ciphers (RFC 3370, RFC 3565, RFC 5084, RFC 8103): as views, forward, and as
//! encryptors; and their padding. They get a key of the right size; they know nothing of messages.

mod aead;
mod cbc;
mod ccm;
mod chacha20_poly1305;
mod encrypt;
mod feed;
mod gcm;
mod mode;
mod padding;
#[cfg(test)]
mod wycheproof;

pub(crate) use aead::{Aead, AeadView};
pub(crate) use cbc::{BlockCipher, CbcView};
pub(crate) use encrypt::{Encryptor, TAG, ciphertext_size, vector_size};
pub(crate) use feed::CbcForward;
#[cfg(feature = "internals")]
pub(crate) use padding::check as check_padding;
