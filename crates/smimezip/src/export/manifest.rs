//! `Manifest`: which parts an export has, as a small file beside them. It needs no key to be
//! checked, and shows what names alone cannot: that the last part is missing, that one was cut or
//! changed.
//!
//! It is JSON, so that any program can read it. Writer and reader are this crate's own: what is
//! read is of one shape only, so that nothing of it can be deep, there twice or of another type,
//! and a library for all of JSON would be more code for everybody who links this one.

mod json;
mod text;
mod verify;

use std::io::Read;

pub use self::verify::ManifestReport;
use crate::build::{Built, MAX_PARTS, Names, check_name};
use crate::error::{Damage, Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::parts::{PartName, PartReceipt, Position, SetName};
use crate::zip::{Archive, Entry};

/// What a manifest says, where one is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestContents {
    /// The parts: name, size and SHA-256 of each as it is sealed. That says nothing of what is in
    /// the export.
    Parts,
    /// The files in it, too: path, size and CRC-32. **Whoever has the manifest reads these without
    /// a key.**
    Entries,
}

/// The parts of an export and, if it has been asked for, the files in it.
///
/// A manifest is not signed: who can change the parts can change it as well, unless it comes by
/// another way. It finds accidents, and needs no key for that.
///
/// The file is JSON in UTF-8, in version 1 with these fields and no others, in any order; sizes are
/// in bytes, checksums in lower-case hexadecimal digits, `entries` are there only if they have been
/// asked for:
///
/// ```json
/// {
///   "version": 1,
///   "set": "customer-7",
///   "bytes": 2048,
///   "parts": [
///     {"name": "customer-7.z01.smime", "size": 1500, "sha256": "0b43…"},
///     {"name": "customer-7.zip.smime", "size": 548, "sha256": "96a2…"}
///   ],
///   "entries": [
///     {"path": "letters/2026.txt", "size": 7000, "crc32": "80194c02"}
///   ]
/// }
/// ```
///
/// ```
/// use std::time::SystemTime;
///
/// use smimezip::export::{ExportBuilder, Manifest, ManifestContents};
/// use smimezip::keys::Recipient;
/// use smimezip::parts::SetName;
/// use smimezip::{Certificate, Export, Limits, UnlockOptions};
///
/// # let temporary = tempfile::tempdir()?;
/// # let (tree, outbox) = (temporary.path().join("tree"), temporary.path().join("outbox"));
/// # std::fs::create_dir(&tree)?;
/// # std::fs::write(tree.join("hello.txt"), "Hello")?;
/// # let certificate = std::fs::read("../../examples/data/certificate.pem")?;
/// let certificate = Certificate::from_bytes(&certificate)?;
/// ExportBuilder::new(SetName::new("customer-7").unwrap())
///     .recipient(Recipient::from_certificate(&certificate, SystemTime::now())?)
///     .manifest(ManifestContents::Parts)
///     .build_folder(&tree, &outbox, &mut ())?;
///
/// let file = std::fs::File::open(outbox.join("customer-7.manifest.json"))?;
/// let manifest = Manifest::read(file, &Limits::default())?;
/// let export = Export::discover(&outbox)?;
/// let report = manifest.verify(Some(&export), &UnlockOptions::new(), &mut ())?;
/// assert!(report.is_intact() && report.parts == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    name: SetName,
    parts: Vec<ManifestPart>,
    entries: Option<Vec<ManifestEntry>>,
}

/// A part as a [`Manifest`] has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestPart {
    name: PartName,
    size: u64,
    sha256: [u8; 32],
}

/// A file in an export as a [`Manifest`] has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    path: String,
    size: u64,
    crc32: u32,
}

impl Manifest {
    /// The manifest of what was made, without its files: for sinks that are no folder, which store
    /// it in a way of their own.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if the sink has made no SHA-256 of a part.
    pub fn of(built: &Built) -> Result<Self, Error> {
        Self::of_receipts(&built.parts)
    }

    pub(super) fn of_receipts(receipts: &[PartReceipt]) -> Result<Self, Error> {
        let invalid = |what: &str| Error::from(ErrorKind::InvalidArgument(what.to_owned()));
        let part = |receipt: &PartReceipt| {
            let name = receipt.name().clone();
            let sha256 = receipt.sha256().ok_or_else(|| {
                invalid("a manifest needs a sink that makes a SHA-256").in_part(name.to_string())
            })?;
            Ok(ManifestPart { name, size: receipt.size(), sha256: *sha256 })
        };
        let parts: Vec<ManifestPart> = receipts.iter().map(part).collect::<Result<_, Error>>()?;
        let first = parts.first().ok_or_else(|| invalid("an export without parts"))?;
        Ok(Self { name: first.name.set_name(), parts, entries: None })
    }

    /// The same, with all files of `archive`.
    pub(super) fn with_entries(mut self, archive: &Archive) -> Self {
        let files = archive.entries().iter().filter(|entry| entry.is_file());
        let entry = |entry: &Entry| ManifestEntry {
            path: entry.raw_name().to_owned(),
            size: entry.size(),
            crc32: entry.crc32(),
        };
        self.entries = Some(files.map(entry).collect());
        self
    }

    /// Reads a manifest. Nothing of it is believed: all names are those of parts of one set, in
    /// their order and without a gap, and the paths of entries are safe on every platform.
    ///
    /// # Errors
    /// [`ErrorKind::Damaged`] with the position if it is no manifest of this version;
    /// [`ErrorKind::Limit`] for more bytes than [`Limits::directory`] has, more parts or more
    /// entries; [`ErrorKind::UnsafeName`] and [`ErrorKind::NameConflict`] for an entry; what the
    /// source returns.
    pub fn read(source: impl Read, limits: &Limits) -> Result<Self, Error> {
        let mut text = Vec::new();
        source.take(limits.directory.saturating_add(1)).read_to_end(&mut text)?;
        if text.len() as u64 > limits.directory {
            return Err(Error::limit(Limit::Directory, limits.directory));
        }
        text::parse(&text, limits)?.check()
    }

    /// The text of the file, with a line for each part and each entry.
    pub fn to_json(&self) -> String {
        text::write(self)
    }

    /// What the names of the parts have in common.
    pub fn name(&self) -> &SetName {
        &self.name
    }

    /// The parts, in their order.
    pub fn parts(&self) -> &[ManifestPart] {
        &self.parts
    }

    /// The files in the export, if it says them.
    pub fn entries(&self) -> Option<&[ManifestEntry]> {
        self.entries.as_deref()
    }

    /// Bytes of all parts, as they are sealed.
    pub fn size(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.size))
    }
}

impl ManifestPart {
    /// Its name.
    pub fn name(&self) -> &PartName {
        &self.name
    }

    /// Its bytes, as it is sealed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of these bytes.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

impl ManifestEntry {
    /// Its path, which is safe on every platform.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its bytes, not compressed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Their CRC-32.
    pub fn crc32(&self) -> u32 {
        self.crc32
    }
}

/// What stands in a text, before anything of it is believed.
struct Claimed {
    set: String,
    bytes: u64,
    parts: Vec<(String, u64, [u8; 32])>,
    entries: Option<Vec<ManifestEntry>>,
}

impl Claimed {
    fn check(self) -> Result<Manifest, Error> {
        let wrong = |what| Error::from(ErrorKind::Damaged(Damage::Manifest(what)));
        let Self { set, bytes, parts: claimed, entries } = self;
        // A stem with a slash would lead out of the folder.
        let is_safe = |name: &SetName| check_name(&name.part(Position::Last)).is_ok();
        let name = SetName::new(&set).filter(is_safe);
        let name = name.ok_or_else(|| wrong("has a name that no set has"))?;
        if claimed.is_empty() || claimed.len() as u64 > u64::from(MAX_PARTS) {
            return Err(wrong("has no parts, or more than there can be"));
        }
        let last = claimed.len() - 1;
        let mut parts = Vec::with_capacity(claimed.len());
        for (number, (shown, size, sha256)) in (0..).zip(claimed) {
            let is_last = parts.len() == last;
            let position = if is_last { Position::Last } else { Position::Split(number + 1) };
            let part = name.part(position);
            if part != *shown {
                return Err(wrong("has a part of another name than its place has"));
            }
            parts.push(ManifestPart { name: part, size, sha256 });
        }
        let sum = parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.size));
        if sum != Some(bytes) {
            return Err(wrong("has another size than its parts together"));
        }
        let mut names = Names::default();
        for entry in entries.iter().flatten() {
            let claimed = names.claim(&entry.path, false);
            claimed.map_err(|kind| Error::from(kind).in_entry(&*entry.path))?;
        }
        Ok(Manifest { name, parts, entries })
    }
}
