//! In place of `pkcs12.rs` in a build without the feature `pkcs12`.

use super::contents::Contents;
use super::opener::Opener;
use crate::error::Error;

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn read(_: &str, _: &[u8], _: &mut Opener<'_>, _: &mut Contents) -> Result<(), Error> {
    Err(Error::without("pkcs12", "a PKCS #12 file"))
}
