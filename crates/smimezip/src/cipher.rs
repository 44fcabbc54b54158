//! The content ciphers (RFC 3370, RFC 3565, RFC 5084, RFC 8103) as views, and their padding. They
//! get a key of the right size and ciphertext; they know nothing of messages.

mod aead;
mod cbc;
mod ccm;
mod chacha20_poly1305;
mod feed;
mod gcm;
mod mode;
mod padding;
#[cfg(test)]
mod wycheproof;

pub(crate) use aead::{Aead, AeadView};
pub(crate) use cbc::{BlockCipher, CbcView};
pub(crate) use feed::CbcForward;
#[cfg(feature = "internals")]
pub(crate) use padding::check as check_padding;
