//! What an incomplete set lacks, and each entry of it.

use super::archive::Archive;
use super::entry::Entry;
use crate::parts::{Address, PartName};

/// Whether an entry can be read by the parts that are there: see
/// [`Archive::availability`](crate::Archive::availability).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// All parts are there in which it lies.
    Available,
    /// These parts are missing in which it lies, at least one, in their order.
    Needs(Vec<PartName>),
}

impl Archive {
    /// The parts that are not there, in their order. There are such only where the archive was
    /// unlocked with [`UnlockOptions::incomplete`](crate::UnlockOptions::incomplete).
    pub fn missing(&self) -> Vec<PartName> {
        self.set().missing(0..self.set().count())
    }

    /// The names of the parts in which the directory lies, which whoever wants any entry needs, in
    /// their order.
    pub fn parts_of_directory(&self) -> impl Iterator<Item = &str> {
        let set = self.set();
        let start = self.entries().iter().map(|entry| entry.end).max();
        let start = start.unwrap_or(Address { part: 0, offset: 0 });
        let last = set.count().saturating_sub(1);
        set.parts_of(start, Address { part: last, offset: u64::MAX })
    }

    /// Whether an entry can be read by the parts that are there, and which it needs else. It is
    /// known by the directory alone: an entry takes all from its local header to the next record,
    /// its data descriptor included.
    ///
    /// ```
    /// use smimezip::zip::Availability;
    /// use smimezip::{Export, KeyRing, Part, UnlockOptions};
    ///
    /// # let folder = std::path::Path::new("../../examples/data");
    /// # let keys = KeyRing::from_file(folder.join("key.pem"))?;
    /// // Of four parts the last is there, which has the directory.
    /// let name = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.zip.smime";
    /// let last = Part::new(name, std::fs::read(folder.join(name))?);
    /// let options = UnlockOptions::new().incomplete(true);
    /// let archive = Export::from_parts([last])?.unlock_with(&keys, &options, &mut ())?;
    /// assert_eq!(archive.missing().len(), 3);
    /// for entry in &archive {
    ///     match archive.availability(entry) {
    ///         Availability::Available => println!("{}", entry.raw_name()),
    ///         Availability::Needs(parts) => println!("{} needs {parts:?}", entry.raw_name()),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn availability(&self, entry: &Entry) -> Availability {
        let missing = self.set().missing(entry.parts());
        if missing.is_empty() { Availability::Available } else { Availability::Needs(missing) }
    }
}
