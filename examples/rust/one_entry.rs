//! Writes one entry of an export to standard output. Only the ranges of the parts that hold it are
//! read and decrypted.
//!
//! `one-entry ANY-PART KEY NAME`

use std::env;
use std::io;

use smimezip::{Export, KeyRing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, key, name] = arguments()?;
    let archive = Export::discover(part)?.unlock(&KeyRing::from_file(key)?)?;
    let mut reader = archive.by_name(&name)?;
    // The copy ends without an error only after size and CRC-32 were verified.
    io::copy(&mut reader, &mut io::stdout().lock())?;
    Ok(())
}

fn arguments() -> Result<[String; 3], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: one-entry ANY-PART KEY NAME")
}
