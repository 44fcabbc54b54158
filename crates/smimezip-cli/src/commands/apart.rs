//! Several exports, each extracted to a folder of its own: one that fails does not keep the others
//! from being extracted, and a line at the end says what became of all of them.

use std::path::{Path, PathBuf};

use serde_json::json;
use smimezip::{ErrorKind, Export, ExtractOptions};

use super::Context;
use super::extract::{already, extract};
use crate::args::Extract;
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::keyring::Keys;
use crate::report::Deed;
use crate::select::Selected;
use crate::text;

/// What became of one export.
#[derive(Clone, Copy)]
pub(super) enum Done {
    Extracted,
    Already,
    /// None of its entries is asked for.
    NoMatch,
}

/// What became of all of them.
#[derive(Default)]
pub(super) struct Tally {
    extracted: u64,
    already: u64,
    no_match: u64,
    /// The names of those of which some entries were not extracted.
    pub(super) in_part: Vec<String>,
    /// The name of each export that failed, why in a few words, and the exit code for that alone.
    pub(super) failed: Vec<(String, &'static str, u8)>,
    /// The names of those that were waited for in vain, with `--watch`.
    pub(super) waiting: Vec<String>,
}

/// Extracts one export after the other to `targets`.
pub(super) fn run(
    args: &Extract,
    exports: &[Export],
    targets: &[PathBuf],
    keys: &mut Keys,
    selected: &mut Selected,
    options: &ExtractOptions,
    context: &Context,
) -> Outcome {
    let mut tally = Tally::default();
    for (export, target) in context.turns(exports.iter().zip(targets)) {
        context.history.begin(Some(export.name()), Some(target));
        let outcome = one(args, export, target, keys, selected, options, context);
        if matches!(outcome, Ok(Done::NoMatch)) {
            context.history.retain(|_| false);
        }
        context.history.done(Some(export.name()), &outcome);
        match outcome {
            Ok(done) => tally.count(done),
            // Its entries were named in its report.
            Err(Failure::Reported(_)) => tally.in_part.push(export.name().to_owned()),
            Err(failure) => {
                let is_last = ends_all(&failure);
                tally.failed.push((export.name().to_owned(), why(&failure), failure.code()));
                if is_last {
                    tally.say(args, exports.len(), context)?;
                    return Err(failure);
                }
                context.console.fail(&failure);
            }
        }
    }
    tally.say(args, exports.len(), context)?;
    tally.outcome().and_then(|()| selected.check())
}

/// Extracts one export. Its archive is closed again before the next is opened: there may be
/// thousands.
pub(super) fn one(
    args: &Extract,
    export: &Export,
    target: &Path,
    keys: &mut Keys,
    selected: &mut Selected,
    options: &ExtractOptions,
    context: &Context,
) -> Result<Done, Failure> {
    context.stopwatch.begin_lap();
    let archive = context.unlock_some(export, keys, args.available)?;
    if !selected.note(&archive) {
        if context.console.verbose {
            context.console.say(&format!("{}: no entry matches", export.name()));
        }
        return Ok(Done::NoMatch);
    }
    let outcome = if args.dry_run {
        archive.dry_run(target, options).map_err(Failure::from)
    } else {
        extract(export, &archive, target, context, options)
    };
    let (deed, report, done) = match outcome {
        Ok(report) if args.dry_run => (Deed::WouldExtract(target), report, Done::Extracted),
        Ok(report) => (Deed::Extracted(target), report, Done::Extracted),
        Err(failure) => {
            let report = already(&failure, &archive, target, options)?.ok_or(failure)?;
            (Deed::AlreadyComplete(target), report, Done::Already)
        }
    };
    context.report(export, deed, &report).map(|()| done)
}

impl Tally {
    pub(super) fn count(&mut self, done: Done) {
        match done {
            Done::Extracted => self.extracted += 1,
            Done::Already => self.already += 1,
            Done::NoMatch => self.no_match += 1,
        }
    }

    /// Whether all went well that was tried.
    pub(super) fn outcome(&self) -> Outcome {
        let is_all = self.failed.is_empty() && self.in_part.is_empty();
        if is_all { Ok(()) } else { Err(Failure::Reported(SOME_FAILED)) }
    }

    /// Says what became of `all` exports.
    pub(super) fn say(&self, args: &Extract, all: usize, context: &Context) -> Outcome {
        let (console, time) = (&context.console, context.stopwatch.total());
        let folder = args.directory.as_deref().unwrap_or(Path::new("."));
        if console.json {
            let failed = self.failed.iter().map(
                |(export, why, code)| json!({ "export": export, "why": why, "exit_code": code }),
            );
            return json::line(
                "batch",
                &json!({
                    "exports": all,
                    "target": folder.display().to_string(),
                    "duration_ms": text::milliseconds(time),
                    "extracted": self.extracted,
                    "already_complete": self.already,
                    "no_match": self.no_match,
                    "in_part": self.in_part,
                    "failed": failed.collect::<Vec<_>>(),
                    "waiting": self.waiting,
                }),
            );
        }
        let verb = if args.dry_run { "would be extracted" } else { "extracted" };
        for name in &self.in_part {
            console.say(&format!("{verb} in part: {name}"));
        }
        for name in &self.waiting {
            console.say(&format!("not extracted: {name} (not all of it is there)"));
        }
        let mut counts = vec![
            (self.extracted, verb),
            (self.already, "already complete"),
            (self.in_part.len() as u64, "in part"),
            (self.no_match, "no match"),
            (self.waiting.len() as u64, "not all there"),
        ];
        for (name, why, _) in &self.failed {
            console.say(&format!("not extracted: {name} ({why})"));
            match counts.iter_mut().find(|(_, known)| known == why) {
                Some((count, _)) => *count += 1,
                None => counts.push((1, why)),
            }
        }
        let tried = counts.iter().map(|(count, _)| count).sum();
        counts.push(((all as u64).saturating_sub(tried), "not tried"));
        let counts: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let what =
            if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        let is_any = self.extracted + self.already > 0 || !self.in_part.is_empty();
        let (folder, time) = (text::folder(folder), text::duration(time));
        let place = if is_any { format!("; below {folder}, in {time}") } else { String::new() };
        console.say(&format!("{}{what}{place}", text::count(all as u64, "export")));
        Ok(())
    }
}

/// Whether the exports that are left would fail the same way, or nobody waits for them.
pub(super) fn ends_all(failure: &Failure) -> bool {
    match failure {
        Failure::Library(error) => {
            matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::NoSpace { .. })
        }
        Failure::BrokenPipe => true,
        _ => false,
    }
}

/// Why an export was not extracted, in a few words.
pub(super) fn why(failure: &Failure) -> &'static str {
    let error = match failure {
        Failure::Library(error) => error,
        Failure::Explained(explained) => &explained.error,
        _ => return "failed",
    };
    match error.kind() {
        ErrorKind::IncompleteSet { .. } => "incomplete",
        ErrorKind::NoMatchingKey { .. } => "no key",
        ErrorKind::Exists(_) => "other files are there",
        ErrorKind::Cancelled => "interrupted",
        ErrorKind::NoSpace { .. } => "no space",
        kind => match kind.exit_code() {
            2 => "not readable",
            3 => "no archive",
            4 => "not decrypted",
            5 => "damaged",
            7 => "refused",
            _ => "failed",
        },
    }
}
