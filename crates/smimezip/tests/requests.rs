//! How many requests the sources of parts get: where they are far away, each takes longer than the
//! bytes it brings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::io;
use std::sync::{Arc, Mutex};

use common::seal::{Outside, Shape, seal};
use common::{limits, noise, sample, sample_keys, zips};
use smimezip::{Archive, Envelope, Error, Export, KeyRing, PartName, ReadAt};

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
        let parts = self
            .0
            .iter()
            .map(|(name, part)| (name.clone(), Arc::<Noted>::clone(part) as Arc<dyn ReadAt>));
        Export::from_parts(parts.collect(), &limits())?.unlock(keys)
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
    let envelope = Envelope::open(Arc::clone(&parts.0[0].1), &limits()).unwrap();
    parts.assert_few(2, 2);
    assert_eq!(envelope.unlock(&sample_keys()).unwrap().size(), 200_000);
}
