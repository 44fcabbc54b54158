//! `smimezip extract`: one export, or several that go to one folder, which are all opened and
//! planned before the first is extracted. Those that go to folders of their own are in `apart`,
//! those that are waited for in `watch`.

use std::path::{Path, PathBuf};

use smimezip::extract::{check_together, folder_names, recover};
use smimezip::{Archive, Error, ErrorKind, Export, ExtractOptions, Report};

use super::{Context, apart, exports, watch};
use crate::args::Extract;
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::explain;
use crate::keyring;
use crate::report::Deed;
use crate::select::Selected;
use crate::text;

/// An export, and where it goes.
struct Planned {
    export: Export,
    archive: Archive,
    target: PathBuf,
}

pub(crate) fn run(args: &Extract, mut context: Context) -> Outcome {
    context.allow_size(args.policy.max_size);
    if args.watch {
        let selected = Selected::new(&args.what.selection)?;
        let options = extract_options(args, &selected, &context);
        return watch::run(args, selected, &options, &context);
    }
    // Found once: what one extraction writes must not become the input of the next.
    let found = exports(&args.what.inputs)?;
    let (targets, is_apart) = (targets(args, &found), found.len() > 1 && !args.together);
    if !is_apart {
        for (export, target) in found.iter().zip(&targets) {
            context.history.begin(Some(export.name()), Some(target));
        }
    }
    let mut keys = keyring::load_for(&found, &args.what.keys, &context)?;
    let mut selected = Selected::new(&args.what.selection)?;
    let options = extract_options(args, &selected, &context);
    context.listen_to_signals()?;
    if is_apart {
        return apart::run(args, &found, &targets, &mut keys, &mut selected, &options, &context);
    }
    let mut all = Vec::with_capacity(found.len());
    for (target, export) in context.turns(targets.into_iter().zip(found)) {
        let archive = context.unlock_some(&export, &mut keys, args.available)?;
        if selected.note(&archive) {
            all.push(Planned { export, archive, target });
        } else if context.console.verbose {
            context.console.say(&format!("{}: no entry matches", export.name()));
        }
    }
    selected.check()?;
    context.history.retain(|name| all.iter().any(|planned| planned.export.name() == name));
    // Entries that failed in one export do not keep the next one from being extracted.
    let mut outcome = Ok(());
    if args.dry_run {
        let plans = match check(&all, &options) {
            Ok(plans) => plans,
            Err(failure) => {
                let said = leave_out_complete(&mut all, &failure, &options, &context)?;
                outcome = said.ok_or(failure)?;
                check(&all, &options)?
            }
        };
        for (planned, plan) in all.iter().zip(plans) {
            let deed = Deed::WouldExtract(&planned.target);
            outcome = outcome.and(context.report(&planned.export, deed, &plan));
        }
        return outcome;
    }
    if all.len() > 1
        && let Err(failure) = check_for_real(&all, &options)
    {
        let said = leave_out_complete(&mut all, &failure, &options, &context)?;
        outcome = said.ok_or(failure)?;
        check_for_real(&all, &options)?;
    }
    for (nth, planned) in context.turns(&all).enumerate() {
        let Planned { export, archive, target } = planned;
        let (deed, report) = match extract(export, archive, target, &context, &options) {
            Ok(report) => (Deed::Extracted(target), report),
            Err(failure) => {
                let Some(report) = already(&failure, archive, target, &options)? else {
                    say_how_far(&context.console, planned, nth, all.len());
                    // The others were not tried.
                    context.history.retain(|name| name == export.name());
                    return Err(failure);
                };
                (Deed::AlreadyComplete(target), report)
            }
        };
        let said = context.report(export, deed, &report);
        context.history.done(Some(export.name()), &said);
        outcome = outcome.and(said);
    }
    outcome
}

fn extract_options(args: &Extract, selected: &Selected, context: &Context) -> ExtractOptions {
    context
        .options_for(selected, &args.policy)
        .overwrite(args.overwrite.into())
        .durable(!args.no_sync)
        .available(args.available)
}

/// Where each export goes.
fn targets(args: &Extract, exports: &[Export]) -> Vec<PathBuf> {
    let target = args.directory.as_deref().unwrap_or(Path::new("."));
    if args.together || (exports.len() == 1 && !args.subfolders) {
        return vec![target.to_owned(); exports.len()];
    }
    let folders = folder_names(exports.iter().map(Export::name));
    folders.into_iter().map(|folder| target.join(folder)).collect()
}

/// Makes all checks that need no decompression, also those of one export against another.
fn check(all: &[Planned], options: &ExtractOptions) -> Result<Vec<Report>, Failure> {
    let together: Vec<_> = all.iter().map(|planned| (&planned.archive, &planned.target)).collect();
    check_together(&together, options).map_err(|error| {
        let not_a_folder = all.iter().find_map(|planned| not_a_folder(&error, &planned.target));
        not_a_folder.unwrap_or_else(|| blame(error, all, options))
    })
}

/// The same before files are written. What a killed run left may be in the way of the checks, but
/// not of an extraction, which takes it back; of one export the extraction itself makes all of
/// them.
fn check_for_real(all: &[Planned], options: &ExtractOptions) -> Outcome {
    match check(all, options) {
        Err(Failure::Library(error)) if matches!(error.kind(), ErrorKind::Exists(_)) => {
            for planned in all {
                recover(&planned.target)?;
            }
            check(all, options).map(|_| ())
        }
        result => result.map(|_| ()),
    }
}

/// Says which of several exports an error is about. If each alone could be extracted, two of them
/// have the same name.
fn blame(error: Error, all: &[Planned], options: &ExtractOptions) -> Failure {
    let alone = |planned: &&Planned| planned.archive.dry_run(&planned.target, options).is_err();
    match (error.kind(), all.iter().find(alone)) {
        (ErrorKind::NameConflict(other), None) => {
            let entry = error.entry().unwrap_or_default();
            let part = error.part().map(|part| format!("{part}: ")).unwrap_or_default();
            Failure::Collision(format!(
                "{part}entry \"{entry}\": another export has \"{other}\"; nothing was extracted"
            ))
        }
        (_, Some(planned)) if all.len() > 1 => {
            let entry = error.entry().and_then(|name| planned.archive.find(name));
            let parts = entry.into_iter().flat_map(|entry| planned.archive.parts_of(entry));
            error.in_parts(parts).in_part(planned.export.name()).into()
        }
        _ => error.into(),
    }
}

/// Says of the exports that are complete at their targets already that they are, and leaves them
/// out, where `failure` is that something exists. Returns what came of saying it, if any are.
fn leave_out_complete(
    all: &mut Vec<Planned>,
    failure: &Failure,
    options: &ExtractOptions,
    context: &Context,
) -> Result<Option<Outcome>, Failure> {
    let (before, mut outcome) = (all.len(), Ok(()));
    let mut left = Vec::with_capacity(before);
    for planned in std::mem::take(all) {
        match already(failure, &planned.archive, &planned.target, options)? {
            Some(report) => {
                let deed = Deed::AlreadyComplete(&planned.target);
                let said = context.report(&planned.export, deed, &report);
                context.history.done(Some(planned.export.name()), &said);
                outcome = outcome.and(said);
            }
            None => left.push(planned),
        }
    }
    *all = left;
    Ok((all.len() < before).then_some(outcome))
}

/// What is at the target already, where `failure` is that something exists there, and it is all
/// that would be extracted.
pub(super) fn already(
    failure: &Failure,
    archive: &Archive,
    target: &Path,
    options: &ExtractOptions,
) -> Result<Option<Report>, Failure> {
    let error = match failure {
        Failure::Library(error) => error,
        Failure::Explained(explained) => &explained.error,
        _ => return Ok(None),
    };
    if !matches!(error.kind(), ErrorKind::Exists(_)) {
        return Ok(None);
    }
    match archive.already_extracted(target, options) {
        Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => Err(error.into()),
        // What cannot be read is in the way.
        found => Ok(found.ok().flatten()),
    }
}

pub(super) fn extract(
    export: &Export,
    archive: &Archive,
    target: &Path,
    context: &Context,
    options: &ExtractOptions,
) -> Result<Report, Failure> {
    let damaged = |error| explain::damage(error, export, &context.open_options());
    archive
        .extract_with(target, options, &mut context.bar_of(export.name()))
        .map_err(|error| not_a_folder(&error, target).unwrap_or_else(|| damaged(error)))
}

/// The failure where something that is no folder stands at the target, or on the way to it.
fn not_a_folder(error: &Error, target: &Path) -> Option<Failure> {
    match error.kind() {
        ErrorKind::Exists(path) if target.starts_with(path) => Some(Failure::NotAFolder(format!(
            "already exists, and is no folder: {}",
            path.display()
        ))),
        _ => None,
    }
}

/// Says what became of the others where one of several exports was not extracted.
fn say_how_far(console: &Console, failed: &Planned, done: usize, all: usize) {
    if all > 1 {
        let export = |number: usize| text::count(number as u64, "export");
        console.say(&format!(
            "{}: not extracted; before it {} done, and {} not tried",
            failed.export.name(),
            export(done),
            export(all.saturating_sub(done).saturating_sub(1)),
        ));
    }
}
