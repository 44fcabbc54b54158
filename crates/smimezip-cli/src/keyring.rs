//! The key ring that the flags describe.

use std::path::Path;

use smimezip::{Export, KeyRing, Limits, Passphrase};

use crate::args::KeyArgs;
use crate::commands::Context;
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::passphrase::{PassphraseSource, Passphrases};
use crate::secret;
use crate::unwrap_command::UnwrapCommand;

/// Reads the keys for `exports`. Where no part is sealed, none is read, and no passphrase asked
/// for.
pub(crate) fn load_for(
    exports: &[Export],
    args: &KeyArgs,
    context: &Context,
) -> Result<KeyRing, Failure> {
    check(args)?;
    let options = context.open_options();
    for export in exports {
        match export.needs_key_with(&options) {
            Ok(true) => return load(args, &context.console, &context.limits),
            Ok(false) => {}
            // Of several it is said when its turn comes.
            Err(_) if exports.len() > 1 => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(KeyRing::new())
}

/// Reads all keys and certificates. There may be none: whether a set is sealed at all is seen when
/// it is opened.
pub(crate) fn load(args: &KeyArgs, console: &Console, limits: &Limits) -> Result<KeyRing, Failure> {
    check(args)?;
    let mut ring = KeyRing::new();
    let source = args.passin.clone().or_else(PassphraseSource::standard);
    let mut passphrases = Passphrases::default();
    for path in args.key.iter().chain(&args.cert) {
        warn_if_readable_by_all(path, args, console);
        let mut problem = None;
        let mut ask = || match passphrases.read(source.as_ref()?, &path.display().to_string()) {
            Ok(passphrase) => Some(passphrase),
            Err(error) => {
                problem = Some(error);
                None
            }
        };
        let added = ring.add_file(path, &mut ask, limits);
        if let Some(problem) = problem {
            return Err(Failure::Io(format!("no passphrase for {}: {problem}", path.display())));
        }
        added?;
    }
    if console.verbose {
        for item in ring.unusable() {
            console.say(&format!("not usable: {item}"));
        }
    }
    for source in &args.password {
        ring.add_password(read(&mut passphrases, source, "the message", "password")?);
    }
    for source in &args.secret_key {
        let text = read(&mut passphrases, source, "the message's secret key", "secret key")?;
        ring.add_secret_key(secret::from_hex(&text)?, None)?;
    }
    if let Some(command) = &args.unwrap_command {
        ring.add_key(Box::new(UnwrapCommand::new(command)));
    }
    if let (true, Some(path)) = (ring.is_empty(), args.key.first()) {
        if let Some(item) = ring.unusable().first() {
            let error = item.error().clone();
            return Err(error.in_part(item.file().unwrap_or_default()).into());
        }
        let path = path.display();
        return Err(Failure::Usage(format!(
            "{path}: there is a certificate in it, but no private key; give the certificate by \
             --cert, and its private key by --key"
        )));
    }
    Ok(ring)
}

/// Refuses what is no source, without a word of it: it may be the passphrase itself.
fn check(args: &KeyArgs) -> Outcome {
    let named = [
        ("--passin", args.passin.iter().collect::<Vec<_>>()),
        ("--password", args.password.iter().collect()),
        ("--secret-key", args.secret_key.iter().collect()),
    ];
    named.into_iter().try_for_each(|(flag, sources)| check_sources(flag, sources))
}

fn check_sources<'a>(
    flag: &str,
    sources: impl IntoIterator<Item = &'a PassphraseSource>,
) -> Outcome {
    if sources.into_iter().any(|source| *source == PassphraseSource::Unknown) {
        return Err(Failure::Usage(format!(
            "{flag} takes a source: env:VAR, file:PATH, fd:N, stdin, prompt, or pass:TEXT for the \
             text itself; what was given is none, and is not shown, as it may be the secret"
        )));
    }
    Ok(())
}

/// Reads the passwords that a message is to be sealed under.
pub(crate) fn passwords(sources: &[PassphraseSource]) -> Result<Vec<Passphrase>, Failure> {
    check_sources("--password", sources)?;
    let mut passphrases = Passphrases::default();
    let mut read = |source, what| read(&mut passphrases, source, what, "password");
    let mut passwords = Vec::with_capacity(sources.len());
    for source in sources {
        let password = read(source, "the message")?;
        // Nobody opens a message under a password that was mistyped.
        if *source == PassphraseSource::Prompt
            && read(source, "the message, once more")?.bytes() != password.bytes()
        {
            return Err(Failure::Usage("the two passwords are not the same".into()));
        }
        passwords.push(password);
    }
    Ok(passwords)
}

fn read(
    passphrases: &mut Passphrases,
    source: &PassphraseSource,
    what: &str,
    kind: &str,
) -> Result<Passphrase, Failure> {
    let read = passphrases.read(source, what);
    read.map_err(|error| Failure::Io(format!("the {kind} could not be read: {error}")))
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
