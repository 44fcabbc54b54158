//! Where parts go when a set is made: the joint of making, as [`ReadAt`] is that of opening. It
//! must be able to end well and to take back.

use std::io::Write;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::part_name::PartName;
use crate::read_at::ReadAt;

/// Takes the parts of a set that is being made: a folder, an upload, a pipe, or a layer that seals
/// each part on its way to another sink.
///
/// Nothing that was written has its name before [`commit`](Self::commit); a sink that is dropped
/// without it takes everything back. Parts are written from their first byte to their last, and
/// nobody seeks in them.
///
/// ```
/// use std::io::{self, Write};
/// use std::sync::{Arc, Mutex};
///
/// use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes};
/// use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
/// use smimezip::{Archive, Error, Part};
///
/// /// Keeps the parts in memory.
/// #[derive(Clone, Default)]
/// struct Memory(Arc<Mutex<Vec<(PartName, Vec<u8>)>>>);
///
/// struct MemoryPart(Memory, PartName, Vec<u8>);
///
/// impl PartSink for Memory {
///     type Part = MemoryPart;
///
///     fn begin(&mut self, name: &PartName) -> Result<MemoryPart, Error> {
///         Ok(MemoryPart(self.clone(), name.clone(), Vec::new()))
///     }
///
///     fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
///         for (part, receipt) in self.0.lock().unwrap().iter_mut().zip(parts) {
///             part.0 = receipt.name().clone();
///         }
///         Ok(())
///     }
/// }
///
/// impl Write for MemoryPart {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
///         self.2.write(bytes)
///     }
///
///     fn flush(&mut self) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// impl PartWriter for MemoryPart {
///     fn finish(self) -> Result<PartReceipt, Error> {
///         let Self(memory, name, bytes) = self;
///         let receipt = PartReceipt::new(name.clone(), bytes.len() as u64);
///         memory.0.lock().unwrap().push((name, bytes));
///         Ok(receipt)
///     }
/// }
///
/// let memory = Memory::default();
/// let name = PartName::parse("e.zip").unwrap();
/// let mut archive = ArchiveWriter::new(memory.clone(), &name, &BuildOptions::new())?;
/// let mut entry = archive.begin_file("hello.txt", &EntryAttributes::new())?;
/// entry.write_all(b"Hello")?;
/// entry.finish()?;
/// archive.finish()?;
///
/// let parts = std::mem::take(&mut *memory.0.lock().unwrap());
/// let parts = parts.into_iter().map(|(name, bytes)| Part::new(name.to_string(), bytes));
/// let text = std::io::read_to_string(Archive::open(parts)?.by_name("hello.txt")?)?;
/// assert_eq!(text, "Hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait PartSink {
    /// Takes the bytes of one part.
    type Part: PartWriter;

    /// Begins a part.
    ///
    /// `name` is what the part is called if others follow it. Which part is the last is known only
    /// when all has been written, so the last one of several is begun as `.zNN` and committed as
    /// `.zip`, unless it is so small that it was still in memory then. A part that is begun as
    /// `.zip` keeps that name.
    ///
    /// Before it is known whether one part is enough, `.z01` and `.zip` are open at the same time,
    /// get the same bytes but for the marker of a split archive, and one of them is dropped. From
    /// then on one part is written after the other.
    ///
    /// # Errors
    /// Any; it ends the making of the set.
    fn begin(&mut self, name: &PartName) -> Result<Self::Part, Error>;

    /// The bytes of a part that was finished and is not committed yet, so that what was made can be
    /// read once before anybody else sees it. `None`, the default, where they cannot be had again,
    /// as of a pipe.
    ///
    /// # Errors
    /// Any; it ends the making of the set.
    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let _ = part;
        Ok(None)
    }

    /// Takes a small file that stands beside the parts and gets its name with them, as a
    /// [`Manifest`](crate::export::Manifest) is. It comes after all parts.
    ///
    /// # Errors
    /// Any; it ends the making of the set. By default [`ErrorKind::InvalidArgument`]: a sink takes
    /// parts only.
    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let what = format!("{name} of {} bytes: this sink takes parts only", bytes.len());
        Err(ErrorKind::InvalidArgument(what).into())
    }

    /// Gives all parts their names: all of them, or none. These are the receipts of all parts that
    /// were finished, in their order in the set.
    ///
    /// # Errors
    /// Any; nothing may be left then.
    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error>;
}

/// Takes the bytes of one part, from the first to the last. Dropped unfinished, it takes them back.
pub trait PartWriter: Write + Send {
    /// The part is complete.
    ///
    /// # Errors
    /// Any; it ends the making of the set, and the part is taken back.
    fn finish(self) -> Result<PartReceipt, Error>;
}

/// A part that was written: its name, its size, its SHA-256 if the sink made one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReceipt {
    begun_as: PartName,
    name: PartName,
    size: u64,
    sha256: Option<[u8; 32]>,
}

impl PartReceipt {
    /// For a part that was begun under `name` and has so many bytes as the sink stores it.
    pub fn new(name: PartName, size: u64) -> Self {
        Self { begun_as: name.clone(), name, size, sha256: None }
    }

    /// The same, with the SHA-256 of the bytes as the sink stores them.
    #[must_use]
    pub fn with_sha256(mut self, digest: [u8; 32]) -> Self {
        self.sha256 = Some(digest);
        self
    }

    /// The part's name in the set.
    pub fn name(&self) -> &PartName {
        &self.name
    }

    /// The name it was begun under, which is another for the last part of several.
    pub fn begun_as(&self) -> &PartName {
        &self.begun_as
    }

    /// How many bytes the sink stored.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of these bytes, if the sink made it.
    pub fn sha256(&self) -> Option<&[u8; 32]> {
        self.sha256.as_ref()
    }

    /// The same part, which gets this name in the set.
    #[must_use]
    pub(crate) fn named(mut self, name: PartName) -> Self {
        self.name = name;
        self
    }
}
