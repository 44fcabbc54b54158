//! The keys that the flags describe: what is read of them, and from where.

mod keys;

use std::path::Path;

use smimezip::{Export, Limits, Passphrase};
use zeroize::Zeroizing;

use crate::args::{KeyArgs, KeyPlace};
use crate::commands::Context;
use crate::console::Console;
use crate::exit::{Failure, Outcome};
use crate::keystore;
use crate::passphrase::{PassphraseSource, Passphrases};
use crate::secret;
use crate::unwrap_command::UnwrapCommand;
pub(crate) use keys::Keys;

/// Reads the keys for `exports`. Where no part is sealed, none is read.
pub(crate) fn load_for(
    exports: &[Export],
    args: &KeyArgs,
    context: &Context,
) -> Result<Keys, Failure> {
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
    Ok(Keys::new(&context.console, &context.limits))
}

/// Reads all keys and certificates. There may be none: whether a set is sealed at all is seen when
/// it is opened.
pub(crate) fn load(args: &KeyArgs, console: &Console, limits: &Limits) -> Result<Keys, Failure> {
    check(args)?;
    let mut keys = Keys::new(console, limits);
    let standard = args.given.passin.clone().or_else(PassphraseSource::standard);
    for KeyPlace { path, is_folder, passin } in &args.given.places {
        let source = passin.as_ref().or(standard.as_ref());
        if *is_folder {
            keys.add_folder(path, source)?;
        } else if path.is_dir() {
            let path = path.display();
            let text = format!("{path} is a folder; all keys in a folder are given by --keys");
            return Err(Failure::Usage(text));
        } else {
            warn_if_readable_by_all(path, console);
            keys.add_file(path, source)?;
        }
    }
    for path in &args.cert {
        let known = keys.ring.certificates().len();
        keys.add_file(path, standard.as_ref())?;
        keys.certificates.extend_from_slice(&keys.ring.certificates()[known..]);
    }
    // The key that a command uses is not known here.
    if args.unwrap_command.is_some() {
        keys.certificates.clear();
    }
    keys.check_certificates();
    if console.verbose {
        for item in keys.ring.unusable() {
            console.say(&format!("not usable: {item}"));
        }
        keys.ignored.iter().for_each(|file| console.say(&format!("ignored: {file}")));
    }
    keys.read_ahead_of(args)?;
    let Keys { ring, passphrases, .. } = &mut keys;
    for source in &args.password {
        ring.add_password(read(passphrases, source, "the message", "password")?);
    }
    for source in &args.secret_key {
        let text = read(passphrases, source, "the message's secret key", "secret key")?;
        ring.add_secret_key(secret::from_hex(&text)?, None)?;
    }
    if let Some(command) = &args.unwrap_command {
        ring.add_key(Box::new(UnwrapCommand::new(command)));
    }
    if let (true, Some(path)) = (keys.is_empty(), args.given.first()) {
        return Err(no_private_key(path, &keys));
    }
    Ok(keys)
}

/// Refuses what is no source, without a word of it: it may be the passphrase itself.
fn check(args: &KeyArgs) -> Outcome {
    for (flag, source) in args.sources() {
        check_source(flag, source)?;
    }
    if args.given.is_ambiguous {
        return Err(Failure::Usage(
            "there are two --passin for one key; each is for the --key or --keys before it".into(),
        ));
    }
    Ok(())
}

fn check_source(flag: &str, source: &PassphraseSource) -> Outcome {
    match source {
        PassphraseSource::Unknown => Err(Failure::Usage(format!(
            "{flag} takes a source: env:VAR, file:PATH, fd:N, stdin, prompt, keystore:NAME, or \
             pass:TEXT for the text itself; what was given is none, and is not shown, as it may be \
             the secret"
        ))),
        PassphraseSource::KeyStore(_) => keystore::check(),
        PassphraseSource::Descriptor(_) if cfg!(windows) => Err(Failure::Usage(format!(
            "{flag} cannot take fd:N on Windows, where programs do not hand on file descriptors by \
             number; env:VAR, file:PATH, stdin and prompt are there"
        ))),
        _ => Ok(()),
    }
}

/// Reads the passwords that a message is to be sealed under.
pub(crate) fn passwords(sources: &[PassphraseSource]) -> Result<Vec<Passphrase>, Failure> {
    sources.iter().try_for_each(|source| check_source("--password", source))?;
    let mut passphrases = Passphrases::default();
    let mut read = |source| read_new(&mut passphrases, source, "the message", "password");
    sources.iter().map(&mut read).collect()
}

/// Reads a passphrase that is to be stored under `name`; a person is asked twice for it unless it
/// is checked.
pub(crate) fn passphrase_to_store(
    source: &PassphraseSource,
    name: &str,
    is_checked: bool,
) -> Result<Passphrase, Failure> {
    check_source("--from", source)?;
    let read = if is_checked { read } else { read_new };
    let passphrase = read(&mut Passphrases::default(), source, name, "passphrase")?;
    if passphrase.bytes().is_empty() {
        return Err(Failure::Usage("the passphrase is empty, so nothing is stored".into()));
    }
    // What reads it takes one for that of the file it came from.
    if passphrase.bytes().ends_with(b"\n") || passphrase.bytes().ends_with(b"\r") {
        let text = "the passphrase has a line end at its end, so nothing is stored";
        return Err(Failure::Usage(text.into()));
    }
    Ok(passphrase)
}

/// Refuses a passphrase that does not open the private key in a file.
pub(crate) fn check_passphrase(passphrase: &Passphrase, path: &Path, context: &Context) -> Outcome {
    let mut keys = Keys::new(&context.console, &context.limits);
    let read = PassphraseSource::Read(Zeroizing::new(passphrase.bytes().to_vec()));
    keys.add_file(path, Some(&read))?;
    let is_open = keys.open_first()?;
    match keys.ring.private_keys().len() {
        0 => Err(no_private_key(path, &keys)),
        _ if is_open => Ok(()),
        _ => {
            let path = path.display();
            Err(Failure::Usage(format!("{path}: the private key in it needs no passphrase")))
        }
    }
}

/// Why there is none in a file that was given for one.
fn no_private_key(path: &Path, keys: &Keys) -> Failure {
    if let Some(item) = keys.ring.unusable().first() {
        let error = item.error().clone();
        return error.in_part(item.file().unwrap_or_default()).into();
    }
    let path = path.display();
    Failure::NoKey(format!(
        "{path}: there is a certificate in it, but no private key; give the certificate by \
         --cert, and its private key by --key"
    ))
}

/// Reads a secret that will be needed again. A person is asked for it twice: nobody knows one that
/// was mistyped.
fn read_new(
    passphrases: &mut Passphrases,
    source: &PassphraseSource,
    what: &str,
    kind: &str,
) -> Result<Passphrase, Failure> {
    let secret = read(passphrases, source, what, kind)?;
    if *source == PassphraseSource::Prompt {
        let again = read(passphrases, source, &format!("{what}, once more"), kind)?;
        if again.bytes() != secret.bytes() {
            return Err(Failure::Usage(format!("the two {kind}s are not the same")));
        }
    }
    Ok(secret)
}

fn read(
    passphrases: &mut Passphrases,
    source: &PassphraseSource,
    what: &str,
    kind: &str,
) -> Result<Passphrase, Failure> {
    let read = passphrases.read(source, what);
    read.map_err(|unread| unread.after(&format!("the {kind} could not be read")).into())
}

#[cfg(unix)]
fn warn_if_readable_by_all(path: &Path, console: &Console) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o004 != 0 {
        let path = path.display();
        console.warn(&format!(
            "{path} can be read by everybody on this machine; chmod 600 makes it yours alone"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_all(_: &Path, _: &Console) {}
