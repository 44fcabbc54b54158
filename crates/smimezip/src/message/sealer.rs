//! A message made: `Sealer` is fed a content from its first byte to its last, `SealedWriter` makes
//! a `Write` of it. Forward only, so that the message can end in a pipe or an upload.

mod known_key;
mod options;
mod writer;

use std::fmt;

pub(crate) use self::known_key::{KnownKey, KnownKeys};
pub use self::options::SealOptions;
pub use self::writer::SealedWriter;
use crate::asn1::write::Chunks;
use crate::cipher::{Encryptor, TAG, ciphertext_size, vector_size};
use crate::cms::write::{Frame, tail};
use crate::error::{Error, ErrorKind};
use crate::keys::Recipient;
use crate::random::random;
use crate::secret::ContentEncryptionKey;
use crate::smime::Wrapper;

/// Bytes of a content that are worked on at once: bounds the memory.
const PIECE: usize = 64 * 1024;

/// Bytes of an OCTET STRING where the size is not known beforehand: as OpenSSL writes it with
/// `-stream`, which so every reader has met.
const CHUNK: usize = 4096;

/// Seals one content for its recipients, in constant memory: EnvelopedData (RFC 5652 section 6), or
/// AuthEnvelopedData (RFC 5083) with an authenticated cipher.
///
/// With the default options, the documented `openssl smime -decrypt` opens what is made.
///
/// A message that was not finished is cut off, and whoever reads it sees that.
///
/// ```
/// use std::time::SystemTime;
///
/// use smimezip::keys::Recipient;
/// use smimezip::message::{Envelope, SealOptions, Sealer};
/// use smimezip::{Certificate, KeyRing};
///
/// let file = std::fs::read("../../examples/data/certificate.pem")?;
/// let certificate = Certificate::from_bytes(&file)?;
/// let recipient = Recipient::from_certificate(&certificate, SystemTime::now())?;
/// let mut sealer = Sealer::new(&[recipient], &SealOptions::new())?;
/// let mut message = Vec::new();
/// for piece in [&b"one piece, "[..], b"and another"] {
///     sealer.update(piece, &mut message)?;
/// }
/// sealer.finish(&mut message)?;
///
/// let keys = KeyRing::from_file("../../examples/data/key.pem")?;
/// let mut content = Envelope::open(message)?.unlock(&keys)?;
/// assert_eq!(std::io::read_to_string(&mut content)?, "one piece, and another");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sealer {
    frame: Frame,
    encryptor: Encryptor,
    layout: Layout,
    wrapper: Wrapper,
    /// Whether the message's head was written.
    has_begun: bool,
    /// Ciphertext, and what is made of it; both only within a call.
    ciphertext: Vec<u8>,
    bytes: Vec<u8>,
    failed: Option<Error>,
}

/// How the encrypted content is laid out.
enum Layout {
    /// In one OCTET STRING, under the message's head.
    Definite { head: Vec<u8>, size: u64, written: u64 },
    /// In many.
    Chunked(Chunks),
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("has_begun", &self.has_begun)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl Sealer {
    /// A new message for these recipients, each of whom opens it with its own key alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] without recipients, or for a size beyond all numbers;
    /// [`ErrorKind::Unsupported`] for a cipher that is only opened here, and for a known size that
    /// is more than the cipher can do; [`ErrorKind::Io`] if the system gives no random bytes.
    pub fn new(recipients: &[Recipient], options: &SealOptions) -> Result<Self, Error> {
        Self::with_known_key(recipients, options).map(|(sealer, _)| sealer)
    }

    /// The same, and the key that opens the message.
    fn with_known_key(
        recipients: &[Recipient],
        options: &SealOptions,
    ) -> Result<(Self, KnownKey), Error> {
        if recipients.is_empty() {
            return Err(ErrorKind::InvalidArgument("a message without recipients".into()).into());
        }
        let algorithm = options.algorithm();
        let mut vector = vec![0; vector_size(algorithm)?];
        random(&mut vector)?;
        let key = ContentEncryptionKey::generate(algorithm.key_size().unwrap_or_default())?;
        let infos: Result<Vec<_>, Error> =
            recipients.iter().map(|it| it.wrap_key(key.bytes())).collect();
        let infos = infos?;
        let frame = Frame::new(&infos, algorithm, &vector, TAG);
        let encryptor = Encryptor::new(algorithm, key.bytes(), &vector)?;
        let layout = match options.size() {
            Some(size) => {
                encryptor.check_size(size)?;
                let head = ciphertext_size(algorithm, size)
                    .and_then(|ciphertext| frame.definite_head(ciphertext, TAG));
                let beyond = || ErrorKind::InvalidArgument("a size beyond all numbers".into());
                Layout::Definite { head: head.ok_or_else(beyond)?, size, written: 0 }
            }
            None => Layout::Chunked(Chunks::new(CHUNK)),
        };
        let sealer = Self {
            encryptor,
            wrapper: Wrapper::new(options.container_kind(), algorithm.is_authenticated()),
            frame,
            layout,
            has_begun: false,
            ciphertext: Vec::new(),
            bytes: Vec::new(),
            failed: None,
        };
        Ok((sealer, KnownKey::new(&infos, key)))
    }

    /// Takes the next bytes of the content; appends what of the message is ready to `message`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for more content than [`SealOptions::known_size`] said;
    /// [`ErrorKind::Unsupported`] for more than the cipher can do under one nonce. They stick.
    pub fn update(&mut self, content: &[u8], message: &mut Vec<u8>) -> Result<(), Error> {
        self.check()?;
        self.count(content.len() as u64).map_err(|error| self.fail(error))?;
        self.begin(message);
        for piece in content.chunks(PIECE) {
            let encrypted = self.encryptor.update(piece, &mut self.ciphertext);
            encrypted.map_err(|error| self.fail(error))?;
            self.write_ciphertext(message);
        }
        Ok(())
    }

    /// There is no more content: appends what is left of the message.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for less content than [`SealOptions::known_size`] said; the
    /// error of an [`update`](Self::update) before.
    pub fn finish(mut self, message: &mut Vec<u8>) -> Result<(), Error> {
        self.check()?;
        if let Layout::Definite { size, written, .. } = self.layout
            && written < size
        {
            return Err(other_size(size, written));
        }
        self.begin(message);
        let Self { encryptor, mut layout, mut wrapper, mut ciphertext, mut bytes, .. } = self;
        let tag = encryptor.finish(&mut ciphertext);
        let is_definite = match &mut layout {
            Layout::Definite { .. } => {
                bytes.append(&mut ciphertext);
                true
            }
            Layout::Chunked(chunks) => {
                chunks.update(&ciphertext, &mut bytes);
                chunks.finish(&mut bytes);
                false
            }
        };
        bytes.extend(tail(is_definite, tag.as_ref().map(|tag| &tag[..])));
        wrapper.update(&bytes, message);
        wrapper.finish(message);
        Ok(())
    }

    fn check(&self) -> Result<(), Error> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failed = Some(error.clone());
        error
    }

    /// Counts bytes that come, before anything is written of them.
    fn count(&mut self, more: u64) -> Result<(), Error> {
        let Layout::Definite { size, written, .. } = &mut self.layout else { return Ok(()) };
        let now = written.saturating_add(more);
        if now > *size {
            return Err(other_size(*size, now));
        }
        *written = now;
        Ok(())
    }

    /// Writes the message's head, the first time.
    fn begin(&mut self, message: &mut Vec<u8>) {
        if self.has_begun {
            return;
        }
        self.has_begun = true;
        self.wrapper.begin(message);
        let head = match &mut self.layout {
            Layout::Definite { head, .. } => std::mem::take(head),
            Layout::Chunked(_) => self.frame.indefinite_head(),
        };
        self.wrapper.update(&head, message);
    }

    fn write_ciphertext(&mut self, message: &mut Vec<u8>) {
        match &mut self.layout {
            Layout::Definite { .. } => self.wrapper.update(&self.ciphertext, message),
            Layout::Chunked(chunks) => {
                chunks.update(&self.ciphertext, &mut self.bytes);
                self.wrapper.update(&self.bytes, message);
                self.bytes.clear();
            }
        }
        self.ciphertext.clear();
    }
}

fn other_size(said: u64, came: u64) -> Error {
    let what = if came > said { format!("at least {came} came") } else { format!("{came} came") };
    ErrorKind::InvalidArgument(format!("{said} bytes of content were announced, and {what}")).into()
}
