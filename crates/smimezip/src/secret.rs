//! Secrets: they wipe themselves when dropped, have no `Clone` or `Display`, and a `Debug` that
//! says what they are and nothing else.

use std::{fmt, io};

use subtle::Choice;
use zeroize::Zeroizing;

use crate::random::random;

/// More bytes than reading or unwrapping a key puts on the stack; without optimisation that is far
/// more. Threads of small stacks must still have room.
pub(crate) const UNLOCKING: usize = if cfg!(debug_assertions) { 128 * 1024 } else { 48 * 1024 };
/// More bytes than decrypting blocks puts there.
pub(crate) const DECRYPTING: usize = if cfg!(debug_assertions) { 96 * 1024 } else { 16 * 1024 };

/// A content-encryption key (RFC 5652 section 6.3).
pub struct ContentEncryptionKey {
    bytes: Zeroizing<Vec<u8>>,
    /// Whether the unwrapping was in order; not a `bool`, so that nobody branches on it early.
    valid: Choice,
}

impl ContentEncryptionKey {
    /// Takes the key's bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: Zeroizing::new(bytes), valid: Choice::from(1) }
    }

    /// A new key of `size` bytes.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub(crate) fn generate(size: usize) -> io::Result<Self> {
        let mut bytes = Zeroizing::new(vec![0; size]);
        random(&mut bytes)?;
        Ok(Self { bytes, valid: Choice::from(1) })
    }

    /// A key that may be a substitute, if `valid` is not set.
    pub(crate) fn with_validity(bytes: Vec<u8>, valid: Choice) -> Self {
        Self { bytes: Zeroizing::new(bytes), valid }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn valid(&self) -> Choice {
        self.valid
    }
}

/// Overwrites `SIZE` bytes of what the calls before left on the stack. Whatever is moved, and
/// whatever a register had no room for, leaves a copy there, which no value's own wiping reaches:
/// keys, and the keys of a cipher's rounds. What is wiped lies below the caller's frame, so the
/// caller must not have worked on secrets itself, nor by functions that were inlined.
#[inline(never)]
pub(crate) fn wipe_stack<const SIZE: usize>() {
    std::hint::black_box(&mut [0_u8; SIZE]);
}

/// A passphrase for a private key, as the bytes it is typed in.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// Takes the passphrase over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes it consists of. A copy of them does not wipe itself.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<String> for Passphrase {
    /// Takes the text over.
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Passphrase {
    /// Copies the text, which does not wipe itself.
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl fmt::Debug for ContentEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentEncryptionKey(..)")
    }
}
