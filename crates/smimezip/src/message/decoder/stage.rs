//! How far a message that is fed forward has come, and what becomes of its ciphertext.

use std::sync::Arc;

use crate::asn1::OctetFeed;
use crate::cipher::{BlockCipher, CbcForward};
use crate::cms::{ContentParameters, EnvelopedData, Tail};
use crate::error::Error;
use crate::keys::KeyRing;
use crate::message::unlock::{self, Selected};
use crate::options::Rules;
use crate::read_at::{ReadAt, Spool};

/// How far the message has come.
pub(super) enum Stage {
    /// Before the encrypted content; the next try to read it comes with so many bytes.
    Head { keys: Arc<KeyRing>, due: usize },
    /// Between two chunks of it, or in one.
    Content { feed: Box<OctetFeed>, cipher: Cipher, position: u64, left: u64 },
    /// After it, from this position on; the next try to read what is there comes with so many
    /// bytes.
    Tail { cipher: Cipher, position: u64, due: usize },
    /// After the message.
    Complete { cipher: Cipher, tail: Tail },
    /// The message was complete and right; of this plaintext so much is in `ready` already.
    Verified { plaintext: Arc<dyn ReadAt>, position: u64 },
    /// The message was complete and right.
    Done,
}

/// What becomes of the ciphertext.
pub(super) enum Cipher {
    /// It is decrypted as it comes; what to say in the end if the key was none.
    Cbc(Box<CbcForward>, Error),
    /// It waits for its tag.
    Authenticated(Spool, Arc<KeyRing>),
}

impl Cipher {
    /// What the ciphertext of `data` goes through; the key is unwrapped now where the cipher needs
    /// it now.
    #[inline(never)]
    pub(super) fn new(
        data: &EnvelopedData,
        keys: Arc<KeyRing>,
        rules: &Rules,
    ) -> Result<Self, Error> {
        if let ContentParameters::Vector(vector) = &data.parameters {
            let Selected { key, refusal } = unlock::select(data, &keys, rules)?;
            let cipher = BlockCipher::new(&data.algorithm, key.bytes())?;
            Ok(Self::Cbc(Box::new(CbcForward::new(cipher, vector, key.valid())), refusal))
        } else {
            unlock::check(data, &keys, rules)?;
            Ok(Self::Authenticated(Spool::new(rules), keys))
        }
    }

    /// Takes the next bytes; appends the plaintext there is to `out`.
    pub(super) fn update(&mut self, ciphertext: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Self::Cbc(cbc, _) => cbc.update(ciphertext, out),
            Self::Authenticated(spool, _) => spool.append(ciphertext)?,
        }
        Ok(())
    }
}
