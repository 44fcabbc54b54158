//! Arguments of `smimezip history`.

use clap::{Args, Subcommand};

use crate::history::Status;

#[derive(Debug, Args)]
pub(crate) struct History {
    #[command(subcommand)]
    pub(crate) action: Option<HistoryAction>,

    /// List only runs that ended so
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<Status>,

    /// List only runs of exports, or messages, with this name; `*` stands for anything
    #[arg(long, value_name = "GLOB")]
    pub(crate) set: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryAction {
    /// Show all that is known of one run
    Show {
        /// The run's number, as the list has it
        number: u64,
    },
    /// Run the same command once more, with the same arguments in the same folder
    Again {
        /// The run's number, as the list has it
        number: u64,
    },
    /// Forget all runs
    Clear,
}
