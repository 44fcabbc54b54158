//! One entry of the directory.

use std::fmt;
use std::ops::Range;

use super::path::{EntryPath, Meaning};
use super::record::{CentralHeader, Sizes, flag};
use super::time::{self, DosDateTime, Modified};
use super::{extra, name};
use crate::error::{Error, ErrorKind, Unsupported};
use crate::oddity::OddityKind;
use crate::parts::Address;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link. Never created; refused, or skipped on request.
    SymbolicLink,
    /// A device, a pipe, a socket. Never created; refused, or skipped on request.
    Special,
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::SymbolicLink => "symbolic link",
            Self::Special => "special",
        })
    }
}

/// One entry of an archive, as its directory describes it.
///
/// ```
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// # let keys = smimezip::KeyRing::from_file(key)?;
/// # let archive = smimezip::Export::discover(folder)?.unlock(&keys)?;
/// let entry = archive.find("attachments/2024/03/recording.raw").unwrap();
/// assert!(entry.is_file() && entry.size() == 90_000);
/// assert_eq!(entry.path()?.as_str(), entry.raw_name());
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Entry {
    name: Box<str>,
    /// The name's bytes, if they are not those of `name`.
    raw_name: Option<Box<[u8]>>,
    /// Whether the name is that of a Unicode path field and differs from the header's.
    has_unicode_path: bool,
    kind: EntryKind,
    method: u16,
    flags: u16,
    mode: Option<u32>,
    modified: Modified,
    sizes: Sizes,
    /// Whether nothing of it is read, as it is empty, and where it should be is something else.
    is_known_empty: bool,
    /// From the local header to the next entry's, or to the directory.
    pub(super) start: Address,
    pub(super) end: Address,
}

/// How an entry is compressed (APPNOTE 4.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflate,
    Deflate64,
}

impl Entry {
    /// The entry of a central header and its variable fields, its sizes already resolved;
    /// `start` is the address of its local header.
    pub(super) fn new(
        header: &CentralHeader,
        raw_name: &[u8],
        extra: &[u8],
        start: Address,
    ) -> Result<Self, Error> {
        let [_, host] = header.version_made_by.to_le_bytes();
        let name::Name { text, has_unicode_path } =
            name::decode(raw_name, header.flags, extra).map_err(Error::record)?;
        let same = text.as_bytes() == raw_name;
        let attributes = Attributes::new(host, header.external_attributes);
        let kind = attributes.kind(&text, header.sizes.uncompressed);
        // One truth: nothing that has data becomes a folder, which has none.
        if kind == EntryKind::Folder && !text.ends_with('/') && header.sizes.uncompressed != 0 {
            return Err(Error::record("the attributes say it is a folder, and it has data"));
        }
        Ok(Self {
            raw_name: (!same).then(|| raw_name.into()),
            name: text.into(),
            has_unicode_path,
            kind,
            method: header.method,
            flags: header.flags,
            mode: attributes.mode,
            modified: modified(header, extra),
            sizes: header.sizes,
            is_known_empty: false,
            start,
            end: start,
        })
    }

    /// The name as the archive has it, with `/` between folders, and `/` at the end of most
    /// folders'.
    ///
    /// **It is not checked**: it may be absolute, have `..` in it, or mean a device. Never make a
    /// path of it; [`path`](Self::path) is there for that.
    pub fn raw_name(&self) -> &str {
        &self.name
    }

    /// The relative path that the name stands for, if it is safe to create on every platform: the
    /// rules are those of [`Names::Refuse`](crate::extract::Names::Refuse). It is judged anew in
    /// each call, and made without a copy of the name.
    ///
    /// Other entries may have the same path, or one that some file system does not tell from it,
    /// and what a link points to is not judged: [`Archive::extract`](crate::Archive::extract) sees
    /// to both.
    ///
    /// # Errors
    /// [`ErrorKind::UnsafeName`], with the reason.
    ///
    /// ```
    /// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
    /// # let keys = smimezip::KeyRing::from_file(key)?;
    /// # let archive = smimezip::Export::discover(folder)?.unlock(&keys)?;
    /// for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
    ///     println!("{}", std::path::Path::new("out").join(entry.path()?).display());
    /// }
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    pub fn path(&self) -> Result<EntryPath<'_>, Error> {
        match Meaning::of(&self.name, self.is_folder())? {
            Meaning::Root => Ok(EntryPath::root()),
            Meaning::Path(path) => EntryPath::new(path.into())
                .map_err(|why| Error::from(ErrorKind::UnsafeName(why)).in_entry(&*self.name)),
        }
    }

    /// What it is.
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == EntryKind::File
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == EntryKind::Folder
    }

    /// Decompressed size in bytes.
    pub fn size(&self) -> u64 {
        self.sizes.uncompressed
    }

    /// Compressed size in bytes.
    pub fn compressed_size(&self) -> u64 {
        self.sizes.compressed
    }

    /// CRC-32 of the decompressed bytes.
    pub fn crc32(&self) -> u32 {
        self.sizes.crc
    }

    /// When it was modified.
    pub fn modified(&self) -> Modified {
        self.modified
    }

    /// Unix permission bits, if the writer stored some; without setuid, setgid and sticky bits.
    pub fn permissions(&self) -> Option<u32> {
        self.mode.map(|mode| mode & 0o777)
    }

    /// Compression method (APPNOTE 4.4.5): 0 is stored, 8 is deflate.
    pub fn compression_method(&self) -> u16 {
        self.method
    }

    /// Whether the entry has an encryption of its own, which this crate does not open.
    pub fn is_encrypted(&self) -> bool {
        self.flags & (flag::ENCRYPTED | flag::STRONG_ENCRYPTION | flag::MASKED_HEADER) != 0
    }

    pub(super) fn raw_name_bytes(&self) -> &[u8] {
        self.raw_name.as_deref().unwrap_or(self.name.as_bytes())
    }

    pub(super) fn has_unicode_path(&self) -> bool {
        self.has_unicode_path
    }

    /// Whether both are one entry, of two that have one name.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let numbers = |it: &Self| (it.start, it.end, it.method, it.flags);
        numbers(self) == numbers(other) && self.sizes == other.sizes
    }

    /// Whether nothing of it is read.
    pub(super) fn is_known_empty(&self) -> bool {
        self.is_known_empty
    }

    /// Whether it is an empty file or folder, as its sizes and its CRC-32 say.
    pub(super) fn is_of_nothing(&self) -> bool {
        // Nothing, compressed by deflate, takes two bytes.
        let is_nothing = match self.method {
            0 => self.sizes.compressed == 0,
            8 => matches!(self.sizes.compressed, 0 | 2),
            _ => false,
        };
        let is_plain = self.is_file() || self.is_folder();
        let is_empty = self.sizes.crc == 0 && self.sizes.uncompressed == 0;
        is_nothing && is_empty && is_plain && !self.is_encrypted()
    }

    /// Has nothing of it be read, as it is known to be empty.
    pub(super) fn know_empty(&mut self) {
        self.is_known_empty = true;
    }

    /// The parts that its bytes are in.
    pub(super) fn parts(&self) -> Range<usize> {
        if self.is_known_empty {
            return 0..0;
        }
        let Address { part, offset } = self.end;
        let after = if offset > 0 { part.saturating_add(1) } else { part };
        self.start.part..after.max(self.start.part.saturating_add(1))
    }

    /// Those, and the one that ends where the entry starts, if one does.
    pub(super) fn touched_parts(&self) -> Range<usize> {
        let Range { start, end } = self.parts();
        if self.is_known_empty {
            return start..end;
        }
        if self.start.offset > 0 { start..end } else { start.saturating_sub(1)..end }
    }

    /// What is odd about its attributes.
    pub(super) fn oddity(&self) -> Option<OddityKind> {
        let is_pipe = self.mode.is_some_and(|mode| mode & TYPE == FIFO);
        match self.kind {
            EntryKind::Folder if !self.name.ends_with('/') => Some(OddityKind::FolderWithoutSlash),
            EntryKind::File if is_pipe => Some(OddityKind::PipeWithData),
            _ => None,
        }
    }

    pub(super) fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    pub(super) fn flags(&self) -> u16 {
        self.flags
    }

    /// How to decompress it.
    ///
    /// # Errors
    /// `Unsupported`, naming the method or the encryption.
    pub(super) fn method(&self) -> Result<Method, Error> {
        if self.is_encrypted() {
            return Err(Unsupported::EncryptedEntry.into());
        }
        Ok(match self.method {
            0 => Method::Stored,
            8 => Method::Deflate,
            9 => Method::Deflate64,
            other => {
                let name = method_name(other);
                return Err(Unsupported::CompressionMethod { number: other, name }.into());
            }
        })
    }

    /// Whether this crate can decompress it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], naming the method or the
    /// encryption.
    pub fn check_supported(&self) -> Result<(), Error> {
        self.method().map(|_| ()).map_err(|error| error.in_entry(self.raw_name()))
    }
}

/// The type in a Unix mode, and those that mean something here.
const TYPE: u32 = 0o170_000;
const FIFO: u32 = 0o010_000;
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const SYMBOLIC_LINK: u32 = 0o120_000;

/// External file attributes (4.4.15), which mean what the host system says.
struct Attributes {
    /// Only Unix (3) and macOS (19) writers put a mode there.
    mode: Option<u32>,
    /// The MS-DOS directory bit, which others put there.
    is_directory: bool,
}

impl Attributes {
    fn new(host: u8, attributes: u32) -> Self {
        if matches!(host, 3 | 19) {
            let mode = Some(attributes >> 16).filter(|mode| *mode != 0);
            return Self { mode, is_directory: false };
        }
        Self { mode: None, is_directory: attributes & 0x10 != 0 }
    }

    /// What an entry of this name and size is.
    fn kind(&self, name: &str, size: u64) -> EntryKind {
        match self.mode.map_or(0, |mode| mode & TYPE) {
            SYMBOLIC_LINK => EntryKind::SymbolicLink,
            FOLDER => EntryKind::Folder,
            _ if name.ends_with('/') => EntryKind::Folder,
            // No type written: the directory bit decides.
            0 if self.is_directory => EntryKind::Folder,
            0 | FILE => EntryKind::File,
            // What a writer read from a pipe is a file by now.
            FIFO if size > 0 => EntryKind::File,
            _ => EntryKind::Special,
        }
    }
}

fn modified(header: &CentralHeader, extra: &[u8]) -> Modified {
    extra::unix_time(extra)
        .and_then(time::from_unix)
        .or_else(|| extra::ntfs_time(extra).and_then(time::from_ntfs))
        .map_or(Modified::Local(DosDateTime::new(header.date, header.time)), Modified::Instant)
}

fn method_name(method: u16) -> &'static str {
    match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        94 => "MP3",
        95 => "XZ",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES encryption",
        _ => "unknown",
    }
}
