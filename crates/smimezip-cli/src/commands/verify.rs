//! `smimezip verify`.

use super::{Context, exports, manifest};
use crate::args::Verify;
use crate::exit::Outcome;
use crate::explain;
use crate::keyring;
use crate::report::Deed;
use crate::select::Selected;

pub(crate) fn run(args: &Verify, mut context: Context) -> Outcome {
    if let Some(file) = &args.manifest {
        return manifest::verify(file, &args.what.inputs, &context);
    }
    context.allow_size(args.policy.max_size);
    let mut selected = Selected::new(&args.what.selection)?;
    let exports = exports(&args.what.inputs)?;
    let mut keys = keyring::load_for(&exports, &args.what.keys, &context)?;
    let options = context.options_for(&selected, &args.policy).available(args.available);
    context.listen_to_signals()?;
    let mut outcome = Ok(());
    for export in context.turns(exports) {
        context.history.begin(Some(export.name()), None);
        let damaged = |error| explain::damage(error, &export, &context.open_options());
        let archive = context.unlock_some(&export, &mut keys, args.available)?;
        if !selected.note(&archive) {
            context.history.retain(|_| false);
            continue;
        }
        let mut bar = context.bar_of(export.name());
        let report = archive.verify_with(&options, &mut bar).map_err(damaged)?;
        drop(bar);
        let said = context.report(&export, Deed::Verified, &report);
        context.history.done(Some(export.name()), &said);
        if said.is_err() {
            outcome = said;
        }
    }
    selected.check()?;
    outcome
}
