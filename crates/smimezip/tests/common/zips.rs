//! Archives made by the `zip` crate's writer, and split by us at any sizes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipWriter};

use super::Tree;

/// An archive of the tree; `choose` tells each entry's method.
pub fn archive(tree: &Tree, choose: impl Fn(&str) -> CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in tree {
        let options = unix().compression_method(choose(name));
        match contents {
            None => writer.add_directory(name.as_str(), options).unwrap(),
            Some(contents) => {
                writer.start_file(name.as_str(), options).unwrap();
                writer.write_all(contents).unwrap();
            }
        }
    }
    writer.finish().unwrap().into_inner()
}

/// What is made is the same on every system, as if it were made on Unix.
fn unix() -> SimpleFileOptions {
    SimpleFileOptions::default().system(System::Unix)
}

/// A stored entry per pair, whatever its name.
pub fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = unix().compression_method(CompressionMethod::Stored);
    for (name, contents) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Turns a single archive into a split one with parts of these sizes, repeated: the marker in
/// front, each place as (disk, offset). Headers may reach across parts.
pub fn split(archive: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let mut bytes = b"PK\x07\x08".to_vec();
    bytes.extend_from_slice(archive);
    // The end record must lie in the last part as a whole, so the last cut is before it.
    let end = bytes.len() - 22;
    let mut cuts = vec![0];
    for size in sizes.iter().cycle() {
        let next = cuts[cuts.len() - 1] + (*size).max(1);
        if next >= end {
            break;
        }
        cuts.push(next);
    }
    let place = |position: usize| {
        let disk = cuts.partition_point(|cut| *cut <= position) - 1;
        (u16::try_from(disk).unwrap(), u32::try_from(position - cuts[disk]).unwrap())
    };
    let u32_at = |bytes: &[u8], at: usize| {
        usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap()
    };
    let u16_at = |bytes: &[u8], at: usize| {
        usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
    };
    let directory = u32_at(&bytes, end + 16) + 4;
    let mut at = directory;
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let (disk, offset) = place(u32_at(&bytes, at + 42) + 4);
        let size = 46 + u16_at(&bytes, at + 28) + u16_at(&bytes, at + 30) + u16_at(&bytes, at + 32);
        bytes[at + 34..at + 36].copy_from_slice(&disk.to_le_bytes());
        bytes[at + 42..at + 46].copy_from_slice(&offset.to_le_bytes());
        at += size;
    }
    assert_eq!(at, end, "the archive has a plain end record");
    let (disk, offset) = place(directory);
    let last = u16::try_from(cuts.len() - 1).unwrap();
    bytes[end + 4..end + 6].copy_from_slice(&last.to_le_bytes());
    bytes[end + 6..end + 8].copy_from_slice(&disk.to_le_bytes());
    bytes[end + 16..end + 20].copy_from_slice(&offset.to_le_bytes());
    let ends = cuts.iter().skip(1).copied().chain([bytes.len()]);
    cuts.iter().zip(ends).map(|(start, end)| bytes[*start..end].to_vec()).collect()
}

/// Names for the parts of a split set, each with the bytes.
pub fn named(parts: Vec<Vec<u8>>, suffix: &str) -> Vec<(String, Vec<u8>)> {
    let last = parts.len();
    (1..)
        .zip(parts)
        .map(|(number, part)| {
            let kind = if number == last { "zip".to_owned() } else { format!("z{number:02}") };
            (format!("e.{kind}{suffix}"), part)
        })
        .collect()
}

/// A stored entry written by hand: any name, any mode, sizes that may lie.
pub struct Exact<'a> {
    pub name: &'a [u8],
    /// Unix mode; its type, too.
    pub mode: u32,
    pub contents: &'a [u8],
    /// What the headers say instead of the contents' size, in a zip64 field.
    pub declared: Option<u64>,
}

impl<'a> Exact<'a> {
    /// A file, or a folder if the name ends in `/`.
    pub fn new(name: &'a str, contents: &'a [u8]) -> Self {
        let mode = if name.ends_with('/') { 0o040_755 } else { 0o100_644 };
        Self { name: name.as_bytes(), mode, contents, declared: None }
    }

    /// From the version needed to the lengths of name and extra field.
    fn fields(&self) -> Vec<u8> {
        let size = u32::try_from(self.contents.len()).unwrap();
        let shown = if self.declared.is_some() { u32::MAX } else { size };
        let (method, extra) = if self.declared.is_some() { (8_u16, 20_u16) } else { (0, 0) };
        // Version 2.0 or 4.5; names are UTF-8.
        let mut out = vec![if self.declared.is_some() { 45 } else { 20 }, 0, 0, 8];
        out.extend(method.to_le_bytes());
        out.extend(b"\0\0\x21\0");
        out.extend(crc32(self.contents).to_le_bytes());
        out.extend(shown.to_le_bytes());
        out.extend(shown.to_le_bytes());
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend(extra.to_le_bytes());
        out
    }

    fn extra(&self) -> Vec<u8> {
        let Some(declared) = self.declared else { return Vec::new() };
        let mut out = vec![1, 0, 16, 0];
        out.extend(declared.to_le_bytes());
        out.extend((self.contents.len() as u64).to_le_bytes());
        out
    }
}

/// An archive of exactly these entries.
pub fn exact(entries: &[Exact<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(entry.fields());
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(u32::try_from(out.len()).unwrap().to_le_bytes());
        directory.extend([entry.name, &entry.extra()].concat());
        out.extend(b"PK\x03\x04");
        out.extend(entry.fields());
        out.extend([entry.name, &entry.extra(), entry.contents].concat());
    }
    let start = out.len();
    out.extend(&directory);
    let number = |count: usize| u32::try_from(count).unwrap().to_le_bytes();
    if let Ok(count) = u16::try_from(entries.len()) {
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        out.extend([number(directory.len()), number(start)].concat());
        out.extend([0, 0]);
        return out;
    }
    // A zip64 end record and its locator.
    let position = out.len() as u64;
    out.extend(b"PK\x06\x06");
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let count = entries.len() as u64;
    for value in [count, count, directory.len() as u64, start as u64] {
        out.extend(value.to_le_bytes());
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend(position.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    out
}

/// CRC-32 (APPNOTE 4.4.7), slowly.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}
