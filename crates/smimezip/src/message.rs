//! A message opened, unlocked and read: at positions by an envelope, and forward by a decoder. Both
//! work over the same parsers, keys and ciphers. Also what there is of a message that was cut; and
//! a message made: forward, by a sealer. Nothing here knows what the content is, nor of sets of
//! parts.

mod content;
mod cut;
mod decoder;
mod envelope;
#[cfg(feature = "build")]
mod sealer;
mod unlock;

pub use content::Content;
pub(crate) use cut::content_of_cut;
pub use decoder::{Decoder, Decryptor, Processed};
pub use envelope::Envelope;
#[cfg(feature = "build")]
pub(crate) use sealer::{KnownKey, KnownKeys};
#[cfg(feature = "build")]
pub use sealer::{SealOptions, SealedWriter, Sealer};

pub use crate::options::{Accept, InnerLayers, UnlockOptions};
pub use crate::smime::Container;
#[cfg(feature = "build")]
pub use crate::smime::{Columns, LineEnd, SealContainer};
