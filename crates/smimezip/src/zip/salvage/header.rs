//! A local header as all that is known of an entry.

use super::region::Region;
use crate::error::Error;
use crate::parts::Address;
use crate::zip::entry::Entry;
use crate::zip::extra;
use crate::zip::record::{CentralHeader, IN_ZIP64_32, LocalHeader, Sizes, flag};

/// The longest name, and extra field.
const LONGEST: usize = 2 * u16::MAX as usize;
/// Bits of the flags that mean something in a local header that can be read (4.4.4).
const KNOWN_FLAGS: u16 = 0x0fff;

/// A local header that may be one: bytes that look like it are anywhere.
pub(super) struct Header {
    /// What comes before the name.
    fixed: LocalHeader,
    name: Vec<u8>,
    extra: Vec<u8>,
    /// Where the data begin.
    pub(super) data_start: u64,
    has_zip64_field: bool,
}

impl Header {
    /// The header at a position; `None` if there is none.
    ///
    /// # Errors
    /// What the source reports.
    pub(super) fn read(region: &mut Region, position: u64) -> Result<Option<Self>, Error> {
        let Some(mut header) = LocalHeader::parse(region.bytes(position, LocalHeader::SIZE)?)
        else {
            return Ok(None);
        };
        let size =
            LocalHeader::SIZE + usize::from(header.name_size) + usize::from(header.extra_size);
        let bytes = region.bytes(position, size.min(LocalHeader::SIZE + LONGEST))?;
        let Some(variable) = bytes.get(LocalHeader::SIZE..size) else { return Ok(None) };
        let (name, extra) = variable.split_at(header.name_size.into());
        let resolved = extra::resolve_zip64(extra, &mut header.sizes, None, None);
        let is_method = matches!(header.method, 0..=20 | 93..=99);
        let is_plausible = resolved
            && is_method
            && header.flags & !KNOWN_FLAGS == 0
            && !name.is_empty()
            && !name.contains(&0);
        let (name, extra) = (name.to_vec(), extra.to_vec());
        let data_start = position + size as u64;
        let has_zip64_field = extra::has_zip64(&extra);
        let header = Self { fixed: header, name, extra, data_start, has_zip64_field };
        let nowhere = Address { part: 0, offset: 0 };
        let is_entry = header.entry(header.fixed.sizes, nowhere).is_some();
        Ok((is_plausible && is_entry).then_some(header))
    }

    /// The name for a message.
    pub(super) fn shown_name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Compression method.
    pub(super) fn method(&self) -> u16 {
        self.fixed.method
    }

    /// Whether it says that it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Whether a data descriptor is announced.
    pub(super) fn announces_descriptor(&self) -> bool {
        self.fixed.flags & flag::DATA_DESCRIPTOR != 0
    }

    /// Whether its data are encrypted by the archive's own means.
    pub(super) fn is_encrypted(&self) -> bool {
        self.fixed.flags & (flag::ENCRYPTED | flag::STRONG_ENCRYPTION) != 0
    }

    /// Whether it has a zip64 field.
    pub(super) fn has_zip64_field(&self) -> bool {
        self.has_zip64_field
    }

    /// CRC-32 and sizes, if it has them.
    pub(super) fn sizes(&self) -> Option<Sizes> {
        let sizes = self.fixed.sizes;
        let is_left_out = |size: u64| size == 0 || size == u64::from(IN_ZIP64_32);
        let are_left_out = sizes.crc == 0 || is_left_out(sizes.compressed);
        (!self.announces_descriptor() || !are_left_out).then_some(sizes)
    }

    /// Whether CRC-32 and compressed size are left out, and the size is this, or left out as well.
    pub(super) fn lacks(&self, sizes: &Sizes) -> bool {
        let Sizes { crc, compressed, uncompressed } = self.fixed.sizes;
        let is_left_out = uncompressed == 0 || uncompressed == sizes.uncompressed;
        crc == 0 && compressed == 0 && is_left_out && !self.announces_descriptor()
    }

    /// The entry, with these sizes; `None` for a name that is none.
    pub(super) fn entry(&self, sizes: Sizes, start: Address) -> Option<Entry> {
        let LocalHeader { flags, method, time, date, name_size, extra_size, .. } = self.fixed;
        let header = CentralHeader {
            // What its attributes are stands in the directory only.
            version_made_by: 0,
            external_attributes: 0,
            flags,
            method,
            time,
            date,
            sizes,
            name_size,
            extra_size,
            comment_size: 0,
            disk: 0,
            offset: 0,
        };
        Entry::new(&header, &self.name, &self.extra, start).ok()
    }
}
