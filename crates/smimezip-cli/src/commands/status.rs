//! `smimezip status`: what state the exports of a folder are in, once, or as files come.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use smimezip::Export;
use smimezip::export::{SetStatus, Verdict};
use smimezip::parts::Position;

use super::{Context, exports};
use crate::args::Status;
use crate::console::{self, Console};
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::keyring::{self, Keys};
use crate::report::named;
use crate::table;
use crate::text;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn run(args: &Status, context: &Context) -> Outcome {
    let folders = [args.folder.clone()];
    if !args.watch {
        let exports = exports(&folders)?;
        let mut keys = keyring::load_for(&exports, &args.keys, context)?;
        let all = states(&exports, &mut keys, context)?;
        print(&all, args, &context.console)?;
        return if all.iter().all(SetStatus::is_complete) {
            Ok(())
        } else {
            Err(Failure::Reported(SOME_FAILED))
        };
    }
    let mut keys = keyring::load(&args.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    watch(args, &mut keys, context)
}

/// The states of the sets. As long as a set is there that no key opens, encrypted keys are opened
/// one after the other; one that cannot be is no failure here.
fn states(
    exports: &[Export],
    keys: &mut Keys,
    context: &Context,
) -> Result<Vec<SetStatus>, Failure> {
    loop {
        let all = SetStatus::of_all(exports, keys.ring(), &context.unlock_options())?;
        let lacks_key = |status: &SetStatus| {
            status.key_fits() == Some(false) || matches!(status.verdict(), Verdict::NoKey)
        };
        if !all.iter().any(lacks_key) || !keys.open_next() {
            return Ok(all);
        }
    }
}

/// Prints again whenever something has changed, until a signal stops it, which is no failure.
fn watch(args: &Status, keys: &mut Keys, context: &Context) -> Outcome {
    let mut before: Option<Vec<Value>> = None;
    while !context.cancel.is_cancelled() {
        let all = match look(&args.folder, keys, context) {
            Err(_) if context.cancel.is_cancelled() => return Ok(()),
            all => all?,
        };
        let now: Vec<Value> = all.iter().map(|it| value(it, None, &context.console)).collect();
        if before.as_ref() != Some(&now) {
            print(&all, args, &context.console)?;
            before = Some(now);
        }
        context.wait();
    }
    Ok(())
}

/// The sets that are there now. There may be none yet.
fn look(folder: &Path, keys: &mut Keys, context: &Context) -> Result<Vec<SetStatus>, Failure> {
    states(&Export::discover_all(folder)?, keys, context)
}

fn print(all: &[SetStatus], args: &Status, console: &Console) -> Outcome {
    let now = SystemTime::now();
    if console.json {
        for status in all {
            let left = args.retention.and_then(|it| days_left(status, it, now));
            json::line("status", &value(status, left, console))?;
        }
        return Ok(());
    }
    let mut rows = vec![header(args.retention.is_some())];
    rows.extend(all.iter().map(|status| row(status, args.retention, now)));
    table::print(&rows)?;
    for status in all {
        say_copies(status, console);
    }
    console::line(&closing(all))
}

fn say_copies(status: &SetStatus, console: &Console) {
    let (name, duplicates) = (status.name(), status.duplicates());
    let stand_ins = status.stand_ins();
    if !matches!(status.verdict(), Verdict::Conflicting(_)) && !duplicates.is_empty() {
        console.say(&format!("{name}: copies, ignored: {}", duplicates.join(", ")));
    }
    if !stand_ins.is_empty() {
        console.say(&format!("{name}: copies, taken as parts: {}", stand_ins.join(", ")));
    }
}

fn header(has_retention: bool) -> Vec<String> {
    let mut row = vec!["SET", "PARTS", "SIZE", "CREATED", "AGE", "RECIPIENT", "KEY"];
    row.extend(has_retention.then_some("LEFT"));
    row.push("STATE");
    row.into_iter().map(str::to_owned).collect()
}

fn row(status: &SetStatus, retention: Option<Duration>, now: SystemTime) -> Vec<String> {
    let here = status.parts().len();
    let total = status.total().map_or_else(|| "?".to_owned(), |total| total.to_string());
    let created = status.created();
    let recipient = match status.recipients() {
        [] => "-".to_owned(),
        [only] => only.clone(),
        [first, more @ ..] => format!("{first}, and {} more", more.len()),
    };
    let key = match status.key_fits() {
        Some(true) => "fits",
        Some(false) => "does not fit",
        None => "-",
    };
    let mut row = vec![
        status.name().to_owned(),
        format!("{here} of {total}"),
        text::size(status.bytes()),
        created.map_or_else(|| "-".to_owned(), text::local_minute),
        created.map_or_else(|| "-".to_owned(), |it| age(it, now)),
        recipient,
        key.to_owned(),
    ];
    if let Some(retention) = retention {
        row.push(days_left(status, retention, now).map_or_else(|| "-".to_owned(), days));
    }
    row.push(verdict(status.verdict()));
    row.iter().map(|cell| text::safe(cell)).collect()
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Complete => "complete".to_owned(),
        Verdict::Missing(parts) => format!("missing: {}", named(parts)),
        Verdict::StillDownloading { missing, .. } => {
            format!("still downloading: {}", named(missing))
        }
        Verdict::Conflicting(files) => {
            format!("conflicting: {}", text::parts(files.iter().map(String::as_str)))
        }
        Verdict::NoKey => "not known without a key that fits".to_owned(),
        Verdict::NotCounted => "not known without reading the last part".to_owned(),
        Verdict::Damaged(error) => format!("damaged: {error:#}"),
        // A verdict of a later library.
        other => other.code().to_owned(),
    }
}

/// How long ago that was; nothing is older than no time at all.
fn age(created: SystemTime, now: SystemTime) -> String {
    let age = now.duration_since(created).unwrap_or_default();
    let (day, hours) = (age.as_secs() / DAY.as_secs(), age.as_secs() / 3600);
    match (day, hours) {
        (0, 0) => format!("{} min", age.as_secs() / 60),
        (0, hours) => format!("{hours} h"),
        (day, _) => days(i64::try_from(day).unwrap_or(i64::MAX)),
    }
}

/// Whole days until the set may be deleted; negative once it should have been.
fn days_left(status: &SetStatus, retention: Duration, now: SystemTime) -> Option<i64> {
    let end = status.created()?.checked_add(retention)?;
    let days = |span: Duration| i64::try_from(span.as_secs() / DAY.as_secs()).ok();
    match end.duration_since(now) {
        Ok(left) => days(left),
        Err(over) => days(over.duration()).map(|days| -days - 1),
    }
}

fn days(left: i64) -> String {
    match left {
        1 => "1 day".to_owned(),
        0.. => format!("{left} days"),
        _ => "over".to_owned(),
    }
}

fn closing(all: &[SetStatus]) -> String {
    let mut line = text::count(all.len() as u64, "set");
    let kinds = [
        ("complete", "complete"),
        ("missing", "with parts missing"),
        ("still_downloading", "still downloading"),
        ("conflicting", "with copies that differ"),
        ("damaged", "damaged"),
        ("no_key", "without a key that fits"),
        ("not_counted", "not counted"),
    ];
    let mut separator = ": ";
    for (code, words) in kinds {
        let count = all.iter().filter(|it| it.verdict().code() == code).count();
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(line, "{separator}{count} {words}");
            separator = ", ";
        }
    }
    line
}

/// The part's number in its name; that of the last part, which has none, is `null`.
fn number(position: Position) -> Option<u32> {
    match position {
        Position::Split(number) | Position::Piece(number) => Some(number),
        _ => None,
    }
}

/// One set as JSON; `left` are the days of the retention that are left, if one was given.
fn value(status: &SetStatus, left: Option<i64>, console: &Console) -> Value {
    let numbers = status.parts().iter().map(|it| number(*it)).collect::<Vec<_>>();
    let (mut missing, mut unfinished) = (Vec::new(), Vec::new());
    let (mut conflicting, mut error) = (Vec::new(), None);
    match status.verdict() {
        Verdict::Missing(parts) => missing.extend(parts.iter().map(ToString::to_string)),
        Verdict::StillDownloading { missing: parts, files } => {
            missing.extend(parts.iter().map(ToString::to_string));
            unfinished.clone_from(files);
        }
        Verdict::Conflicting(files) => conflicting.clone_from(files),
        Verdict::Damaged(cause) => error = Some(console.error_value(cause, None)),
        _ => {}
    }
    let mut fields = json!({
        "export": status.name(),
        "verdict": status.verdict().code(),
        "parts": numbers,
        "total": status.total(),
        "bytes": status.bytes(),
        "created": status.created().and_then(text::utc),
        "recipients": status.recipients(),
        "key_fits": status.key_fits(),
        "days_left": left,
        "missing": missing,
        "unfinished": unfinished,
        "conflicting": conflicting,
        "duplicates": status.duplicates(),
        "stand_ins": status.stand_ins(),
    });
    if let Some(error) = error {
        fields["error"] = error;
    }
    fields
}
