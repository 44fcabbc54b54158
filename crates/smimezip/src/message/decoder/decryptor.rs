//! `Decryptor`: the decoder as a `Read` over a `Read`.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use super::Decoder;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::options::UnlockOptions;

/// Bytes read from the source at once.
const INPUT: usize = 128 * 1024;

/// Reads the content of a message that is read forward from `source`: a pipe, a socket.
///
/// Bytes are handed out before the end was seen: what was read must not be used before `read`
/// returned 0, which it does only after everything was verified that can be; see [`Decoder`].
/// Errors stick; each carries an [`Error`].
///
/// ```
/// use std::io::Read;
///
/// use smimezip::KeyRing;
/// use smimezip::message::Decryptor;
///
/// # let message = "tests/data/vectors/openssl-smime-aes256";
/// # let key = "tests/data/keys/main.key.pem";
/// let source = std::fs::File::open(message)?; // a pipe, a socket
/// let mut plaintext = Vec::new();
/// Decryptor::new(source, KeyRing::from_file(key)?).read_to_end(&mut plaintext)?;
/// assert!(!plaintext.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decryptor<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    used: usize,
    ended: bool,
    failed: Option<Error>,
}

impl<R> fmt::Debug for Decryptor<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryptor")
            .field("decoder", &self.decoder)
            .field("ended", &self.ended)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Decryptor<R> {
    /// Reads the message in `source` that one of `keys` opens. Nothing is read before the first
    /// call of `read`.
    pub fn new(source: R, keys: impl Into<Arc<KeyRing>>) -> Self {
        Self::with_options(source, keys, &UnlockOptions::new())
    }

    /// As [`new`](Self::new), with options, which count as in [`Decoder::with_options`].
    pub fn with_options(source: R, keys: impl Into<Arc<KeyRing>>, options: &UnlockOptions) -> Self {
        let decoder = Decoder::with_options(keys, options);
        Self { source, decoder, input: Vec::new(), used: 0, ended: false, failed: None }
    }

    /// What was learned of the message so far.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// The source, wherever it stands.
    pub fn into_inner(self) -> R {
        self.source
    }

    fn read_on(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        loop {
            if self.ended {
                return self.decoder.finish(buf);
            }
            let done = self.decoder.process(&self.input[self.used..], buf)?;
            self.used += done.consumed;
            if done.produced > 0 {
                return Ok(done.produced);
            }
            if self.used == self.input.len() {
                self.fill()?;
            }
        }
    }

    fn fill(&mut self) -> Result<(), Error> {
        self.input.resize(INPUT, 0);
        self.used = 0;
        let count = loop {
            match self.source.read(&mut self.input) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        let count = count.inspect_err(|_| self.input.clear())?;
        self.input.truncate(count);
        self.ended = count == 0;
        Ok(())
    }
}

impl<R: Read> Read for Decryptor<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        if buf.is_empty() {
            return Ok(0);
        }
        Ok(self.read_on(buf).inspect_err(|error| self.failed = Some(error.clone()))?)
    }
}
