//! Names for sets that are to be made.

use std::io;

use crate::hex::Hex;
use crate::part_name::SetName;
use crate::random::random;

impl SetName {
    /// A new name that no other set has: `export-`, and a random UUID (RFC 9562 section 5.4).
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn random() -> io::Result<Self> {
        let mut uuid = [0; 16];
        random(&mut uuid)?;
        uuid[6] = uuid[6] & 0x0f | 0x40;
        uuid[8] = uuid[8] & 0x3f | 0x80;
        let groups = [&uuid[..4], &uuid[4..6], &uuid[6..8], &uuid[8..10], &uuid[10..]];
        let text = groups.map(|group| Hex(group).to_string()).join("-");
        Self::new(&format!("export-{text}")).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}
