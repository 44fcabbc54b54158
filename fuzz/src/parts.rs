//! Any bytes as the parts of a set, and as their names. The last byte says how many cuts there
//! are, two bytes in front of it for each are the parts' sizes, the rest is cut so. And the rest
//! as lines of file names.

use smimezip::Part;
use smimezip::parts::PartName;

use super::directory;

/// Opens the parts that `bytes` describe; parses the names in them.
pub fn run(bytes: &[u8]) {
    let Some((&count, rest)) = bytes.split_last() else { return };
    let cuts = usize::from(count % 8);
    let Some(at) = rest.len().checked_sub(2 * cuts) else { return };
    let (mut bytes, sizes) = rest.split_at(at);
    names(bytes);

    let mut parts = Vec::new();
    for (number, size) in (1..).zip(sizes.chunks_exact(2)) {
        let size = usize::from(u16::from_le_bytes([size[0], size[1]]));
        let (part, rest) = bytes.split_at(size.min(bytes.len()));
        parts.push(Part::new(format!("e.z{number:02}"), part.to_vec()));
        bytes = rest;
    }
    parts.push(Part::new("e.zip", bytes.to_vec()));
    if let Ok(archive) = directory::open(parts) {
        directory::check(&archive);
    }
}

/// A name that is a part's is written as it was read, and is of its own set.
fn names(bytes: &[u8]) {
    for name in bytes.split(|byte| *byte == b'\n').take(20) {
        let Ok(name) = std::str::from_utf8(name) else { continue };
        if let Some(part) = PartName::parse(name) {
            // The place is written in small letters, whichever were read.
            assert!(part.to_string().eq_ignore_ascii_case(name));
            assert!(part.same_set(&part.at(part.position())));
        }
        if let Some(copy) = PartName::parse_copy(name) {
            assert!(copy.to_string().len() < name.len());
        }
    }
}
