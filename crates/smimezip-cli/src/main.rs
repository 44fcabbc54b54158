//! `smimezip`, the command: opens S/MIME encrypted, split zip exports in one step.

#![forbid(unsafe_code)]

mod advice;
mod args;
mod cancellable;
mod child;
mod commands;
mod config;
mod console;
mod exit;
mod expand;
mod explain;
mod history;
mod json;
mod keyring;
mod keystore;
mod passphrase;
mod progress;
mod report;
mod secret;
mod select;
mod stopwatch;
mod table;
mod text;
mod unwrap_command;
mod usage;

use std::process::ExitCode;

use args::Command;
use commands::Context;
use console::Console;
use exit::Outcome;

fn main() -> ExitCode {
    let mut cli = match usage::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if let Err(failure) = config::apply(&mut cli) {
        Console::new(&cli).fail(&failure);
        return ExitCode::from(&failure);
    }
    let context = Context::new(&cli);
    let (console, history) = (context.console, context.history.clone());
    let is_kept = !cli.no_history;
    // Whatever is read on this thread ends when a signal asks for it.
    let cancel = context.cancel.clone();
    let outcome = cancel.scope(|| run(cli.command, context, is_kept));
    history.finish(&outcome);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.fail(&failure);
            ExitCode::from(&failure)
        }
    }
}

fn run(command: Command, context: Context, is_kept: bool) -> Outcome {
    match command {
        Command::Extract(args) => commands::extract::run(&args, context),
        Command::List(args) => commands::list::run(&args, &context),
        Command::Salvage(args) => commands::salvage::run(&args, context),
        Command::Which(args) => commands::which::run(&args, &context),
        Command::Verify(args) => commands::verify::run(&args, context),
        Command::Decrypt(args) => commands::decrypt::run(&args, &context),
        Command::Inspect(args) => commands::inspect::run(&args, &context),
        Command::Status(args) => commands::status::run(&args, &context),
        Command::Cat(args) => commands::cat::run(&args, &context),
        Command::Seal(args) => commands::seal::run(&args, &context),
        Command::Encrypt(args) => commands::encrypt::run(&args, &context),
        Command::CheckCert(args) => commands::check_cert::run(&args, &context),
        Command::Passphrase(args) => commands::passphrase::run(&args.action, &context),
        Command::History(args) => commands::history::run(&args, &context, is_kept),
        Command::Completions { shell } => commands::shell::completions(shell),
        Command::Man { folder } => commands::shell::man(&folder),
    }
}
