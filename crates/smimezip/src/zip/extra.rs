//! Extra fields (APPNOTE 4.5 and 4.6): zip64 sizes, Unicode names, times. Of them zip64 sizes and
//! the extended timestamp are written as well.

use super::record::{Fields, IN_ZIP64_16, IN_ZIP64_32, Sizes};

/// Header id of the field of zip64 extended information.
const ZIP64: u16 = 0x0001;

/// Header id of the Unicode Path field.
const UNICODE_PATH: u16 = 0x7075;

/// Header id of Info-ZIP's extended timestamp.
const TIMESTAMP: u16 = 0x5455;

/// One extra field after the other: header id and data. Rubbish at the end, which some writers
/// leave, ends the list.
pub(super) fn fields(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = Fields(bytes);
    std::iter::from_fn(move || {
        let id = rest.u16()?;
        let size = rest.u16()?;
        Some((id, rest.bytes(size.into())?))
    })
}

/// Whether there is a field of zip64 extended information, 4.5.3.
pub(super) fn has_zip64(extra: &[u8]) -> bool {
    fields(extra).any(|(id, _)| id == ZIP64)
}

/// Zip64 extended information, 4.5.3: puts the real values in the place of the escaped ones, in
/// the field's fixed order. False if an escaped value is not there.
pub(super) fn resolve_zip64(
    extra: &[u8],
    sizes: &mut Sizes,
    offset: Option<&mut u64>,
    disk: Option<&mut u32>,
) -> bool {
    let mut zip64 = fields(extra).find(|(id, _)| *id == ZIP64).map(|(_, data)| Fields(data));
    let escaped = u64::from(IN_ZIP64_32);
    let mut resolve = |value: &mut u64| {
        if *value != escaped {
            return true;
        }
        // Without the field the value may really be 2^32 - 1.
        let Some(zip64) = &mut zip64 else { return true };
        match zip64.u64() {
            Some(real) => {
                *value = real;
                true
            }
            None => false,
        }
    };
    let in_order = resolve(&mut sizes.uncompressed)
        && resolve(&mut sizes.compressed)
        && offset.is_none_or(&mut resolve);
    if !in_order {
        return false;
    }
    match (disk, &mut zip64) {
        (Some(disk), Some(zip64)) if *disk == u32::from(IN_ZIP64_16) => match zip64.u32() {
            Some(real) => {
                *disk = real;
                true
            }
            None => false,
        },
        _ => true,
    }
}

/// Writes zip64 extended information of these values, which must be in the field's order: size,
/// compressed size, offset of the local header.
pub(super) fn write_zip64(values: &[u64], out: &mut Vec<u8>) {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    write(ZIP64, &bytes, out);
}

/// Writes an extended timestamp of the modification time alone, so that it is the same in the local
/// header and in the directory.
pub(super) fn write_unix_time(seconds: i32, out: &mut Vec<u8>) {
    let [a, b, c, d] = seconds.to_le_bytes();
    write(TIMESTAMP, &[1, a, b, c, d], out);
}

fn write(id: u16, data: &[u8], out: &mut Vec<u8>) {
    // Nothing that is written here is near that size.
    let Ok(size) = u16::try_from(data.len()) else { return };
    out.extend(id.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(data);
}

/// Info-ZIP Unicode Path, 4.6.9: the name in UTF-8, if it was made for this raw name. One that was
/// made for another name is out of date and counts for nothing, as the standard says. What is left
/// must be readable in one way: readers differ in what they do with several fields, with other
/// versions and with what is no UTF-8.
pub(super) fn unicode_path<'a>(
    extra: &'a [u8],
    raw_name: &[u8],
) -> Result<Option<&'a str>, &'static str> {
    let mut paths = fields(extra).filter(|(id, _)| *id == UNICODE_PATH).map(|(_, data)| data);
    let Some(data) = paths.next() else { return Ok(None) };
    if paths.any(|other| other != data) {
        return Err("several Unicode paths");
    }
    let mut data = Fields(data);
    let (Some(version), Some(crc)) = (data.u8(), data.u32()) else { return Ok(None) };
    if crc != crc32fast::hash(raw_name) {
        return Ok(None);
    }
    if version != 1 {
        return Err("a Unicode path of an unknown version");
    }
    let path = std::str::from_utf8(data.0).map_err(|_| "a Unicode path that is not UTF-8")?;
    if path.is_empty() {
        return Err("an empty Unicode path");
    }
    Ok(Some(path))
}

/// Modification time in seconds since 1970, from the extended timestamp (0x5455, whose central
/// form has it first) or the old Info-ZIP Unix field (0x5855).
pub(super) fn unix_time(extra: &[u8]) -> Option<i64> {
    for (id, data) in fields(extra) {
        let mut data = Fields(data);
        if id == TIMESTAMP && data.u8().is_some_and(|flags| flags & 1 != 0) {
            return data.u32().map(|seconds| seconds.cast_signed().into());
        }
        if id == 0x5855 {
            data.u32()?; // access time
            return data.u32().map(|seconds| seconds.cast_signed().into());
        }
    }
    None
}

/// Modification time in 100 ns since 1601, from the NTFS field, 4.5.5.
pub(super) fn ntfs_time(extra: &[u8]) -> Option<u64> {
    let (_, data) = fields(extra).find(|(id, _)| *id == 0x000a)?;
    let attributes = data.get(4..)?;
    let (_, times) = fields(attributes).find(|(tag, _)| *tag == 1)?;
    Fields(times).u64().filter(|ticks| *ticks != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip64_values_come_in_order_and_only_where_escaped() {
        let mut extra = vec![0x01, 0x00, 20, 0];
        extra.extend(7_u64.to_le_bytes());
        extra.extend(9_u64.to_le_bytes());
        extra.extend(3_u32.to_le_bytes());
        let escaped = u64::from(u32::MAX);
        let mut sizes = Sizes { crc: 0, compressed: 5, uncompressed: escaped };
        let (mut offset, mut disk) = (escaped, 0xffff);
        assert!(resolve_zip64(&extra, &mut sizes, Some(&mut offset), Some(&mut disk)));
        assert_eq!((sizes.uncompressed, sizes.compressed, offset, disk), (7, 5, 9, 3));
        let mut sizes = Sizes { crc: 0, compressed: escaped, uncompressed: escaped };
        let mut offset = escaped;
        assert!(!resolve_zip64(&extra, &mut sizes, Some(&mut offset), None));
    }

    #[test]
    fn rubbish_ends_the_list() {
        let extra = [0x55, 0x54, 5, 0, 1, 1, 0, 0, 0, 0xff, 0xff, 0xff];
        assert_eq!(fields(&extra).count(), 1);
        assert_eq!(unix_time(&extra), Some(1));
    }
}
