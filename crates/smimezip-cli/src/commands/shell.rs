//! Completion scripts and manual pages, made from the command line's own description.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::Cli;
use crate::exit::{Failure, Outcome};

/// The heading of the first paragraph after the options, if it has examples.
const EXAMPLES: &str = "Examples:";

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    // The generator panics where its writer fails; memory does not.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "smimezip", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

pub(crate) fn man(folder: &Path) -> Outcome {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let shown: Vec<_> = command.get_subcommands().filter(|it| !it.is_hide_set()).cloned().collect();
    shown
        .into_iter()
        .chain([command])
        .try_for_each(|command| page(command, folder))
        .map_err(|error| Failure::Io(format!("{}: {error}", folder.display())))
}

/// Writes the page of one command.
fn page(mut command: Command, folder: &Path) -> io::Result<()> {
    // That of the generator names no values, and the options before what they are about.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim_start().to_owned();
    let command = command.override_usage(usage);
    let help = command.get_after_long_help().or_else(|| command.get_after_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let has_version = command.get_version().is_some();
    let has_commands = command.get_subcommands().any(|it| !it.is_hide_set());
    let man = Man::new(command).source(concat!("smimezip ", env!("CARGO_PKG_VERSION")));
    let mut out = BufWriter::new(File::create(folder.join(man.get_filename()))?);
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if has_commands {
        man.render_subcommands_section(&mut out)?;
    }
    let (examples, notes) = match help.strip_prefix(EXAMPLES) {
        Some(help) => help.split_once("\n\n").unwrap_or((help, "")),
        None => ("", &*help),
    };
    section(&mut out, "EXAMPLES", examples)?;
    section(&mut out, "NOTES", notes)?;
    if has_version {
        man.render_version_section(&mut out)?;
    }
    out.flush()
}

/// Writes a section whose lines stay as they are, if there are any.
fn section(out: &mut impl Write, heading: &str, text: &str) -> io::Result<()> {
    if text.trim().is_empty() {
        return Ok(());
    }
    writeln!(out, ".SH {heading}\n.nf")?;
    for line in text.trim_matches('\n').lines() {
        // A hyphen is to be copied as the minus that it is; a line that begins with a dot or an
        // apostrophe would be a command.
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        writeln!(out, "{guard}{line}")?;
    }
    writeln!(out, ".fi")
}
