//! `smimezip salvage`: what there is of exports that are damaged, or whose directory is missing, to
//! a folder each that says so, with a report of what is not there.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use smimezip::export::Salvage as Salvaged;
use smimezip::extract::{SaveOptions, folder_names, save_with};
use smimezip::{Error, ErrorKind, Export, Report};

use super::{Context, exports};
use crate::args::{Policy, Salvage};
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::keyring::{self, Keys};
use crate::progress::Bar;
use crate::report::{Deed, named};
use crate::select::Selected;
use crate::text;

/// What is appended to an export's name.
const SUFFIX: &str = "-not-complete";
/// The folder of the files, and the report beside it.
const FILES: &str = "files";
const REPORT: &str = "REPORT.txt";

pub(crate) fn run(args: &Salvage, mut context: Context) -> Outcome {
    context.allow_size(args.max_size);
    let found = exports(&args.what.inputs)?;
    let mut keys = keyring::load(&args.what.keys, &context.console, &context.limits)?;
    let mut selected = Selected::new(&args.what.selection)?;
    context.listen_to_signals()?;
    let folder = args.directory.as_deref().unwrap_or(Path::new("."));
    let names = folder_names(found.iter().map(Export::name));
    let mut outcome = Ok(());
    for (export, name) in found.iter().zip(names) {
        let target = folder.join(format!("{name}{SUFFIX}"));
        context.history.begin(Some(export.name()), Some(&target));
        let done = one(args, export, &target, &mut keys, &mut selected, &context);
        context.history.done(Some(export.name()), &done);
        match done {
            Err(failure) if found.len() > 1 && !super::apart::ends_all(&failure) => {
                context.console.fail(&failure);
                outcome = Err(Failure::Reported(SOME_FAILED));
            }
            done => outcome = outcome.and(done),
        }
    }
    outcome.and_then(|()| selected.check())
}

fn one(
    args: &Salvage,
    export: &Export,
    target: &Path,
    keys: &mut Keys,
    selected: &mut Selected,
    context: &Context,
) -> Outcome {
    if target.symlink_metadata().is_ok() {
        return Err(Error::from(ErrorKind::Exists(target.to_owned())).into());
    }
    let options = context.unlock_options().inner_layers(context.inner);
    let mut bar = Bar::of(&context.console, export.name());
    let salvaged = keys.unlock(|ring| export.salvage_with(ring, &options, &mut bar))??;
    drop(bar);
    let entries = salvaged.archive().entries().len();
    if entries == 0 && salvaged.ambiguous().is_empty() {
        say_damage(&salvaged, context);
        let what = "no entry was found in what there is";
        return Err(Error::from(ErrorKind::NotAnArchive(what)).in_part(export.name()).into());
    }
    if !selected.note(salvaged.archive()) {
        return Ok(());
    }
    let policy =
        Policy { skip_links: true, names: args.names, keep_going: true, max_size: args.max_size };
    let options = context.options_for(selected, &policy).durable(!args.no_sync);
    let mut bar = Bar::of(&context.console, export.name());
    let report = salvaged.extract_with(target.join(FILES), &options, &mut bar)?;
    drop(bar);
    let file = target.join(REPORT);
    let text = Lines { export, salvaged: &salvaged, report: &report }.text();
    let options = SaveOptions::new().durable(!args.no_sync).cancel(&context.cancel);
    save_with(text.as_bytes(), &file, &options, &mut ())?;
    say(export, &salvaged, &file, context)?;
    let outcome = context.report(export, Deed::Salvaged(target), &report);
    if is_whole(&salvaged, &report) { outcome } else { Err(Failure::Reported(SOME_FAILED)) }
}

/// Whether nothing is known to be lost, nor can be unknown.
fn is_whole(salvaged: &Salvaged, report: &Report) -> bool {
    salvaged.has_directory()
        && salvaged.missing().is_empty()
        && salvaged.damaged().is_empty()
        && report.failed.is_empty()
        && report.unavailable.is_empty()
}

/// Names what is wrong with parts.
fn say_damage(salvaged: &Salvaged, context: &Context) {
    for error in salvaged.damaged() {
        context.console.error(error, None);
    }
}

/// Says what is known of the export beside its entries.
fn say(export: &Export, salvaged: &Salvaged, file: &Path, context: &Context) -> Outcome {
    let console = &context.console;
    if console.json {
        let errors = |errors: &[Error]| {
            errors.iter().map(|error| console.error_value(error, None)).collect::<Vec<_>>()
        };
        let missing: Vec<String> = salvaged.missing().iter().map(ToString::to_string).collect();
        let fields = json!({
            "export": export.name(),
            "report": file.display().to_string(),
            "has_directory": salvaged.has_directory(),
            "missing": missing,
            "damaged": errors(salvaged.damaged()),
            "ambiguous": salvaged.ambiguous(),
            "lost": errors(salvaged.lost()),
        });
        return json::line("salvage", &fields);
    }
    say_damage(salvaged, context);
    if !salvaged.missing().is_empty() {
        console.say(&format!("missing: {}", named(salvaged.missing())));
    }
    for name in salvaged.ambiguous() {
        console.say(&format!("left out: {name} (several entries have this name)"));
    }
    for error in salvaged.lost() {
        console.error(error, None);
    }
    if !salvaged.has_directory() {
        console.say("the directory is missing: how many files there were is not known");
    }
    Ok(())
}

/// The report as a text.
struct Lines<'a> {
    export: &'a Export,
    salvaged: &'a Salvaged,
    report: &'a Report,
}

impl Lines<'_> {
    fn text(&self) -> String {
        let Self { export, salvaged, report } = self;
        let mut text = String::new();
        let mut line = |words: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", text::safe(words));
        };
        if is_whole(salvaged, report) {
            line(&format!("This is all that the directory of {} names.", export.name()));
        } else {
            line(&format!("This is not the whole of {}, but what could be read.", export.name()));
        }
        line("");
        line(&format!(
            "{}, {}, in the folder {FILES}: each has the CRC-32 and the size that were written for \
             it.",
            text::count(report.files, "file"),
            text::size(report.bytes)
        ));
        if !salvaged.has_directory() {
            line("The archive's directory is missing: nobody knows how many files there were.");
        }
        if !salvaged.missing().is_empty() {
            line(&format!("Parts that are missing: {}", named(salvaged.missing())));
        }
        for error in salvaged.damaged() {
            line(&format!("Damaged: {error:#}"));
        }
        let mut absent = Vec::new();
        for it in &report.unavailable {
            absent.push(format!("{}: needs {}", it.name, named(&it.parts)));
        }
        absent.extend(report.failed.iter().chain(salvaged.lost()).map(|it| format!("{it:#}")));
        let ambiguous = salvaged.ambiguous().iter();
        absent.extend(ambiguous.map(|name| format!("{name}: several entries have this name")));
        absent.extend(report.skipped.iter().map(|it| format!("{}: left out", it.name)));
        if !absent.is_empty() {
            line("");
            line("Not here:");
            absent.iter().for_each(|it| line(&format!("  {it}")));
        }
        text
    }
}
