//! `smimezip seal`: folders and files as an export.

use serde_json::{Value, json};
use smimezip::build::{BuildOptions, BuildPlan, Built, MAX_PARTS, Unfit};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::SetName;
use smimezip::{Error, Limit};

use super::excluded::Excluded;
use super::{Context, sealing};
use crate::args::Seal;
use crate::exit::{Failure, Outcome};
use crate::json;
use crate::text;

pub(crate) fn run(args: &Seal, context: &Context) -> Outcome {
    let name = match &args.name {
        Some(stem) => SetName::new(stem)
            .ok_or_else(|| Failure::Usage(format!("no part can be named after \"{stem}\"")))?,
        None => SetName::random()?,
    };
    context.history.begin(Some(name.stem()), Some(&args.output));
    if args.sealing.to.is_empty() {
        return Err(sealing::for_nobody("--to FILE"));
    }
    let recipients = sealing::recipients(&args.sealing)?;
    let excluded = Excluded::new(&args.exclude)?;
    let builder = ExportBuilder::new(name.clone())
        .build_options(&build_options(args, &excluded, context))
        .seal_options(&sealing::options(&args.sealing))
        .read_back(!args.no_read_back);
    let builder = recipients.iter().cloned().fold(builder, ExportBuilder::recipient);
    let builder = match args.manifest {
        Some(contents) => builder.manifest(contents.into()),
        None => builder,
    };
    context.listen_to_signals()?;
    let mut bar = context.bar_of(name.stem());
    // What is in one folder goes to the root of the export, without the folder's name.
    let folder = match args.trees.as_slice() {
        [tree] if !tree.is_file() => Some(tree),
        _ => None,
    };
    let (trees, outbox) = (&args.trees, &args.output);
    // What is left out is known once the tree was looked at, and must be before a file is read.
    if args.dry_run || !excluded.is_empty() {
        let plan = match folder {
            Some(folder) => builder.plan_folder(folder, outbox, &mut bar)?,
            None => builder.plan_paths(trees, outbox, &mut bar)?,
        };
        excluded.check(context)?;
        if args.dry_run {
            return say_plan(&plan, args, &name, &recipients, context);
        }
    }
    let built = match folder {
        Some(folder) => builder.build_folder(folder, outbox, &mut bar)?,
        None => builder.build_paths(trees, outbox, &mut bar)?,
    };
    drop(bar);
    let manifest = args.manifest.map(|_| name.manifest_name());
    report(&built, args, &name, manifest.as_deref(), context)
}

fn build_options(args: &Seal, excluded: &Excluded, context: &Context) -> BuildOptions {
    let mut options = BuildOptions::new()
        .level(args.level)
        .threads(context.threads())
        .reproducible(args.reproducible)
        .unfit(if args.skip_unfit { Unfit::Skip } else { Unfit::Refuse })
        .durable(!args.no_sync)
        .digests(context.console.json)
        .cancel(&context.cancel);
    if let Some(size) = args.split {
        options = options.part_size(size);
    }
    if excluded.is_empty() {
        return options;
    }
    let excluded = excluded.clone();
    options.filter(move |path| !excluded.matches(path))
}

fn say_plan(
    plan: &BuildPlan,
    args: &Seal,
    name: &SetName,
    recipients: &[Recipient],
    context: &Context,
) -> Outcome {
    let console = context.console;
    let BuildPlan { files, folders, bytes, max_size, max_parts, skipped, .. } = plan;
    // Without a name that was asked for, each run has another.
    let export = args.name.as_ref().map(|_| name.stem());
    let recipients: Vec<String> = recipients.iter().map(ToString::to_string).collect();
    warn_if_empty(*files, *folders, context);
    if console.json {
        return json::line(
            "plan",
            &json!({
                "export": export,
                "files": files,
                "folders": folders,
                "bytes": bytes,
                "max_bytes": max_size,
                "max_parts": max_parts,
                "recipients": recipients,
                "skipped": skipped_paths(skipped),
            }),
        );
    }
    if console.verbose {
        for entry in &plan.entries {
            console.say(&format!("would seal: {entry}"));
        }
    }
    say_skipped(skipped, context);
    for recipient in recipients {
        console.say(&format!("for {recipient}"));
    }
    let parts = match *max_parts {
        1 => "1 part".to_owned(),
        many => format!("at most {}", text::count(many, "part")),
    };
    let too_many = if *max_parts > u64::from(MAX_PARTS) {
        format!("; more than {MAX_PARTS} cannot be made, so use a larger --split")
    } else {
        String::new()
    };
    console.say(&format!(
        "{}: would seal {}, {}, in {parts}{too_many}",
        export.unwrap_or("export-…"),
        text::count(*files, "file"),
        text::size(*bytes),
    ));
    Ok(())
}

fn report(
    built: &Built,
    args: &Seal,
    name: &SetName,
    manifest: Option<&str>,
    context: &Context,
) -> Outcome {
    let (console, time) = (context.console, context.stopwatch.total());
    let needs = built.needs(&context.limits);
    warn_if_empty(built.files, built.folders, context);
    if console.json {
        let parts = built.parts.iter().map(|part| {
            let digest = part.sha256().map(|digest| text::hex(digest));
            json!({ "name": part.name().to_string(), "size": part.size(), "sha256": digest })
        });
        return json::line(
            "sealed",
            &json!({
                "export": name.stem(),
                "files": built.files,
                "folders": built.folders,
                "bytes": built.bytes,
                "parts": parts.collect::<Vec<_>>(),
                "manifest": manifest,
                "target": args.output.display().to_string(),
                "duration_ms": text::milliseconds(time),
                "skipped": skipped_paths(&built.skipped),
                "needs": needs.iter().map(need_value).collect::<Vec<_>>(),
            }),
        );
    }
    say_skipped(&built.skipped, context);
    if console.verbose {
        for part in &built.parts {
            console.say(&format!("{}: {}", part.name(), text::size(part.size())));
        }
    }
    console.say(&format!(
        "{}: sealed {}, {}, in {} to {} in {}",
        name.stem(),
        text::count(built.files, "file"),
        text::size(built.bytes),
        text::count(built.parts.len() as u64, "part"),
        text::folder(&args.output),
        text::duration(time)
    ));
    if !needs.is_empty() {
        let flags: Vec<_> = needs.iter().map(need).collect();
        console.warn(&format!(
            "an export like this is refused by default; tell those who get it to give {}",
            flags.join(" ")
        ));
    }
    Ok(())
}

/// Warns of an export that whoever gets it finds nothing in: mostly the folder was not the one that
/// was meant.
fn warn_if_empty(files: u64, folders: u64, context: &Context) {
    match (files, folders) {
        (0, 0) => context.console.warn("the export is empty: there was nothing to put into it"),
        (0, _) => context.console.warn("the export has no file in it, only folders"),
        _ => {}
    }
}

/// What whoever opens an export has to give for a limit to have that value.
fn need((limit, value): &(Limit, u64)) -> String {
    format!("--limit {}={value}", text::flag_name(*limit))
}

fn need_value(needed: &(Limit, u64)) -> Value {
    let (limit, value) = needed;
    json!({ "limit": limit.name(), "value": value, "flag": need(needed) })
}

fn say_skipped(skipped: &[Error], context: &Context) {
    for error in skipped {
        context.console.say(&format!("left out: {error}"));
    }
}

fn skipped_paths(skipped: &[Error]) -> Value {
    skipped.iter().map(Error::entry).collect()
}
