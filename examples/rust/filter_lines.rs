//! Prints the lines of one entry that contain a word, as the entry is decompressed: nothing is
//! written to the disk, and memory stays small whatever the entry's size.
//!
//! `filter-lines ANY-PART KEY ENTRY WORD`

use std::env;
use std::io::{BufRead, BufReader};

use smimezip::{Export, KeyRing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, key, name, word] = arguments()?;
    let archive = Export::discover(part)?.unlock(&KeyRing::from_file(key)?)?;
    let entry = BufReader::new(archive.by_name(&name)?);
    let mut found = 0_u64;
    for line in entry.lines() {
        // The error of a damaged entry comes here, at the latest instead of its end: what was
        // printed before it may be wrong.
        let line = line?;
        if line.contains(&word) {
            found += 1;
            println!("{line}");
        }
    }
    println!("{found} lines");
    Ok(())
}

fn arguments() -> Result<[String; 4], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: filter-lines ANY-PART KEY ENTRY WORD")
}
