//! What the tables need: a key, one large message, an export, a zip of many files, a zip of one
//! huge one. Zipped by Info-ZIP, sealed by OpenSSL, as exports are; the same contents in every run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A private key and its certificate.
pub(crate) struct Key {
    pub(crate) key: PathBuf,
    pub(crate) certificate: PathBuf,
}

/// One message as MIME with base64, and as DER.
pub(crate) struct Message {
    pub(crate) mime: PathBuf,
    pub(crate) der: PathBuf,
}

/// An export's parts, and the same tree in one plain zip.
pub(crate) struct Set {
    pub(crate) sealed: Vec<PathBuf>,
    pub(crate) zip: PathBuf,
    /// A small member of it.
    pub(crate) small: &'static str,
}

const SMALL: &str = "small.json";
/// Bytes of a file of the table of many.
const MANY_SIZE: u64 = 2_000;
/// Files in one folder there.
const MANY_IN_FOLDER: u32 = 1_000;
/// Bytes of the tree of each set of the table of status: four parts of the least size.
const SET_SIZE: u64 = 512 * 1024;

impl Key {
    pub(crate) fn make(folder: &Path) -> Result<Self, String> {
        let made =
            Self { key: folder.join("key.pem"), certificate: folder.join("certificate.pem") };
        succeed(
            Command::new("openssl")
                .args(["req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=Benchmark"])
                .arg("-keyout")
                .arg(&made.key)
                .arg("-out")
                .arg(&made.certificate)
                .stderr(Stdio::null()),
        )?;
        Ok(made)
    }

    /// A folder with this key in it for gpgsm, and the file with its passphrase.
    pub(crate) fn for_gpgsm(&self, folder: &Path) -> Result<(PathBuf, PathBuf), String> {
        let (home, passphrase) = (folder.join("g"), folder.join("passphrase"));
        let fail = |error: io::Error| error.to_string();
        std::fs::create_dir(&home).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))
                .map_err(fail)?;
        }
        std::fs::write(home.join("gpg-agent.conf"), "allow-loopback-pinentry\n").map_err(fail)?;
        std::fs::write(&passphrase, "x").map_err(fail)?;
        let bundle = folder.join("key.p12");
        succeed(
            Command::new("openssl")
                .args(["pkcs12", "-export", "-legacy", "-passout", "pass:x", "-inkey"])
                .arg(&self.key)
                .arg("-in")
                .arg(&self.certificate)
                .arg("-out")
                .arg(&bundle),
        )?;
        let passphrase_in = File::open(&passphrase).map_err(fail)?;
        succeed(
            Command::new("gpgsm")
                .arg("--homedir")
                .arg(&home)
                .args([
                    "--batch",
                    "--pinentry-mode",
                    "loopback",
                    "--passphrase-fd",
                    "0",
                    "--import",
                ])
                .arg(&bundle)
                .stdin(passphrase_in)
                .stderr(Stdio::null()),
        )?;
        Ok((home, passphrase))
    }

    /// Encrypts a file in one of OpenSSL's forms.
    pub(crate) fn seal(&self, plain: &Path, sealed: &Path, form: &str) -> Result<(), String> {
        succeed(
            Command::new("openssl")
                .args(["smime", "-encrypt", "-binary", "-aes256", "-outform", form, "-in"])
                .arg(plain)
                .arg("-out")
                .arg(sealed)
                .arg(&self.certificate),
        )
    }
}

/// A file of `size` bytes that do not compress.
pub(crate) fn noise(folder: &Path, size: u64) -> Result<PathBuf, String> {
    let plain = folder.join("message");
    noise_file(&plain, size, &mut Noise(1)).map_err(|error| error.to_string())?;
    Ok(plain)
}

/// One message around `size` bytes that do not compress.
pub(crate) fn message(folder: &Path, key: &Key, size: u64) -> Result<Message, String> {
    let plain = noise(folder, size)?;
    let made = Message { mime: folder.join("message.smime"), der: folder.join("message.p7m") };
    key.seal(&plain, &made.mime, "SMIME")?;
    key.seal(&plain, &made.der, "DER")?;
    std::fs::remove_file(plain).map_err(|error| error.to_string())?;
    Ok(made)
}

impl Message {
    pub(crate) fn remove(self) -> Result<(), String> {
        remove(&[self.mime, self.der])
    }
}

/// A tree of about `size` bytes: eight files of text, eight of recordings that do not compress and
/// have so many quarters of the bytes, and a small file.
pub(crate) fn tree(folder: &Path, size: u64, recordings: u64) -> Result<PathBuf, String> {
    let quarter = size / 8 / 4;
    let tree = folder.join("tree");
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    let make = |noise: &mut Noise| {
        std::fs::create_dir(&tree)?;
        for number in 0..8 {
            let (text, raw) = (format!("Entity-{number}.json"), format!("recording-{number}.raw"));
            text_file(&tree.join(text), quarter * (4 - recordings), noise)?;
            noise_file(&tree.join(raw), quarter * recordings, noise)?;
        }
        text_file(&tree.join(SMALL), 2_000, noise)
    };
    make(&mut noise).map_err(|error: io::Error| error.to_string())?;
    Ok(tree)
}

/// The size of parts, in KiB, of which a zip becomes eight.
pub(crate) fn eighth(zip: &Path) -> Result<u64, String> {
    let size = std::fs::metadata(zip).map_err(|error| error.to_string())?.len();
    Ok((size / 8 / 1024 + 1).max(64))
}

/// An export of [`tree`], a quarter of it recordings, in eight parts.
pub(crate) fn export(folder: &Path, key: &Key, size: u64) -> Result<Set, String> {
    let tree = tree(folder, size, 1)?;
    let plain = folder.join("plain.zip");
    zip(&tree, &plain)?;
    let split = folder.join("e.zip");
    let pieces = format!("{}k", eighth(&plain)?);
    succeed(Command::new("zip").args(["-q", "-s", &pieces, "--out"]).arg(&split).arg(&plain))?;
    std::fs::remove_dir_all(&tree).map_err(|error| error.to_string())?;
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "e"))
        .collect();
    parts.sort();
    let mut sealed = Vec::new();
    for part in parts {
        let out = PathBuf::from(format!("{}.smime", part.display()));
        key.seal(&part, &out, "SMIME")?;
        remove(&[part])?;
        sealed.push(out);
    }
    Ok(Set { sealed, zip: plain, small: SMALL })
}

impl Set {
    pub(crate) fn remove(self) -> Result<(), String> {
        remove(&self.sealed)?;
        remove(&[self.zip])
    }
}

/// A folder of one export in four small parts, and one of so many: links to the same files, so that
/// they take no room.
pub(crate) fn downloads(folder: &Path, key: &Key, sets: u32) -> Result<(PathBuf, PathBuf), String> {
    let set = export(folder, key, SET_SIZE)?;
    let (one, all) = (folder.join("one"), folder.join("all"));
    let make = || {
        for (folder, sets) in [(&one, 1), (&all, sets)] {
            std::fs::create_dir(folder)?;
            for number in 0..sets {
                for part in &set.sealed {
                    let name = part.file_name().unwrap_or_default().to_string_lossy();
                    let name = name.replacen("e.", &format!("export-{number:05}."), 1);
                    std::fs::hard_link(part, folder.join(name))?;
                }
            }
        }
        Ok(())
    };
    make().map_err(|error: io::Error| error.to_string())?;
    set.remove()?;
    Ok((one, all))
}

/// A zip of many small files of text, some hundred in each folder.
pub(crate) fn many(folder: &Path, files: u32) -> Result<PathBuf, String> {
    let tree = folder.join("tree");
    let mut noise = Noise(3);
    let make = |noise: &mut Noise| {
        for number in 0..files {
            let folder = tree.join(format!("day-{:03}", number / MANY_IN_FOLDER));
            if number % MANY_IN_FOLDER == 0 {
                std::fs::create_dir_all(&folder)?;
            }
            text_file(&folder.join(format!("interaction-{number}.json")), MANY_SIZE, noise)?;
        }
        Ok(())
    };
    make(&mut noise).map_err(|error: io::Error| error.to_string())?;
    packed(folder, &tree, "many.zip")
}

/// A zip of one file of text.
pub(crate) fn huge(folder: &Path, size: u64) -> Result<PathBuf, String> {
    let tree = folder.join("tree");
    let make = || {
        std::fs::create_dir(&tree)?;
        text_file(&tree.join("Entity.json"), size, &mut Noise(5))
    };
    make().map_err(|error: io::Error| error.to_string())?;
    packed(folder, &tree, "huge.zip")
}

/// Zips the tree to `folder` and removes it.
fn packed(folder: &Path, tree: &Path, name: &str) -> Result<PathBuf, String> {
    let out = folder.join(name);
    zip(tree, &out)?;
    std::fs::remove_dir_all(tree).map_err(|error| error.to_string())?;
    Ok(out)
}

pub(crate) fn zip(tree: &Path, out: &Path) -> Result<(), String> {
    succeed(Command::new("zip").current_dir(tree).args(["-q", "-r"]).arg(out).arg("."))
}

fn remove(files: &[PathBuf]) -> Result<(), String> {
    files.iter().try_for_each(std::fs::remove_file).map_err(|error| error.to_string())
}

/// JSON lines until `size` is reached.
fn text_file(path: &Path, size: u64, noise: &mut Noise) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut written = 0;
    while written < size {
        let (id, state) = (noise.next(), noise.next() % 5);
        let state = ["open", "closed", "pending", "merged", "deleted"]
            [usize::try_from(state).unwrap_or_default()];
        let line = format!(
            "{{\"id\":\"{id:016x}\",\"state\":\"{state}\",\"subject\":\"order number {}\"}}\n",
            id % 10_000
        );
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    out.flush()
}

fn noise_file(path: &Path, size: u64, noise: &mut Noise) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for _ in 0..size / 8 {
        out.write_all(&noise.next().to_le_bytes())?;
    }
    out.flush()
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
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
