//! The content ciphers (RFC 3370, RFC 3565, RFC 5084, RFC 8103): as views, forward, and as
//! encryptors; and their padding. They get a key of the right size; they know nothing of messages.

#[cfg_attr(not(feature = "aead"), path = "cipher/absent/aead.rs")]
mod aead;
mod cbc;
#[cfg(feature = "aead")]
mod ccm;
#[cfg(feature = "aead")]
mod chacha20_poly1305;
#[cfg(feature = "build")]
mod encrypt;
mod feed;
#[cfg(feature = "aead")]
mod gcm;
#[cfg(feature = "aead")]
mod mode;
mod padding;
#[cfg(feature = "default")]
#[cfg(test)]
mod wycheproof;

pub(crate) use aead::{Aead, AeadView};
pub(crate) use cbc::{BlockCipher, CbcView};
#[cfg(feature = "build")]
pub(crate) use encrypt::{Encryptor, TAG, ciphertext_size, vector_size};
pub(crate) use feed::CbcForward;
#[cfg(feature = "internals")]
pub(crate) use padding::check as check_padding;
