//! `smimezip cat`.

use std::io::{self, IsTerminal, Read, Write};

use smimezip::Export;

use super::Context;
use crate::args::Cat;
use crate::exit::{Failure, Outcome};
use crate::keyring;

/// Bytes written at once, and looked at before the first are.
const BUFFER: usize = 256 * 1024;

pub(crate) fn run(args: &Cat, context: &Context) -> Outcome {
    let keys = keyring::load(&args.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    let archive =
        context.with_layout(|limits| Ok(Export::discover(&args.input, limits)?.unlock(&keys)?))?;
    let entry = archive.find(&args.entry)?;
    let mut reader = archive.read(entry)?;
    let mut out = io::stdout().lock();
    let mut buffer = vec![0; BUFFER];
    let mut first = true;
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(out.flush()?);
        }
        if std::mem::take(&mut first) {
            refuse_terminal(&buffer[..count])?;
        }
        out.write_all(&buffer[..count])?;
        context.cancel.check()?;
    }
}

/// Binary data on a terminal help nobody and may change its settings.
pub(crate) fn refuse_terminal(first: &[u8]) -> Outcome {
    let binary = first.iter().any(|octet| matches!(octet, 0..=8 | 14..=31 | 127));
    if binary && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "binary data are not written to a terminal; send standard output to a file".into(),
        ));
    }
    Ok(())
}
