//! The arguments of `salvage`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Names, What};

/// What happens to names that are not safe on every platform.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SalvagedNames {
    /// The entry is left out
    Skip,
    /// What is unsafe is percent-encoded, what collides is numbered
    Encode,
}

impl From<SalvagedNames> for Names {
    fn from(names: SalvagedNames) -> Self {
        match names {
            SalvagedNames::Skip => Self::Skip,
            SalvagedNames::Encode => Self::Encode,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Salvage {
    #[command(flatten)]
    pub(crate) what: What,

    /// Folder below which a folder is made for each export: its name, and `-not-complete` [default:
    /// .]
    #[arg(short = 'C', long, value_name = "DIR", short_aliases = ['d', 'o'], alias = "output")]
    pub(crate) directory: Option<PathBuf>,

    /// What happens to names that are not safe on every platform: such entries are left out, or
    /// encode
    #[arg(long, value_name = "WHAT", default_value = "skip")]
    pub(crate) names: SalvagedNames,

    /// Allow so many bytes in all, for example 500M or 2G, however compressed they are [default:
    /// what the disk has room for; beyond 1 GiB at most 200 times the compressed size]
    #[arg(long, value_name = "SIZE", value_parser = crate::text::parse_size)]
    pub(crate) max_size: Option<u64>,

    /// Do not wait until the files are written to the disk
    #[arg(long)]
    pub(crate) no_sync: bool,
}
