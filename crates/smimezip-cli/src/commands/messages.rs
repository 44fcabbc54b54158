//! `smimezip decrypt` of several messages to a folder, each under its own name without the suffix
//! of its sealing. Names that cannot be are refused before anything is written; a message that
//! fails does not keep the others from being decrypted, and a line at the end counts them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use smimezip::ErrorKind;

use super::decrypt::{check_is_file, open, save_content, set_of, stem_of};
use super::{Context, apart};
use crate::args::Decrypt;
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::json;
use crate::keyring::{self, Keys};
use crate::text;

/// A message, and the file that it is decrypted to.
struct Message<'a> {
    part: &'a Path,
    output: PathBuf,
}

/// A message that was not decrypted: its file, why in a few words, and the exit code for it alone.
type Failed<'a> = (&'a Path, &'static str, u8);

pub(super) fn run(args: &Decrypt, context: &Context) -> Outcome {
    if args.output.is_some() {
        let text = "-o names one file; several messages go to a folder, by -d DIR";
        return Err(Failure::Usage(text.into()));
    }
    let folder = args.directory.as_deref().unwrap_or(Path::new("."));
    let messages = plan(&args.parts, folder)?;
    let mut keys = keyring::load(&args.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    let mut failed: Vec<Failed<'_>> = Vec::new();
    for (nth, message) in context.turns(&messages).enumerate() {
        let name = set_of(message.part);
        context.history.begin(Some(&name), Some(&message.output));
        context.stopwatch.begin_lap();
        let outcome = one(message, args, folder, &mut keys, context);
        context.history.done(Some(&name), &outcome);
        match outcome {
            Err(failure) if messages.len() > 1 => {
                failed.push((message.part, why(&failure), failure.code()));
                if apart::ends_all(&failure) {
                    say(&failed, nth + 1, messages.len(), context)?;
                    return Err(failure);
                }
                context.console.fail(&failure);
            }
            outcome => outcome?,
        }
    }
    if messages.len() > 1 {
        say(&failed, messages.len(), messages.len(), context)?;
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::Reported(SOME_FAILED)) }
}

/// Where each message goes, by the names alone. A shell's patterns may name one twice.
fn plan<'a>(parts: &'a [PathBuf], folder: &Path) -> Result<Vec<Message<'a>>, Failure> {
    let refuse = |text: String| Err(Failure::Usage(text));
    let mut inputs: HashMap<PathBuf, &Path> = HashMap::new();
    let mut outputs: HashMap<String, &Path> = HashMap::new();
    let mut messages = Vec::with_capacity(parts.len());
    for part in parts {
        let shown = part.display();
        if part.as_os_str() == "-" {
            return refuse(
                "standard input is one message without a name; it goes to -o FILE".into(),
            );
        }
        if inputs.insert(part.canonicalize().unwrap_or_else(|_| part.clone()), part).is_some() {
            continue;
        }
        if part.is_dir() {
            return refuse(format!(
                "{shown} is a folder; decrypt opens messages, extract an export"
            ));
        }
        let Some(stem) = stem_of(part) else {
            return refuse(format!(
                "{shown} has no name that ends in .smime or .p7m, so it has none without; decrypt \
                 it alone, by -o FILE"
            ));
        };
        // Some file systems do not tell them apart.
        let key = stem.to_string_lossy().to_lowercase();
        if let Some(other) = outputs.insert(key, part) {
            return refuse(format!(
                "{} and {shown} would be decrypted to one name; nothing was written",
                other.display()
            ));
        }
        messages.push(Message { part, output: folder.join(stem) });
    }
    for Message { part, output } in &messages {
        if let Some(input) = output.canonicalize().ok().and_then(|it| inputs.get(&it)) {
            return refuse(format!(
                "{} would be decrypted to {}, which is to be decrypted, too; nothing was written",
                part.display(),
                input.display()
            ));
        }
    }
    Ok(messages)
}

fn one(
    message: &Message<'_>,
    args: &Decrypt,
    folder: &Path,
    keys: &mut Keys,
    context: &Context,
) -> Outcome {
    let Message { part, output } = message;
    check_is_file(part)?;
    let content = open(part, context, keys)?;
    std::fs::create_dir_all(folder).map_err(|error| match folder.metadata() {
        Ok(there) if !there.is_dir() => {
            let folder = folder.display();
            Failure::NotAFolder(format!("already exists, and is no folder: {folder}"))
        }
        _ => Failure::Io(format!("{}: {error}", folder.display())),
    })?;
    let size = save_content(&content, part, args, context, output)?;
    context.report_one_file("decrypted", output, size)
}

/// Says what became of `all` messages, of which so many were tried.
fn say(failed: &[Failed<'_>], tried: usize, all: usize, context: &Context) -> Outcome {
    let console = context.console;
    let decrypted = tried.saturating_sub(failed.len());
    if console.json {
        let failed = failed.iter().map(|(part, why, code)| {
            json!({ "part": part.display().to_string(), "why": why, "exit_code": code })
        });
        return json::line(
            "messages",
            &json!({
                "messages": all,
                "decrypted": decrypted,
                "failed": failed.collect::<Vec<_>>(),
            }),
        );
    }
    let mut counts = vec![(decrypted, "decrypted")];
    for (part, why, _) in failed {
        console.say(&format!("not decrypted: {} ({why})", part.display()));
        match counts.iter_mut().skip(1).find(|(_, known)| known == why) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, why)),
        }
    }
    counts.push((all.saturating_sub(tried), "not tried"));
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    console.say(&format!("{}: {}", text::count(all as u64, "message"), counts.join(", ")));
    Ok(())
}

/// Why a message was not decrypted, in a few words.
fn why(failure: &Failure) -> &'static str {
    match failure {
        Failure::Library(error) => match (error.kind(), error.kind().exit_code()) {
            (ErrorKind::Exists(_), _) => "a file is there",
            (_, 3) => "no message",
            _ => apart::why(failure),
        },
        Failure::Io(_) => "not readable",
        _ => apart::why(failure),
    }
}
