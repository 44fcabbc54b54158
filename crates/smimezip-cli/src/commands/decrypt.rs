//! `smimezip decrypt`: one message, as `openssl smime -decrypt` does, at any size. Several are in
//! `messages`.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use smimezip::KeyRing;
use smimezip::extract::SaveOptions;
use smimezip::message::{Content, Decryptor, Envelope, InnerLayers};
use smimezip::parts::PartName;

use super::{Context, messages};
use crate::args::Decrypt;
use crate::cancellable::Cancellable;
use crate::exit::{Failure, Outcome};
use crate::keyring::{self, Keys};
use crate::passphrase::PassphraseSource;

/// Suffixes of sealed files.
const SEALS: [&str; 2] = ["smime", "p7m"];

pub(crate) fn run(args: &Decrypt, context: &Context) -> Outcome {
    let [part] = args.parts.as_slice() else { return messages::run(args, context) };
    if args.directory.is_some() {
        return messages::run(args, context);
    }
    let from_stdin = part.as_os_str() == "-";
    if from_stdin {
        check_stdin(args, context)?;
    }
    let output = match &args.output {
        Some(output) => output.clone(),
        None if from_stdin => PathBuf::from("-"),
        None => default_output(part)?,
    };
    context.history.begin((!from_stdin).then(|| set_of(part)).as_deref(), Some(&output));
    let mut keys = keyring::load(&args.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    if let Some(stream) = stream(&output)? {
        context.history.turn_off();
        return if from_stdin {
            let content = decryptor(context, keys.open_all()?);
            context.to_stream(content, stream, |error| error.in_part("standard input"))
        } else {
            let content = open(part, context, &mut keys)?;
            context.to_stream(content, stream, |error| error.in_part(shown(part)))
        };
    }
    let size = match (from_stdin, output.as_os_str() == "-") {
        (true, true) => {
            let content = decryptor(context, keys.open_all()?);
            return context.to_stdout(content, |error| error.in_part("standard input"));
        }
        (true, false) => save_stdin(args, context, keys.open_all()?, &output)?,
        (false, true) => {
            let content = open(part, context, &mut keys)?;
            return context.to_stdout(content, |error| error.in_part(shown(part)));
        }
        (false, false) => {
            let content = open(part, context, &mut keys)?;
            save_content(&content, part, args, context, &output)?
        }
    };
    context.report_file("decrypted", &output, size)
}

/// What is there already and takes bytes without being a file: a pipe, a device like `/dev/null`.
/// Nothing of it is replaced, and nothing can be staged for it.
pub(super) fn stream(output: &Path) -> Result<Option<File>, Failure> {
    let named = |error: io::Error| Failure::Io(format!("{}: {error}", output.display()));
    match std::fs::metadata(output) {
        Ok(there) if !there.is_file() && !there.is_dir() => {
            Ok(Some(File::options().write(true).open(output).map_err(named)?))
        }
        _ => Ok(None),
    }
}

/// What the history calls a file: the set it is a part of, or its own name.
pub(super) fn set_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    PartName::parse(&name).map_or(name, |part| part.stem().to_owned())
}

/// Standard input is the message, and is read forward only.
fn check_stdin(args: &Decrypt, context: &Context) -> Outcome {
    if io::stdin().is_terminal() {
        return Err(Failure::Usage("standard input is a terminal; send a message to it".into()));
    }
    if args.keys.sources().any(|(_, source)| *source == PassphraseSource::Stdin) {
        let text = "standard input is the message; give the passphrase in another way";
        return Err(Failure::Usage(text.into()));
    }
    if context.inner != InnerLayers::default() {
        let text = "--inner needs a file: a layer inside cannot be unwrapped in a stream";
        return Err(Failure::Usage(text.into()));
    }
    Ok(())
}

/// The content of the message on standard input.
fn decryptor(context: &Context, keys: KeyRing) -> Decryptor<Cancellable> {
    let source = Cancellable::new(io::stdin(), &context.cancel);
    Decryptor::with_options(source, keys, &context.unlock_options())
}

fn shown(part: &Path) -> String {
    part.display().to_string()
}

pub(super) fn open(part: &Path, context: &Context, keys: &mut Keys) -> Result<Content, Failure> {
    let options = context.unlock_options().inner_layers(context.inner);
    let named = |error: smimezip::Error| error.in_part(shown(part));
    let envelope = Envelope::open_file_with(part, &options).map_err(named)?;
    let unlocked = keys.unlock(|ring| envelope.unlock_with(ring, &options, &mut context.bar()))?;
    Ok(unlocked.map_err(named)?)
}

/// Writes the content of a message to a file, all of it or nothing; returns its size.
pub(super) fn save_content(
    content: &Content,
    part: &Path,
    args: &Decrypt,
    context: &Context,
    output: &Path,
) -> Result<u64, Failure> {
    let options = save_options(args, context);
    smimezip::extract::save_with(content, output, &options, &mut context.bar())
        .map_err(|error| error.in_part(shown(part)))?;
    Ok(content.size())
}

fn save_options(args: &Decrypt, context: &Context) -> SaveOptions {
    SaveOptions::new()
        .overwrite(args.saving.overwrite.into())
        .durable(!args.saving.no_sync)
        .threads(context.threads())
        .cancel(&context.cancel)
}

fn save_stdin(
    args: &Decrypt,
    context: &Context,
    keys: KeyRing,
    output: &Path,
) -> Result<u64, Failure> {
    let options = save_options(args, context);
    let content = decryptor(context, keys);
    let saved = smimezip::extract::save_stream_with(content, output, &options, &mut context.bar());
    Ok(saved.map_err(|error| error.in_part("standard input"))?)
}

/// The file's name without the suffix of its sealing, in the current folder.
fn default_output(part: &Path) -> Result<PathBuf, Failure> {
    check_is_file(part)?;
    if let Some(stem) = stem_of(part) {
        return Ok(stem.into());
    }
    // That it is no message at all matters more than where it would go.
    Envelope::open_file(part).map_err(|error| error.in_part(part.display().to_string()))?;
    Err(Failure::Usage("say where to write to: -o FILE, or -o -".into()))
}

/// Refuses a folder, and what is not there.
pub(super) fn check_is_file(part: &Path) -> Outcome {
    let shown = part.display();
    let there =
        std::fs::metadata(part).map_err(|error| Failure::Io(format!("{shown}: {error}")))?;
    if there.is_dir() {
        let text = format!("{shown} is a folder; decrypt opens messages, extract a whole export");
        return Err(Failure::Usage(text));
    }
    Ok(())
}

/// The file's name without the suffix of its sealing, if it has one.
pub(super) fn stem_of(part: &Path) -> Option<&OsStr> {
    let is_seal = |suffix: &OsStr| SEALS.iter().any(|seal| suffix.eq_ignore_ascii_case(seal));
    let stem = part.file_stem().filter(|_| part.extension().is_some_and(is_seal))?;
    // These are no names of files.
    (stem != "." && stem != "..").then_some(stem)
}
