//! Octets that come forward and are wanted at positions later: few in memory, many in a file
//! without a name. **Ciphertext only**: what is put here may stay on the disk's surface.

use std::fs::File;
use std::io::{self, Write};

use super::ReadAt;
use super::file::read_file_at;

/// Octets that are kept in memory.
const IN_MEMORY: usize = 1024 * 1024;

/// What came so far.
#[derive(Default)]
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    in_file: u64,
}

impl Spool {
    /// Takes the next octets.
    ///
    /// # Errors
    /// What the operating system says of the folder for temporary files.
    pub(crate) fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(octets);
        if self.memory.len() > IN_MEMORY {
            let file = match self.file.take() {
                Some(file) => file,
                None => tempfile::tempfile()?,
            };
            self.file.insert(file).write_all(&self.memory)?;
            self.in_file += self.memory.len() as u64;
            self.memory.clear();
        }
        Ok(())
    }
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
        let octets: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
        let mut spool = Spool::default();
        for piece in octets.chunks(70_001) {
            spool.append(piece).unwrap();
        }
        assert!(spool.file.is_some() && !spool.memory.is_empty());
        assert_eq!(spool.size().unwrap(), octets.len() as u64);
        for (start, count) in [(0, 10), (1_000_000, 500_000), (2_000_000, 1_000_000)] {
            let mut buf = vec![0; count];
            read_exact_at(&spool, &mut buf, start as u64).unwrap();
            assert!(buf == octets[start..start + count], "{start}");
        }
        assert!(read_exact_at(&spool, &mut [0; 2], 2_999_999).is_err());
        assert_eq!(Spool::default().read_at(&mut [0; 2], 0).unwrap(), 0);
    }
}
