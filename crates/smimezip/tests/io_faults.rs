//! Sources that return one byte at a time, are interrupted, or fail: every layer gives the same
//! bytes, or an error that sticks and names the part. And how much is read at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::seal::{Outside, Shape, seal};
use common::{noise, sample_keys, thorough, zips};
use smimezip::message::Envelope;
use smimezip::{Archive, ErrorKind, Export, Part, ReadAt};

/// A source with bad habits.
struct Source {
    bytes: Vec<u8>,
    /// Most bytes per read.
    most: usize,
    /// Every n-th read is interrupted; 0 is never.
    interrupt: u64,
    /// Reads that touch this byte fail.
    broken: Option<u64>,
    reads: AtomicU64,
    count: Arc<AtomicU64>,
}

impl Source {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
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
        let count = self.bytes.read_at(&mut buf[..most], offset)?;
        if self.broken.is_some_and(|broken| (offset..offset + count as u64).contains(&broken)) {
            return Err(io::Error::other("the disk is broken here"));
        }
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
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
    let named = sources.into_iter().enumerate().map(|(at, source)| {
        let kind = if at == last { "zip".into() } else { format!("z{:02}", at + 1) };
        Part::new(format!("e.{kind}{suffix}"), source)
    });
    Export::from_parts(named)?.unlock(&sample_keys())
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
            let mut reader = archive.by_name("a").unwrap();
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
        let mut reader = archive.by_name("a").unwrap();
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
                sealed_size += source.bytes.len() as u64;
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
        archive.by_name("small").unwrap().read_to_end(&mut found).unwrap();
        assert_eq!(found, small);
        let taken = read() - listed;
        assert!(taken < 8192, "{taken} read for one small entry");
    }
}

#[test]
fn a_1_gb_set_is_listed_from_a_few_kilobytes() {
    // 32 parts of 32 MB; those in the middle are one sealed part many times over. The large entry's
    // CRC-32 is wrong, as nobody reads it.
    const PART: usize = 32_000_000;
    const PARTS: usize = 32;
    for shape in
        [Shape::default(), Shape { chunks: vec![1000], indefinite: true, ..Shape::default() }]
    {
        let small = b"a small entry behind a gigabyte";
        let large_size = PART * (PARTS - 1) + 1000;
        let archive = zips::stored(&[("large", b""), ("small", small)]);
        let (first, rest) = split_after_first(&archive, large_size);
        let mut head = b"PK\x07\x08".to_vec();
        head.extend_from_slice(&first);
        head.resize(PART, 0);
        let head = Arc::new(seal(&head, &shape));
        let middle = Arc::new(seal(&vec![0; PART], &shape));
        // The large entry ends in the last part.
        let behind = 4 + first.len() + large_size - PART * (PARTS - 1);
        let last = Arc::new(seal(&last_part(&rest, behind, first.len() + large_size), &shape));
        let served = Arc::new(AtomicU64::new(0));
        let parts: Vec<Part> = (1..=PARTS)
            .map(|number| {
                let (name, bytes) = match number {
                    1 => ("e.z01.smime".to_owned(), &head),
                    PARTS => ("e.zip.smime".to_owned(), &last),
                    _ => (format!("e.z{number:02}.smime"), &middle),
                };
                let bytes = Arc::clone(bytes);
                let part = Shared { bytes, served: Arc::clone(&served) };
                Part::new(name, part)
            })
            .collect();
        let archive = Export::from_parts(parts).unwrap().unlock(&sample_keys()).unwrap();
        assert_eq!(archive.find("large").unwrap().size(), large_size as u64);
        let listed = served.load(Ordering::Relaxed);
        assert!(listed < 1024 * 1024, "{listed} bytes read to list");
        let mut found = Vec::new();
        archive.by_name("small").unwrap().read_to_end(&mut found).unwrap();
        assert_eq!(found, small);
        let taken = served.load(Ordering::Relaxed) - listed;
        assert!(taken < 16 * 1024, "{taken} bytes read for one small entry");
        println!("{listed} bytes read to list 1 GB, {taken} for one small entry");
    }
}

/// Bytes that several parts share, and a count of what is read of them.
struct Shared {
    bytes: Arc<Vec<u8>>,
    served: Arc<AtomicU64>,
}

impl ReadAt for Shared {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.bytes.read_at(buf, offset)?;
        self.served.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }
}

/// The first local header, its sizes set to `size`, and all that is after it.
fn split_after_first(archive: &[u8], size: usize) -> (Vec<u8>, Vec<u8>) {
    let second = archive.windows(4).rposition(|it| it == b"PK\x03\x04").unwrap();
    let mut first = archive[..second].to_vec();
    let size = u32::try_from(size).unwrap().to_le_bytes();
    first[18..22].copy_from_slice(&size);
    first[22..26].copy_from_slice(&size);
    (first, archive[second..].to_vec())
}

/// The last part: what is left of the large entry, the small one, and a directory whose places are
/// those of the split set. `shift` is the size of the large entry with its header.
fn last_part(rest: &[u8], behind: usize, shift: usize) -> Vec<u8> {
    let at = |signature: &[u8]| rest.windows(4).position(|it| it == signature).unwrap();
    let (directory, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let mut rest = rest.to_vec();
    let large = u32::try_from(shift - 30 - 5).unwrap().to_le_bytes();
    let second = directory + 46 + 5;
    let place = |position: usize| u32::try_from(position).unwrap().to_le_bytes();
    rest[directory + 20..directory + 24].copy_from_slice(&large);
    rest[directory + 24..directory + 28].copy_from_slice(&large);
    rest[directory + 42..directory + 46].copy_from_slice(&place(4));
    rest[second + 34] = 31;
    rest[second + 42..second + 46].copy_from_slice(&place(behind));
    rest[end + 4] = 31;
    rest[end + 6] = 31;
    rest[end + 16..end + 20].copy_from_slice(&place(behind + directory));
    let mut part = vec![0; behind];
    part.extend(rest);
    part
}

#[test]
fn a_message_is_opened_from_its_head_and_tail() {
    for shape in shapes() {
        for size in [1_000_000, 16_000_000] {
            let source = Source::new(seal(&noise(1, size), &shape));
            let count = Arc::clone(&source.count);
            let content = Envelope::open(source).unwrap().unlock(&sample_keys()).unwrap();
            assert_eq!(content.size(), size as u64);
            let read = count.load(Ordering::Relaxed);
            assert!(read < 150_000, "{read} of {size} read to open");
        }
    }
}

#[test]
fn f4_a_fault_at_any_byte_of_any_layer_is_an_error_or_not_met() {
    let data = noise(9, 300);
    let archive = zips::stored(&[("a", &data)]);
    for shape in shapes() {
        let parts: Vec<_> =
            zips::split(&archive, &[250]).iter().map(|it| seal(it, &shape)).collect();
        let (mut errors, mut right) = (0, 0);
        for broken_part in 0..parts.len() {
            for broken in (0..parts[broken_part].len()).step_by(thorough(1, 7)) {
                let sources = parts.iter().enumerate().map(|(at, part)| Source {
                    most: 61,
                    broken: (at == broken_part).then_some(broken as u64),
                    ..Source::new(part.clone())
                });
                let mut found = Vec::new();
                let read = open(sources.collect(), ".smime").and_then(|archive| {
                    let mut reader = archive.by_name("a")?;
                    Ok(reader.read_to_end(&mut found)?)
                });
                match read {
                    Ok(_) => {
                        // A byte that nobody needed: after the last base64 line, for example.
                        assert!(found == data);
                        right += 1;
                    }
                    Err(error) => {
                        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{broken}: {error}");
                        assert!(error.part().is_some(), "{broken}: {error}");
                        assert!(data.starts_with(&found));
                        errors += 1;
                    }
                }
            }
        }
        println!("{errors} faults were told, {right} not met");
        assert!(errors > right * 5, "{errors} {right}");
    }
}
