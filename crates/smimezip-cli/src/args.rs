//! The command line as types. What the flags mean is said here; what they do, in `commands`.

mod help;
mod history;
mod keys;
mod making;
mod passphrase;
mod salvage;
mod status;
mod values;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use help::GENERAL;
pub(crate) use history::{History, HistoryAction};
pub(crate) use keys::{GivenKeys, KeyArgs, KeyPlace};
pub(crate) use making::{CheckCert, Encrypt, Seal, Sealing};
pub(crate) use passphrase::{PassphraseAction, PassphraseArgs};
pub(crate) use salvage::Salvage;
pub(crate) use status::Status;
pub(crate) use values::{Accepted, Layer, LimitSetting, Names, Overwrite, OverwriteFile, When};

/// Opens S/MIME encrypted, split zip exports in one step.
///
/// INPUT is any one part of an export (X.z01.smime … X.zip.smime), or a folder holding it. The
/// other parts are found beside it. Nothing is decrypted to disk on the way, and nothing is
/// published before everything asked for was verified.
#[derive(Debug, Parser)]
#[command(name = "smimezip", version)]
#[command(after_help = help::short(), after_long_help = help::long())]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Say more
    #[arg(short, long, global = true, help_heading = GENERAL, conflicts_with = "quiet")]
    pub(crate) verbose: bool,

    /// Say nothing but errors
    #[arg(short, long, global = true, help_heading = GENERAL)]
    pub(crate) quiet: bool,

    /// Write JSON lines to standard output, errors too
    #[arg(long, global = true, help_heading = GENERAL)]
    pub(crate) json: bool,

    /// Show progress on standard error; with --json, if it is asked for, as lines of JSON instead
    #[arg(long, global = true, help_heading = GENERAL, value_name = "WHEN", default_value = "auto")]
    #[arg(num_args = 0..=1, default_missing_value = "always")]
    pub(crate) progress: When,

    /// Colour messages on standard error
    #[arg(long, global = true, help_heading = GENERAL, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,

    /// Threads to work with, at most 64 [default: all of the machine, at most 16]
    #[arg(short = 'j', long, global = true, help_heading = GENERAL)]
    #[arg(value_name = "N", env = "SMIMEZIP_THREADS")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Unwrap a layer inside the encryption where it is met; may be repeated
    #[arg(long, global = true, help_heading = GENERAL, value_name = "LAYER")]
    pub(crate) inner: Vec<Layer>,

    /// Accept what a standard forbids; may be repeated
    #[arg(long, global = true, help_heading = GENERAL, value_name = "WHAT")]
    pub(crate) accept: Vec<Accepted>,

    /// Change a limit, for example entries=5000000 or total-size=2G; may be repeated. `smimezip
    /// --help` lists the limits
    #[arg(long, global = true, help_heading = GENERAL, value_name = "NAME=VALUE")]
    pub(crate) limit: Vec<LimitSetting>,

    /// Do not read the configuration file
    #[arg(long, global = true, help_heading = GENERAL)]
    pub(crate) no_config: bool,

    /// Do not keep this run in the history
    #[arg(long, global = true, help_heading = GENERAL)]
    pub(crate) no_history: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Extract an export
    #[command(visible_alias = "x", after_help = help::EXTRACT)]
    Extract(Extract),
    /// List the entries of an export
    #[command(visible_alias = "l", after_help = help::LIST)]
    List(List),
    /// Print the names of the part files that are to be downloaded for some entries
    #[command(after_help = help::WHICH)]
    Which(Which),
    /// Check everything, write nothing
    #[command(visible_alias = "t", after_help = help::VERIFY)]
    Verify(Verify),
    /// Decrypt one part or several, as `openssl smime -decrypt` does
    #[command(after_help = help::DECRYPT)]
    Decrypt(Decrypt),
    /// Show containers, recipients, algorithms and missing parts; needs no key
    #[command(after_help = help::INSPECT)]
    Inspect(Inspect),
    /// Say of each export in a folder whether it is complete, and what it lacks
    #[command(after_help = help::STATUS)]
    Status(Status),
    /// Extract what there is of an export that is damaged or lacks its last part
    #[command(after_help = help::SALVAGE)]
    Salvage(Salvage),
    /// Write one entry to standard output
    #[command(after_help = help::CAT)]
    Cat(Cat),
    /// Make an export: zip folders and files, cut the archive into parts, seal each of them
    #[command(after_help = help::SEAL)]
    Seal(Seal),
    /// Encrypt one file, as `openssl smime -encrypt` does
    #[command(after_help = help::ENCRYPT)]
    Encrypt(Encrypt),
    /// Say whether exports can be sealed for a certificate, until when, and opened by a key
    #[command(after_help = help::CHECK_CERT)]
    CheckCert(CheckCert),
    /// Keep passphrases in the system's key store, for --passin keystore:NAME
    #[command(after_help = help::PASSPHRASE)]
    Passphrase(PassphraseArgs),
    /// List what was extracted, salvaged, made, decrypted and verified, and what came of it
    #[command(after_help = help::HISTORY)]
    History(History),
    /// Write a completion script for a shell to standard output
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder
    #[command(hide = true, after_help = help::MAN)]
    Man {
        /// The folder, which must exist
        folder: PathBuf,
    },
}

impl Command {
    /// The keys it works with, unless they are asked about.
    pub(crate) fn keys_mut(&mut self) -> Option<&mut KeyArgs> {
        match self {
            Self::Extract(args) => Some(&mut args.what.keys),
            Self::List(args) => Some(&mut args.what.keys),
            Self::Verify(args) => Some(&mut args.what.keys),
            Self::Decrypt(args) => Some(&mut args.keys),
            Self::Inspect(args) => Some(&mut args.keys),
            Self::Cat(args) => Some(&mut args.keys),
            Self::Salvage(args) => Some(&mut args.what.keys),
            Self::Which(args) => Some(&mut args.keys),
            Self::Status(args) => Some(&mut args.keys),
            Self::Seal(_)
            | Self::Encrypt(_)
            | Self::CheckCert(_)
            | Self::Passphrase(_)
            | Self::History(_)
            | Self::Completions { .. }
            | Self::Man { .. } => None,
        }
    }
}

/// Which entries.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only entries whose names match; `*` does not match `/`, `**` does; may be repeated
    #[arg(short, long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,

    /// Leave out entries whose names match; may be repeated
    #[arg(short = 'x', long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
}

/// Of which exports, and which of their entries.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// Any part of the export, or a folder holding exports; may be repeated
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// What is accepted, and what is not.
#[derive(Debug, Args)]
pub(crate) struct Policy {
    /// Leave out symbolic links, devices and pipes instead of refusing the archive
    #[arg(long)]
    pub(crate) skip_links: bool,

    /// What happens to names that are not safe on every platform: the archive is refused, or skip,
    /// encode. Absolute names and `..` are refused whatever is chosen
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    pub(crate) names: Names,

    /// Go on with the other entries where some are damaged: those that verify are extracted, all
    /// damaged ones are named; exits with 8
    #[arg(long)]
    pub(crate) keep_going: bool,

    /// The most bytes that all entries may have together, for example 500M or 2G, however
    /// compressed they are [default: what the disk has room for; beyond 1 GiB at most 200 times the
    /// compressed size]
    #[arg(long, value_name = "SIZE", value_parser = crate::text::parse_size)]
    pub(crate) max_size: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) what: What,

    #[command(flatten)]
    pub(crate) policy: Policy,

    /// Folder to extract to; made if it is not there [default: .]
    #[arg(
        short = 'C',
        long,
        value_name = "DIR",
        short_aliases = ['d', 'o'],
        alias = "output",
        display_order = 0
    )]
    pub(crate) directory: Option<PathBuf>,

    /// Extract to a folder below DIR which has the export's name, as is done with several exports
    #[arg(long)]
    pub(crate) subfolders: bool,

    /// Extract several exports to DIR itself: if they have a file in common, or one of them cannot
    /// be extracted, none is
    #[arg(long, conflicts_with = "subfolders")]
    pub(crate) together: bool,

    /// What happens to files that exist: never replaced (nothing is extracted), skip, always
    #[arg(long, value_name = "WHAT", default_value = "never")]
    pub(crate) overwrite: Overwrite,

    /// Although parts are missing, extract what does not need them; the other entries are named
    /// with the parts that they need; exits with 8
    #[arg(long)]
    pub(crate) available: bool,

    /// Look at the folders every 2 seconds, until Ctrl-C, and extract each export once as soon as
    /// all of it is there, to a folder of its own. One that is damaged, or that no key opens, is
    /// named, and tried again when its files change
    #[arg(long, conflicts_with_all = ["together", "available", "dry_run"])]
    pub(crate) watch: bool,

    /// Watch no longer than this, as 90s, 30m, 8h or 2d; what is being extracted then is finished
    #[arg(long = "for", value_name = "TIME", requires = "watch")]
    #[arg(value_parser = crate::text::parse_span)]
    pub(crate) watch_for: Option<std::time::Duration>,

    /// Make all checks that need no decompression and say what would be done
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not wait until the files are written to the disk: faster, but after a power failure files
    /// may be there without their contents
    #[arg(long)]
    pub(crate) no_sync: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) what: What,

    /// Show compressed sizes, methods, CRC-32 and parts, too
    #[arg(long)]
    pub(crate) long: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Any part of the export, or a folder holding it; the last part must be there
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,

    /// Entries whose names match; `*` does not match `/`, `**` does [default: all entries]
    #[arg(value_name = "GLOB")]
    pub(crate) patterns: Vec<String>,

    /// Print all parts that these entries need, not only those that are missing
    #[arg(long)]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Debug, Args)]
#[command(mut_arg("inputs", |inputs| inputs.required(false).required_unless_present("manifest")))]
pub(crate) struct Verify {
    /// Check the parts by their manifest alone, whole and without a key: names, sizes, SHA-256.
    /// They are beside it, or where INPUT says. As many as there can be, unless --limit parts says
    /// fewer
    #[arg(long, value_name = "FILE")]
    #[arg(conflicts_with_all = ["include", "exclude", "keep_going", "max_size", "available"])]
    pub(crate) manifest: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) what: What,

    #[command(flatten)]
    pub(crate) policy: Policy,

    /// Although parts are missing, verify what does not need them; the other entries are named
    /// with the parts that they need; exits with 8
    #[arg(long)]
    pub(crate) available: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Decrypt {
    /// The encrypted file, or - for standard input, which is read forward in constant memory.
    /// Several go to a folder: see -d
    #[arg(required = true, value_name = "PART")]
    pub(crate) parts: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    /// File to write, or - for standard output, where bytes appear before the end was verified if
    /// the cipher authenticates nothing; so they do in a pipe or a device that is named here
    /// [default: the part's name without .smime, here; standard output for standard input]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Folder to write to, each file under the name of its part without .smime; made if it is not
    /// there. One that fails does not keep the others from it; exits with 8 then [default: .]
    #[arg(short, long, value_name = "DIR", short_alias = 'C', conflicts_with = "output")]
    pub(crate) directory: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) saving: Saving,
}

/// How one file is written.
#[derive(Debug, Args)]
pub(crate) struct Saving {
    /// What happens if the file to write exists: never replaced, always
    #[arg(long, value_name = "WHAT", default_value = "never")]
    pub(crate) overwrite: OverwriteFile,

    /// Do not wait until the file is written to the disk
    #[arg(long)]
    pub(crate) no_sync: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Any part of the export, any encrypted message, or a folder; may be repeated
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Cat {
    /// Any part of the export, or a folder holding it
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,

    /// The entry's name, as `list` shows it
    #[arg(value_name = "ENTRY")]
    pub(crate) entry: String,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    /// Of all commands, those too that no test calls.
    #[test]
    fn clap_has_nothing_against_the_definitions() {
        Cli::command().debug_assert();
    }
}
