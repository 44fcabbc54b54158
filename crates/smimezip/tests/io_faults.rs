//! Sources that return one octet at a time, are interrupted, or fail: every layer gives the same
//! octets, or an error that sticks and names the part. And how much is read at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::seal::{Outside, Shape, seal};
use common::{limits, noise, sample_keys, zips};
use smimezip::{Archive, Envelope, ErrorKind, Export, ReadAt};

/// A source with bad habits.
struct Source {
    octets: Vec<u8>,
    /// Most octets per read.
    most: usize,
    /// Every n-th read is interrupted; 0 is never.
    interrupt: u64,
    /// Reads that touch this octet fail.
    broken: Option<u64>,
    reads: AtomicU64,
    count: Arc<AtomicU64>,
}

impl Source {
    fn new(octets: Vec<u8>) -> Self {
        Self {
            octets,
            most: usize::MAX,
            interrupt: 0,
            broken: None,
            reads: AtomicU64::new(0),
            count: Arc::default(),
        }
    }
}

impl ReadAt for Source {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let nth = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        if self.interrupt > 0 && nth.is_multiple_of(self.interrupt) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = buf.len().min(self.most);
        let count = self.octets.read_at(&mut buf[..most], offset)?;
        if self.broken.is_some_and(|broken| (offset..offset + count as u64).contains(&broken)) {
            return Err(io::Error::other("the disk is broken here"));
        }
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.octets.len() as u64)
    }
}

fn shapes() -> Vec<Shape> {
    let chunked =
        |size, outside| Shape { chunks: vec![size], indefinite: true, outside, ..Shape::default() };
    vec![
        Shape::default(),
        chunked(1000, Outside::MimeBase64(76, "\r\n")),
        chunked(4096, Outside::Binary),
    ]
}

fn open(sources: Vec<Source>, suffix: &str) -> Result<Archive, smimezip::Error> {
    let last = sources.len() - 1;
    let named = sources
        .into_iter()
        .enumerate()
        .map(|(at, source)| {
            let kind = if at == last { "zip".into() } else { format!("z{:02}", at + 1) };
            (format!("e.{kind}{suffix}"), Arc::new(source) as Arc<dyn ReadAt>)
        })
        .collect();
    Export::from_parts(named, &limits())?.unlock(&sample_keys())
}

#[test]
fn f4_short_and_interrupted_reads_change_nothing() {
    let data = noise(9, 30_000);
    let archive = zips::stored(&[("a", &data)]);
    for shape in shapes() {
        for (most, interrupt) in [(1, 0), (7, 3), (4096, 2), (usize::MAX, 5)] {
            let sources = zips::split(&archive, &[17_000])
                .iter()
                .map(|part| Source { most, interrupt, ..Source::new(seal(part, &shape)) })
                .collect();
            let archive = open(sources, ".smime").unwrap();
            let mut found = Vec::new();
            let mut reader = archive.read(archive.find("a").unwrap()).unwrap();
            reader.read_to_end(&mut found).unwrap();
            assert!(found == data, "{shape:?} {most} {interrupt}");
        }
    }
}

#[test]
fn f4_an_error_names_the_part_and_sticks() {
    let data = noise(9, 900_000);
    let archive = zips::stored(&[("a", &data)]);
    for shape in shapes() {
        let sources = zips::split(&archive, &[400_000])
            .iter()
            .enumerate()
            .map(|(at, part)| {
                let sealed = seal(part, &shape);
                let broken = (at == 1).then_some(sealed.len() as u64 / 2);
                Source { broken, ..Source::new(sealed) }
            })
            .collect();
        let archive = open(sources, ".smime").unwrap();
        let mut reader = archive.read(archive.find("a").unwrap()).unwrap();
        let mut found = Vec::new();
        let first = smimezip::Error::from(reader.read_to_end(&mut found).unwrap_err());
        assert!(matches!(first.kind(), ErrorKind::Io(_)), "{first}");
        assert_eq!(first.part(), Some("e.z02.smime"), "{first}");
        assert_eq!(first.entry(), Some("a"));
        assert!(first.offset().is_some());
        for _ in 0..3 {
            let again = smimezip::Error::from(reader.read(&mut [0; 10]).unwrap_err());
            assert_eq!(again.to_string(), first.to_string());
        }
        assert!(data.starts_with(&found));
    }
}

#[test]
fn opening_listing_and_one_small_entry_read_little() {
    // Eight parts of 1 MB; what is read must not grow with them.
    let large = noise(3, 7_900_000);
    let small = b"a small entry in the middle of everything".to_vec();
    let entries: [(&str, &[u8]); 3] =
        [("large-1", &large[..4_000_000]), ("small", &small), ("large-2", &large[4_000_000..])];
    let archive = zips::stored(&entries);
    for shape in shapes() {
        let mut counts = Vec::new();
        let mut sealed_size = 0;
        let sources = zips::split(&archive, &[1_000_000])
            .iter()
            .map(|part| {
                let source = Source::new(seal(part, &shape));
                sealed_size += source.octets.len() as u64;
                counts.push(Arc::clone(&source.count));
                source
            })
            .collect();
        let read = || counts.iter().map(|count| count.load(Ordering::Relaxed)).sum::<u64>();
        let archive = open(sources, ".smime").unwrap();
        assert_eq!(archive.entries().len(), 3);
        let listed = read();
        // 64 KiB of head and some KiB of tail for each part, and the directory.
        assert!(listed < counts.len() as u64 * 200_000, "{listed} of {sealed_size} read to list");
        let mut found = Vec::new();
        archive.read(archive.find("small").unwrap()).unwrap().read_to_end(&mut found).unwrap();
        assert_eq!(found, small);
        let taken = read() - listed;
        assert!(taken < 8192, "{taken} read for one small entry");
    }
}

#[test]
fn a_message_is_opened_from_its_head_and_tail() {
    for shape in shapes() {
        for size in [1_000_000, 16_000_000] {
            let source = Source::new(seal(&noise(1, size), &shape));
            let count = Arc::clone(&source.count);
            let content =
                Envelope::open(source, &limits()).unwrap().unlock(&sample_keys()).unwrap();
            assert_eq!(content.size(), size as u64);
            let read = count.load(Ordering::Relaxed);
            assert!(read < 150_000, "{read} of {size} read to open");
        }
    }
}
