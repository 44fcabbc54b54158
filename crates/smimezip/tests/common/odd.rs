//! Archives written field by field, so that they can have what other programs write, and what none
//! does.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use smimezip::error::Damage;
use smimezip::zip::{EntryKind, OddityKind};
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Limits, Part, Report, UnlockOptions};

use super::{data, limits, sha256};

/// One entry. All fields are as [`Odd::new`] has them unless changed.
#[derive(Clone, Debug)]
pub struct Odd {
    pub name: Vec<u8>,
    pub size: u32,
    pub crc: u32,
    pub method: u16,
    pub data: Vec<u8>,
    pub local_flags: u16,
    pub flags: u16,
    /// CRC-32, compressed and uncompressed size of the local header.
    pub local_sizes: [u32; 3],
    pub local_extra: Vec<u8>,
    pub extra: Vec<u8>,
    /// What follows the data.
    pub after: Vec<u8>,
    /// The system that the attributes are of.
    pub host: u8,
    pub attributes: u32,
}

impl Odd {
    /// A stored file of a Unix writer.
    pub fn new(name: &str, contents: &[u8]) -> Self {
        Self::with_data(name, contents, 0, contents.to_vec())
    }

    /// A deflated one.
    pub fn deflated(name: &str, contents: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(contents).unwrap();
        Self::with_data(name, contents, 8, encoder.finish().unwrap())
    }

    fn with_data(name: &str, contents: &[u8], method: u16, data: Vec<u8>) -> Self {
        let size = u32::try_from(contents.len()).unwrap();
        let crc = crc32fast::hash(contents);
        Self {
            name: name.into(),
            size,
            crc,
            method,
            local_flags: 0,
            flags: 0,
            local_sizes: [crc, u32::try_from(data.len()).unwrap(), size],
            data,
            local_extra: Vec::new(),
            extra: Vec::new(),
            after: Vec::new(),
            host: 3,
            attributes: 0o100_644 << 16,
        }
    }

    /// CRC-32, compressed and uncompressed size, as they are.
    pub fn sizes(&self) -> [u32; 3] {
        [self.crc, u32::try_from(self.data.len()).unwrap(), self.size]
    }

    /// A right data descriptor of 12, 16, 20 or 24 bytes.
    pub fn descriptor(&self, form: usize) -> Vec<u8> {
        let [crc, compressed, size] = self.sizes();
        let mut out = Vec::new();
        if matches!(form, 16 | 24) {
            out.extend(b"PK\x07\x08");
        }
        out.extend(crc.to_le_bytes());
        for size in [compressed, size] {
            out.extend(size.to_le_bytes());
            if form >= 20 {
                out.extend([0; 4]);
            }
        }
        assert_eq!(out.len(), form);
        out
    }

    fn fields(&self, flags: u16, sizes: [u32; 3], extra: &[u8], out: &mut Vec<u8>) {
        out.extend(20_u16.to_le_bytes());
        out.extend(flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0, 0, 0x21, 0]);
        for number in sizes {
            out.extend(number.to_le_bytes());
        }
        for length in [self.name.len(), extra.len()] {
            out.extend(u16::try_from(length).unwrap().to_le_bytes());
        }
    }

    fn local(&self, out: &mut Vec<u8>) {
        out.extend(b"PK\x03\x04");
        self.fields(self.local_flags, self.local_sizes, &self.local_extra, out);
        for bytes in [&self.name, &self.local_extra, &self.data, &self.after] {
            out.extend(bytes);
        }
    }

    fn central(&self, offset: u32, out: &mut Vec<u8>) {
        out.extend(b"PK\x01\x02\x14");
        out.push(self.host);
        self.fields(self.flags, self.sizes(), &self.extra, out);
        out.extend([0; 6]);
        out.extend(self.attributes.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend(&self.name);
        out.extend(&self.extra);
    }
}

/// An extra field.
pub fn field(id: u16, data: &[u8]) -> Vec<u8> {
    let size = u16::try_from(data.len()).unwrap();
    [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
}

/// A Unicode path field (0x7075) that was made for this raw name.
pub fn unicode_path(version: u8, raw_name: &[u8], path: &[u8]) -> Vec<u8> {
    let crc = crc32fast::hash(raw_name).to_le_bytes();
    field(0x7075, &[&[version], &crc[..], path].concat())
}

/// An archive of these entries.
pub fn archive(entries: &[Odd]) -> Vec<u8> {
    archive_with(b"", 0, entries, b"")
}

/// The same, with bytes before it, which its offsets count but for `not_counted` of them, and
/// before the directory.
pub fn archive_with(
    before: &[u8],
    not_counted: usize,
    entries: &[Odd],
    before_directory: &[u8],
) -> Vec<u8> {
    let mut out = before.to_vec();
    let mut directory = Vec::new();
    let place = |out: &[u8]| u32::try_from(out.len() - not_counted).unwrap();
    for entry in entries {
        entry.central(place(&out), &mut directory);
        entry.local(&mut out);
    }
    out.extend(before_directory);
    let start = place(&out);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    // As writers do that know no zip64.
    let count = (u32::try_from(entries.len()).unwrap() & 0xffff).to_le_bytes();
    out.extend([count[0], count[1], count[0], count[1]]);
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Contents' sums by name; `None` is a folder.
pub type Sums = BTreeMap<String, Option<String>>;

/// How often each oddity was met.
pub type Met = Vec<(OddityKind, u64)>;

pub fn open(bytes: &[u8], limits: &Limits) -> Result<Archive, Error> {
    Archive::open_with([Part::new("e.zip", bytes.to_vec())], &UnlockOptions::new().limits(limits))
}

pub fn met(report: &Report) -> Met {
    report.oddities.iter().map(|oddity| (oddity.kind(), oddity.count())).collect()
}

/// All that an archive has, every byte of it verified, and what is odd about it.
pub fn contents(archive: &Archive) -> Result<(Sums, Met), Error> {
    let report = archive.verify()?;
    let mut sums = Sums::new();
    for entry in archive.entries() {
        let mut contents = Vec::new();
        archive.open_entry(entry)?.read_to_end(&mut contents)?;
        let sum = (entry.kind() == EntryKind::File).then(|| sha256(&contents));
        sums.insert(entry.raw_name().to_owned(), sum);
    }
    Ok((sums, met(&report)))
}

pub fn read(entries: &[Odd]) -> Result<(Sums, Met), Error> {
    contents(&open(&archive(entries), &limits())?)
}

/// What the record that is refused has.
pub fn record(error: &Error) -> &'static str {
    let ErrorKind::Damaged(Damage::Record(what)) = error.kind() else { panic!("{error}") };
    what
}

pub fn case(folder: &str, name: &str) -> Result<(Sums, Met), Error> {
    let folder = data().join("cases").join(folder);
    let key = folder.join("key.pem");
    let keys = if key.exists() { KeyRing::from_file(key)? } else { KeyRing::new() };
    contents(&Export::discover(folder.join(name))?.unlock(&keys)?)
}

pub fn sums(list: &[(&str, &str)]) -> Sums {
    list.iter().map(|(name, sum)| ((*name).to_owned(), Some((*sum).to_owned()))).collect()
}
