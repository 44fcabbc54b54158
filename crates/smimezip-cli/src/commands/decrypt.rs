//! `smimezip decrypt`: one part, as `openssl smime -decrypt` does, at any size.

use std::path::{Path, PathBuf};

use smimezip::{Envelope, PartName};

use super::Context;
use crate::args::{Decrypt, Overwrite};
use crate::console;
use crate::exit::{Failure, Outcome};
use crate::keyring;
use crate::progress::Bar;
use crate::text;

pub(crate) fn run(args: &Decrypt, context: &Context) -> Outcome {
    let console = context.console;
    if args.overwrite == Overwrite::Skip {
        return Err(Failure::Usage("decrypt knows --overwrite never and always only".into()));
    }
    let output = match &args.output {
        Some(output) => output.clone(),
        None => default_output(&args.part)?,
    };
    let keys = keyring::load(&args.keys, &console, &context.limits)?;
    context.listen_to_signals()?;
    if output.as_os_str() == "-" {
        return to_stdout(args, context, &keys);
    }
    let mut options = context.options();
    options.overwrite = args.overwrite.into();
    let size = context.with_layout(|limits| {
        let content = Envelope::open_file(&args.part, limits)
            .and_then(|envelope| envelope.unlock(&keys))
            .map_err(|error| error.in_part(args.part.display().to_string()))?;
        smimezip::save(&content, &output, &options, &mut Bar::new(&console))
            .map_err(|error| error.in_part(args.part.display().to_string()))?;
        Ok(content.size())
    })?;
    if console.json {
        let output = output.display().to_string();
        return console::json_line(&serde_json::json!({
            "type": "summary", "action": "decrypted", "output": output, "bytes": size,
        }));
    }
    console.say(&format!("{}: {}", output.display(), text::size(size)));
    Ok(())
}

fn to_stdout(args: &Decrypt, context: &Context, keys: &smimezip::KeyRing) -> Outcome {
    let part = || args.part.display().to_string();
    let content = Envelope::open_file(&args.part, &context.limits)
        .and_then(|envelope| envelope.unlock(keys))
        .map_err(|error| error.in_part(part()))?;
    context.to_stdout(content, |error| error.in_part(part()))
}

/// The part's name without the suffix of its sealing, in the current folder.
fn default_output(part: &Path) -> Result<PathBuf, Failure> {
    let name = part.file_name().and_then(|name| name.to_str());
    name.and_then(PartName::parse)
        .filter(|name| !name.seal.is_empty())
        .map(|name| PathBuf::from(PartName { seal: String::new(), ..name }.to_string()))
        .ok_or_else(|| Failure::Usage("say where to write to: -o FILE, or -o -".into()))
}
