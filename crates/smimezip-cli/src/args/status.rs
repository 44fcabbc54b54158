//! The arguments of `status`.

use std::path::PathBuf;

use clap::Args;

use super::KeyArgs;

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Folder that has the exports; folders in it are not searched
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    /// Say how many days are left of so long a time after an export came, as 30d or 12h
    #[arg(long, value_name = "TIME", value_parser = crate::text::parse_days)]
    pub(crate) retention: Option<std::time::Duration>,

    /// Look again every 2 seconds, and print again when something has changed, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
}
