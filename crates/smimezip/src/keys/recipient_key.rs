//! `RecipientKey`: what a key has to do that is not in this process.

use crate::cms::RecipientInfo;
use crate::error::Error;
use crate::secret::ContentEncryptionKey;

/// A key that lives elsewhere: in a hardware module, a key service, a Java KeyStore.
///
/// ```
/// use smimezip::cms::{RecipientInfo, RecipientKind};
/// use smimezip::keys::{ContentEncryptionKey, RecipientKey};
/// use smimezip::{Error, ErrorKind, Export, KeyRing};
///
/// /// A key in a token, which is not plugged in here.
/// struct Token;
///
/// impl RecipientKey for Token {
///     fn unwrap_key(
///         &self,
///         info: &RecipientInfo,
///         _size: usize,
///     ) -> Option<Result<ContentEncryptionKey, Error>> {
///         // Of a kind that this key is not for.
///         if info.kind() != RecipientKind::KeyTransport {
///             return None;
///         }
///         // A real one has the token decrypt `info.encrypted_key()`.
///         let absent = std::io::Error::new(std::io::ErrorKind::NotFound, "no token");
///         Some(Err(absent.into()))
///     }
/// }
///
/// let mut keys = KeyRing::new();
/// keys.add_key(Box::new(Token));
/// let error = Export::discover("../../examples/data")?.unlock(&keys).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Io(_)));
/// # Ok::<(), Error>(())
/// ```
pub trait RecipientKey: Send + Sync {
    /// Decrypts the content-encryption key of `size` bytes that `info` holds. `None`: not
    /// addressed to this key. The message's verdict does not distinguish a wrong key from a damaged
    /// one; an implementation should take the same time for both.
    ///
    /// # Errors
    /// [`ErrorKind::Decrypt`](crate::ErrorKind::Decrypt), and nothing else, if the key was asked
    /// and what it was given did not decrypt. If it could *not* be asked, because a service does
    /// not answer, a token is not there, a login is refused, the [`std::io::Error`] that says so
    /// (`Err(io_error.into())`): it is then what the whole call fails with unless another key opens
    /// the message, and never "wrong key". [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled)
    /// ends the search for a key at once.
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>>;

    /// What the key is, for a person.
    fn describe(&self) -> String {
        "a key that lives elsewhere".to_owned()
    }
}
