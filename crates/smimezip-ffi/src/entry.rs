//! `smz_entry`: one entry of an archive.

use std::ffi::{CString, c_char};
use std::ptr;

use smimezip::Entry;
use smimezip::zip::{EntryKind, Modified};

use crate::struct_size::{self, StructSize};
use crate::text::c_string;
use crate::unix_time::unix_time;

/// smz_entry.kind: a regular file.
pub const SMZ_ENTRY_FILE: i32 = 0;
/// smz_entry.kind: a folder.
pub const SMZ_ENTRY_FOLDER: i32 = 1;
/// smz_entry.kind: a symbolic link; never created.
pub const SMZ_ENTRY_LINK: i32 = 2;
/// smz_entry.kind: a device, a pipe, a socket; never created.
pub const SMZ_ENTRY_SPECIAL: i32 = 3;

/// An entry of an archive, as its directory describes it. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_entry {
    /// To be set to sizeof(smz_entry) before the call.
    pub struct_size: usize,
    /// Its raw name in UTF-8, as the archive has it, owned by the archive. A NUL inside is shown as
    /// U+FFFD. **It is not checked**: it may be absolute or have `..` in it, so never join it to a
    /// directory, nor open a file by it: `path` is there for that.
    pub name: *const c_char,
    /// Bytes of the name.
    pub name_len: usize,
    /// Decompressed size in bytes.
    pub size: u64,
    /// Compressed size in bytes.
    pub compressed_size: u64,
    /// When it was modified, in seconds since 1970-01-01 00:00 UTC, or of the wall clock if
    /// `modified_is_local`; INT64_MIN if there is no valid time.
    pub modified: i64,
    /// Nanoseconds of that second.
    pub modified_nanoseconds: u32,
    /// Whether the time has no time zone: 0 or 1.
    pub modified_is_local: i32,
    /// CRC-32 of the decompressed bytes.
    pub crc32: u32,
    /// Unix permission bits, or -1.
    pub permissions: i32,
    /// SMZ_ENTRY_…
    pub kind: i32,
    /// Compression method (APPNOTE 4.4.5): 0 is stored, 8 is deflate.
    pub compression_method: i32,
    /// Whether this library can decompress it: 0 or 1.
    pub is_supported: i32,
    /// The relative path that the name stands for, with `/` between directories, in UTF-8 and owned
    /// by the archive; NULL if it is not safe to create on every platform. `.` is the directory
    /// that everything is in. Other entries may have the same path, or one that some file system
    /// takes for the same, and what a link points to is not judged: smz_archive_extract() sees
    /// to both.
    pub path: *const c_char,
    /// Whether its content is encrypted once more by the zip itself, which this library does not
    /// read: 0 or 1.
    pub is_encrypted: i32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_entry {
    const NAME: &'static str = "smz_entry";
}

/// What an entry's pointers point to.
pub(crate) struct EntryStrings {
    name: CString,
    path: SafePath,
}

/// The path that a name stands for.
enum SafePath {
    None,
    /// It is the name.
    Name,
    Other(CString),
}

pub(crate) fn entry_strings(entry: &Entry) -> EntryStrings {
    let path = match entry.path() {
        Err(_) => SafePath::None,
        Ok(path) if path.as_str() == entry.raw_name() => SafePath::Name,
        Ok(path) => SafePath::Other(c_string(path.as_str())),
    };
    EntryStrings { name: c_string(entry.raw_name()), path }
}

impl EntryStrings {
    /// The entry; valid as long as `self` is.
    pub(crate) fn entry(&self, entry: &Entry) -> smz_entry {
        let (time, is_local) = match entry.modified() {
            Modified::Instant(time) => (Some(time), false),
            Modified::Local(time) => (time.as_utc(), true),
            _ => (None, false),
        };
        let (modified, modified_nanoseconds) = time.map_or((i64::MIN, 0), unix_time);
        smz_entry {
            name: self.name.as_ptr(),
            name_len: self.name.as_bytes().len(),
            size: entry.size(),
            compressed_size: entry.compressed_size(),
            modified,
            modified_nanoseconds,
            modified_is_local: i32::from(is_local),
            crc32: entry.crc32(),
            permissions: entry.permissions().and_then(|it| i32::try_from(it).ok()).unwrap_or(-1),
            kind: match entry.kind() {
                EntryKind::File => SMZ_ENTRY_FILE,
                EntryKind::Folder => SMZ_ENTRY_FOLDER,
                EntryKind::SymbolicLink => SMZ_ENTRY_LINK,
                _ => SMZ_ENTRY_SPECIAL,
            },
            compression_method: entry.compression_method().into(),
            is_supported: i32::from(entry.check_supported().is_ok()),
            path: match &self.path {
                SafePath::None => ptr::null(),
                SafePath::Name => self.name.as_ptr(),
                SafePath::Other(path) => path.as_ptr(),
            },
            is_encrypted: i32::from(entry.is_encrypted()),
            ..struct_size::empty()
        }
    }
}
