//! The content ciphers (RFC 3370, RFC 3565) as views, and their padding. They get a key of the
//! right size and ciphertext; they know nothing of messages.

mod cbc;
mod forward;
mod padding;

pub(crate) use cbc::{BlockCipher, CbcView};
pub(crate) use forward::CbcForward;
