//! What a person sees of a run: the exit code, and what is said on which stream; and the files that
//! situations are made of.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::common::{NAME, copy_of_sample, key, path, run, sample, test_keys, text};

/// A run, and what was asked for.
pub struct Seen {
    what: String,
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program, and expects this exit code.
#[track_caller]
pub fn see(code: i32, arguments: &[&str]) -> Seen {
    seen(code, &run(arguments), &arguments.join(" "))
}

/// The same of a run in surroundings of its own.
#[track_caller]
pub fn seen(code: i32, output: &Output, what: &str) -> Seen {
    let (out, err) = (String::from_utf8_lossy(&output.stdout).into_owned(), text(&output.stderr));
    let seen = Seen { what: what.to_owned(), code: output.status.code(), out, err };
    assert_eq!(seen.code, Some(code), "{seen}");
    seen.not("panicked")
}

impl Seen {
    /// Standard error has these words.
    #[track_caller]
    pub fn err(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is not said: {self}");
        self
    }

    /// Standard output has these words.
    #[track_caller]
    pub fn out(self, words: &str) -> Self {
        assert!(self.out.contains(words), "{words:?} is not written: {self}");
        self
    }

    /// Neither has them.
    #[track_caller]
    pub fn not(self, words: &str) -> Self {
        assert!(!self.out.contains(words) && !self.err.contains(words), "{words:?}: {self}");
        self
    }

    /// How many lines there are on standard output.
    pub fn lines(&self) -> usize {
        self.out.lines().count()
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, code, out, err } = self;
        write!(f, "smimezip {what}\nexit {code:?}\nstdout:\n{out}\nstderr:\n{err}")
    }
}

/// The sample's folder, and its key.
pub fn given() -> (String, String) {
    (path(&sample()).to_owned(), key())
}

pub fn at(folder: &TempDir, name: &str) -> String {
    path(&folder.path().join(name)).to_owned()
}

/// The part of a copy of the sample.
pub fn part_of(folder: &TempDir, kind: &str) -> PathBuf {
    folder.path().join(format!("{NAME}.{kind}.smime"))
}

/// A copy of the sample without a part.
pub fn without(kind: &str) -> TempDir {
    let folder = copy_of_sample();
    std::fs::remove_file(part_of(&folder, kind)).unwrap();
    folder
}

/// A copy of the sample whose second part is something else.
pub fn with_second(bytes: &[u8]) -> TempDir {
    let folder = copy_of_sample();
    std::fs::write(part_of(&folder, "z02"), bytes).unwrap();
    folder
}

/// Runs OpenSSL; whether it is there.
pub fn openssl(arguments: &[&str]) -> bool {
    let Ok(output) = Command::new("openssl").args(arguments).output() else {
        println!("SKIPPED: openssl is not installed");
        return false;
    };
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    true
}

/// The sample's key, encrypted under this passphrase.
pub fn encrypted(folder: &TempDir, passphrase: &str) -> Option<String> {
    let file = at(folder, &format!("{passphrase}.pem"));
    let under = format!("pass:{passphrase}");
    let arguments = ["pkcs8", "-topk8", "-in", &key(), "-out", &file, "-passout", &under];
    openssl(&arguments).then_some(file)
}

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The message that the keys of the collection open.
pub fn message() -> String {
    path(&test_keys().join("../vectors/openssl-smime-aes256")).to_owned()
}

pub fn collected(name: &str) -> String {
    path(&test_keys().join(name)).to_owned()
}
