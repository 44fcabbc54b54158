//! In place of `spool.rs` where there are no temporary files: what comes is kept in memory, all of
//! it. In a build without the feature `aead` nobody asks for it.

use std::io;

use super::ReadAt;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};

/// What came so far.
pub(crate) struct Spool {
    memory: Vec<u8>,
    allowed: u64,
}

impl Spool {
    /// Nothing came yet, and [`Limits::spool`] may.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { memory: Vec::new(), allowed: limits.spool }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Limit`, or `NoSpace` where there is no memory for them.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let needed = bytes.len() as u64;
        if (self.memory.len() as u64).saturating_add(needed) > self.allowed {
            return Err(Error::limit(Limit::Spool, self.allowed));
        }
        if self.memory.try_reserve(bytes.len()).is_err() {
            return Err(ErrorKind::NoSpace { needed, available: 0 }.into());
        }
        self.memory.extend_from_slice(bytes);
        Ok(())
    }
}

impl ReadAt for Spool {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.memory.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.memory.len() as u64)
    }
}
