//! `Content`: what is inside an envelope, decrypted wherever it is read.

mod inner;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use crate::cms::ContentEncryptionAlgorithm;
use crate::error::Error;
use crate::integrity::Integrity;
use crate::read_at::{Cursor, ReadAt};

pub use inner::InnerLayers;

impl Integrity {
    /// What an algorithm gives.
    pub(crate) fn of(algorithm: &ContentEncryptionAlgorithm) -> Self {
        if algorithm.is_authenticated() { Self::Authenticated } else { Self::None }
    }
}

/// The decrypted content of a message, as a view: [`ReadAt`], and [`Read`] and [`Seek`] with a
/// position of its own. Clones share the view and have their own positions.
///
/// Nothing is decrypted but what is read, and nothing is kept.
#[derive(Clone)]
pub struct Content {
    cursor: Cursor<Arc<dyn ReadAt>>,
    length: u64,
    integrity: Integrity,
    recipient: usize,
}

impl Content {
    pub(crate) fn new(
        view: Arc<dyn ReadAt>,
        integrity: Integrity,
        recipient: usize,
    ) -> Result<Self, Error> {
        let length = view.size()?;
        Ok(Self { cursor: Cursor::new(view), length, integrity, recipient })
    }

    /// Length in octets, known from the last block.
    pub fn size(&self) -> u64 {
        self.length
    }

    /// What the encryption promises.
    pub fn integrity(&self) -> Integrity {
        self.integrity
    }

    /// Which of the envelope's recipients opened it.
    pub fn recipient(&self) -> usize {
        self.recipient
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("length", &self.length)
            .field("integrity", &self.integrity)
            .field("recipient", &self.recipient)
            .finish_non_exhaustive()
    }
}

impl ReadAt for Content {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.cursor.get_ref().read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

impl Read for Content {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.cursor.read(buf)
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.cursor.seek(to)
    }
}
