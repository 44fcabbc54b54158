//! `Content`: what is inside an envelope, decrypted wherever it is read.

mod inner;
mod relaid;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use crate::cms::ContentEncryptionAlgorithm;
use crate::error::Error;
use crate::integrity::Integrity;
use crate::read_at::{Cursor, ReadAt};

pub(crate) use relaid::Relaid;

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
///
/// The lines or chunks of a message are assumed to be of one length; should reading show that they
/// are not, and that there is more or less in them than assumed, the message is scanned once, and
/// [`size`](Self::size) says another number from then on. Who reads from the start to the end gets
/// all of it; who read elsewhere before gets one error, [`Malformed`](crate::ErrorKind::Malformed),
/// and can begin again.
///
/// ```
/// use std::io::{Read, Seek, SeekFrom};
///
/// use smimezip::message::Envelope;
/// use smimezip::{KeyRing, ReadAt};
///
/// # let message = "tests/data/vectors/openssl-smime-aes256";
/// # let key = "tests/data/keys/main.key.pem";
/// let envelope = Envelope::open_file(message)?;
/// let mut content = envelope.unlock(&KeyRing::from_file(key)?)?;
/// let (mut at_position, mut in_order) = ([0; 4], [0; 4]);
/// content.read_at(&mut at_position, 2)?;
/// content.seek(SeekFrom::Start(2))?;
/// content.read_exact(&mut in_order)?;
/// assert_eq!(at_position, in_order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Content {
    cursor: Cursor<Arc<dyn ReadAt>>,
    /// Whether all before the position was read, in order.
    forward: bool,
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
        Ok(Self { cursor: Cursor::new(view), forward: true, length, integrity, recipient })
    }

    /// Length in bytes, known from the last block.
    pub fn size(&self) -> u64 {
        self.cursor.get_ref().size().unwrap_or(self.length)
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
        self.cursor.get_ref().size()
    }

    fn settle(&self) -> io::Result<()> {
        self.cursor.get_ref().settle()
    }
}

impl Read for Content {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.cursor.read(buf) {
            // What was read before was where it was assumed, and what comes is where it was found.
            Err(error) if self.forward && relaid::is_irregular(&error) => self.cursor.read(buf),
            outcome => outcome,
        }
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let before = self.cursor.position();
        let position = self.cursor.seek(to)?;
        self.forward = position == 0 || (self.forward && position == before);
        Ok(position)
    }
}
