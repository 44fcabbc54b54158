//! What the tests share: files in memory as the browser would have them, and archives of any names.

use std::io;
use std::path::Path;

use smimezip_wasm::session::{File, KeyFile, Session};
use smimezip_wasm::windows::{Files, Shelf};
use zeroize::Zeroizing;

/// Files in memory.
struct Memory(Vec<Vec<u8>>);

impl Files for Memory {
    fn read(&self, file: usize, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.0[file].get(at..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

/// Opens files of these names and bytes with keys.
pub(crate) fn open(files: Vec<(&str, Vec<u8>)>, keys: &[&str], passphrase: &str) -> Session {
    let given = files
        .iter()
        .map(|(name, bytes)| File { name: (*name).to_owned(), size: bytes.len() as u64 });
    let given: Vec<File> = given.collect();
    let shelf = Shelf::new(Memory(files.into_iter().map(|(_, bytes)| bytes).collect()));
    let keys = keys
        .iter()
        .map(|path| KeyFile { name: (*path).to_owned(), bytes: Zeroizing::new(repository(path)) });
    Session::open(&shelf, &given, keys.collect(), &Zeroizing::new(passphrase.to_owned()))
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The parts of the sample with these extensions.
pub(crate) fn sample(extensions: &[&'static str]) -> Vec<(&'static str, Vec<u8>)> {
    let name = |extension: &str| match extension {
        "z01" => "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z01.smime",
        "z02" => "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z02.smime",
        "z03" => "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z03.smime",
        _ => "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.zip.smime",
    };
    let names = extensions.iter().map(|extension| name(extension));
    names.map(|name| (name, repository(&format!("examples/data/{name}")))).collect()
}

/// An archive of stored files with any names, and of nothing that a writer would refuse.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let size = u32::try_from(data.len()).unwrap();
        let mut fields = Vec::new();
        for short in [10_u16, 0x0800, 0, 0, 33] {
            fields.extend(short.to_le_bytes());
        }
        for long in [crc32(data), size, size] {
            fields.extend(long.to_le_bytes());
        }
        fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        fields.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x0a\x00".iter().chain(&fields).chain(&[0; 10]));
        directory.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04".iter().chain(&fields).chain(name.as_bytes()).chain(*data));
    }
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0".iter().chain(&count).chain(&count));
    bytes.extend(size.iter().chain(&start).chain(&[0; 2]));
    bytes
}

/// Bit by bit, as it is not what is tested.
fn crc32(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    });
    !crc
}
