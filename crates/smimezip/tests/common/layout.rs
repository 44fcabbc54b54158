//! Where the records of an archive in one part are, so that parts can be cut at them.

/// A record: what it is, where it begins, and how many bytes it has.
#[derive(Clone, Debug)]
pub struct Record {
    pub what: &'static str,
    pub at: usize,
    pub size: usize,
}

fn short(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
}

fn long(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap()
}

/// The records of a plain archive without zip64 and comments, in their order.
pub fn records(archive: &[u8]) -> Vec<Record> {
    let end = archive.len() - 22;
    assert!(archive[end..].starts_with(b"PK\x05\x06"));
    let mut place = long(archive, end + 16);
    let (mut first, mut directory) = (Vec::new(), Vec::new());
    while place < end {
        let size = 46
            + short(archive, place + 28)
            + short(archive, place + 30)
            + short(archive, place + 32);
        directory.push(Record { what: "header of the directory", at: place, size });
        let local = long(archive, place + 42);
        let header = 30 + short(archive, local + 26) + short(archive, local + 28);
        first.push(Record { what: "local header", at: local, size: header });
        if short(archive, place + 8) & 8 != 0 {
            let at = local + header + long(archive, place + 20);
            assert!(archive[at..].starts_with(b"PK\x07\x08"));
            first.push(Record { what: "descriptor", at, size: 16 });
        }
        place += size;
    }
    first.append(&mut directory);
    first.push(Record { what: "end record", at: end, size: 22 });
    first
}
