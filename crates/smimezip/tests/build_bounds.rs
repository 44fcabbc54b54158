//! Exports of very many parts, of more than there may be, and of data that compress as well as any
//! can: what is made is opened again, what cannot be is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{has, noise, run, sample, sample_keys, skipped};
use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::message::{Envelope, SealContainer, SealOptions};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, SetName};
use smimezip::{Certificate, Error, ErrorKind, Export, KeyRing, Limit, Report};

const SMALLEST: u64 = 65_536;
const MAX_PARTS: u64 = 65_535;

fn owner() -> Recipient {
    let certificate = std::fs::read(sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&certificate).unwrap();
    Recipient::from_certificate_at_any_time(&certificate).unwrap()
}

fn builder(recipient: Recipient, options: &BuildOptions) -> ExportBuilder {
    ExportBuilder::new(SetName::new("export-1").unwrap())
        .recipient(recipient)
        .build_options(options)
        .seal_options(&SealOptions::new().container(SealContainer::Binary))
}

/// Counts what it is given, and keeps nothing.
#[derive(Clone, Default)]
struct Counting(Arc<Counts>);

#[derive(Default)]
struct Counts {
    parts: AtomicU64,
    bytes: AtomicU64,
    commits: AtomicU64,
}

struct CountingPart(Counting, PartName, u64);

impl PartSink for Counting {
    type Part = CountingPart;

    fn begin(&mut self, name: &PartName) -> Result<CountingPart, Error> {
        Ok(CountingPart(self.clone(), name.clone(), 0))
    }

    fn commit(self, _: Vec<PartReceipt>) -> Result<(), Error> {
        self.0.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Write for CountingPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.2 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for CountingPart {
    fn finish(self) -> Result<PartReceipt, Error> {
        self.0.0.parts.fetch_add(1, Ordering::Relaxed);
        self.0.0.bytes.fetch_add(self.2, Ordering::Relaxed);
        Ok(PartReceipt::new(self.1, self.2))
    }
}

#[test]
fn f1_more_parts_than_can_be_numbered_are_refused_when_they_are_reached() {
    let sink = Counting::default();
    let name = PartName::parse("e.zip").unwrap();
    let options = BuildOptions::new().part_size(SMALLEST).level(0);
    let mut archive = ArchiveWriter::new(sink.clone(), &name, &options).unwrap();
    let mut entry = archive.begin_file("zeros", &EntryAttributes::new()).unwrap();
    let piece = vec![0; 1 << 20];
    let pieces = SMALLEST * MAX_PARTS / (1 << 20) + 2;
    let error = (0..pieces).find_map(|_| entry.write_all(&piece).err());
    let error = Error::from(error.expect("a refusal"));
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    assert!(error.to_string().contains("65535"), "{error}");
    drop(entry);
    assert!(archive.finish().is_err());
    let Counts { parts, bytes, commits } = &*sink.0;
    assert_eq!(parts.load(Ordering::Relaxed), MAX_PARTS);
    assert_eq!(bytes.load(Ordering::Relaxed), MAX_PARTS * SMALLEST);
    assert_eq!(commits.load(Ordering::Relaxed), 0);
}

/// A tree of one file of so many zeros that take no room on the disk.
fn sparse_tree(folder: &Path, size: u64) -> std::path::PathBuf {
    let tree = folder.join("tree");
    std::fs::create_dir_all(&tree).unwrap();
    File::create(tree.join("zeros")).unwrap().set_len(size).unwrap();
    tree
}

#[test]
fn f1_more_parts_than_can_be_numbered_are_refused_before_anything_is_written() {
    let place = tempfile::tempdir().unwrap();
    let outbox = place.path().join("outbox");
    let most = SMALLEST * MAX_PARTS;
    // What is stored has its size; what is compressed is a 1,032nd part of it at least.
    for (size, level) in [(most + 1, 0), (most * 1_033, 6)] {
        let tree = sparse_tree(place.path(), size);
        let options = BuildOptions::new().part_size(SMALLEST).level(level);
        let error = builder(owner(), &options).build_folder(&tree, &outbox, &mut ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
        assert!(error.to_string().contains("65535"), "{error}");
        assert!(!outbox.exists());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "only the tree is there");
    }
}

/// Opened by ourselves, and, without its seals, by 7-Zip. With a secret key, as RSA takes long in a
/// build that is not optimised.
#[test]
fn more_than_a_thousand_parts_are_opened_by_us_and_by_7_zip() {
    let place = tempfile::tempdir().unwrap();
    let [tree, outbox, plain] = ["tree", "outbox", "plain"].map(|it| place.path().join(it));
    std::fs::create_dir(&tree).unwrap();
    std::fs::create_dir(&plain).unwrap();
    std::fs::write(tree.join("noise"), noise(1, 66_000_000)).unwrap();
    std::fs::write(tree.join("last"), "after all of it").unwrap();
    let options = BuildOptions::new().part_size(SMALLEST).durable(false);
    let mut keys = KeyRing::new();
    keys.add_secret_key([7; 32], Some(b"shared".to_vec())).unwrap();
    let recipient = Recipient::from_secret_key([7; 32], *b"shared").unwrap();
    let built = builder(recipient, &options).build_folder(&tree, &outbox, &mut ()).unwrap();
    assert!(built.parts.len() > 1_000, "{}", built.parts.len());
    let archive = Export::discover(&outbox).unwrap().unlock(&keys).unwrap();
    let report: Report = archive.verify().unwrap();
    assert_eq!((report.files, report.bytes, report.oddities), (2, built.bytes, Vec::new()));
    if !has("7z") {
        return skipped("7z is not there");
    }
    for part in &built.parts {
        let sealed = part.name().to_string();
        let mut content = Envelope::open_file(outbox.join(&sealed)).unwrap().unlock(&keys).unwrap();
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).unwrap();
        std::fs::write(plain.join(sealed.strip_suffix(".smime").unwrap()), bytes).unwrap();
    }
    let said = String::from_utf8(run(&plain, "7z", &["t", "export-1.zip"])).unwrap();
    assert!(said.contains("Everything is Ok"), "{said}");
}

/// A file that becomes a thousand times smaller. Reading back takes it; whoever opens it does by
/// default up to 1 GiB, and is asked above, as with anybody's archive of that kind.
#[test]
fn what_compresses_as_well_as_any_can_is_read_back_and_opened() {
    const GIB: u64 = 1 << 30;
    let place = tempfile::tempdir().unwrap();
    for (size, is_refused) in [(GIB, false), (GIB + 1, true)] {
        let tree = sparse_tree(place.path(), size);
        let outbox = place.path().join(format!("outbox-{size}"));
        let builder = builder(owner(), &BuildOptions::new().durable(false)).read_back(is_refused);
        let built = builder.build_folder(&tree, &outbox, &mut ()).unwrap();
        assert!(built.parts[0].size() < size / 800, "{:?}", built.parts);
        let archive = Export::discover(&outbox).unwrap().unlock(&sample_keys()).unwrap();
        let verified = archive.verify();
        if !is_refused {
            assert_eq!(verified.unwrap().bytes, size);
            continue;
        }
        let error = verified.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Ratio, .. }), "{error}");
    }
}
