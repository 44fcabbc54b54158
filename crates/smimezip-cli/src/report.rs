//! What was done to one export, for a person and as JSON.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use smimezip::extract::{SkipReason, Skipped, Unavailable};
use smimezip::parts::PartName;
use smimezip::zip::Oddity;
use smimezip::{Error, Export, Part, Report};

use crate::advice::Sealing;
use crate::console::Console;
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::text;

/// Entries left out that are named to a person who did not ask for more.
const NAMED: usize = 10;

/// What was done to an export, and where.
#[derive(Clone, Copy)]
pub(crate) enum Deed<'a> {
    Verified,
    Extracted(&'a Path),
    WouldExtract(&'a Path),
    AlreadyComplete(&'a Path),
    Salvaged(&'a Path),
}

impl<'a> Deed<'a> {
    /// What JSON calls it, and what goes before the number of files, but for a colon.
    fn verb(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Extracted(_) => "extracted",
            Self::WouldExtract(_) => "would extract",
            Self::AlreadyComplete(_) => "already complete",
            Self::Salvaged(_) => "salvaged",
        }
    }

    fn target(self) -> Option<&'a Path> {
        match self {
            Self::Verified => None,
            Self::Extracted(target)
            | Self::WouldExtract(target)
            | Self::AlreadyComplete(target)
            | Self::Salvaged(target) => Some(target),
        }
    }
}

/// Says what was done to `export`, and how long it took; ends with the code for failed entries, if
/// there are any. `sealing` is asked for if it matters.
pub(crate) fn report(
    console: &Console,
    export: &Export,
    deed: Deed<'_>,
    report: &Report,
    time: Duration,
    sealing: impl FnOnce() -> Sealing,
) -> Outcome {
    let sealing = (!report.failed.is_empty()).then(sealing);
    if console.json {
        let mut summary = summary(console, export, deed, report, sealing);
        summary["duration_ms"] = json!(text::milliseconds(time));
        json::line("summary", &summary)?;
    } else {
        say(console, export, deed, report, time, sealing);
    }
    let is_all = report.failed.is_empty() && report.unavailable.is_empty();
    if is_all { Ok(()) } else { Err(Failure::Reported(SOME_FAILED)) }
}

/// Says that a file was written, of how many bytes, and how long it took.
pub(crate) fn report_file(
    console: &Console,
    action: &'static str,
    file: &Path,
    size: u64,
    time: Duration,
) -> Outcome {
    let file = file.display();
    if console.json {
        let fields = json!({
            "action": action,
            "output": file.to_string(),
            "bytes": size,
            "duration_ms": text::milliseconds(time),
        });
        return json::line("file", &fields);
    }
    console.say(&format!("{file}: {} in {}", text::size(size), text::duration(time)));
    Ok(())
}

fn say(
    console: &Console,
    export: &Export,
    deed: Deed<'_>,
    report: &Report,
    time: Duration,
    sealing: Option<Sealing>,
) {
    say_skipped(console, &report.skipped);
    if console.verbose {
        for renamed in &report.renamed {
            console.say(&format!("renamed: \"{}\" to \"{}\"", renamed.name, renamed.path));
        }
    } else if !report.renamed.is_empty() {
        let entries = text::count(report.renamed.len() as u64, "entry");
        console.say(&format!("renamed: {entries}; --verbose names both names"));
    }
    oddities(console, &report.oddities);
    for error in &report.failed {
        console.error(error, sealing);
    }
    say_unavailable(console, export, &report.unavailable);
    let mut lost = String::new();
    let failed = (report.failed.len(), "failed");
    for (count, what) in [failed, (report.unavailable.len(), "not available")] {
        if count > 0 {
            lost.extend(["; ", &text::count(count as u64, "entry"), " ", what]);
        }
    }
    let (name, verb) = (export.name(), deed.verb());
    let what = format!("{}, {}", text::count(report.files, "file"), text::size(report.bytes));
    let time = text::duration(time);
    console.say(&match deed {
        Deed::Verified => format!("{name}: {verb} {what} in {time}{lost}"),
        Deed::Extracted(target) | Deed::Salvaged(target) => {
            format!("{name}: {verb} {what} to {} in {time}{lost}", text::folder(target))
        }
        Deed::WouldExtract(target) => {
            format!("{name}: {verb} {what} to {}{lost}", text::folder(target))
        }
        Deed::AlreadyComplete(target) => {
            format!("{name}: {verb}: {what} in {}{lost}", text::folder(target))
        }
    });
}

/// Names the entries that need parts which are missing or cannot be read: each, or of many all that
/// they need together.
fn say_unavailable(console: &Console, export: &Export, unavailable: &[Unavailable]) {
    if console.verbose || unavailable.len() <= NAMED {
        for Unavailable { name, parts, .. } in unavailable {
            console.say(&format!("not available: {name} ({})", lacking(export, parts)));
        }
        return;
    }
    let mut parts: Vec<PartName> = Vec::new();
    for part in unavailable.iter().flat_map(|it| &it.parts) {
        if !parts.contains(part) {
            parts.push(part.clone());
        }
    }
    parts.sort_by_key(PartName::position);
    let entries = text::count(unavailable.len() as u64, "entry");
    let parts = lacking(export, &parts);
    console.say(&format!("not available: {entries} ({parts}); --verbose names them"));
}

/// Which of the parts that something needs are missing, and which are there and cannot be read:
/// these as their files are called, which may be copies by their names.
pub(crate) fn lacking(export: &Export, parts: &[PartName]) -> String {
    let (mut missing, mut here) = (Vec::new(), Vec::new());
    for name in parts {
        match file_of(export, name) {
            Some(file) => here.push(file.to_owned()),
            None => missing.push(name.to_string()),
        }
    }
    let lists = [("missing", missing), ("unreadable", here)];
    let lists = lists.iter().filter(|(_, names)| !names.is_empty());
    let shown = lists.map(|(what, names)| {
        format!("{what} {}", text::safe(&text::parts(names.iter().map(String::as_str))))
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// The name of the file that is the part of this name, if one is here.
pub(crate) fn file_of<'a>(export: &'a Export, name: &PartName) -> Option<&'a str> {
    export.parts().iter().find(|part| part.position() == name.position()).map(Part::name)
}

/// The names of parts, to be shown; of many the first and the last.
pub(crate) fn named(parts: &[PartName]) -> String {
    let names: Vec<String> = parts.iter().map(ToString::to_string).collect();
    text::safe(&text::parts(names.iter().map(String::as_str)))
}

fn say_skipped(console: &Console, skipped: &[Skipped]) {
    if console.verbose || skipped.len() <= NAMED {
        for Skipped { name, reason, .. } in skipped {
            console.say(&format!("left out: {name} ({})", why(*reason)));
        }
        return;
    }
    for reason in [SkipReason::Exists, SkipReason::NotAFile, SkipReason::UnsafeName] {
        let count = skipped.iter().filter(|skipped| skipped.reason == reason).count() as u64;
        if count > 0 {
            let entries = text::count(count, "entry");
            console.say(&format!("left out: {entries} ({}); --verbose names them", why(reason)));
        }
    }
}

/// Says what is odd in an archive, to who wants to know more.
pub(crate) fn oddities(console: &Console, oddities: &[Oddity]) {
    if console.verbose {
        for oddity in oddities {
            console.say(&format!("accepted: {oddity}"));
        }
    }
}

/// An oddity as JSON.
pub(crate) fn oddity_value(oddity: &Oddity) -> Value {
    json!({
        "kind": oddity.kind().code(),
        "message": oddity.to_string(),
        "count": oddity.count(),
        "entry": oddity.entry(),
    })
}

fn summary(
    console: &Console,
    export: &Export,
    deed: Deed<'_>,
    report: &Report,
    sealing: Option<Sealing>,
) -> Value {
    let error = |error: &Error| console.error_value(error, sealing);
    let skipped =
        |skipped: &Skipped| json!({ "name": skipped.name, "reason": code(skipped.reason) });
    let unavailable = |it: &Unavailable| {
        let file = |name| file_of(export, name).map_or_else(|| name.to_string(), str::to_owned);
        let parts: Vec<String> = it.parts.iter().map(file).collect();
        json!({ "name": it.name, "parts": parts })
    };
    json!({
        "export": export.name(),
        "action": deed.verb(),
        "target": deed.target().map(|target| target.display().to_string()),
        "files": report.files,
        "folders": report.folders,
        "bytes": report.bytes,
        "skipped": report.skipped.iter().map(skipped).collect::<Vec<_>>(),
        "renamed": report
            .renamed
            .iter()
            .map(|renamed| json!({ "name": renamed.name, "path": renamed.path }))
            .collect::<Vec<_>>(),
        "unavailable": report.unavailable.iter().map(unavailable).collect::<Vec<_>>(),
        "oddities": report.oddities.iter().map(oddity_value).collect::<Vec<_>>(),
        "failed": report.failed.iter().map(error).collect::<Vec<_>>(),
    })
}

fn why(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Exists => "it exists already",
        SkipReason::UnsafeName => "its name is not safe on every platform",
        _ => "it is a link, device, pipe or socket",
    }
}

fn code(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Exists => "exists",
        SkipReason::UnsafeName => "unsafe-name",
        _ => "not-a-file",
    }
}
