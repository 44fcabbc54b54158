//! `smimezip salvage`: what there is of exports that are damaged, or whose directory is missing, to
//! a folder each that says so, with a report of what is not there.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use smimezip::export::Salvage as Salvaged;
use smimezip::extract::{SaveOptions, folder_names, save_with};
use smimezip::{Archive, Error, ErrorKind, Export, Report};

use super::{Context, exports};
use crate::args::{Policy, Salvage};
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::keyring::{self, Keys};
use crate::report::{Deed, file_of, lacking, named};
use crate::select::Selected;
use crate::text;

/// What is appended to an export's name.
const SUFFIX: &str = "-not-complete";
/// The folder of the files, that of those which may be of another archive, and the report.
const FILES: &str = "files";
const UNCERTAIN: &str = "uncertain";
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
    for (export, name) in context.turns(found.iter().zip(names)) {
        let target = folder.join(format!("{name}{SUFFIX}"));
        context.history.begin(Some(export.name()), Some(&target));
        context.stopwatch.begin_lap();
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
    let mut bar = context.bar_of(export.name());
    let salvaged = keys.unlock(|ring| export.salvage_with(ring, &options, &mut bar))??;
    drop(bar);
    let has_any = |archive: &Archive| !archive.entries().is_empty();
    let is_any = has_any(salvaged.archive()) || has_any(salvaged.uncertain());
    if !is_any && salvaged.ambiguous().is_empty() {
        say_parts(export, &salvaged, context);
        let what = "no entry was found in what there is";
        return Err(Error::from(ErrorKind::NotAnArchive(what)).in_part(export.name()).into());
    }
    // Both are looked at, to know whether a pattern matches anything.
    let is_asked_for = [salvaged.archive(), salvaged.uncertain()].map(|it| selected.note(it));
    if !is_asked_for.contains(&true) {
        context.history.retain(|_| false);
        return Ok(());
    }
    let policy = Policy {
        skip_links: true,
        names: args.names.into(),
        keep_going: true,
        max_size: args.max_size,
    };
    let options = context.options_for(selected, &policy).durable(!args.no_sync);
    let mut bar = context.bar_of(export.name());
    let report = salvaged.extract_with(target.join(FILES), &options, &mut bar)?;
    let (uncertain, stopped) = if has_any(salvaged.uncertain()) {
        match salvaged.extract_uncertain_with(target.join(UNCERTAIN), &options, &mut bar) {
            Ok(uncertain) => (uncertain, None),
            Err(error) => (Report::default(), Some(error)),
        }
    } else {
        (Report::default(), None)
    };
    drop(bar);
    let file = target.join(REPORT);
    let is_all = selected.filter().is_none();
    let lines =
        Lines { export, salvaged: &salvaged, report: &report, uncertain: &uncertain, is_all };
    // What is there has its report, whatever asks to stop meanwhile.
    let saving = SaveOptions::new().durable(!args.no_sync);
    save_with(lines.text().as_bytes(), &file, &saving, &mut ())?;
    if let Some(error) = stopped {
        return Err(error.into());
    }
    say(export, &salvaged, &uncertain, &file, context)?;
    let outcome = context.report(export, Deed::Salvaged(target), &report);
    if is_whole(&salvaged, &report) { outcome } else { Err(Failure::Reported(SOME_FAILED)) }
}

/// Whether nothing is known to be lost, nor can be unknown.
fn is_whole(salvaged: &Salvaged, report: &Report) -> bool {
    salvaged.has_directory()
        && salvaged.missing().is_empty()
        && salvaged.damaged().is_empty()
        && salvaged.ambiguous().is_empty()
        && salvaged.lost().is_empty()
        && report.failed.is_empty()
        && report.unavailable.is_empty()
        && report.skipped.is_empty()
}

/// The files of parts of which nothing could be read; what is wrong with them is among the damages.
fn unreadable<'a>(export: &'a Export, salvaged: &Salvaged) -> Vec<&'a str> {
    let without = salvaged.archive().missing();
    without.iter().filter_map(|name| file_of(export, name)).collect()
}

/// Names what is wrong with parts.
fn say_parts(export: &Export, salvaged: &Salvaged, context: &Context) {
    for error in salvaged.damaged() {
        context.console.error(error, None);
    }
    if !salvaged.missing().is_empty() {
        context.console.say(&format!("missing: {}", named(salvaged.missing())));
    }
    let unreadable = unreadable(export, salvaged);
    if !unreadable.is_empty() {
        context.console.say(&format!("unreadable: {}", text::parts(unreadable.into_iter())));
    }
}

/// Says what is known of the export beside its entries.
fn say(
    export: &Export,
    salvaged: &Salvaged,
    uncertain: &Report,
    file: &Path,
    context: &Context,
) -> Outcome {
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
            "unreadable": unreadable(export, salvaged),
            "damaged": errors(salvaged.damaged()),
            "ambiguous": salvaged.ambiguous(),
            "lost": errors(salvaged.lost()),
            "uncertain_files": uncertain.files,
            "uncertain_bytes": uncertain.bytes,
        });
        return json::line("salvage", &fields);
    }
    say_parts(export, salvaged, context);
    for name in salvaged.ambiguous() {
        console.say(&format!("left out: {name} (several entries have this name)"));
    }
    for error in salvaged.lost() {
        console.error(error, None);
    }
    if uncertain.files > 0 {
        console.say(&format!(
            "{}, {}, in the folder {UNCERTAIN}: they may be of an archive in the export",
            text::count(uncertain.files, "file"),
            text::size(uncertain.bytes)
        ));
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
    uncertain: &'a Report,
    /// Whether all entries were asked for.
    is_all: bool,
}

impl Lines<'_> {
    fn text(&self) -> String {
        let Self { export, salvaged, report, uncertain, is_all } = self;
        let mut text = String::new();
        let mut line = |words: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", text::safe(words));
        };
        if !is_all {
            line(&format!(
                "This is what was asked for of {}, as far as it is here.",
                export.name()
            ));
        } else if is_whole(salvaged, report) {
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
        if uncertain.files > 0 {
            line(&format!(
                "{}, {}, in the folder {UNCERTAIN}: they were found behind damage or missing \
                 parts, and may be of an archive that is a file in this one.",
                text::count(uncertain.files, "file"),
                text::size(uncertain.bytes)
            ));
        }
        if !salvaged.has_directory() {
            line("The archive's directory is missing: nobody knows how many files there were.");
        }
        if !salvaged.missing().is_empty() {
            line(&format!("Parts that are missing: {}", named(salvaged.missing())));
        }
        let unreadable = unreadable(export, salvaged);
        for error in salvaged.damaged() {
            let is_unreadable = error.part().is_some_and(|part| unreadable.contains(&part));
            let what = if is_unreadable { "Unreadable" } else { "Damaged" };
            line(&format!("{what}: {error:#}"));
        }
        let mut absent = Vec::new();
        for it in &report.unavailable {
            absent.push(format!("{}: {}", it.name, lacking(export, &it.parts)));
        }
        absent.extend(report.failed.iter().chain(salvaged.lost()).map(|it| format!("{it:#}")));
        let ambiguous = salvaged.ambiguous().iter();
        absent.extend(ambiguous.map(|name| format!("{name}: several entries have this name")));
        absent.extend(report.skipped.iter().map(|it| format!("{}: left out", it.name)));
        for it in report.renamed.iter().chain(&uncertain.renamed) {
            line(&format!("Renamed: {} to {}", it.name, it.path));
        }
        if !absent.is_empty() {
            line("");
            line("Not here:");
            for it in &absent {
                line(&format!("  {it}"));
            }
        }
        text
    }
}
