//! Triple DES (NIST SP 800-67) in CBC mode.

use cipher::KeyInit;
use des::TdesEde3;

use super::decrypt_with;
use crate::error::{Error, ErrorKind};

/// The cipher with its key schedule, which wipes itself.
pub(crate) struct TripleDes(Box<TdesEde3>);

impl TripleDes {
    /// # Errors
    /// `Decrypt` for a key of another size.
    pub(super) fn new(key: &[u8]) -> Result<Self, Error> {
        let cipher = TdesEde3::new_from_slice(key).map_err(|_| ErrorKind::Decrypt)?;
        Ok(Self(Box::new(cipher)))
    }

    /// Decrypts whole blocks to `out`, as [`decrypt_with`] does.
    pub(super) fn decrypt(&self, chained: &[u8], out: &mut [u8]) {
        decrypt_with(&*self.0, chained, out);
    }
}
