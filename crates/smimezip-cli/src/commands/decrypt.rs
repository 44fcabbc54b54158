//! `smimezip decrypt`: one message, as `openssl smime -decrypt` does, at any size.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use smimezip::KeyRing;
use smimezip::extract::SaveOptions;
use smimezip::message::{Content, Decryptor, Envelope, InnerLayers};

use super::Context;
use crate::args::Decrypt;
use crate::cancellable::Cancellable;
use crate::exit::{Failure, Outcome};
use crate::keyring::{self, Keys};
use crate::passphrase::PassphraseSource;
use crate::progress::Bar;

/// Suffixes of sealed files.
const SEALS: [&str; 2] = ["smime", "p7m"];

pub(crate) fn run(args: &Decrypt, context: &Context) -> Outcome {
    let console = context.console;
    let from_stdin = args.part.as_os_str() == "-";
    if from_stdin {
        check_stdin(args, context)?;
    }
    let output = match &args.output {
        Some(output) => output.clone(),
        None if from_stdin => PathBuf::from("-"),
        None => default_output(&args.part)?,
    };
    let mut keys = keyring::load(&args.keys, &console, &context.limits)?;
    context.listen_to_signals()?;
    if let Some(stream) = stream(&output)? {
        return if from_stdin {
            let content = decryptor(context, keys.open_all()?);
            context.to_stream(content, stream, |error| error.in_part("standard input"))
        } else {
            let content = open(args, context, &mut keys)?;
            context.to_stream(content, stream, |error| error.in_part(part(args)))
        };
    }
    let size = match (from_stdin, output.as_os_str() == "-") {
        (true, true) => {
            let content = decryptor(context, keys.open_all()?);
            return context.to_stdout(content, |error| error.in_part("standard input"));
        }
        (true, false) => save_stdin(args, context, keys.open_all()?, &output)?,
        (false, true) => {
            let content = open(args, context, &mut keys)?;
            return context.to_stdout(content, |error| error.in_part(part(args)));
        }
        (false, false) => save(args, context, &mut keys, &output)?,
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

fn part(args: &Decrypt) -> String {
    args.part.display().to_string()
}

fn open(args: &Decrypt, context: &Context, keys: &mut Keys) -> Result<Content, Failure> {
    let options = context.unlock_options().inner_layers(context.inner);
    let named = |error: smimezip::Error| error.in_part(part(args));
    let envelope = Envelope::open_file_with(&args.part, &options).map_err(named)?;
    let unlocked =
        keys.unlock(|ring| envelope.unlock_with(ring, &options, &mut Bar::new(&context.console)))?;
    Ok(unlocked.map_err(named)?)
}

fn save(args: &Decrypt, context: &Context, keys: &mut Keys, output: &Path) -> Result<u64, Failure> {
    let content = open(args, context, keys)?;
    let options = save_options(args, context);
    smimezip::extract::save_with(&content, output, &options, &mut Bar::new(&context.console))
        .map_err(|error| error.in_part(part(args)))?;
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
    let saved = smimezip::extract::save_stream_with(
        content,
        output,
        &options,
        &mut Bar::new(&context.console),
    );
    Ok(saved.map_err(|error| error.in_part("standard input"))?)
}

/// The file's name without the suffix of its sealing, in the current folder.
fn default_output(part: &Path) -> Result<PathBuf, Failure> {
    let shown = part.display();
    let there =
        std::fs::metadata(part).map_err(|error| Failure::Io(format!("{shown}: {error}")))?;
    if there.is_dir() {
        let text =
            format!("{shown} is a folder; decrypt opens one message, extract a whole export");
        return Err(Failure::Usage(text));
    }
    let is_seal = |suffix: &OsStr| SEALS.iter().any(|seal| suffix.eq_ignore_ascii_case(seal));
    match (part.file_stem(), part.extension()) {
        (Some(stem), Some(suffix)) if is_seal(suffix) => Ok(PathBuf::from(stem)),
        _ => {
            // That it is no message at all matters more than where it would go.
            Envelope::open_file(part).map_err(|error| error.in_part(shown.to_string()))?;
            Err(Failure::Usage("say where to write to: -o FILE, or -o -".into()))
        }
    }
}
