//! The key store of a program that was built without it.

use smimezip::Passphrase;
use zeroize::Zeroizing;

use super::Problem;

/// Refuses to look for it.
pub(crate) fn get(_: &str) -> Result<Zeroizing<Vec<u8>>, Problem> {
    Err(Problem::LeftOut)
}

/// Refuses to store it.
pub(crate) fn store(_: &str, _: &Passphrase) -> Result<bool, Problem> {
    Err(Problem::LeftOut)
}

/// Refuses to look for it.
pub(crate) fn forget(_: &str) -> Result<(), Problem> {
    Err(Problem::LeftOut)
}
