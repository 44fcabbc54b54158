//! `smimezip verify`.

use super::{Context, exports, tell};
use crate::args::Verify;
use crate::exit::Outcome;
use crate::keyring;
use crate::progress::Bar;

pub(crate) fn run(args: &Verify, mut context: Context) -> Outcome {
    context.allow_size(args.policy.max_size);
    let console = context.console;
    let keys = keyring::load(&args.what.keys, &console, &context.limits)?;
    let options = context.options_for(&args.what, &args.policy)?;
    context.listen_to_signals()?;
    let mut outcome = Ok(());
    for export in exports(&args.what.inputs, &context.limits)? {
        let report = context.with_layout(|limits| {
            let archive = context.unlock(&export, limits, &keys)?;
            Ok(archive.verify(&options, &mut Bar::new(&console))?)
        })?;
        if let Err(failure) = tell(&console, &export, "verified", &report) {
            outcome = Err(failure);
        }
    }
    outcome
}
