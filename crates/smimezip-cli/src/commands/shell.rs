//! Completion scripts and manual pages, made from the command line's own description.

use std::io;
use std::path::Path;

use clap::CommandFactory;

use crate::args::Cli;
use crate::exit::Outcome;

pub(crate) fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut Cli::command(), "smimezip", &mut io::stdout());
}

pub(crate) fn man(folder: &Path) -> Outcome {
    Ok(clap_mangen::generate_to(Cli::command(), folder)?)
}
