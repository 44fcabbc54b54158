//! Any bytes as parts that are damaged, some of them missing. The last byte says how many cuts there
//! are, two bytes in front of it for each are the parts' sizes, the byte before these says which of
//! the parts are not there, and the rest is cut so. Whatever is found ends, and what can be read of
//! it has the size and the CRC-32 that it says.

use std::io::Read;

use smimezip::export::Salvage;
use smimezip::{Archive, Export, KeyRing, Limits, Part, UnlockOptions};

use super::directory::TOTAL;

/// Looks for what there is in the parts that `bytes` describe.
pub fn run(bytes: &[u8]) {
    let Some(parts) = parts(bytes) else { return };
    let mut limits = Limits::default();
    limits.total_size = TOTAL;
    let options = UnlockOptions::new().limits(&limits);
    let Ok(export) = Export::from_parts(parts) else { return };
    let Ok(salvage) = export.salvage_with(&KeyRing::new(), &options, &mut ()) else { return };
    for archive in [salvage.archive(), salvage.uncertain()] {
        read_all(&salvage, archive);
    }
}

/// Reads what was found, in which each name is there once.
fn read_all(salvage: &Salvage, archive: &Archive) {
    let mut names = Vec::new();
    for entry in archive.entries() {
        let name = entry.raw_name();
        if !salvage.has_directory() && !entry.is_folder() {
            assert!(!salvage.ambiguous().iter().any(|it| it == name), "{name} is ambiguous");
            names.push(name);
        }
        let Ok(mut reader) = archive.open_entry(entry) else { continue };
        let mut contents = Vec::new();
        if entry.size() <= TOTAL && reader.read_to_end(&mut contents).is_ok() {
            assert_eq!(contents.len() as u64, entry.size(), "{name}");
            assert_eq!(crc32(&contents), entry.crc32(), "{name}");
        }
    }
    names.sort_unstable();
    assert!(names.windows(2).all(|it| it[0] != it[1]), "two entries have one name");
}

fn parts(bytes: &[u8]) -> Option<Vec<Part>> {
    let (&count, rest) = bytes.split_last()?;
    let cuts = usize::from(count % 8);
    let (rest, sizes) = rest.split_at(rest.len().checked_sub(2 * cuts)?);
    let (&missing, mut bytes) = rest.split_last()?;
    let mut parts = Vec::new();
    for (number, size) in (1..).zip(sizes.chunks_exact(2)) {
        let size = usize::from(u16::from_le_bytes([size[0], size[1]]));
        let (part, rest) = bytes.split_at(size.min(bytes.len()));
        parts.push(Part::new(format!("e.z{number:02}"), part.to_vec()));
        bytes = rest;
    }
    parts.push(Part::new("e.zip", bytes.to_vec()));
    let is_there = |at: usize| missing & (1 << at) == 0;
    Some((0..).zip(parts).filter(|(at, _)| is_there(*at)).map(|(_, part)| part).collect())
}

/// CRC-32 (APPNOTE 4.4.7), slowly.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}
