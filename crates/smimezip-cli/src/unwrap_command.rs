//! `--unwrap-command`: a key that lives behind another program: a hardware module, a key service.

use std::io;
use std::process::Command;

use smimezip::cms::{RecipientIdentifier, RecipientInfo};
use smimezip::keys::{ContentEncryptionKey, RecipientKey};
use smimezip::{Error, ErrorKind};

use crate::{child, text};

/// Bytes of output that are read; the longest key has 32.
const MAX_OUTPUT: usize = 4096;
/// Lines of its standard error that are shown, and characters of each.
const MAX_LINES: usize = 5;
const MAX_COLUMNS: usize = 200;

/// Runs a shell command for each recipient that might be its own.
///
/// The key it writes is used if it is of the right size and opens the message. A command that ends
/// well and writes nothing says that its key does not open this one, and other keys are tried. One
/// that ends with another status could not do its work, which is an error of input and output and
/// says nothing of a key.
pub(crate) struct UnwrapCommand(String);

impl UnwrapCommand {
    /// What errors of the command are said to be in.
    pub(crate) const NAME: &str = "--unwrap-command";

    pub(crate) fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    fn run(&self, info: &RecipientInfo, size: usize) -> Result<ContentEncryptionKey, Error> {
        let mut command = shell(&self.0);
        command.envs(environment(info, size));
        let finished = child::run(command, info.encrypted_key(), MAX_OUTPUT)?;
        let failed = |what: String| {
            let lines = first_lines(&finished.message);
            io::Error::other(if lines.is_empty() { what } else { format!("{what}: {lines}") })
        };
        let Some(mut key) = finished.output else {
            let what = format!("the command wrote more than {MAX_OUTPUT} bytes instead of a key");
            return Err(failed(what).into());
        };
        if !finished.status.success() {
            return Err(failed(format!("the command failed ({})", finished.status)).into());
        }
        if key.is_empty() {
            return Err(ErrorKind::Decrypt.into());
        }
        Ok(ContentEncryptionKey::new(std::mem::take(&mut *key)))
    }
}

/// The first lines of what a program wrote for people, in one.
fn first_lines(message: &[u8]) -> String {
    let message = String::from_utf8_lossy(message);
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines
        .take(MAX_LINES)
        .map(|line| text::safe(&line.chars().take(MAX_COLUMNS).collect::<String>()));
    lines.collect::<Vec<_>>().join("; ")
}

impl RecipientKey for UnwrapCommand {
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        if info.encrypted_key().is_empty() {
            return None;
        }
        Some(self.run(info, size).map_err(|error| match error.kind() {
            ErrorKind::Io(_) => error.in_part(Self::NAME),
            _ => error,
        }))
    }

    fn describe(&self) -> String {
        "a key behind --unwrap-command".to_owned()
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// Between the outer quotes, `cmd` takes all as it is.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut shell = Command::new("cmd");
    shell.args(["/D", "/S", "/C"]).raw_arg(format!("\"{command}\""));
    shell
}

/// What the command may want to know of the recipient.
fn environment(info: &RecipientInfo, size: usize) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("SMIMEZIP_RECIPIENT", info.to_string()),
        ("SMIMEZIP_KIND", info.kind().to_string()),
        ("SMIMEZIP_KEY_SIZE", size.to_string()),
    ];
    if let Some(algorithm) = info.key_encryption_algorithm() {
        variables.push(("SMIMEZIP_ALGORITHM", algorithm.to_string()));
    }
    match info.identifier() {
        Some(RecipientIdentifier::IssuerAndSerialNumber(name)) => {
            variables.push(("SMIMEZIP_ISSUER", name.issuer.clone()));
            variables.push(("SMIMEZIP_SERIAL", text::hex(&name.serial_number)));
        }
        Some(
            RecipientIdentifier::SubjectKeyIdentifier(bytes)
            | RecipientIdentifier::KeyIdentifier(bytes),
        ) => variables.push(("SMIMEZIP_KEY_IDENTIFIER", text::hex(bytes))),
        _ => {}
    }
    // A NUL cannot stand in the environment, and names come from the message.
    for (_, value) in &mut variables {
        value.retain(|c| c != '\0');
    }
    variables
}
