//! Decrypts a message with a key that lives elsewhere: here behind a command, as it might be behind
//! a hardware module or a key service. The command gets the encrypted key and gives the decrypted
//! one; if it writes nothing, its key is not the one; if it fails, that is an error of its own and
//! says nothing of a key.
//!
//! ```text
//! key-elsewhere MESSAGE openssl pkeyutl -decrypt -inkey key.pem >plaintext
//! ```

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use smimezip::cms::{KeyEncryptionAlgorithm, RecipientInfo};
use smimezip::keys::{ContentEncryptionKey, RecipientKey};
use smimezip::message::Envelope;
use smimezip::{Error, ErrorKind, KeyRing};

struct Service {
    command: Vec<String>,
}

/// More bytes than any key has.
const MAX_OUTPUT: u64 = 4096;

impl Service {
    fn ask(&self, encrypted_key: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut child = Command::new(&self.command[0])
            .args(&self.command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut key = Vec::new();
        std::thread::scope(|scope| {
            // Written while the answer is read: a pipe holds little, and both sides would wait for
            // ever.
            scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(encrypted_key)));
            stdout.map(|stdout| stdout.take(MAX_OUTPUT).read_to_end(&mut key)).transpose()
        })?;
        let status = child.wait()?;
        if status.success() { Ok(key) } else { Err(std::io::Error::other(status.to_string())) }
    }
}

impl RecipientKey for Service {
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        // This service knows one algorithm; whose key it is, it would look up by the identifier.
        if info.key_encryption_algorithm() != Some(&KeyEncryptionAlgorithm::RsaesPkcs1V15) {
            return None;
        }
        Some(match self.ask(info.encrypted_key()) {
            Ok(key) if key.len() == size => Ok(ContentEncryptionKey::new(key)),
            // Bare of detail, as everything that depends on the key.
            Ok(_) => Err(ErrorKind::Decrypt.into()),
            Err(error) => Err(error.into()),
        })
    }

    fn describe(&self) -> String {
        format!("a key behind {}", self.command[0])
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let message = arguments.next().ok_or("usage: key-elsewhere MESSAGE COMMAND…")?;
    let command: Vec<String> = arguments.collect();
    if command.is_empty() {
        return Err("usage: key-elsewhere MESSAGE COMMAND…".into());
    }
    let mut keys = KeyRing::new();
    keys.add_key(Box::new(Service { command }));
    let envelope = Envelope::open_file(message)?;
    for info in envelope.recipient_infos() {
        eprintln!("for {info}");
    }
    let mut content = envelope.unlock(&keys)?;
    std::io::copy(&mut content, &mut std::io::stdout())?;
    Ok(())
}
