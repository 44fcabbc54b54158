//! In place of `traditional.rs` in a build without the feature `legacy`.

use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret::Passphrase;
use crate::smime::pem::Block;

/// # Errors
/// `Unsupported`, naming the feature: the key derivation needs MD5, whatever the cipher is.
pub(super) fn decrypt(_: &Block, _: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Error> {
    Err(Error::without("legacy", "a PEM key in OpenSSL's traditional encryption (MD5)"))
}
