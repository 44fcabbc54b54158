//! Bytes that come forward and are wanted at positions later: few in memory, many in a file
//! without a name (on Windows, one that nobody else can open and that is gone once it is closed).
//! **Ciphertext only**: what is put here may stay on the disk's surface.

use std::fs::File;
use std::io::{self, Write};

use super::ReadAt;
use super::file::read_file_at;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 1024 * 1024;

/// What came so far.
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    in_file: u64,
    allowed: u64,
}

impl Spool {
    /// Nothing came yet, and [`Limits::spool`] may.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { memory: Vec::new(), file: None, in_file: 0, allowed: limits.spool }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Limit`, `NoSpace`, or what the operating system says of the folder for temporary files.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let here = self.in_file.saturating_add(self.memory.len() as u64);
        if here.saturating_add(bytes.len() as u64) > self.allowed {
            return Err(Error::limit(Limit::Spool, self.allowed));
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > IN_MEMORY {
            let file = match self.file.take() {
                Some(file) => file,
                None => tempfile::tempfile()?,
            };
            let needed = self.memory.len() as u64;
            check_free_space(&file, needed)?;
            match self.file.insert(file).write_all(&self.memory) {
                Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                    return Err(ErrorKind::NoSpace { needed, available: 0 }.into());
                }
                written => written?,
            }
            self.in_file += needed;
            self.memory.clear();
        }
        Ok(())
    }
}

/// Refuses to write what would fill the disk to its last byte, which others need, too.
#[cfg(unix)]
fn check_free_space(file: &File, needed: u64) -> Result<(), Error> {
    let space = rustix::fs::fstatvfs(file).map_err(io::Error::from)?;
    let available = space.f_bavail.saturating_mul(space.f_frsize);
    // A file system that does not say its size has no blocks.
    if space.f_blocks > 0 && needed > available {
        return Err(ErrorKind::NoSpace { needed, available }.into());
    }
    Ok(())
}

#[cfg(windows)]
fn check_free_space(_: &File, needed: u64) -> Result<(), Error> {
    let available = fs4::available_space(std::env::temp_dir())?;
    if needed > available {
        return Err(ErrorKind::NoSpace { needed, available }.into());
    }
    Ok(())
}

impl ReadAt for Spool {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        match (&self.file, offset.checked_sub(self.in_file)) {
            (_, Some(within)) => self.memory.read_at(buf, within),
            (Some(file), None) => {
                let count = super::clamp(buf.len(), self.in_file - offset);
                match read_file_at(file, &mut buf[..count], offset)? {
                    0 if count > 0 => Err(super::beyond_the_end()),
                    count => Ok(count),
                }
            }
            (None, None) => Err(super::beyond_the_end()),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.in_file + self.memory.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_at::read_exact_at;

    #[test]
    fn what_was_put_in_comes_out_at_any_position() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
        let mut spool = Spool::new(&Limits::default());
        for piece in bytes.chunks(70_001) {
            spool.append(piece).unwrap();
        }
        assert!(spool.file.is_some() && !spool.memory.is_empty());
        assert_eq!(spool.size().unwrap(), bytes.len() as u64);
        for (start, count) in [(0, 10), (1_000_000, 500_000), (2_000_000, 1_000_000)] {
            let mut buf = vec![0; count];
            read_exact_at(&spool, &mut buf, start as u64).unwrap();
            assert!(buf == bytes[start..start + count], "{start}");
        }
        assert!(read_exact_at(&spool, &mut [0; 2], 2_999_999).is_err());
        assert_eq!(Spool::new(&Limits::default()).read_at(&mut [0; 2], 0).unwrap(), 0);
    }

    #[test]
    fn what_a_stranger_sends_has_a_limit() {
        for allowed in [0, 100, 2_000_000] {
            let mut spool = Spool::new(&Limits { spool: allowed, ..Limits::default() });
            let piece = [7; 50];
            for _ in 0..allowed / 50 {
                spool.append(&piece).unwrap();
            }
            let error = spool.append(&piece[..1]).unwrap_err();
            let limit = matches!(error.kind(), ErrorKind::Limit { limit: Limit::Spool, allowed: it }
                if *it == allowed);
            assert!(limit, "{error}");
            assert_eq!(spool.size().unwrap(), allowed);
        }
    }

    #[test]
    fn more_than_the_disk_has_is_refused_before_it_is_written() {
        let file = tempfile::tempfile().unwrap();
        check_free_space(&file, 1).unwrap();
        let error = check_free_space(&file, u64::MAX).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoSpace { needed: u64::MAX, .. }), "{error}");
    }
}
