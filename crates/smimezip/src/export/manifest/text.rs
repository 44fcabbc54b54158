//! A manifest as text. Each field is there once, and no other is.

use std::fmt::Write as _;

use super::json::{Reader, write_string};
use super::{Claimed, Manifest, ManifestEntry};
use crate::error::Error;
use crate::hex::{self, Hex};
use crate::limits::{Limit, Limits};

/// The version of the format, which is another if a field is.
const VERSION: u64 = 1;

pub(super) fn write(manifest: &Manifest) -> String {
    let mut out = format!("{{\n  \"version\": {VERSION},\n  \"set\": ");
    write_string(&mut out, manifest.name.stem());
    // Writing to a String cannot fail.
    let _ = write!(out, ",\n  \"bytes\": {},\n  \"parts\": [", manifest.size());
    for (number, part) in manifest.parts.iter().enumerate() {
        out.push_str(if number == 0 { "\n    {\"name\": " } else { ",\n    {\"name\": " });
        write_string(&mut out, &part.name.to_string());
        let (size, digest) = (part.size, Hex(&part.sha256));
        let _ = write!(out, ", \"size\": {size}, \"sha256\": \"{digest}\"}}");
    }
    out.push_str("\n  ]");
    if let Some(entries) = &manifest.entries {
        out.push_str(",\n  \"entries\": [");
        for (number, entry) in entries.iter().enumerate() {
            out.push_str(if number == 0 { "\n    {\"path\": " } else { ",\n    {\"path\": " });
            write_string(&mut out, &entry.path);
            let ManifestEntry { size, crc32, .. } = entry;
            let _ = write!(out, ", \"size\": {size}, \"crc32\": \"{crc32:08x}\"}}");
        }
        out.push_str("\n  ]");
    }
    out.push_str("\n}\n");
    out
}

/// # Errors
/// `Damaged` with the position for what is no manifest of this version; `Limit`.
pub(super) fn parse(text: &[u8], limits: &Limits) -> Result<Claimed, Error> {
    let mut reader = Reader::new(text)?;
    let (mut version, mut set, mut bytes) = (None, None, None);
    let (mut parts, mut entries) = (None, None);
    reader.object(|reader, name| match name {
        "version" => {
            let found = reader.number()?;
            if found != VERSION {
                return Err(reader.wrong("is of another version than 1"));
            }
            once(reader, &mut version, found)
        }
        "set" => reader.string().and_then(|it| once(reader, &mut set, it)),
        "bytes" => reader.number().and_then(|it| once(reader, &mut bytes, it)),
        "parts" => read_parts(reader, limits).and_then(|it| once(reader, &mut parts, it)),
        "entries" => read_entries(reader, limits).and_then(|it| once(reader, &mut entries, it)),
        _ => Err(reader.wrong(UNKNOWN)),
    })?;
    reader.end()?;
    match (version, set, bytes, parts) {
        (Some(_), Some(set), Some(bytes), Some(parts)) => {
            Ok(Claimed { set, bytes, parts, entries })
        }
        _ => Err(reader.wrong(LACKING)),
    }
}

/// What is wrong with the fields of an object.
const UNKNOWN: &str = "has a field that no manifest has";
const LACKING: &str = "lacks a field that every manifest has";

type Part = (String, u64, [u8; 32]);

fn read_parts(reader: &mut Reader<'_>, limits: &Limits) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    reader.list(|reader| {
        if parts.len() as u64 >= u64::from(limits.parts) {
            return Err(Error::limit(Limit::Parts, limits.parts.into()));
        }
        let (mut name, mut size, mut digest) = (None, None, None);
        reader.object(|reader, field| match field {
            "name" => reader.string().and_then(|it| once(reader, &mut name, it)),
            "size" => reader.number().and_then(|it| once(reader, &mut size, it)),
            "sha256" => hexadecimal(reader).and_then(|it| once(reader, &mut digest, it)),
            _ => Err(reader.wrong(UNKNOWN)),
        })?;
        let part = name.zip(size).zip(digest).ok_or_else(|| reader.wrong(LACKING))?;
        let ((name, size), digest) = part;
        parts.push((name, size, digest));
        Ok(())
    })?;
    Ok(parts)
}

fn read_entries(reader: &mut Reader<'_>, limits: &Limits) -> Result<Vec<ManifestEntry>, Error> {
    let mut entries = Vec::new();
    reader.list(|reader| {
        if entries.len() as u64 >= limits.entries {
            return Err(Error::limit(Limit::Entries, limits.entries));
        }
        let (mut path, mut size, mut crc) = (None, None, None);
        reader.object(|reader, field| match field {
            "path" => reader.string().and_then(|it| once(reader, &mut path, it)),
            "size" => reader.number().and_then(|it| once(reader, &mut size, it)),
            "crc32" => hexadecimal(reader).and_then(|it| once(reader, &mut crc, it)),
            _ => Err(reader.wrong(UNKNOWN)),
        })?;
        let entry = path.zip(size).zip(crc).ok_or_else(|| reader.wrong(LACKING))?;
        let ((path, size), crc) = entry;
        entries.push(ManifestEntry { path, size, crc32: u32::from_be_bytes(crc) });
        Ok(())
    })?;
    Ok(entries)
}

/// Sets a field that must not be there twice.
fn once<T>(reader: &Reader<'_>, field: &mut Option<T>, value: T) -> Result<(), Error> {
    match field.replace(value) {
        Some(_) => Err(reader.wrong("has a field twice")),
        None => Ok(()),
    }
}

/// So many bytes, in lower-case digits.
fn hexadecimal<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], Error> {
    let text = reader.string()?;
    let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let bytes = hex::decode(&text).filter(|_| is_lower).and_then(|it| it.try_into().ok());
    bytes.ok_or_else(|| reader.wrong("has a checksum that is none"))
}
