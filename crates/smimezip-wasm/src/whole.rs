//! One archive of all that is in an export, for browsers that give a page no folder to write to.
//! The core reads and verifies each entry and writes the archive; what is not right to its last
//! byte ends it, and nothing of it may be kept.

use std::io::{self, Read as _, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::zip::{DosDateTime, EntryReader, Modified};
use smimezip::{Archive, Entry, Error, ErrorKind};

use crate::tree;

/// Little work for the processor, and most of what can be saved with text.
const LEVEL: u32 = 1;

/// When a clock here showed that time.
pub type LocalTime = fn(DosDateTime) -> Option<SystemTime>;

/// An archive that is being made, whose bytes are given out as they come.
pub struct Whole {
    /// Until it is finished.
    writer: Option<ArchiveWriter<Buffer>>,
    made: Buffer,
    next: usize,
    reader: Option<EntryReader>,
    local_time: LocalTime,
    left_out: Vec<String>,
    files: u64,
    read: u64,
}

/// What was made and not given out yet.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Moves what is first to `into`, as much as there is room for.
    fn take(&self, into: &mut [u8]) -> usize {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = made.len().min(into.len());
        for (to, byte) in into.iter_mut().zip(made.drain(..count)) {
            *to = byte;
        }
        count
    }
}

impl PartSink for Buffer {
    type Part = Written;

    fn begin(&mut self, name: &PartName) -> Result<Written, Error> {
        Ok(Written { name: name.clone(), size: 0, to: self.clone() })
    }

    fn commit(self, _: Vec<PartReceipt>) -> Result<(), Error> {
        Ok(())
    }
}

struct Written {
    name: PartName,
    size: u64,
    to: Buffer,
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for Written {
    fn finish(self) -> Result<PartReceipt, Error> {
        Ok(PartReceipt::new(self.name, self.size))
    }
}

impl Whole {
    /// Of all that can be saved.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn new(local_time: LocalTime) -> Result<Self, Error> {
        let name = PartName::parse("whole.zip")
            .ok_or_else(|| ErrorKind::InvalidArgument("the name of the archive".to_owned()))?;
        let made = Buffer::default();
        let options = BuildOptions::new().level(LEVEL).threads(1);
        Ok(Self {
            writer: Some(ArchiveWriter::new(made.clone(), &name, &options)?),
            made,
            next: 0,
            reader: None,
            local_time,
            left_out: Vec::new(),
            files: 0,
            read: 0,
        })
    }

    /// Fills `into` with the next bytes, as far as there are any, and says how many there were;
    /// none after the last.
    ///
    /// # Errors
    /// Those of reading an entry. Nothing that was given out may be used then.
    pub fn next(&mut self, archive: &Archive, into: &mut [u8]) -> Result<usize, Error> {
        let mut chunk = vec![0; 64 * 1024];
        while self.made.len() < into.len() {
            let Some(writer) = &mut self.writer else { break };
            if let Some(reader) = &mut self.reader {
                let count = reader.read(&mut chunk)?;
                self.read += count as u64;
                if count > 0 {
                    writer.write_entry(&chunk[..count])?;
                } else {
                    // Its size and its CRC-32 are right.
                    self.reader = None;
                    self.files += 1;
                    writer.end_entry()?;
                }
                continue;
            }
            match archive.entries().get(self.next) {
                Some(entry) => {
                    self.next += 1;
                    self.begin(archive, entry)?;
                }
                None => {
                    if let Some(writer) = self.writer.take() {
                        writer.finish()?;
                    }
                }
            }
        }
        Ok(self.made.take(into))
    }

    fn begin(&mut self, archive: &Archive, entry: &Entry) -> Result<(), Error> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let path = match entry.path() {
            Ok(path) if path.as_str() == "." => return Ok(()),
            Ok(path) => path,
            Err(error) => {
                self.left_out.push(format!("{error:#}"));
                return Ok(());
            }
        };
        if let Some(problem) = tree::problem(archive, entry) {
            self.left_out.push(format!("{path}: {}", problem.text()));
            return Ok(());
        }
        let mut attributes = EntryAttributes::new().max_size(entry.size());
        if let Some(permissions) = entry.permissions() {
            attributes = attributes.permissions(permissions);
        }
        let time = match entry.modified() {
            Modified::Instant(time) => Some(time),
            Modified::Local(time) => (self.local_time)(time),
            _ => None,
        };
        if let Some(time) = time {
            attributes = attributes.modified(time);
        }
        let begun = if entry.is_folder() {
            writer.add_folder(path.as_str(), &attributes)
        } else {
            writer.begin_entry(path.as_str(), &attributes)
        };
        match begun {
            Ok(()) => {}
            Err(error) => {
                return match error.kind() {
                    // The same folder twice is no loss.
                    ErrorKind::NameConflict(_) if entry.is_folder() => Ok(()),
                    ErrorKind::NameConflict(_) | ErrorKind::UnsafeName(_) => {
                        self.left_out.push(format!("{error:#}"));
                        Ok(())
                    }
                    _ => Err(error),
                };
            }
        }
        if entry.is_file() {
            self.reader = Some(archive.open_entry(entry)?);
        }
        Ok(())
    }

    /// How many bytes of entries were read by now.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// How many files are complete in it.
    pub fn files(&self) -> u64 {
        self.files
    }

    /// What was left out, and why.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}
