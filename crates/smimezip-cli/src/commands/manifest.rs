//! Manifests: reading one, and `smimezip verify --manifest`, which checks parts by it without a
//! key.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::json;
use smimezip::error::Damage;
use smimezip::export::{Manifest, ManifestReport};
use smimezip::{Error, ErrorKind, Export, Limits};

use super::Context;
use crate::console::Console;
use crate::exit::{Failure, INCOMPLETE, Outcome, code_of};
use crate::json;
use crate::text;

pub(crate) fn verify(file: &Path, inputs: &[PathBuf], context: &Context) -> Outcome {
    let manifest = read(file, &context.manifest_limits())?;
    context.history.begin(Some(manifest.name().stem()), None);
    let folder = match inputs {
        [] => folder_of(file),
        [input] => input.as_path(),
        _ => return Err(Failure::Usage("a manifest is of one export; name one INPUT".into())),
    };
    let all = Export::discover_all(folder)?;
    let export = all.into_iter().find(|export| export.name() == manifest.name().stem());
    context.listen_to_signals()?;
    let mut bar = context.bar_of(manifest.name().stem());
    let report = manifest.verify(export.as_ref(), &context.unlock_options(), &mut bar)?;
    drop(bar);
    if let Some(export) = &export {
        context.say_stand_ins(export);
    }
    let unfinished = export.map_or_else(Vec::new, |export| export.unfinished());
    say(&manifest, &report, unfinished, &context.console)
}

/// The manifest in a file.
pub(crate) fn read(file: &Path, limits: &Limits) -> Result<Manifest, Error> {
    let open = || Manifest::read(File::open(file)?, limits);
    open().map_err(|error| error.in_part(file.display().to_string()))
}

/// The manifest that is beside the parts of an export, with its path, if there is one.
pub(crate) fn beside(export: &Export, limits: &Limits) -> Option<Result<Manifest, Error>> {
    let folder = folder_of(export.parts().iter().find_map(|part| part.path())?);
    let name = smimezip::parts::SetName::new(export.name())?.manifest_name();
    let file = folder.join(name);
    // Nobody asked for it by name, so a pipe there must not be waited for.
    file.is_file().then(|| {
        let manifest = read(&file, limits)?;
        let is_of_this = manifest.name().stem() == export.name();
        let other = || {
            let damage = Damage::Manifest("is that of another export");
            Error::from(ErrorKind::Damaged(damage)).in_part(file.display().to_string())
        };
        if is_of_this { Ok(manifest) } else { Err(other()) }
    })
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn say(
    manifest: &Manifest,
    report: &ManifestReport,
    unfinished: Vec<String>,
    console: &Console,
) -> Outcome {
    let ManifestReport { parts, bytes, damaged, missing, extra, .. } = report;
    let stem = manifest.name().stem();
    let expected = manifest.parts().len() as u64;
    let incomplete = (!missing.is_empty() || !extra.is_empty()).then(|| {
        Error::from(ErrorKind::IncompleteSet {
            missing: missing.clone(),
            extra: extra.clone(),
            duplicates: Vec::new(),
            unfinished,
            misnamed: Vec::new(),
        })
    });
    if console.json {
        let damaged: Vec<_> = damaged.iter().map(|it| console.error_value(it, None)).collect();
        let fields = json!({
            "export": stem,
            "parts": expected,
            "intact": parts,
            "bytes": bytes,
            "failed": damaged,
            "missing": missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "extra": extra,
        });
        json::line("manifest", &fields)?;
    } else {
        for error in damaged.iter().chain(&incomplete) {
            console.error(error, None);
        }
        let only = if parts < &expected { "only " } else { "" };
        let (expected, bytes) = (text::count(expected, "part"), text::size(*bytes));
        console.say(&format!(
            "{stem}: {only}{parts} of {expected} as the manifest says, {bytes}; nothing was decrypted"
        ));
    }
    match (damaged.first(), incomplete) {
        (Some(error), _) => Err(Failure::Reported(code_of(error))),
        (None, Some(_)) => Err(Failure::Reported(INCOMPLETE)),
        (None, None) => Ok(()),
    }
}
