//! Arguments of `smimezip passphrase`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::help;
use crate::passphrase::PassphraseSource;

#[derive(Debug, Args)]
pub(crate) struct PassphraseArgs {
    #[command(subcommand)]
    pub(crate) action: PassphraseAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PassphraseAction {
    /// Store a passphrase under a name, in place of the one that is there
    #[command(after_help = help::PASSPHRASE_STORE)]
    Store {
        /// The name under which --passin keystore:NAME finds it
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,

        /// Where it comes from, a source as --passin takes it [default: prompt, asked for twice,
        /// once with --key]
        #[arg(long, value_name = "SRC", allow_hyphen_values = true)]
        from: Option<PassphraseSource>,

        /// Store it only if it opens this private key
        // Not from the environment: that key may have another passphrase.
        #[arg(short, long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Remove the passphrase that is stored under a name
    #[command(after_help = help::PASSPHRASE_FORGET)]
    Forget {
        /// The name under which it was stored
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
    },
}
