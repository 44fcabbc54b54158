//! `smimezip cat`.

use std::slice;

use smimezip::{Archive, Error, ErrorKind};

use super::{Context, one_export};
use crate::args::Cat;
use crate::exit::{Failure, Outcome};
use crate::explain;
use crate::keyring;

pub(crate) fn run(args: &Cat, context: &Context) -> Outcome {
    let export = &one_export(&args.input)?;
    let mut keys = keyring::load_for(slice::from_ref(export), &args.keys, context)?;
    context.listen_to_signals()?;
    let archive = context.unlock(export, &mut keys)?;
    let entry = archive.find(&args.entry).ok_or_else(|| not_found(&archive, &args.entry))?;
    if entry.is_folder() {
        return Err(is_a_folder(&args.entry));
    }
    let damaged = |error| explain::damage(error, export, &context.open_options());
    let reader = archive.open_entry(entry).map_err(damaged)?;
    context.to_stdout(reader, |error| error).map_err(|failure| match failure {
        Failure::Library(error) => explain::damage(error, export, &context.open_options()),
        other => other,
    })
}

fn is_a_folder(name: &str) -> Failure {
    Failure::Usage(format!("{name} is a folder; cat writes one file"))
}

/// The failure for a name that no entry has; it names one that lies in a folder, if there is one.
fn not_found(archive: &Archive, name: &str) -> Failure {
    let error = Error::from(ErrorKind::NoSuchEntry).in_entry(name);
    let within = format!("{name}/");
    if archive.entries().iter().any(|entry| entry.raw_name().starts_with(&within)) {
        return is_a_folder(name);
    }
    let below = format!("/{name}");
    match archive.entries().iter().find(|entry| entry.raw_name().ends_with(&below)) {
        Some(entry) => Failure::NoMatch(format!("{error:#}; there is \"{}\"", entry.raw_name())),
        None => error.into(),
    }
}
