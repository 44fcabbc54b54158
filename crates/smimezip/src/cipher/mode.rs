//! What the authenticated modes of operation have in common, as `aead.rs` uses them. Nothing here
//! knows which modes there are.

/// One mode of operation under one key and nonce.
pub(super) trait Mode: Send + Sync {
    /// Decrypts `buf`, which stands at `offset` of the ciphertext, in place.
    fn decrypt(&self, buf: &mut [u8], offset: u64);

    /// Begins to authenticate a content of `length` bytes.
    fn authenticate<'a>(&'a self, associated: &[u8], length: u64) -> Box<dyn Authenticator + 'a>;

    /// Bytes of the longest content that is safe under one nonce.
    fn longest(&self) -> u64;
}

/// An authentication tag in the making.
pub(super) trait Authenticator {
    /// Takes the next bytes of ciphertext: whole blocks, but for the last. It may change them.
    fn update(&mut self, ciphertext: &mut [u8]);

    /// The whole tag.
    fn finish(self: Box<Self>) -> [u8; 16];
}
