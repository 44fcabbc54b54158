//! An entry's local header (APPNOTE 4.3.7) against the directory: both must say one thing, but for
//! what they leave to each other.

use super::entry::Entry;
use super::extra;
use super::record::{IN_ZIP64_32, LocalHeader, flag};

/// What the local header adds to the directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Local {
    /// Where the data begin, from the header's start.
    pub(super) data_offset: usize,
    /// Whether bit 3 of its flags announces a data descriptor.
    pub(super) announces_descriptor: bool,
    /// Whether it has a zip64 field.
    pub(super) has_zip64_field: bool,
    /// Whether its zip64 field lacks values that are escaped.
    pub(super) lacks_zip64_values: bool,
    /// Whether CRC-32 and sizes may stand elsewhere, and zeros here.
    may_lack_values: bool,
}

impl Local {
    /// Reads the header at the start of `bytes` and compares it. CRC-32 and sizes may be zero if
    /// `may_lack_values` says so. The error is what they differ in.
    pub(super) fn read(
        bytes: &[u8],
        entry: &Entry,
        may_lack_values: bool,
    ) -> Result<Self, &'static str> {
        let mut header =
            LocalHeader::parse(bytes).ok_or("no local header where the directory says")?;
        let name_size = usize::from(header.name_size);
        let data_offset = LocalHeader::SIZE + name_size + usize::from(header.extra_size);
        let variable = bytes
            .get(LocalHeader::SIZE..data_offset)
            .ok_or("the local header is longer than the entry")?;
        let (name, extra) = variable.split_at(name_size);
        check_name(entry, name, extra)?;
        if header.method != entry.compression_method() {
            return Err("local header and directory differ in the method");
        }
        // How hard the writer tried says nothing of the data, nor does how a name in ASCII is
        // encoded. What bit 3 announces is there or not.
        let effort = if header.method == 8 { flag::EFFORT } else { 0 };
        let utf8 = if name.is_ascii() { flag::UTF8 } else { 0 };
        if (header.flags ^ entry.flags()) & !(effort | utf8 | flag::DATA_DESCRIPTOR) != 0 {
            return Err("local header and directory differ in the flags");
        }
        let local = Self {
            data_offset,
            announces_descriptor: header.flags & flag::DATA_DESCRIPTOR != 0,
            has_zip64_field: extra::has_zip64(extra),
            lacks_zip64_values: !extra::resolve_zip64(extra, &mut header.sizes, None, None),
            may_lack_values,
        };
        local.check_sizes(&header, entry)?;
        Ok(local)
    }

    fn check_sizes(&self, header: &LocalHeader, entry: &Entry) -> Result<(), &'static str> {
        let (local, central) = (&header.sizes, entry.sizes());
        let escaped = u64::from(IN_ZIP64_32);
        // What a writer cannot know beforehand is zero, or escaped without a value. That is for
        // this header to say: if only the directory has bit 3, some readers take zero for the size.
        let same = |local: u64, central: u64| {
            let is_left_out = self.announces_descriptor && (local == 0 || local == escaped);
            let is_elsewhere = self.may_lack_values && local == 0;
            let is_lacking = self.lacks_zip64_values && local == escaped;
            local == central || is_left_out || is_elsewhere || is_lacking
        };
        let crc_is_left_out =
            self.announces_descriptor && (local.crc == 0 || local.crc == IN_ZIP64_32);
        let crc_is_elsewhere = self.may_lack_values && local.crc == 0;
        if (local.crc == central.crc || crc_is_left_out || crc_is_elsewhere)
            && same(local.compressed, central.compressed)
            && same(local.uncompressed, central.uncompressed)
        {
            Ok(())
        } else {
            Err("local header and directory differ in sizes or CRC-32")
        }
    }
}

fn check_name(entry: &Entry, name: &[u8], extra: &[u8]) -> Result<(), &'static str> {
    if name != entry.raw_name_bytes() {
        return Err("local header and directory differ in the name");
    }
    // Some readers look for the field here, some in the directory.
    let path = extra::unicode_path(extra, name)?;
    if path.map_or(entry.has_unicode_path(), |path| path != entry.raw_name()) {
        return Err("local header and directory differ in the Unicode path");
    }
    Ok(())
}
