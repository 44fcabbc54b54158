//! A position in a `ReadAt`, which makes it a `Read + Seek`.

use std::io::{self, Read, Seek, SeekFrom};

use super::ReadAt;

/// `Read` and `Seek` over a [`ReadAt`].
///
/// Seeking past the end is legal and reads nothing there; seeking before the start is an error
/// and leaves the position where it was.
#[derive(Clone, Debug)]
pub struct Cursor<S> {
    source: S,
    position: u64,
}

impl<S: ReadAt> Cursor<S> {
    /// A cursor at the start of `source`.
    pub fn new(source: S) -> Self {
        Self { source, position: 0 }
    }

    /// The position in bytes.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The view below.
    pub fn get_ref(&self) -> &S {
        &self.source
    }
}

impl<S: ReadAt> Read for Cursor<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(buf, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl<S: ReadAt> Seek for Cursor<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
            SeekFrom::End(delta) => self.source.size()?.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "seek to before the start")
        })?;
        Ok(self.position)
    }
}
