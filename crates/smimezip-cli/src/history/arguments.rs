//! The arguments of a run as the journal keeps them: all but secrets. Whatever may be one is left
//! out, and a run that had one cannot be repeated from the journal.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::passphrase::PassphraseSource;

/// Flags that take sources of secrets.
const SOURCES: [&str; 5] =
    ["--passin", "--password", "--pwri-password", "--secret-key", "--secretkey"];
/// A shell command may have a PIN in it.
const COMMAND: &str = "--unwrap-command";
/// What stands in place of a secret.
const LEFT_OUT: &str = "[left out]";
/// Bytes of all arguments that are kept.
const MAX_BYTES: usize = 8 * 1024;

/// Why a run cannot be repeated as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Obstacle {
    /// An argument had a secret in it, or may have had.
    Secret,
    /// An argument, or the working folder, is no Unicode.
    NotUnicode,
    /// There were too many arguments to keep.
    TooLong,
}

impl Obstacle {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Secret => {
                "secrets are not kept, and one was on its command line (pass:TEXT, or \
                 --unwrap-command)"
            }
            Self::NotUnicode => "its arguments or its working folder are no Unicode text",
            Self::TooLong => "its arguments were too long to be kept",
        }
    }
}

/// What a run was given.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) arguments: Vec<String>,
    pub(super) folder: String,
    pub(super) obstacle: Option<Obstacle>,
}

impl Given {
    pub(super) fn of(
        arguments: impl Iterator<Item = OsString>,
        folder: io::Result<PathBuf>,
    ) -> Self {
        let mut obstacle = None;
        let folder = folder.unwrap_or_default().into_os_string();
        let mut text = |given: OsString| {
            given.into_string().unwrap_or_else(|given| {
                obstacle = Some(Obstacle::NotUnicode);
                given.to_string_lossy().into_owned()
            })
        };
        let (folder, all) = (text(folder), arguments.map(&mut text).collect::<Vec<_>>());
        if folder.is_empty() {
            obstacle = Some(Obstacle::NotUnicode);
        }
        let (mut arguments, mut size, mut before) = (Vec::with_capacity(all.len()), 0_usize, "");
        for given in &all {
            let kept = without_secret(before, given);
            if kept.is_none() {
                obstacle = Some(Obstacle::Secret);
            }
            before = given;
            let kept = kept.map_or_else(|| left_out(given), str::to_owned);
            size = size.saturating_add(kept.len());
            if size > MAX_BYTES {
                obstacle = obstacle.or(Some(Obstacle::TooLong));
                break;
            }
            arguments.push(kept);
        }
        Self { arguments, folder, obstacle }
    }
}

/// The argument, unless it has a secret in it, or may have one. `before` is the one before it.
fn without_secret<'a>(before: &str, given: &'a str) -> Option<&'a str> {
    let (flag, value) = match given.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (flag, value),
        _ => (before, given),
    };
    let is_secret = flag == COMMAND
        || (SOURCES.contains(&flag) && !is_name(value))
        // Wherever it stands: it may have been meant for another flag.
        || value.starts_with("pass:");
    (!is_secret).then_some(given)
}

/// What is written for an argument with a secret.
fn left_out(given: &str) -> String {
    match given.split_once('=') {
        Some((flag, _)) if flag == COMMAND || SOURCES.contains(&flag) => {
            format!("{flag}={LEFT_OUT}")
        }
        _ => LEFT_OUT.to_owned(),
    }
}

/// Whether a source says where the secret is, and is not the secret.
fn is_name(source: &str) -> bool {
    // It cannot fail: what is no source is `Unknown`.
    let Ok(source) = source.parse::<PassphraseSource>();
    match source {
        PassphraseSource::Environment(_)
        | PassphraseSource::File(_)
        | PassphraseSource::Descriptor(_)
        | PassphraseSource::Stdin
        | PassphraseSource::Prompt
        | PassphraseSource::KeyStore(_) => true,
        PassphraseSource::Text(_) | PassphraseSource::Read(_) | PassphraseSource::Unknown => false,
    }
}

/// A command line as a shell takes it.
pub(crate) fn in_shell(arguments: &[String]) -> String {
    format!("smimezip {}", words_in_shell(arguments))
}

/// Words as they are typed in a shell.
pub(crate) fn words_in_shell(words: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,+@%".contains(c);
    let mut line = String::new();
    for argument in words {
        if !line.is_empty() {
            line.push(' ');
        }
        if !argument.is_empty() && argument.chars().all(is_plain) {
            line.push_str(argument);
        } else {
            line.extend(["'", &argument.replace('\'', "'\\''"), "'"]);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Given {
        Given::of(arguments.iter().map(OsString::from), Ok("/home".into()))
    }

    #[test]
    fn secrets_are_left_out() {
        for (arguments, kept) in [
            (&["--passin", "pass:hunter2"][..], &["--passin", LEFT_OUT][..]),
            (&["--passin=pass:hunter2"], &["--passin=[left out]"]),
            (&["--password", "hunter2"], &["--password", LEFT_OUT]),
            (&["--pwri-password=hunter2"], &["--pwri-password=[left out]"]),
            (&["--secret-key", "hunter2"], &["--secret-key", LEFT_OUT]),
            (&["--secretkey", "fd:hunter2"], &["--secretkey", LEFT_OUT]),
            (&["--passin", "--passin", "hunter2"], &["--passin", LEFT_OUT, LEFT_OUT]),
            (&["extract", "pass:hunter2"], &["extract", LEFT_OUT]),
            (&["--key=pass:hunter2"], &[LEFT_OUT]),
            (&["--unwrap-command", "pin hunter2"], &["--unwrap-command", LEFT_OUT]),
            (&["--unwrap-command=hunter2"], &["--unwrap-command=[left out]"]),
        ] {
            let Given { arguments: found, obstacle, .. } = given(arguments);
            assert_eq!(found, kept);
            assert_eq!(obstacle, Some(Obstacle::Secret), "{arguments:?}");
        }
    }

    #[test]
    fn what_only_names_a_secret_stays() {
        for source in ["env:VAR", "file:a b", "fd:3", "stdin", "prompt", "keystore:a b"] {
            let arguments =
                ["extract", "-i", "a=b", "--passin", source, &format!("--password={source}")];
            let Given { arguments: found, obstacle, .. } = given(&arguments);
            assert_eq!((found, obstacle), (arguments.map(str::to_owned).to_vec(), None));
        }
        let many = vec!["x".repeat(1000); 20];
        let Given { arguments, obstacle, .. } =
            Given::of(many.iter().map(OsString::from), Ok("/".into()));
        assert_eq!((arguments.len(), obstacle), (8, Some(Obstacle::TooLong)));
    }

    #[test]
    fn a_shell_takes_it_back() {
        let arguments = ["extract", "a b", "", "it's", "-C", "/out", "**/*.json"];
        assert_eq!(
            in_shell(&arguments.map(str::to_owned)),
            "smimezip extract 'a b' '' 'it'\\''s' -C /out '**/*.json'"
        );
    }
}
