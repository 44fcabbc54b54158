//! `--unwrap-command`: a key that lives behind another program: a hardware module, a key service.

use std::io::Write;
use std::process::{Command, Stdio};

use smimezip::{
    ContentEncryptionKey, Error, ErrorKind, RecipientIdentifier, RecipientInfo, RecipientKey,
};

use crate::text;

/// Runs a shell command for each recipient that might be its own.
pub(crate) struct UnwrapCommand(String);

impl UnwrapCommand {
    pub(crate) fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    fn run(&self, info: &RecipientInfo, size: usize) -> std::io::Result<Option<Vec<u8>>> {
        let mut child = shell(&self.0)
            .envs(environment(info, size))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that does not read says so by its result.
            let _ = stdin.write_all(info.encrypted_key());
        }
        let output = child.wait_with_output()?;
        Ok(output.status.success().then_some(output.stdout))
    }
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
        Some(match self.run(info, size) {
            Ok(Some(key)) => Ok(ContentEncryptionKey::new(key)),
            Ok(None) => Err(ErrorKind::Decrypt.into()),
            Err(error) => Err(Error::from(error).in_part("--unwrap-command")),
        })
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

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(command);
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
            RecipientIdentifier::SubjectKeyIdentifier(octets)
            | RecipientIdentifier::KeyIdentifier(octets),
        ) => variables.push(("SMIMEZIP_KEY_IDENTIFIER", text::hex(octets))),
        _ => {}
    }
    // A NUL cannot stand in the environment, and names come from the message.
    for (_, value) in &mut variables {
        value.retain(|c| c != '\0');
    }
    variables
}
