//! Random bytes of the system.

use std::io;

pub(crate) use getrandom::SysRng;

/// Fills `bytes` with random ones.
///
/// # Errors
/// If the system gives none.
pub(crate) fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(io::Error::other)
}
