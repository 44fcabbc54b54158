//! What `compare` was asked for.

use std::path::{Path, PathBuf};

pub(crate) const USAGE: &str = "usage: smimezip-benches compare [--size 256M] [--runs 5] [--files 100000] \
    [--sets 2000] [--only TABLE] [--folder DIR]\ntables: decrypt, nowhere, export, zip, many, huge, little, \
    faces, status, seal, half, recordings, encrypt";

pub(crate) struct Arguments {
    pub(crate) size: u64,
    pub(crate) runs: usize,
    /// Files of the table of many.
    pub(crate) files: u32,
    /// Sets of the folder whose status is asked for.
    pub(crate) sets: u32,
    pub(crate) only: Option<String>,
    pub(crate) folder: PathBuf,
}

impl Arguments {
    pub(crate) fn parse(mut all: impl Iterator<Item = String>) -> Result<Self, String> {
        if all.next().as_deref() != Some("compare") {
            return Err(USAGE.into());
        }
        let (size, runs, files, sets) = (256 << 20, 5, 100_000, 2000);
        let mut arguments = Self { size, runs, files, sets, only: None, folder: memory() };
        while let Some(name) = all.next() {
            let value = all.next().ok_or(USAGE)?;
            match name.as_str() {
                "--size" => arguments.size = bytes(&value)?,
                "--runs" => arguments.runs = value.parse().map_err(|_| USAGE)?,
                "--files" => arguments.files = value.parse().map_err(|_| USAGE)?,
                "--sets" => arguments.sets = value.parse().map_err(|_| USAGE)?,
                "--only" => arguments.only = Some(value),
                "--folder" => arguments.folder = value.into(),
                _ => return Err(USAGE.into()),
            }
        }
        if arguments.runs == 0 {
            return Err(USAGE.into());
        }
        Ok(arguments)
    }

    pub(crate) fn wants(&self, table: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == table)
    }
}

/// A folder in memory if there is one: a disk's own pace would hide the programs'.
fn memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

fn bytes(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.strip_suffix('M') {
        Some(digits) => (digits, 20),
        None => (text.strip_suffix('G').ok_or(USAGE)?, 30),
    };
    Ok(digits.parse::<u64>().map_err(|_| USAGE)? << shift)
}
