//! The forward-only way: `Decoder` is fed a message from its first byte to its last, `Decryptor`
//! makes a `Read` of it. For pipes and sockets; what can be read at a position goes through
//! `Envelope`, which is faster and sees the end first.

mod advance;
mod decryptor;
mod stage;

use std::fmt;
use std::sync::Arc;

pub use decryptor::Decryptor;

use self::stage::{Cipher, Stage};
use crate::cms::{ContentEncryptionAlgorithm, EnvelopedData, RecipientInfo};
use crate::error::{Error, ErrorKind};
use crate::integrity::Integrity;
use crate::keys::KeyRing;
use crate::message::unlock;
use crate::options::{InnerLayers, Rules, UnlockOptions};
use crate::progress::{Call, CancelToken, check};
use crate::read_at::{Growing, read_full_at};
use crate::secret::{UNLOCKING, wipe_stack};
use crate::smime::{Container, Forward};

/// Bytes of a message that are worked on at once: bounds the memory.
const PIECE: usize = 128 * 1024;

/// Decrypts one message that is fed forward, in constant memory. It never looks back, so it works
/// where nothing can be read at a position.
///
/// **With a CBC cipher, what comes out is not verified before [`finish`](Self::finish) said that
/// the message is complete.** The padding at the very end is what shows a wrong key, and CBC
/// authenticates nothing: until then, the output may be without any meaning. Write it to where it
/// can be taken back, and take it back if an error comes.
///
/// With an authenticated cipher nothing comes out before the whole message was verified: its
/// ciphertext waits in memory, or beyond a mebibyte in a file without a name, and `finish` gives
/// the plaintext. The file is in the folder of [`std::env::temp_dir`]: what the variable `TMPDIR`
/// names on Unix, else `/tmp`. It takes as much room as the ciphertext: at most
/// [`Limits::spool`](crate::Limits::spool), and never more than the disk has free.
///
/// ```
/// # let message = std::fs::read("tests/data/vectors/openssl-smime-aes256").unwrap();
/// use smimezip::KeyRing;
/// use smimezip::message::Decoder;
///
/// # let key = "tests/data/keys/main.key.pem";
/// let keys = KeyRing::from_file(key)?;
/// let mut decoder = Decoder::new(keys);
/// let mut plaintext = Vec::new();
/// let mut buffer = [0; 4096];
/// for piece in message.chunks(1000) {
///     let mut piece = piece;
///     while !piece.is_empty() {
///         let done = decoder.process(piece, &mut buffer)?;
///         plaintext.extend_from_slice(&buffer[..done.produced]);
///         piece = &piece[done.consumed..];
///     }
/// }
/// loop {
///     let count = decoder.finish(&mut buffer)?;
///     plaintext.extend_from_slice(&buffer[..count]);
///     if count == 0 {
///         break;
///     }
/// }
/// # Ok::<(), smimezip::Error>(())
/// ```
pub struct Decoder {
    rules: Rules,
    outside: Forward,
    /// Bytes of the ContentInfo that are not used yet.
    bytes: Growing,
    stage: Stage,
    data: Option<EnvelopedData>,
    ready: Vec<u8>,
    /// How much of `ready` was handed out.
    taken: usize,
    failed: Option<Error>,
    cancel: CancelToken,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("data", &self.data)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// What a call of [`Decoder::process`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Processed {
    /// Bytes of the input that were used.
    pub consumed: usize,
    /// Bytes of the output that were written.
    pub produced: usize,
}

impl Decoder {
    /// A decoder for one message that one of `keys` opens.
    pub fn new(keys: impl Into<Arc<KeyRing>>) -> Self {
        Self::with_options(keys, &UnlockOptions::new())
    }

    /// As [`new`](Self::new), with options: the token ends the work, wherever it is. Inner layers
    /// are unwrapped at positions only; a decoder that is asked for any fails at its first
    /// call with [`ErrorKind::InvalidArgument`].
    ///
    /// ```
    /// # use smimezip::{CancelToken, KeyRing, UnlockOptions};
    /// use smimezip::message::Decoder;
    ///
    /// let token = CancelToken::new();
    /// let decoder = Decoder::with_options(KeyRing::new(), &UnlockOptions::new().cancel(&token));
    /// ```
    pub fn with_options(keys: impl Into<Arc<KeyRing>>, options: &UnlockOptions) -> Self {
        let failed = (options.asked_layers() != InnerLayers::default()).then(|| {
            let what = "layers inside a message that is read forward";
            ErrorKind::InvalidArgument(what.to_owned()).into()
        });
        Self {
            rules: options.rules().clone(),
            outside: Forward::new(options.rules()),
            bytes: Growing::default(),
            stage: Stage::Head { keys: keys.into(), due: 0 },
            data: None,
            ready: Vec::new(),
            taken: 0,
            failed,
            cancel: options.token().clone(),
        }
    }

    /// Takes of `input` and writes to `output` as much as it can. Input that was not consumed is
    /// to be given again, once there is room for output; with room, all input is consumed.
    ///
    /// # Errors
    /// Those of [`Envelope::open`](crate::message::Envelope::open) and
    /// [`Envelope::unlock`](crate::message::Envelope::unlock); they stick. Without a certificate,
    /// more recipients to try than
    /// [`Limits::private_key_operations`](crate::Limits::private_key_operations) are an error even
    /// if one of the first is the right one. `Decrypt` comes from [`finish`](Self::finish) only.
    /// [`ErrorKind::InvalidArgument`] for input after `finish`, which does not stick.
    pub fn process(&mut self, input: &[u8], output: &mut [u8]) -> Result<Processed, Error> {
        let _entered = Call::new(&self.cancel).enter();
        self.check()?;
        if self.bytes.has_ended() && !input.is_empty() {
            let what = "input after the message was said to be complete";
            return Err(ErrorKind::InvalidArgument(what.to_owned()).into());
        }
        let mut done = Processed { consumed: 0, produced: self.hand_out(output) };
        while done.consumed < input.len() && self.is_drained() {
            let piece = &input[done.consumed..];
            let piece = &piece[..piece.len().min(PIECE)];
            self.outside
                .update(piece, self.bytes.buffer())
                .and_then(|()| self.advance())
                .and_then(|()| self.check_text())
                .map_err(|error| self.fail(error))?;
            done.consumed += piece.len();
            done.produced += self.hand_out(&mut output[done.produced..]);
        }
        Ok(done)
    }

    /// Says that the message is complete. Writes what is left of the content to `output` and
    /// returns how many bytes that is; to be called until it returns 0, which it does only after
    /// everything was verified that can be.
    ///
    /// # Errors
    /// [`ErrorKind::Decrypt`], bare of detail, if the key or the message is not the right one;
    /// [`ErrorKind::Truncated`]; [`ErrorKind::Malformed`]. They stick.
    /// [`ErrorKind::InvalidArgument`] where `output` has no room, which does not.
    pub fn finish(&mut self, output: &mut [u8]) -> Result<usize, Error> {
        let _entered = Call::new(&self.cancel).enter();
        self.check()?;
        if !self.bytes.has_ended() {
            self.complete().map_err(|error| self.fail(error))?;
        }
        if self.is_drained() {
            self.read_verified().map_err(|error| self.fail(error))?;
        }
        if output.is_empty() && !self.is_drained() {
            return Err(ErrorKind::InvalidArgument("no room for output".to_owned()).into());
        }
        Ok(self.hand_out(output))
    }

    /// The outside the message has, once it was seen.
    pub fn container(&self) -> Option<&Container> {
        self.outside.container()
    }

    /// For whom the message is, once that was seen.
    pub fn recipient_infos(&self) -> Option<&[RecipientInfo]> {
        self.data.as_ref().map(|data| &*data.recipient_infos)
    }

    /// How the content is encrypted, once that was seen.
    pub fn content_encryption_algorithm(&self) -> Option<&ContentEncryptionAlgorithm> {
        self.data.as_ref().map(|data| &data.algorithm)
    }

    /// What the encryption promises about what came out, after [`finish`](Self::finish) returned
    /// 0; nothing before.
    pub fn integrity(&self) -> Option<Integrity> {
        let data = self.data.as_ref().filter(|_| matches!(self.stage, Stage::Done));
        data.map(|data| Integrity::of(&data.algorithm))
    }

    fn check(&mut self) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        check().map_err(|error| self.fail(error))
    }

    /// Nothing that is still here may be handed out after an error.
    fn fail(&mut self, error: Error) -> Error {
        self.ready.clear();
        self.taken = 0;
        self.failed = Some(error.clone());
        error
    }

    fn is_drained(&self) -> bool {
        self.taken == self.ready.len()
    }

    fn hand_out(&mut self, output: &mut [u8]) -> usize {
        let rest = &self.ready[self.taken..];
        let count = rest.len().min(output.len());
        output[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        if self.is_drained() {
            self.ready.clear();
            self.taken = 0;
        }
        count
    }

    fn complete(&mut self) -> Result<(), Error> {
        self.outside.finish(self.bytes.buffer())?;
        self.bytes.end();
        // Where the bytes end, the text may go on with what is no base64.
        self.advance().map_err(|error| match error.kind() {
            ErrorKind::Truncated => self.outside.problem().unwrap_or(error),
            _ => error,
        })?;
        self.check_text()?;
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        let (Stage::Complete { cipher, tail }, Some(data)) = (stage, &self.data) else {
            return Err(ErrorKind::Truncated.into());
        };
        self.outside.check_end()?;
        match cipher {
            Cipher::Cbc(cbc, refusal) => {
                cbc.finish(&mut self.ready).map_err(|error| match error.kind() {
                    ErrorKind::Decrypt => refusal,
                    _ => error,
                })?;
            }
            Cipher::Authenticated(spool, keys) => {
                let unlocked = unlock::unlock_authenticated(data, &tail, spool, &keys, &self.rules);
                wipe_stack::<UNLOCKING>();
                let (plaintext, _) = unlocked?;
                self.stage = Stage::Verified { plaintext, position: 0 };
            }
        }
        Ok(())
    }

    /// Makes the next of a verified plaintext ready.
    fn read_verified(&mut self) -> Result<(), Error> {
        let Stage::Verified { plaintext, position } = &mut self.stage else { return Ok(()) };
        self.ready.resize(PIECE, 0);
        let count = read_full_at(plaintext, &mut self.ready, *position)?;
        self.ready.truncate(count);
        *position += count as u64;
        if count == 0 {
            self.stage = Stage::Done;
        }
        Ok(())
    }
}
