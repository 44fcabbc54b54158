//! One message's content read to nowhere: by the Rust library, by a C program over the shared
//! library, and fed forward. What a face costs is the difference.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Command;

use smimezip::KeyRing;
use smimezip::message::{Decryptor, Envelope};

use super::text;
use crate::table::Way;

/// How often the content is read in one run, so that starting the program does not count.
const ROUNDS: &str = "16";
/// A usual buffer of a program.
const BUFFER: &str = "65536";

/// The ways, if there is a C compiler and the shared library was built.
pub(crate) fn ways(part: &Path, key: &Path, folder: &Path) -> Result<Vec<Way>, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let library = own.with_file_name("libsmimezip.so");
    if !library.exists() {
        return Err("build it first: cargo build --release -p smimezip-capi".into());
    }
    let linked = folder.join("libsmimezip.so.0.1");
    std::fs::copy(&library, &linked).map_err(|error| error.to_string())?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = folder.join("read-c");
    let compiled = Command::new("cc")
        .args(["-O2", "-I"])
        .arg(repository.join("include"))
        .arg(repository.join("benches/c/read.c"))
        .arg("-o")
        .arg(&program)
        .arg(&linked)
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        return Err("no C compiler, or it failed".into());
    }
    let own = own.display().to_string();
    let (part, key) = (text(part), text(key));
    let rest = [part.as_str(), &key, ROUNDS, BUFFER];
    let with = |how: &'static str| [&[how], &rest[..]].concat();
    Ok(vec![
        Way::of("Rust, Content", &own, &with("read"), None),
        Way::of("C, smz_reader_read", &program.display().to_string(), &rest, None),
        Way::of("Rust, Decryptor", &own, &with("read-forward"), None),
    ])
}

/// The Rust side, as a program of its own: `read` or `read-forward`.
pub(crate) fn read(arguments: &[String]) -> Result<(), String> {
    let [how, part, key, rounds, size] = arguments else { return Err("read: bad usage".into()) };
    let (Ok(rounds), Ok(size)) = (rounds.parse::<u32>(), size.parse::<usize>()) else {
        return Err("read: bad numbers".into());
    };
    read_rounds(how == "read-forward", part, key, rounds, size).map_err(|error| error.to_string())
}

fn read_rounds(
    forward: bool,
    part: &str,
    key: &str,
    rounds: u32,
    size: usize,
) -> Result<(), smimezip::Error> {
    let mut buffer = vec![0; size];
    let mut content = Envelope::open_file(part)?.unlock(&KeyRing::from_file(key)?)?;
    for _ in 0..rounds {
        if forward {
            let keys = KeyRing::from_file(key)?;
            let mut content = Decryptor::new(File::open(part)?, keys);
            while content.read(&mut buffer)? > 0 {}
        } else {
            content.seek(SeekFrom::Start(0))?;
            while content.read(&mut buffer)? > 0 {}
        }
    }
    Ok(())
}
