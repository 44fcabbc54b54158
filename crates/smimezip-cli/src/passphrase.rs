//! Where the passphrase of a private key comes from: the sources of `openssl`'s `-passin`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;
use std::str::FromStr;

use smimezip::Passphrase;
use zeroize::Zeroizing;

/// Longest passphrase that is read.
const LONGEST: u64 = 64 * 1024;

/// A source named on the command line.
#[derive(Clone)]
pub(crate) enum PassphraseSource {
    Environment(String),
    File(PathBuf),
    Descriptor(u32),
    Stdin,
    Prompt,
    Text(Zeroizing<String>),
}

impl FromStr for PassphraseSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.split_once(':') {
            None if text == "stdin" => Self::Stdin,
            None if text == "prompt" => Self::Prompt,
            Some(("env", name)) => Self::Environment(name.to_owned()),
            Some(("file", path)) => Self::File(path.into()),
            Some(("fd", number)) => {
                Self::Descriptor(number.parse().map_err(|_| format!("fd:{number} is no number"))?)
            }
            Some(("pass", text)) => Self::Text(Zeroizing::new(text.to_owned())),
            _ => return Err("use env:VAR, file:PATH, fd:N, stdin, prompt or pass:TEXT".into()),
        })
    }
}

// The text of `pass:` must not come out through clap's own messages.
impl std::fmt::Debug for PassphraseSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassphraseSource")
    }
}

impl PassphraseSource {
    /// The source used if none is named: the terminal, if there is one.
    pub(crate) fn standard() -> Option<Self> {
        (io::stdin().is_terminal() || io::stderr().is_terminal()).then_some(Self::Prompt)
    }

    /// Reads the passphrase; `what` is the file it opens.
    pub(crate) fn read(&self, what: &str) -> io::Result<Passphrase> {
        match self {
            Self::Environment(name) => {
                let value = std::env::var_os(name).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::NotFound, format!("{name} is not set"))
                })?;
                Ok(Passphrase::new(value.into_encoded_bytes()))
            }
            Self::File(path) => first_line(File::open(path)?),
            Self::Descriptor(number) => first_line(File::open(format!("/dev/fd/{number}"))?),
            Self::Stdin => first_line(io::stdin()),
            Self::Prompt => {
                let text = rpassword::prompt_password(format!("Passphrase for {what}: "))?;
                Ok(Passphrase::new(Zeroizing::new(text).as_bytes()))
            }
            Self::Text(text) => Ok(Passphrase::new(text.as_bytes())),
        }
    }
}

/// The first line, without its end, as openssl takes it.
fn first_line(source: impl Read) -> io::Result<Passphrase> {
    let mut line = Zeroizing::new(Vec::new());
    BufReader::new(source.take(LONGEST)).read_until(b'\n', &mut line)?;
    let text = line.strip_suffix(b"\n").unwrap_or(&line);
    Ok(Passphrase::new(text.strip_suffix(b"\r").unwrap_or(text)))
}
