//! `smimezip extract`: all exports are opened and planned before the first is extracted.

use std::path::{Path, PathBuf};

use smimezip::{Archive, ErrorKind, Export, ExtractOptions, KeyRing, Report};

use super::{Context, exports};
use crate::args::Extract;
use crate::exit::{Failure, Outcome};
use crate::explain;
use crate::keyring;
use crate::progress::Bar;
use crate::select::Selected;

/// An export, and where it goes.
struct Planned {
    export: Export,
    archive: Archive,
    target: PathBuf,
}

pub(crate) fn run(args: &Extract, mut context: Context) -> Outcome {
    context.allow_size(args.policy.max_size);
    // Found once: what one extraction writes must not become the input of the next.
    let found = exports(&args.what.inputs, &context.limits)?;
    let keys = keyring::load_for(&found, &args.what.keys, &context.console, &context.limits)?;
    let mut selected = Selected::new(&args.what.selection)?;
    let mut options = context.options_for(&selected, &args.policy);
    options.overwrite = args.overwrite.into();
    options.durable = !args.no_sync;
    context.listen_to_signals()?;
    let mut all = Vec::with_capacity(found.len());
    for export in found {
        let archive = context.with_layout(|limits| context.unlock(&export, limits, &keys))?;
        if selected.note(&archive) {
            all.push(Planned { export, archive, target: args.directory.clone() });
        } else if context.console.verbose {
            context.console.say(&format!("{}: no entry matches", export.name()));
        }
    }
    selected.check()?;
    // Entries that failed in one export do not keep the next one from being extracted.
    let mut outcome = Ok(());
    if args.dry_run {
        for (planned, plan) in all.iter().zip(check(&all, &options)?) {
            outcome = outcome.and(context.report(&planned.export, "would extract", &plan));
        }
        return outcome;
    }
    // Of one export all of this is checked by its extraction, too.
    if all.len() > 1 {
        check(&all, &options)?;
    }
    for planned in &all {
        let report = extract(planned, &context, &options, &keys)?;
        outcome = outcome.and(context.report(&planned.export, "extracted", &report));
    }
    outcome
}

/// Makes all checks that need no decompression.
fn check(all: &[Planned], options: &ExtractOptions) -> Result<Vec<Report>, Failure> {
    let dry = |planned: &Planned| planned.archive.dry_run(&planned.target, options);
    Ok(all.iter().map(dry).collect::<Result<_, _>>()?)
}

fn extract(
    planned: &Planned,
    context: &Context,
    options: &ExtractOptions,
    keys: &KeyRing,
) -> Result<Report, Failure> {
    let Planned { export, archive, target } = planned;
    let damaged = |error| explain::damage(error, export, &context.limits);
    let to = |archive: &Archive, target: &Path| {
        archive.extract(target, options, &mut Bar::new(&context.console))
    };
    match to(archive, target) {
        Err(error) if matches!(error.kind(), ErrorKind::IrregularLayout) => {
            let limits = context.scanning();
            let archive = context.unlock(export, &limits, keys)?;
            to(&archive, target).map_err(damaged)
        }
        result => result.map_err(damaged),
    }
}
