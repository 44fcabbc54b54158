//! The fixed records of the format, one type per section of APPNOTE 4.3, in both directions. Read
//! from bytes they hold what those say, and nothing is interpreted here; written, a value that its
//! field has no room for becomes the mark that a zip64 record has it (4.4.1.4).

/// Sizes and checksums of an entry, as a header or a descriptor gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) uncompressed: u64,
}

/// Local file header, 4.3.7, without the name and the extra field after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) date: u16,
    pub(super) sizes: Sizes,
    pub(super) name_size: u16,
    pub(super) extra_size: u16,
}

/// Central directory header, 4.3.12, without the variable fields after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CentralHeader {
    pub(super) version_made_by: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) date: u16,
    pub(super) sizes: Sizes,
    pub(super) name_size: u16,
    pub(super) extra_size: u16,
    pub(super) comment_size: u16,
    pub(super) disk: u32,
    pub(super) external_attributes: u32,
    pub(super) offset: u64,
}

/// End of central directory record, 4.3.16, and its zip64 form, 4.3.14: what both say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndRecord {
    pub(super) disk: u32,
    pub(super) directory_disk: u32,
    /// Headers of the directory on this disk. In sets, zip4j writes anything there.
    pub(super) entries_here: u64,
    pub(super) entries: u64,
    pub(super) directory_size: u64,
    pub(super) directory_offset: u64,
}

/// Zip64 end of central directory locator, 4.3.15.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zip64Locator {
    pub(super) disk: u32,
    pub(super) offset: u64,
    pub(super) disks: u32,
}

/// Value of a 2-byte field whose real value is in a zip64 record (4.4.1.4).
pub(super) const IN_ZIP64_16: u16 = u16::MAX;
/// Value of a 4-byte field whose real value is in a zip64 record.
pub(super) const IN_ZIP64_32: u32 = u32::MAX;

/// General purpose flags, 4.4.4.
pub(super) mod flag {
    pub(crate) const ENCRYPTED: u16 = 1 << 0;
    /// Options of the compression method (4.4.4, bits 1 and 2).
    pub(crate) const EFFORT: u16 = 0b11 << 1;
    pub(crate) const DATA_DESCRIPTOR: u16 = 1 << 3;
    pub(crate) const STRONG_ENCRYPTION: u16 = 1 << 6;
    pub(crate) const UTF8: u16 = 1 << 11;
    pub(crate) const MASKED_HEADER: u16 = 1 << 13;
}

impl LocalHeader {
    pub(super) const SIZE: usize = 30;
    pub(super) const SIGNATURE: [u8; 4] = *b"PK\x03\x04";

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::signed(bytes, Self::SIGNATURE)?;
        fields.u16()?; // version needed
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let (time, date) = (fields.u16()?, fields.u16()?);
        let sizes = fields.sizes32()?;
        let (name_size, extra_size) = (fields.u16()?, fields.u16()?);
        Some(Self { flags, method, time, date, sizes, name_size, extra_size })
    }

    pub(super) fn write(&self, needs: u16, out: &mut Vec<u8>) {
        out.extend(Self::SIGNATURE);
        for field in [needs, self.flags, self.method, self.time, self.date] {
            out.extend(field.to_le_bytes());
        }
        self.sizes.write32(out);
        out.extend(self.name_size.to_le_bytes());
        out.extend(self.extra_size.to_le_bytes());
    }
}

impl CentralHeader {
    pub(super) const SIZE: usize = 46;
    pub(super) const SIGNATURE: [u8; 4] = *b"PK\x01\x02";

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::signed(bytes, Self::SIGNATURE)?;
        let version_made_by = fields.u16()?;
        fields.u16()?; // version needed
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let (time, date) = (fields.u16()?, fields.u16()?);
        let sizes = fields.sizes32()?;
        let (name_size, extra_size) = (fields.u16()?, fields.u16()?);
        let (comment_size, disk) = (fields.u16()?, fields.u16()?);
        fields.u16()?; // internal attributes
        Some(Self {
            version_made_by,
            flags,
            method,
            time,
            date,
            sizes,
            name_size,
            extra_size,
            comment_size,
            disk: disk.into(),
            external_attributes: fields.u32()?,
            offset: fields.u32()?.into(),
        })
    }

    pub(super) fn write(&self, needs: u16, out: &mut Vec<u8>) {
        out.extend(Self::SIGNATURE);
        for field in [self.version_made_by, needs, self.flags, self.method, self.time, self.date] {
            out.extend(field.to_le_bytes());
        }
        self.sizes.write32(out);
        let internal_attributes = 0;
        for field in [
            self.name_size,
            self.extra_size,
            self.comment_size,
            short16(self.disk.into()),
            internal_attributes,
        ] {
            out.extend(field.to_le_bytes());
        }
        out.extend(self.external_attributes.to_le_bytes());
        out.extend(short32(self.offset).to_le_bytes());
    }
}

impl EndRecord {
    pub(super) const SIZE: usize = 22;
    pub(super) const SIGNATURE: [u8; 4] = *b"PK\x05\x06";
    pub(super) const ZIP64_SIZE: usize = 56;

    /// The record and the size of the comment after it.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, u16)> {
        let mut fields = Fields::signed(bytes, Self::SIGNATURE)?;
        let (disk, directory_disk) = (fields.u16()?.into(), fields.u16()?.into());
        let record = Self {
            disk,
            directory_disk,
            entries_here: fields.u16()?.into(),
            entries: fields.u16()?.into(),
            directory_size: fields.u32()?.into(),
            directory_offset: fields.u32()?.into(),
        };
        Some((record, fields.u16()?))
    }

    /// The zip64 record and its whole size, extensible data included.
    pub(super) fn parse_zip64(bytes: &[u8]) -> Option<(Self, u64)> {
        let mut fields = Fields::signed(bytes, *b"PK\x06\x06")?;
        let size = fields.u64()?.checked_add(12)?;
        fields.u32()?; // versions
        let (disk, directory_disk) = (fields.u32()?, fields.u32()?);
        let record = Self {
            disk,
            directory_disk,
            entries_here: fields.u64()?,
            entries: fields.u64()?,
            directory_size: fields.u64()?,
            directory_offset: fields.u64()?,
        };
        Some((record, size))
    }

    /// The record, without a comment.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(Self::SIGNATURE);
        let counts =
            [self.disk.into(), self.directory_disk.into(), self.entries_here, self.entries];
        for count in counts {
            out.extend(short16(count).to_le_bytes());
        }
        out.extend(short32(self.directory_size).to_le_bytes());
        out.extend(short32(self.directory_offset).to_le_bytes());
        out.extend([0; 2]);
    }

    /// The zip64 record, without extensible data.
    pub(super) fn write_zip64(&self, version_made_by: u16, needs: u16, out: &mut Vec<u8>) {
        out.extend(*b"PK\x06\x06");
        // What follows this field.
        out.extend((Self::ZIP64_SIZE as u64 - 12).to_le_bytes());
        out.extend(version_made_by.to_le_bytes());
        out.extend(needs.to_le_bytes());
        out.extend(self.disk.to_le_bytes());
        out.extend(self.directory_disk.to_le_bytes());
        for field in [self.entries_here, self.entries, self.directory_size, self.directory_offset] {
            out.extend(field.to_le_bytes());
        }
    }

    /// Whether a field has no room for its value, so that there must be a zip64 record.
    pub(super) fn needs_zip64(&self) -> bool {
        [self.entries_here, self.entries].iter().any(|count| *count >= IN_ZIP64_16.into())
            || [self.directory_size, self.directory_offset].into_iter().any(is_long)
    }

    /// Whether every field of this record that is not escaped says the same as the zip64 record; of
    /// the counts, the lower bits are enough.
    pub(super) fn agrees_with(&self, zip64: &Self) -> bool {
        let escaped16 = u64::from(IN_ZIP64_16);
        let escaped32 = u64::from(IN_ZIP64_32);
        let same = |short: u64, long: u64, escaped: u64| short == escaped || short == long;
        let same_count = |short: u64, long: u64| same(short, modulo(long), escaped16);
        same(self.disk.into(), zip64.disk.into(), escaped16)
            && same(self.directory_disk.into(), zip64.directory_disk.into(), escaped16)
            && (self.disk != 0 || same_count(self.entries_here, zip64.entries_here))
            && same_count(self.entries, zip64.entries)
            && same(self.directory_size, zip64.directory_size, escaped32)
            && same(self.directory_offset, zip64.directory_offset, escaped32)
    }

    /// Whether the count is not escaped although it has more bits than the field.
    pub(super) fn is_modulo(&self, zip64: &Self) -> bool {
        self.entries != u64::from(IN_ZIP64_16) && self.entries != zip64.entries
    }
}

/// What a 2-byte field holds of a count.
pub(super) fn modulo(count: u64) -> u64 {
    count & u64::from(u16::MAX)
}

impl Zip64Locator {
    pub(super) const SIZE: usize = 20;

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::signed(bytes, *b"PK\x06\x07")?;
        Some(Self { disk: fields.u32()?, offset: fields.u64()?, disks: fields.u32()? })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(*b"PK\x06\x07");
        out.extend(self.disk.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend(self.disks.to_le_bytes());
    }
}

impl Sizes {
    /// That of a data descriptor, which may be left out.
    pub(super) const SIGNATURE: [u8; 4] = *b"PK\x07\x08";

    /// Data descriptor, 4.3.9: 12 or 20 bytes, 4 more with a signature. Which form it has is not
    /// written in it, so its size decides.
    pub(super) fn parse_descriptor(bytes: &[u8]) -> Option<Self> {
        let mut fields = match bytes.len() {
            16 | 24 => Fields::signed(bytes, Self::SIGNATURE)?,
            12 | 20 => Fields(bytes),
            _ => return None,
        };
        if bytes.len() >= 20 {
            let crc = fields.u32()?;
            return Some(Self { crc, compressed: fields.u64()?, uncompressed: fields.u64()? });
        }
        fields.sizes32()
    }

    /// A data descriptor with its signature: 24 bytes if the local header has a zip64 field, else
    /// 16 (4.3.9.2).
    pub(super) fn write_descriptor(&self, zip64: bool, out: &mut Vec<u8>) {
        out.extend(Self::SIGNATURE);
        if zip64 {
            out.extend(self.crc.to_le_bytes());
            out.extend(self.compressed.to_le_bytes());
            out.extend(self.uncompressed.to_le_bytes());
        } else {
            self.write32(out);
        }
    }

    fn write32(&self, out: &mut Vec<u8>) {
        out.extend(self.crc.to_le_bytes());
        out.extend(short32(self.compressed).to_le_bytes());
        out.extend(short32(self.uncompressed).to_le_bytes());
    }
}

/// Whether a field of 4 bytes has no room for a value: the largest one is the mark itself.
pub(super) fn is_long(value: u64) -> bool {
    value >= IN_ZIP64_32.into()
}

/// A value in a field of 4 bytes, or the mark.
fn short32(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(IN_ZIP64_32)
}

/// A value in a field of 2 bytes, or the mark.
fn short16(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(IN_ZIP64_16)
}

/// Little-endian fields, one after the other.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn signed(bytes: &'a [u8], signature: [u8; 4]) -> Option<Self> {
        bytes.strip_prefix(&signature).map(Self)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn sizes32(&mut self) -> Option<Sizes> {
        let crc = self.u32()?;
        Some(Sizes { crc, compressed: self.u32()?.into(), uncompressed: self.u32()?.into() })
    }
}
