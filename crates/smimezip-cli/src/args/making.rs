//! Arguments of what is made: exports, messages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use smimezip::export::ManifestContents;
use smimezip::message::SealContainer;

use super::help::KEYS;
use super::{GivenKeys, Saving};
use crate::passphrase::PassphraseSource;

/// What `check-cert` does with a key.
const KEY: &str = "Private key of which to see whether it opens what is sealed for the certificate: \
                   a few bytes are sealed and opened; may be repeated";

/// For whom something is sealed, and how.
#[derive(Debug, Args)]
pub(crate) struct Sealing {
    /// Certificate of who shall open it, PEM or DER, of which the first in the file counts; may be
    /// repeated. If one of them has a key that is not RSA, `openssl cms` opens the parts and the
    /// documented `openssl smime` does not, with any key
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Vec<PathBuf>,

    /// Encrypt with AES-256-GCM, so that any change is seen; `openssl cms` opens that, and the
    /// documented `openssl smime` does not
    #[arg(long)]
    pub(crate) authenticated: bool,

    /// How a message is wrapped
    #[arg(long, value_name = "WHAT", default_value = "mime")]
    pub(crate) container: Container,
}

/// How a message is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Container {
    /// MIME with base64, as `openssl smime` writes and reads it
    Mime,
    /// MIME with the bytes themselves, a quarter smaller; OpenSSL does not read it
    MimeBinary,
    /// PEM
    Pem,
    /// The bytes alone, a quarter smaller; `openssl smime -inform DER` reads it
    #[value(alias = "der")]
    Binary,
}

impl From<Container> for SealContainer {
    fn from(container: Container) -> Self {
        match container {
            Container::Mime => Self::default(),
            Container::MimeBinary => Self::MimeBinary,
            Container::Pem => Self::Pem,
            Container::Binary => Self::Binary,
        }
    }
}

/// What a manifest says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Manifest {
    /// The parts: name, size and SHA-256
    Parts,
    /// The files in the export, too: path, size and CRC-32
    Entries,
}

impl From<Manifest> for ManifestContents {
    fn from(manifest: Manifest) -> Self {
        match manifest {
            Manifest::Parts => Self::Parts,
            Manifest::Entries => Self::Entries,
        }
    }
}

/// Offsets in a part have four bytes, so that 4 GiB is one byte too many; it is taken for the most
/// that there can be.
fn part_size(text: &str) -> Result<u64, String> {
    let size = crate::text::parse_size(text)?;
    Ok(if size == 1 << 32 { size - 1 } else { size })
}

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// A folder, all of which goes into the export, at its root; or several folders and files, or
    /// one file, each of which goes into it under the last component of its path
    #[arg(required = true, value_name = "TREE")]
    pub(crate) trees: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) sealing: Sealing,

    /// Folder for the parts; made if it is not there
    #[arg(short, long, value_name = "DIR", default_value = ".", short_aliases = ['C', 'd'])]
    pub(crate) output: PathBuf,

    /// Cut into parts of this size, for example 500M, from 64K to 4G, which is one byte less here;
    /// sealed in MIME or PEM, they are a third larger [default: one part]
    #[arg(long, value_name = "SIZE", value_parser = part_size)]
    pub(crate) split: Option<u64>,

    /// What the names of all parts begin with [default: export- and a random number]
    #[arg(long, value_name = "STEM")]
    pub(crate) name: Option<String>,

    /// Leave out what matches, a folder with all that is in it; a pattern is for the whole path in
    /// the export, `*` does not match `/`, `**` does; may be repeated. One without wildcards must
    /// be for something
    #[arg(short = 'x', long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,

    /// How hard to compress, from 0, not at all, to 9; what does not compress is stored in any case
    #[arg(short, long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=9))]
    pub(crate) level: u32,

    /// Leave out what an extraction would refuse, and name it: links, devices, names that are not
    /// safe on every platform or that collide on some
    #[arg(long)]
    pub(crate) skip_unfit: bool,

    /// Leave out times, and of permissions all but whether a file can be run, so that the same
    /// folder makes the same archive; sealed, it is another each time
    #[arg(long)]
    pub(crate) reproducible: bool,

    /// Write a manifest beside the parts, STEM.manifest.json: the size and SHA-256 of each, by
    /// which `smimezip verify --manifest` checks them without a key. With `=entries` it names the
    /// files in the export, too, for everybody to read
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "parts")]
    pub(crate) manifest: Option<Manifest>,

    /// Make all checks for which no file has to be read or written, and say what would be made
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not open and verify the export before its parts get their names
    #[arg(long)]
    pub(crate) no_read_back: bool,

    /// Do not wait until the parts are written to the disk
    #[arg(long)]
    pub(crate) no_sync: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Encrypt {
    /// The file, or - for standard input, which is read forward in constant memory
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Password that opens it, too, or alone without --to, and that nobody can guess: env:VAR,
    /// file:PATH, fd:N, stdin, prompt, keystore:NAME (see `smimezip passphrase`), or pass:TEXT
    /// (seen in ps); may be repeated. `openssl cms` opens that, and the documented `openssl smime`
    /// does not, with any key
    #[arg(long, value_name = "SRC", alias = "pwri-password", allow_hyphen_values = true)]
    pub(crate) password: Vec<PassphraseSource>,

    #[command(flatten)]
    pub(crate) sealing: Sealing,

    /// File to write, or - for standard output [default: the file's name and .smime, here; standard
    /// output for standard input]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) saving: Saving,
}

#[derive(Debug, Args)]
// Not from the environment: who asks about somebody else's certificate has another key.
#[command(mut_arg("key", |key| key.env(None::<&str>).help(KEY)))]
pub(crate) struct CheckCert {
    /// The certificate, PEM or DER, of which the first in the file counts
    #[arg(value_name = "CERTIFICATE")]
    pub(crate) certificate: PathBuf,

    #[command(flatten)]
    pub(crate) given: GivenKeys,

    /// Shell command that decrypts the content-encryption key, as `extract` takes it, in place of a
    /// key in a file
    #[arg(long, help_heading = KEYS, value_name = "COMMAND")]
    pub(crate) unwrap_command: Option<String>,
}
