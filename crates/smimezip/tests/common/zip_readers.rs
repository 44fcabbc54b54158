//! Other programs that read zip archives: 7-Zip, a process for each archive, and in one process for
//! many of them Python's zipfile and libarchive, which is what bsdtar reads with.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{has, sha256, try_run};

/// Contents' sums by name.
pub type Files = BTreeMap<String, String>;

/// The programs, and a folder to work in.
pub struct Readers {
    folder: PathBuf,
    python: Child,
    to_python: ChildStdin,
    from_python: BufReader<ChildStdout>,
}

impl Readers {
    /// `None` if one is not there.
    pub fn new(folder: &Path) -> Option<Self> {
        if !["7z", "bsdtar", "python3"].into_iter().all(has) {
            return None;
        }
        let script = super::core().join("tests/tools/zip_reader.py");
        // With nothing to read it ends at once, or says that it has no libarchive.
        if !try_run(folder, "python3", &[script.to_str().unwrap()], b"").0 {
            return None;
        }
        let mut python = Command::new("python3")
            .arg(script)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to_python = python.stdin.take().unwrap();
        let from_python = BufReader::new(python.stdout.take().unwrap());
        Some(Self { folder: folder.to_owned(), python, to_python, from_python })
    }

    /// Says which archive is to be read.
    pub fn take(&self, bytes: &[u8]) {
        std::fs::write(self.folder.join("e.zip"), bytes).unwrap();
    }

    /// What 7-Zip reads; `None` if it does not say that all is well.
    pub fn seven_zip(&self) -> Option<Files> {
        let out = self.folder.join("out");
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir(&out).unwrap();
        let (ok, _) = try_run(&self.folder, "7z", &["x", "-y", "-pnone", "-oout", "e.zip"], b"");
        let mut files = Files::new();
        // Also if it failed, so that the folder can be removed.
        read_files(&out, "", &mut files);
        ok.then_some(files)
    }

    /// What Python's zipfile and libarchive read.
    pub fn zipfile_and_libarchive(&mut self) -> [Option<Files>; 2] {
        writeln!(self.to_python, "{}", self.folder.join("e.zip").display()).unwrap();
        [self.answer(), self.answer()]
    }

    fn answer(&mut self) -> Option<Files> {
        let mut files = Files::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.from_python.read_line(&mut line).unwrap(), 0, "Python has ended");
            let line = line.trim_end_matches(['\r', '\n']);
            match line.split_once(' ') {
                Some((sum, name)) => {
                    let name: Vec<u8> = (0..name.len() / 2)
                        .map(|at| u8::from_str_radix(&name[2 * at..2 * at + 2], 16).unwrap())
                        .collect();
                    files.insert(String::from_utf8_lossy(&name).into_owned(), sum.to_owned());
                }
                None if line == "accepted" => return Some(files),
                None => {
                    assert_eq!(line, "refused");
                    return None;
                }
            }
        }
    }
}

/// The files of a folder that another program made, whatever their names and modes.
fn read_files(folder: &Path, prefix: &str, files: &mut Files) {
    open_to_us(folder, 0o700);
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            read_files(&entry.path(), &format!("{name}/"), files);
        } else if kind.is_file() {
            open_to_us(&entry.path(), 0o600);
            files.insert(name, sha256(&std::fs::read(entry.path()).unwrap()));
        }
    }
}

#[cfg(unix)]
fn open_to_us(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn open_to_us(_: &Path, _: u32) {}

impl Drop for Readers {
    fn drop(&mut self) {
        let _ = self.python.kill();
        let _ = self.python.wait();
    }
}
