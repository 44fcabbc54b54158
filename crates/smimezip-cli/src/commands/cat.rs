//! `smimezip cat`.

use smimezip::Export;

use super::Context;
use crate::args::Cat;
use crate::exit::Outcome;
use crate::keyring;

pub(crate) fn run(args: &Cat, context: &Context) -> Outcome {
    let keys = keyring::load(&args.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    let export = Export::discover(&args.input, &context.limits)?;
    let archive = context.with_layout(|limits| context.unlock(&export, limits, &keys))?;
    let reader = archive.read(archive.find(&args.entry)?)?;
    context.to_stdout(reader, |error| error)
}
