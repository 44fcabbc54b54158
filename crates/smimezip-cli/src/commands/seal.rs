//! `smimezip seal`: a folder as an export.

use std::path::Path;
use std::time::SystemTime;

use serde_json::json;
use smimezip::build::{BuildOptions, Built, Unfit};
use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::message::SealOptions;
use smimezip::parts::SetName;
use smimezip::{Certificate, Error};

use super::Context;
use crate::args::Seal;
use crate::exit::{Failure, Outcome};
use crate::json;
use crate::progress::Bar;
use crate::text;

pub(crate) fn run(args: &Seal, context: &Context) -> Outcome {
    let name = match &args.name {
        Some(stem) => SetName::new(stem)
            .ok_or_else(|| Failure::Usage(format!("no part can be named after \"{stem}\"")))?,
        None => SetName::random()?,
    };
    let now = SystemTime::now();
    let mut builder = ExportBuilder::new(name.clone())
        .build_options(&build_options(args, context))
        .seal_options(&seal_options(args))
        .read_back(!args.no_read_back);
    for file in &args.to {
        builder = builder.recipient(recipient(file, now)?);
    }
    context.listen_to_signals()?;
    let mut bar = Bar::new(&context.console);
    let built = builder.build_folder(&args.tree, &args.output, &mut bar)?;
    drop(bar);
    report(&built, &name, context)
}

fn build_options(args: &Seal, context: &Context) -> BuildOptions {
    let options = BuildOptions::new()
        .level(args.level)
        .threads(context.threads())
        .reproducible(args.reproducible)
        .unfit(if args.skip_unfit { Unfit::Skip } else { Unfit::Refuse })
        .durable(!args.no_sync)
        .cancel(&context.cancel);
    match args.split {
        Some(size) => options.part_size(size),
        None => options,
    }
}

fn seal_options(args: &Seal) -> SealOptions {
    let options = SealOptions::new();
    if args.authenticated {
        return options.content_encryption(ContentEncryptionAlgorithm::Aes256Gcm);
    }
    options
}

/// The owner of the certificate in a file.
fn recipient(file: &Path, now: SystemTime) -> Result<Recipient, Failure> {
    let named = |error: Error| error.in_part(file.display().to_string());
    let bytes = std::fs::read(file).map_err(|error| named(error.into()))?;
    let certificate = Certificate::from_bytes(&bytes).map_err(named)?;
    Ok(Recipient::from_certificate(&certificate, now).map_err(named)?)
}

fn report(built: &Built, name: &SetName, context: &Context) -> Outcome {
    let console = context.console;
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
                "skipped": built.skipped.iter().map(Error::entry).collect::<Vec<_>>(),
            }),
        );
    }
    for error in &built.skipped {
        console.say(&format!("left out: {error}"));
    }
    if console.verbose {
        for part in &built.parts {
            console.say(&format!("{}: {}", part.name(), text::size(part.size())));
        }
    }
    console.say(&format!(
        "{}: sealed {}, {}, in {}",
        name.stem(),
        text::count(built.files, "file"),
        text::size(built.bytes),
        text::count(built.parts.len() as u64, "part")
    ));
    Ok(())
}
