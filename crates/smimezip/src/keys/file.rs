//! The bytes of a file that holds keys or certificates, from the disk: small, and wiped afterwards.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::Error;

/// Largest file that is read. A PEM bundle with a chain has some ten KiB.
pub(super) const MAX_FILE: u64 = 1024 * 1024;

/// # Errors
/// `BadKey` for a larger file, what the operating system says.
pub(super) fn read_small(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::bad_key("too large for a key file"));
    }
    Ok(bytes)
}
