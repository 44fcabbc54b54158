//! What has come of a source that is fed forward, as a `ReadAt`: the parsers of views read it, and
//! find it cut off where more is needed.

use std::io;

use super::ReadAt;

/// Bytes from a position on, to which more are appended.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    bytes: Vec<u8>,
    /// Position of the first byte that is still here.
    start: u64,
    ended: bool,
}

impl Growing {
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The buffer, for those who append to one.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Nothing will be appended any more.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// The bytes that are here.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes from `position` on.
    pub(crate) fn from(&self, position: u64) -> &[u8] {
        let at = position.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }

    /// Forgets what stands before `position`.
    pub(crate) fn forget(&mut self, position: u64) {
        let count = self.bytes.len() - self.from(position).len();
        self.bytes.drain(..count);
        self.start += count as u64;
    }
}

impl ReadAt for Growing {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset < self.start {
            return Err(io::Error::other("what is asked for has been passed"));
        }
        let bytes = self.from(offset);
        bytes.read_at(buf, 0)
    }

    /// Without an end as long as it grows.
    fn size(&self) -> io::Result<u64> {
        Ok(if self.ended { self.start + self.bytes.len() as u64 } else { u64::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_and_forgets() {
        let mut growing = Growing::default();
        growing.append(b"abcdef");
        growing.forget(2);
        assert_eq!(growing.from(3), b"def");
        growing.forget(4);
        growing.append(b"gh");
        assert_eq!(growing.from(4), b"efgh");
        assert_eq!(growing.read_at(&mut [0; 9], 8).unwrap(), 0);
        assert!(growing.read_at(&mut [0; 9], 3).is_err());
        assert_eq!(growing.size().unwrap(), u64::MAX);
        growing.end();
        assert_eq!(growing.size().unwrap(), 8);
        growing.forget(100);
        assert_eq!((growing.start, growing.bytes()), (8, &b""[..]));
    }
}
