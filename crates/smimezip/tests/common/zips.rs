//! Archives made by the `zip` crate's writer, and split by us at any sizes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Tree;

/// An archive of the tree; `choose` tells each entry's method.
pub fn archive(tree: &Tree, choose: impl Fn(&str) -> CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in tree {
        let options = SimpleFileOptions::default().compression_method(choose(name));
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

/// A stored entry per pair, whatever its name.
pub fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, contents) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Turns a single archive into a split one with parts of these sizes, repeated: the marker in
/// front, each place as (disk, offset). Headers may reach across parts.
pub fn split(archive: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let mut octets = b"PK\x07\x08".to_vec();
    octets.extend_from_slice(archive);
    // The end record must lie in the last part as a whole, so the last cut is before it.
    let end = octets.len() - 22;
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
    let u32_at = |octets: &[u8], at: usize| {
        usize::try_from(u32::from_le_bytes(octets[at..at + 4].try_into().unwrap())).unwrap()
    };
    let u16_at = |octets: &[u8], at: usize| {
        usize::from(u16::from_le_bytes(octets[at..at + 2].try_into().unwrap()))
    };
    let directory = u32_at(&octets, end + 16) + 4;
    let mut at = directory;
    while octets[at..].starts_with(b"PK\x01\x02") {
        let (disk, offset) = place(u32_at(&octets, at + 42) + 4);
        let size =
            46 + u16_at(&octets, at + 28) + u16_at(&octets, at + 30) + u16_at(&octets, at + 32);
        octets[at + 34..at + 36].copy_from_slice(&disk.to_le_bytes());
        octets[at + 42..at + 46].copy_from_slice(&offset.to_le_bytes());
        at += size;
    }
    assert_eq!(at, end, "the archive has a plain end record");
    let (disk, offset) = place(directory);
    let last = u16::try_from(cuts.len() - 1).unwrap();
    octets[end + 4..end + 6].copy_from_slice(&last.to_le_bytes());
    octets[end + 6..end + 8].copy_from_slice(&disk.to_le_bytes());
    octets[end + 16..end + 20].copy_from_slice(&offset.to_le_bytes());
    let ends = cuts.iter().skip(1).copied().chain([octets.len()]);
    cuts.iter().zip(ends).map(|(start, end)| octets[*start..end].to_vec()).collect()
}

/// Names for the parts of a split set, each with the octets.
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
