//! Entries above 4 GiB, compressed and decompressed, with sizes that are known beforehand and not.
//! They take minutes and disk: `cargo test --release -p smimezip --test build_large -- --ignored`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::io::Write;

use common::{has, noise, run, skipped};
use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes, FolderSink};
use smimezip::parts::PartName;
use smimezip::{Export, KeyRing, Limit, Limits, UnlockOptions};

const PIECE: usize = 1 << 20;
/// 4.25 GiB.
const PIECES: u64 = 4_352;

#[test]
#[ignore = "takes minutes and 9 GB of disk; run by hand (CONTRIBUTING.md)"]
fn entries_above_4_gib() {
    let folder = tempfile::tempdir().unwrap();
    let name = PartName::parse("e.zip").unwrap();
    for (level, part_size) in [(1, None), (0, Some(u64::from(u32::MAX))), (0, None)] {
        let out = folder.path().join("out");
        let mut options = BuildOptions::new().level(level).durable(false);
        options = part_size.map_or(options.clone(), |size| options.part_size(size));
        let sink = FolderSink::new(&out, &name, &options).unwrap();
        let mut archive = ArchiveWriter::new(sink, &name, &options).unwrap();
        let piece = if level == 0 { noise(1, PIECE) } else { vec![b'x'; PIECE] };
        for (name, attributes) in [
            ("unknown", EntryAttributes::new()),
            ("known", EntryAttributes::new().max_size(PIECES * PIECE as u64)),
        ] {
            // One of them is enough where it is stored.
            if level == 0 && name == "known" {
                continue;
            }
            let mut entry = archive.begin_file(name, &attributes).unwrap();
            for _ in 0..PIECES {
                entry.write_all(&piece).unwrap();
            }
            entry.finish().unwrap();
        }
        // Whose place needs eight bytes, if all before it is in one part.
        let mut entry = archive.begin_file("after", &EntryAttributes::new()).unwrap();
        entry.write_all(b"after").unwrap();
        entry.finish().unwrap();
        let built = archive.finish().unwrap();
        assert_eq!(built.parts.len(), if part_size.is_some() { 2 } else { 1 });

        let limits = Limits::new().with(Limit::Ratio, u64::MAX).with(Limit::TotalSize, u64::MAX);
        let options = UnlockOptions::new().limits(&limits);
        let export = Export::discover(&out).unwrap();
        let archive = export.unlock_with(&KeyRing::new(), &options, &mut ()).unwrap();
        let report = archive.verify().unwrap();
        assert_eq!((report.bytes, report.oddities), (built.bytes, Vec::new()));
        if has("7z") {
            run(&out, "7z", &["t", "e.zip"]);
        } else {
            skipped("7z is not there");
        }
        std::fs::remove_dir_all(&out).unwrap();
    }
}
