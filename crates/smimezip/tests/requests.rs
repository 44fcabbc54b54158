//! How many requests the sources of parts get: where they are far away, each takes longer than the
//! bytes it brings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::seal::{Outside, Shape, seal};
use common::{noise, sample, sample_keys, zips};
use smimezip::message::Envelope;
use smimezip::parts::PartName;
use smimezip::{Archive, Error, Export, ExtractOptions, KeyRing, Part, ReadAt};

/// A part that notes the position and the size of what it is asked for.
struct Noted {
    bytes: Vec<u8>,
    requests: Mutex<Vec<(u64, usize)>>,
    sizes: Mutex<usize>,
}

impl ReadAt for Noted {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.requests.lock().unwrap().push((offset, buf.len()));
        self.bytes.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        *self.sizes.lock().unwrap() += 1;
        self.bytes.size()
    }
}

/// Parts by their names.
#[derive(Clone)]
struct Parts(Vec<(String, Arc<Noted>)>);

impl Parts {
    fn new(parts: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let noted = |bytes| Noted { bytes, requests: Mutex::default(), sizes: Mutex::default() };
        Self(parts.into_iter().map(|(name, bytes)| (name, Arc::new(noted(bytes)))).collect())
    }

    fn unlock(&self, keys: &KeyRing) -> Result<Archive, Error> {
        let parts = self.0.iter().map(|(name, part)| Part::new(name.clone(), Arc::clone(part)));
        Export::from_parts(parts)?.unlock(keys)
    }

    /// Asserts that no part got more than `each` requests and all of them not more than `all`.
    #[track_caller]
    fn assert_few(&self, each: usize, all: usize) {
        let mut sum = 0;
        for (name, part) in &self.0 {
            let requests = part.requests.lock().unwrap();
            println!("{name}: {requests:?}");
            assert!(requests.len() <= each, "{name}: {requests:?}");
            assert_eq!(*part.sizes.lock().unwrap(), 1, "{name}");
            sum += requests.len();
        }
        assert!(sum <= all, "{sum}");
    }
}

fn names(count: usize, suffix: &str) -> Vec<String> {
    let kind = |at| if at == count { "zip".to_owned() } else { format!("z{at:02}") };
    (1..=count).map(|at| format!("e.{}{suffix}", kind(at))).collect()
}

fn split() -> Vec<Vec<u8>> {
    let data = noise(4, 900_000);
    zips::split(&zips::stored(&[("a", &data), ("b", b"small")]), &[300_000])
}

#[test]
fn the_sample_is_unlocked_with_few_requests() {
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(sample()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if PartName::parse(&name).is_some() {
            parts.push((name, std::fs::read(path).unwrap()));
        }
    }
    assert_eq!(parts.len(), 4);
    let parts = Parts::new(parts);
    assert!(!parts.unlock(&sample_keys()).unwrap().entries().is_empty());
    parts.assert_few(4, 10);
}

#[test]
fn every_container_takes_few_requests() {
    for outside in [
        Outside::Binary,
        Outside::Pem("CMS"),
        Outside::Base64(64, "\n"),
        Outside::MimeBase64(76, "\r\n"),
    ] {
        for chunks in [vec![], vec![1000], vec![4096]] {
            let indefinite = !chunks.is_empty();
            let shape = Shape { outside: outside.clone(), chunks, indefinite, ..Shape::default() };
            let sealed = split().iter().map(|part| seal(part, &shape)).collect::<Vec<_>>();
            let parts = Parts::new(names(sealed.len(), ".smime").into_iter().zip(sealed));
            assert_eq!(parts.unlock(&sample_keys()).unwrap().entries().len(), 2);
            // The end record is looked for in 64 KiB, the last of whose chunks are read one by one.
            parts.assert_few(7, 16);
        }
    }
}

#[test]
fn parts_that_are_not_sealed_take_few_requests() {
    let split = split();
    let parts = Parts::new(names(split.len(), "").into_iter().zip(split));
    assert_eq!(parts.unlock(&KeyRing::new()).unwrap().entries().len(), 2);
    parts.assert_few(4, 12);
}

#[test]
fn an_envelope_takes_few_requests() {
    let parts = Parts::new([("a".to_owned(), seal(&noise(1, 200_000), &Shape::default()))]);
    let envelope = Envelope::open(Arc::clone(&parts.0[0].1)).unwrap();
    parts.assert_few(2, 2);
    assert_eq!(envelope.unlock(&sample_keys()).unwrap().size(), 200_000);
}

/// A part that is far away and notes how large the requests are and how many there are at once.
struct Far {
    bytes: Vec<u8>,
    now: AtomicUsize,
    at_once: AtomicUsize,
    largest: AtomicUsize,
}

impl ReadAt for Far {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.at_once.fetch_max(now, Ordering::SeqCst);
        self.largest.fetch_max(buf.len(), Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
        self.now.fetch_sub(1, Ordering::SeqCst);
        self.bytes.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }
}

#[test]
fn requests_are_as_large_and_as_many_at_once_as_the_trait_says() {
    const THREADS: usize = 4;
    let data = noise(4, 1_500_000);
    let sizes = [1_500_000, 9, 400_000, 400_000, 300_000, 200_000, 70_000, 70_000];
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let entries: Vec<_> = names.into_iter().zip(sizes.map(|size| &data[..size])).collect();
    let archive = zips::stored(&entries);
    let chunked = Shape { chunks: vec![1000], indefinite: true, ..Shape::default() };
    let binary = Shape { outside: Outside::Binary, ..Shape::default() };
    for (name, bytes) in [
        ("e.zip", archive.clone()),
        ("e.zip.smime", seal(&archive, &Shape::default())),
        ("e.zip.smime", seal(&archive, &chunked)),
        ("e.zip.smime", seal(&archive, &binary)),
    ] {
        let [now, at_once, largest] = [0; 3].map(AtomicUsize::new);
        let far = Arc::new(Far { bytes, now, at_once, largest });
        let part = Arc::<Far>::clone(&far) as Arc<dyn ReadAt>;
        let export = Export::from_parts([Part::new(name, part)]).unwrap();
        let archive = export.unlock(&sample_keys()).unwrap();
        archive.verify_with(&ExtractOptions::new().threads(THREADS), &mut ()).unwrap();
        let [at_once, largest] =
            [&far.at_once, &far.largest].map(|number| number.load(Ordering::SeqCst));
        println!("{name}: {largest} bytes, {at_once} at once");
        assert!(largest <= 512 * 1024, "{largest}");
        assert!((2..=THREADS).contains(&at_once), "{at_once}");
    }
}
