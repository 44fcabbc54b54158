//! Lists an export whose parts are not files: here they are served by a stand-in for an object
//! store that answers requests for ranges, and counts what it was asked for.
//!
//! `parts-from-elsewhere FOLDER KEY`

use std::env;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use smimezip::parts::PartName;
use smimezip::read_at::FileSource;
use smimezip::{Export, KeyRing, Part, ReadAt};

/// One object of the store.
struct Object {
    store: FileSource,
    served: Arc<AtomicU64>,
}

impl ReadAt for Object {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        // A real store would be asked for `offset .. offset + buf.len()` here.
        let count = self.store.read_at(buf, offset)?;
        self.served.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        self.store.size()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [folder, key] = arguments()?;
    let served = Arc::new(AtomicU64::new(0));
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if PartName::parse(&name).is_some() {
            let object =
                Object { store: FileSource::open(entry.path())?, served: Arc::clone(&served) };
            parts.push(Part::new(name, object));
        }
    }
    let export = Export::from_parts(parts)?;
    let archive = export.unlock(&KeyRing::from_file(key)?)?;
    for entry in archive.entries() {
        println!("{:>10} {}", entry.size(), entry.raw_name());
    }
    println!("{} bytes served", served.load(Ordering::Relaxed));
    Ok(())
}

fn arguments() -> Result<[String; 2], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: parts-from-elsewhere FOLDER KEY")
}
