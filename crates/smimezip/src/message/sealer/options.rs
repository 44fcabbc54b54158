//! How a message is made.

use crate::cms::ContentEncryptionAlgorithm;
use crate::smime::SealContainer;

/// How a message is sealed: cipher, container, and whether the content's size is known.
///
/// ```
/// use smimezip::cms::ContentEncryptionAlgorithm;
/// use smimezip::message::{SealContainer, SealOptions};
///
/// let options = SealOptions::new()
///     .content_encryption(ContentEncryptionAlgorithm::Aes256Gcm)
///     .container(SealContainer::Binary)
///     .known_size(1_000_000);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealOptions {
    algorithm: ContentEncryptionAlgorithm,
    container: SealContainer,
    size: Option<u64>,
}

impl Default for SealOptions {
    fn default() -> Self {
        let algorithm = ContentEncryptionAlgorithm::Aes256Cbc;
        Self { algorithm, container: SealContainer::default(), size: None }
    }
}

impl SealOptions {
    /// AES-256-CBC in MIME with base64, of a content whose size is not known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Encrypts the content with AES in CBC or Galois/Counter mode, or with ChaCha20-Poly1305. CBC
    /// authenticates nothing, but is all that `openssl smime -decrypt` opens; of OpenSSL,
    /// `openssl cms` opens Galois/Counter mode as well.
    #[must_use]
    pub fn content_encryption(mut self, algorithm: ContentEncryptionAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Wraps the message in that container.
    #[must_use]
    pub fn container(mut self, container: SealContainer) -> Self {
        self.container = container;
        self
    }

    /// Says that the content has exactly so many bytes. The message then is in DER, with its
    /// lengths at its start, which some programs need; else it is in BER, in chunks. OpenSSL 3.0
    /// opens contents of at most 1,610 MB in DER and of about 2,000 MB in BER.
    #[must_use]
    pub fn known_size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// The same, for contents of any size.
    pub(crate) fn of_unknown_size(&self) -> Self {
        Self { size: None, ..self.clone() }
    }

    pub(super) fn algorithm(&self) -> &ContentEncryptionAlgorithm {
        &self.algorithm
    }

    pub(super) fn container_kind(&self) -> SealContainer {
        self.container
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }
}
