//! An export of a given size: JSON lines and recordings, zipped by Info-ZIP into eight parts, each
//! sealed by OpenSSL.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The export's parts and its key.
pub(crate) struct Set {
    pub(crate) sealed: Vec<PathBuf>,
    pub(crate) key: PathBuf,
    /// The same tree in one plain zip.
    pub(crate) zip: PathBuf,
}

pub(crate) fn make(folder: &Path, size: u64) -> Result<Set, String> {
    make_in(folder, size).map_err(|error| error.to_string())
}

fn make_in(folder: &Path, size: u64) -> std::io::Result<Set> {
    let tree = folder.join("tree");
    std::fs::create_dir(&tree)?;
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    // Eight files of text, eight of recordings that do not compress, a quarter of the size.
    for number in 0..8 {
        let mut out = BufWriter::new(File::create(tree.join(format!("Entity-{number}.json")))?);
        let mut written = 0;
        while written < size / 8 / 4 * 3 {
            let (id, state) = (noise.next(), noise.next() % 5);
            let line = format!(
                "{{\"id\":\"{id:016x}\",\"state\":\"{}\",\"subject\":\"order number {}\"}}\n",
                ["open", "closed", "pending", "merged", "deleted"]
                    [usize::try_from(state).unwrap_or_default()],
                id % 10_000
            );
            out.write_all(line.as_bytes())?;
            written += line.len() as u64;
        }
        out.flush()?;
        let mut out = BufWriter::new(File::create(tree.join(format!("recording-{number}.raw")))?);
        for _ in 0..size / 8 / 4 / 8 {
            out.write_all(&noise.next().to_le_bytes())?;
        }
        out.flush()?;
    }
    let zip = folder.join("e.zip");
    // Compressed it is about half the size.
    let part = (size / 2 / 8 / 1024).max(64);
    succeed(
        Command::new("zip")
            .current_dir(&tree)
            .args(["-q", "-r", "-s"])
            .arg(format!("{part}k"))
            .arg(&zip)
            .arg("."),
    )?;
    let plain = folder.join("plain.zip");
    succeed(Command::new("zip").current_dir(&tree).args(["-q", "-r"]).arg(&plain).arg("."))?;
    std::fs::remove_dir_all(&tree)?;
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    succeed(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=Benchmark"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .stderr(std::process::Stdio::null()),
    )?;
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "e"))
        .collect();
    parts.sort();
    let mut sealed = Vec::new();
    for part in parts {
        let out = PathBuf::from(format!("{}.smime", part.display()));
        let arguments = ["smime", "-encrypt", "-binary", "-aes256", "-in"];
        succeed(
            Command::new("openssl")
                .args(arguments)
                .arg(&part)
                .arg("-out")
                .arg(&out)
                .arg(&certificate),
        )?;
        std::fs::remove_file(part)?;
        sealed.push(out);
    }
    Ok(Set { sealed, key, zip: plain })
}

fn succeed(command: &mut Command) -> std::io::Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(std::io::Error::other(format!("{command:?}: {status}")))
    }
}

/// Xorshift: the same data in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
