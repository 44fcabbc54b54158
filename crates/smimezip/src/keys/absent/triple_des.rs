//! In place of `triple_des.rs` in a build without the feature `legacy`.

use zeroize::Zeroizing;

use crate::error::Error;

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn check(what: impl Into<String>) -> Result<(), Error> {
    Err(Error::without("legacy", what))
}

/// # Errors
/// `Unsupported`, naming the feature.
pub(super) fn unwrap(_: &[u8], _: &[u8], _: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    Err(Error::without("legacy", "3DES key wrap"))
}

/// Nothing, as whoever asks has checked before.
pub(super) fn twice(_: &[u8], _: &[u8], _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    None
}

/// Nothing, as whoever asks has checked before.
pub(super) fn open(_: &[u8], _: &[u8], _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    None
}
