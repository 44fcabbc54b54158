//! Keys as flags give them. Which passphrase is for which key is a matter of their order, which
//! clap's types do not keep.

use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::help::KEYS;
use crate::passphrase::PassphraseSource;

/// Keys and how to open them.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    pub(crate) given: GivenKeys,

    /// Certificate to choose the recipient by; may be repeated
    #[arg(long, help_heading = KEYS, value_name = "FILE", alias = "recip")]
    pub(crate) cert: Vec<PathBuf>,

    /// Password of messages that were encrypted under one; sources as for --passin; may be repeated
    #[arg(long, help_heading = KEYS, value_name = "SRC", alias = "pwri-password")]
    #[arg(allow_hyphen_values = true)]
    pub(crate) password: Vec<PassphraseSource>,

    /// Secret key that both sides have, in hexadecimal; sources as for --passin; may be repeated
    #[arg(long, help_heading = KEYS, value_name = "SRC", alias = "secretkey")]
    #[arg(allow_hyphen_values = true)]
    pub(crate) secret_key: Vec<PassphraseSource>,

    /// Shell command that decrypts the content-encryption key elsewhere, as in a hardware module:
    /// it gets the encrypted key on standard input and writes the key to standard output, or
    /// nothing if its key is not the one; any other end than with status 0 is a failure that is
    /// shown with its standard error; the environment has SMIMEZIP_ALGORITHM, SMIMEZIP_RECIPIENT
    /// and more
    #[arg(long, help_heading = KEYS, value_name = "COMMAND")]
    pub(crate) unwrap_command: Option<String>,
}

/// The files and folders with private keys, in their order, each with the passphrase that was given
/// for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenKeys {
    pub(crate) places: Vec<KeyPlace>,
    /// Of what has none of its own.
    pub(crate) passin: Option<PassphraseSource>,
    /// Two passphrases were given for one key.
    pub(crate) is_ambiguous: bool,
}

/// A file with private keys, or a folder of such files.
#[derive(Clone, Debug)]
pub(crate) struct KeyPlace {
    pub(crate) path: PathBuf,
    pub(crate) is_folder: bool,
    pub(crate) passin: Option<PassphraseSource>,
}

#[derive(Debug, Args)]
struct Flags {
    /// Private key: PEM, DER or PKCS #12, encrypted or not; may be repeated
    #[arg(short, long, help_heading = KEYS, value_name = "FILE", env = "SMIMEZIP_KEY")]
    #[arg(alias = "inkey")]
    key: Vec<PathBuf>,

    /// All private keys in the files of a folder, not of folders in it; files without one are
    /// ignored; may be repeated
    #[arg(long, help_heading = KEYS, value_name = "FOLDER")]
    keys: Vec<PathBuf>,

    /// Passphrase of the --key or --keys before it; of all of them if it is the only one, or of
    /// those without one if it stands first: env:VAR, file:PATH, fd:N, stdin, prompt, keystore:NAME
    /// (see `smimezip passphrase`), or pass:TEXT (seen in ps); may be repeated. Read only if no
    /// other key fits. Of a stream or file the first line is for the first key that needs one, the
    /// next for the next; the last is for all others
    #[arg(long, help_heading = KEYS, value_name = "SRC", allow_hyphen_values = true)]
    #[arg(env = "SMIMEZIP_PASSIN", hide_env_values = true)]
    passin: Vec<PassphraseSource>,
}

impl KeyArgs {
    /// Keys alone.
    pub(crate) fn of(given: GivenKeys, unwrap_command: Option<String>) -> Self {
        let (cert, password, secret_key) = Default::default();
        Self { given, cert, password, secret_key, unwrap_command }
    }

    /// All sources of secrets that were given, by their flags.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&'static str, &PassphraseSource)> {
        let passin = self.given.places.iter().filter_map(|place| place.passin.as_ref());
        let passin = passin.chain(&self.given.passin).map(|source| ("--passin", source));
        passin
            .chain(self.password.iter().map(|source| ("--password", source)))
            .chain(self.secret_key.iter().map(|source| ("--secret-key", source)))
    }
}

impl GivenKeys {
    fn new(flags: Flags, matches: &ArgMatches) -> Self {
        enum Item {
            Place(KeyPlace),
            Passin(PassphraseSource),
        }
        let indices = |id: &str| {
            let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
            // What the environment has is for all, and comes first.
            let typed = is_typed.then(|| matches.indices_of(id)).flatten();
            typed.into_iter().flatten().chain(std::iter::repeat(0))
        };
        let place = |path, is_folder| Item::Place(KeyPlace { path, is_folder, passin: None });
        let is_only_one = flags.passin.len() == 1;
        let keys = flags.key.into_iter().map(|path| place(path, false));
        let folders = flags.keys.into_iter().map(|path| place(path, true));
        let passin = flags.passin.into_iter().map(Item::Passin);
        let mut items: Vec<_> = indices("passin").zip(passin).collect();
        items.extend(indices("key").zip(keys));
        items.extend(indices("keys").zip(folders));
        items.sort_by_key(|(index, _)| *index);
        let mut given = Self::default();
        for (_, item) in items {
            match item {
                Item::Place(place) => given.places.push(place),
                Item::Passin(source) => {
                    let slot = match given.places.last_mut() {
                        Some(place) if !is_only_one => &mut place.passin,
                        _ => &mut given.passin,
                    };
                    given.is_ambiguous |= slot.replace(source).is_some();
                }
            }
        }
        given
    }

    /// Takes what `other` has, where nothing was given.
    pub(crate) fn or(&mut self, other: Self) {
        if self.places.is_empty() {
            self.places = other.places;
        }
        if self.passin.is_none() {
            self.passin = other.passin;
        }
    }

    /// The first file or folder that was named.
    pub(crate) fn first(&self) -> Option<&Path> {
        self.places.first().map(|place| place.path.as_path())
    }
}

impl Args for GivenKeys {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

impl FromArgMatches for GivenKeys {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self::new(Flags::from_arg_matches(matches)?, matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
