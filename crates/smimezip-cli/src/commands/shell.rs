//! Completion scripts and manual pages, made from the command line's own description.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;

use crate::args::Cli;
use crate::exit::{Failure, Outcome};

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    // The generator panics where its writer fails; memory does not.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "smimezip", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

pub(crate) fn man(folder: &Path) -> Outcome {
    clap_mangen::generate_to(Cli::command(), folder)
        .map_err(|error| Failure::Io(format!("{}: {error}", folder.display())))
}
