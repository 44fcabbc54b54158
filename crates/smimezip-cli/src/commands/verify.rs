//! `smimezip verify`.

use smimezip::Links;

use super::{Context, exports, filter, tell};
use crate::args::Verify;
use crate::exit::Outcome;
use crate::keyring;
use crate::progress::Bar;

pub(crate) fn run(args: &Verify, mut context: Context) -> Outcome {
    context.allow_size(args.max_size);
    let console = context.console;
    let keys = keyring::load(&args.keys, &console, &context.limits)?;
    let mut options = context.options();
    options.filter = filter(&args.selection)?;
    options.keep_going = args.keep_going;
    if args.skip_links {
        options.links = Links::Skip;
    }
    context.listen_to_signals()?;
    let mut outcome = Ok(());
    for export in exports(&args.inputs, &context.limits)? {
        let report = context.with_layout(|limits| {
            let archive = export.with_limits(limits).unlock(&keys)?;
            Ok(archive.verify(&options, &mut Bar::new(&console))?)
        })?;
        if let Err(failure) = tell(&console, &export, "verified", &report) {
            outcome = Err(failure);
        }
    }
    outcome
}
