//! `smimezip extract`.

use super::{Context, exports, tell};
use crate::args::Extract;
use crate::exit::{Failure, Outcome};
use crate::keyring;
use crate::progress::Bar;

pub(crate) fn run(args: &Extract, mut context: Context) -> Outcome {
    context.allow_size(args.policy.max_size);
    let console = context.console;
    let keys = keyring::load(&args.what.keys, &console, &context.limits)?;
    let mut options = context.options_for(&args.what, &args.policy)?;
    options.overwrite = args.overwrite.into();
    options.durable = !args.no_sync;
    context.listen_to_signals()?;
    let mut outcome = Ok(());
    // Found once: what one extraction writes must not become the input of the next.
    let names = exports(&args.what.inputs, &context.limits)?;
    for export in &names {
        let verb = if args.dry_run { "would extract" } else { "extracted" };
        let report = context.with_layout(|limits| {
            let archive = context.unlock(export, limits, &keys)?;
            if args.dry_run {
                return Ok(archive.dry_run(&args.directory, &options)?);
            }
            Ok::<_, Failure>(archive.extract(&args.directory, &options, &mut Bar::new(&console))?)
        })?;
        // Entries that failed in one export do not keep the next one from being extracted.
        if let Err(failure) = tell(&console, export, verb, &report) {
            outcome = Err(failure);
        }
    }
    outcome
}
