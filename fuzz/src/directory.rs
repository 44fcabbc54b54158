//! Any bytes as an archive in one part. What verifies can be read, entry by entry, at the size the
//! directory says; what does not is refused without a panic and within the limits.

use std::io::Read;

use smimezip::{Archive, Error, Export, ExtractOptions, KeyRing, Limits, Part, UnlockOptions};

/// More than this is not decompressed.
pub(crate) const TOTAL: u64 = 4 << 20;

/// Opens, reads and verifies the archive in `bytes`.
pub fn run(bytes: &[u8]) {
    let Ok(archive) = open([Part::new("e.zip", bytes.to_vec())]) else { return };
    check(&archive);
}

pub(crate) fn open(parts: impl IntoIterator<Item = Part>) -> Result<Archive, Error> {
    let mut limits = Limits::default();
    limits.total_size = TOTAL;
    Export::from_parts(parts)?.unlock_with(
        &KeyRing::new(),
        &UnlockOptions::new().limits(&limits),
        &mut (),
    )
}

/// Whether the archive verifies; if it does, all its entries can be read.
pub(crate) fn check(archive: &Archive) -> bool {
    let options = ExtractOptions::new().threads(1);
    let verified = archive.verify_with(&options, &mut ()).is_ok();
    for entry in archive.entries() {
        let mut contents = Vec::new();
        let read = archive
            .open_entry(entry)
            .and_then(|reader| Ok(reader.take(TOTAL + 1).read_to_end(&mut contents)?));
        assert!(contents.len() as u64 <= entry.size().max(TOTAL + 1));
        if verified {
            assert!(read.is_ok(), "{} verified and cannot be read", entry.raw_name());
            assert_eq!(contents.len() as u64, entry.size(), "{}", entry.raw_name());
        }
    }
    verified
}
