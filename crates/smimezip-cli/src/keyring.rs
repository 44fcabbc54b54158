//! The key ring that the flags describe.

use std::path::Path;

use smimezip::{KeyRing, Limits, Passphrase};

use crate::args::KeyArgs;
use crate::console::Console;
use crate::exit::Failure;
use crate::passphrase::PassphraseSource;
use crate::secret;
use crate::unwrap_command::UnwrapCommand;

/// Reads all keys and certificates; without any key it is a usage error.
pub(crate) fn load(args: &KeyArgs, console: &Console, limits: &Limits) -> Result<KeyRing, Failure> {
    let ring = load_any(args, console, limits)?;
    if ring.is_empty() {
        let text = if args.key.is_empty() {
            "a private key is needed: --key FILE, or SMIMEZIP_KEY in the environment; or --password, \
             --secret-key, --unwrap-command"
        } else {
            "there is a certificate in the file given as --key, but no private key"
        };
        return Err(Failure::Usage(text.into()));
    }
    Ok(ring)
}

/// Reads all keys and certificates, perhaps none.
pub(crate) fn load_any(
    args: &KeyArgs,
    console: &Console,
    limits: &Limits,
) -> Result<KeyRing, Failure> {
    let mut ring = KeyRing::new();
    let source = args.passin.clone().or_else(PassphraseSource::standard);
    for path in args.key.iter().chain(&args.cert) {
        warn_if_readable_by_all(path, args, console);
        let mut problem = None;
        let mut ask = || match source.as_ref()?.read(&path.display().to_string()) {
            Ok(passphrase) => Some(passphrase),
            Err(error) => {
                problem = Some(error);
                None
            }
        };
        let added = ring.add_file(path, &mut ask, limits);
        if let Some(problem) = problem {
            return Err(Failure::Io(format!("the passphrase could not be read: {problem}")));
        }
        added?;
    }
    for source in &args.password {
        ring.add_password(read(source, "the message", "password")?);
    }
    for source in &args.secret_key {
        let text = read(source, "the message's secret key", "secret key")?;
        ring.add_secret_key(secret::from_hex(&text)?, None)?;
    }
    if let Some(command) = &args.unwrap_command {
        ring.add_key(Box::new(UnwrapCommand::new(command)));
    }
    Ok(ring)
}

fn read(source: &PassphraseSource, what: &str, kind: &str) -> Result<Passphrase, Failure> {
    source.read(what).map_err(|error| Failure::Io(format!("the {kind} could not be read: {error}")))
}

#[cfg(unix)]
fn warn_if_readable_by_all(path: &Path, args: &KeyArgs, console: &Console) {
    use std::os::unix::fs::PermissionsExt as _;
    let is_key = args.key.iter().any(|key| key == path);
    let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if is_key && mode & 0o004 != 0 {
        console.warn(&format!("{} can be read by everybody on this machine", path.display()));
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_all(_: &Path, _: &KeyArgs, _: &Console) {}
