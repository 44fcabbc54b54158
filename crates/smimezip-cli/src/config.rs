//! The configuration file: what a person would otherwise write on each command line. It never has a
//! passphrase, and nothing that may be one is shown.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use crate::args::{Cli, Command, GivenKeys, KeyPlace, LimitSetting};
use crate::exit::{Failure, Outcome};
use crate::keystore;
use crate::passphrase::PassphraseSource;

/// What the file may say.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    key: Vec<Key>,
    keys: Vec<PathBuf>,
    passin: Option<Spanned<String>>,
    cert: Vec<PathBuf>,
    to: Vec<PathBuf>,
    directory: Option<PathBuf>,
    history: Option<bool>,
    limits: BTreeMap<String, Spanned<Value>>,
}

/// A file with private keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    file: PathBuf,
    passin: Option<Spanned<String>>,
}

/// A file that was read.
struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
}

/// Adds what the configuration file says to what the command line does not.
pub(crate) fn apply(cli: &mut Cli) -> Outcome {
    let is_about_itself = matches!(cli.command, Command::Completions { .. } | Command::Man { .. });
    let (false, false, Some(path)) = (cli.no_config, is_about_itself, place()) else {
        return Ok(());
    };
    // Under another user's home, as in a service, it cannot even be seen whether there is one.
    if std::fs::metadata(&path).is_err() {
        return Ok(());
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::Io(format!("{}: {error}", path.display())))?;
    Reading { path: &path, text: &text }.apply(cli)
}

/// Where the file is, if there is one.
fn place() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute())
    };
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| Some(home()?.join(".config")))?;
    Some(folder.join("smimezip").join("config.toml"))
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

impl Reading<'_> {
    fn apply(&self, cli: &mut Cli) -> Outcome {
        let settings = self.settings()?;
        let mut given = GivenKeys { passin: self.source(settings.passin)?, ..Default::default() };
        for Key { file, passin } in settings.key {
            let passin = self.source(passin)?;
            given.places.push(KeyPlace { path: self.resolve(&file), is_folder: false, passin });
        }
        for folder in settings.keys {
            let path = self.resolve(&folder);
            given.places.push(KeyPlace { path, is_folder: true, passin: None });
        }
        let all = |paths: &[PathBuf]| paths.iter().map(|path| self.resolve(path)).collect();
        if let Some(keys) = cli.command.keys_mut() {
            keys.given.or(given);
            if keys.cert.is_empty() {
                keys.cert = all(&settings.cert);
            }
        }
        match &mut cli.command {
            Command::Extract(args) if args.directory.is_none() => {
                args.directory = settings.directory.map(|folder| self.resolve(&folder));
            }
            Command::Seal(args) if args.sealing.to.is_empty() => {
                args.sealing.to = all(&settings.to);
            }
            // Who gives a password alone has said whom it is for.
            Command::Encrypt(args) if args.sealing.to.is_empty() && args.password.is_empty() => {
                args.sealing.to = all(&settings.to);
            }
            _ => {}
        }
        cli.no_history |= settings.history == Some(false);
        // Those of the command line come later and win.
        cli.limit.splice(0..0, self.limits(settings.limits)?);
        Ok(())
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let syntax = |error: toml::de::Error| self.refuse(error.span(), error.message());
        let _: Table = toml::from_str(self.text).map_err(syntax)?;
        toml::from_str(self.text).map_err(|error| {
            // Words on a value of the wrong kind would show it.
            let message = error.message();
            let is_about_names = ["unknown field", "missing field", "duplicate"]
                .iter()
                .any(|words| message.starts_with(words));
            let what = if is_about_names { message } else { "a value of another kind is needed" };
            self.refuse(error.span(), what)
        })
    }

    fn source(&self, text: Option<Spanned<String>>) -> Result<Option<PassphraseSource>, Failure> {
        let Some(text) = text else {
            return Ok(None);
        };
        let text_span = text.span();
        // It cannot fail: what is no source is `Unknown`.
        let Ok(source) = text.get_ref().parse::<PassphraseSource>();
        let what = match source {
            PassphraseSource::Text(_) => {
                "passin: pass: is refused here, as the file would have the passphrase itself; use \
                 env:VAR, file:PATH, fd:N, stdin, prompt or keystore:NAME"
            }
            PassphraseSource::Unknown => {
                "passin takes a source: env:VAR, file:PATH, fd:N, stdin, prompt or keystore:NAME; \
                 what is there is none, and is not shown, as it may be the passphrase"
            }
            PassphraseSource::File(path) => {
                return Ok(Some(PassphraseSource::File(self.resolve(&path))));
            }
            PassphraseSource::KeyStore(_) => {
                return match keystore::check() {
                    Ok(()) => Ok(Some(source)),
                    Err(Failure::Usage(text)) => {
                        Err(self.refuse(Some(text_span), &format!("passin: {text}")))
                    }
                    Err(failure) => Err(failure),
                };
            }
            source => return Ok(Some(source)),
        };
        Err(self.refuse(Some(text_span), what))
    }

    fn limits(
        &self,
        limits: BTreeMap<String, Spanned<Value>>,
    ) -> Result<Vec<LimitSetting>, Failure> {
        let setting = |(name, value): (String, Spanned<Value>)| {
            let text = match value.get_ref() {
                Value::Integer(number) => number.to_string(),
                Value::String(text) => text.clone(),
                _ => String::new(),
            };
            let parsed = format!("{name}={text}").parse();
            parsed.map_err(|error: String| {
                self.refuse(Some(value.span()), &format!("limits.{name}: {error}"))
            })
        };
        limits.into_iter().map(setting).collect()
    }

    /// A path as the file means it: from the folder the file is in, `~/` from the home folder.
    fn resolve(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), home()) {
            (Ok(below), Some(home)) => home.join(below),
            _ => self.path.parent().map_or_else(|| path.to_owned(), |folder| folder.join(path)),
        }
    }

    fn refuse(&self, span: Option<Range<usize>>, what: &str) -> Failure {
        let path = self.path.display();
        let before = span.and_then(|span| self.text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Failure::Usage(format!("{path}:{line}: {}", what.replace('\n', ", ")))
    }
}
