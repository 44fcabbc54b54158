//! `Envelope`: a message opened, its recipients known, not yet unlocked.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::asn1::OctetView;
use crate::cipher::{BlockCipher, CbcView};
use crate::cms::{
    ContentEncryptionAlgorithm, ContentParameters, EnvelopedData, RecipientInfo, Tail,
};
use crate::error::{Error, ErrorKind};
use crate::integrity::Integrity;
use crate::keys::KeyRing;
use crate::message::content::{Content, Relaid};
use crate::message::unlock;
use crate::oid::Oid;
use crate::options::{LayoutPolicy, Rules, UnlockOptions};
use crate::progress::{Phase, Progress};
use crate::read_at::{FileSource, ReadAt, Windowed, read_exact_at};
use crate::secret::{UNLOCKING, wipe_stack};
use crate::smime::{self, Container};
use crate::threads::Attended;

/// An S/MIME enveloped-data or authEnveloped-data message (RFC 8551, RFC 5652 section 6, RFC 5083)
/// of any size.
///
/// Opening reads its head and its tail, a few kilobytes, or all of it once where its lines or
/// chunks are not of one length; it needs no key and decrypts nothing.
///
/// ```
/// use std::io::Read;
///
/// use smimezip::KeyRing;
/// use smimezip::message::Envelope;
///
/// # let message = "tests/data/vectors/openssl-smime-aes256";
/// # let key = "tests/data/keys/main.key.pem";
/// let envelope = Envelope::open_file(message)?;
/// println!("{}, {}", envelope.content_encryption_algorithm(), envelope.recipient_infos().len());
/// let mut plaintext = Vec::new();
/// envelope.unlock(&KeyRing::from_file(key)?)?.read_to_end(&mut plaintext)?;
/// assert!(plaintext.len() as u64 <= envelope.ciphertext_len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Envelope {
    source: Arc<dyn ReadAt>,
    container: Container,
    data: EnvelopedData,
    tail: Tail,
    ciphertext: Arc<OctetView<Arc<dyn ReadAt>>>,
    ciphertext_len: u64,
    rules: Rules,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("container", &self.container)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

impl Envelope {
    /// Opens the message in `source`.
    ///
    /// # Errors
    /// [`NotAMessage`](crate::ErrorKind::NotAMessage), [`Malformed`](crate::ErrorKind::Malformed),
    /// [`Truncated`](crate::ErrorKind::Truncated), [`Unsupported`](crate::ErrorKind::Unsupported)
    /// for other CMS types, [`Limit`](crate::ErrorKind::Limit), or what the source reports.
    pub fn open(source: impl ReadAt + 'static) -> Result<Self, Error> {
        Self::open_with(source, &UnlockOptions::new())
    }

    /// As [`open`](Self::open), with options: the token ends opening; limits and what is accepted
    /// count for all that is done with the message. Inner layers are unwrapped where it is
    /// unlocked, by [`unlock_with`](Self::unlock_with) or [`Content::inside`].
    ///
    /// ```
    /// # use smimezip::{Limit, Limits, UnlockOptions};
    /// use smimezip::message::Envelope;
    ///
    /// # let message = std::fs::read("tests/data/vectors/openssl-smime-aes256").unwrap();
    /// let limits = Limits::new().with(Limit::Recipients, 10);
    /// let envelope = Envelope::open_with(message, &UnlockOptions::new().limits(&limits))?;
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn open_with(
        source: impl ReadAt + 'static,
        options: &UnlockOptions,
    ) -> Result<Self, Error> {
        let (source, _kept) = Windowed::message(Arc::new(source));
        options.token().scope(|| Self::open_windowed(&source, options.rules()))
    }

    /// As [`open`](Self::open), for a source whose ends the caller has kept.
    pub(crate) fn open_windowed(source: &Arc<dyn ReadAt>, rules: &Rules) -> Result<Self, Error> {
        let opened = Self::open_layout(source, rules);
        let assumed_wrongly = rules.layout == LayoutPolicy::Assume
            && match &opened {
                // Either the ciphertext is damaged or the geometry was assumed wrongly.
                Ok(envelope) => !envelope.has_whole_blocks()?,
                Err(error) => error.is_irregular(),
            };
        if assumed_wrongly { Self::open_layout(source, &rules.scanning()) } else { opened }
    }

    /// Opens the message in the file at `path`.
    ///
    /// # Errors
    /// As [`open`](Self::open); the error names the file.
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_file_with(path, &UnlockOptions::new())
    }

    /// As [`open_file`](Self::open_file), with options, which count as in
    /// [`open_with`](Self::open_with).
    ///
    /// # Errors
    /// As [`open_with`](Self::open_with); the error names the file.
    pub fn open_file_with(path: impl AsRef<Path>, options: &UnlockOptions) -> Result<Self, Error> {
        let path = path.as_ref();
        FileSource::open(path)
            .map_err(Error::from)
            .and_then(|file| Self::open_with(file, options))
            .map_err(|error| error.in_part(path.display().to_string()))
    }

    fn open_layout(source: &Arc<dyn ReadAt>, rules: &Rules) -> Result<Self, Error> {
        let opened = smime::open(source, rules)?;
        Self::of_body(source, &opened, rules).map_err(|error| opened.explain(error))
    }

    fn of_body(
        source: &Arc<dyn ReadAt>,
        opened: &smime::Opened,
        rules: &Rules,
    ) -> Result<Self, Error> {
        let body = &opened.body;
        let data = EnvelopedData::read(body, rules)?;
        let (ciphertext, end) = OctetView::open(Arc::clone(body), &data.content, rules)?;
        let (tail, end) = data.read_tail(body, end, rules)?;
        opened.check_end(end, rules)?;
        let (ciphertext_len, ciphertext) = (ciphertext.size()?, Arc::new(ciphertext));
        let (source, container) = (Arc::clone(source), opened.container.clone());
        let rules = rules.clone();
        Ok(Self { source, container, data, tail, ciphertext, ciphertext_len, rules })
    }

    fn has_whole_blocks(&self) -> Result<bool, Error> {
        let block = self.data.algorithm.block_size().unwrap_or(1) as u64;
        Ok(self.ciphertext.size()? % block == 0)
    }

    /// The outside the message has.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// For whom the message is.
    pub fn recipient_infos(&self) -> &[RecipientInfo] {
        &self.data.recipient_infos
    }

    /// How the content is encrypted.
    pub fn content_encryption_algorithm(&self) -> &ContentEncryptionAlgorithm {
        &self.data.algorithm
    }

    /// What the sender says the content is: for files `1.2.840.113549.1.7.1` (data).
    pub fn content_type(&self) -> Oid {
        self.data.content_type
    }

    /// What unlocking will say of the integrity of the content.
    pub fn integrity(&self) -> Integrity {
        Integrity::of(&self.data.algorithm)
    }

    /// Bytes of ciphertext. With a CBC cipher the content is shorter by its padding: 1 to 16 bytes
    /// for AES, 1 to 8 for 3DES; with an authenticated one it is as long.
    pub fn ciphertext_len(&self) -> u64 {
        self.ciphertext_len
    }

    /// Finds the key the message is for, decrypts the content-encryption key and checks the
    /// content: with a CBC cipher its last block, with an authenticated one all of it, which reads
    /// the message once.
    ///
    /// # Errors
    /// [`NoMatchingKey`](crate::ErrorKind::NoMatchingKey) if no recipient can be one of `keys`;
    /// [`Decrypt`](crate::ErrorKind::Decrypt), bare of detail, for whatever fails after that;
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for algorithms;
    /// [`Limit`](crate::ErrorKind::Limit) if too many recipients would have to be tried.
    pub fn unlock(&self, keys: &KeyRing) -> Result<Content, Error> {
        // Where nobody listens, no second thread is needed.
        let content = self.unlock_here(keys);
        wipe_stack::<UNLOCKING>();
        content
    }

    /// As [`unlock`](Self::unlock), which takes as long as reading the message takes where the
    /// content is authenticated, with options and progress. The keys are used on another thread.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock), and [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn unlock_with(
        &self,
        keys: &KeyRing,
        options: &UnlockOptions,
        progress: &mut dyn Progress,
    ) -> Result<Content, Error> {
        let mut attended = Attended::new(options.token(), progress);
        attended.call().gauge().begin(self.bytes_to_verify(), 1);
        let content = attended.stage(Phase::Unlocking, || {
            self.unlock(keys)?.inside_of(options.asked_layers(), &self.rules)
        })?;
        attended.call().gauge().add_entry();
        attended.begin(Phase::Unlocking)?;
        Ok(content)
    }

    /// Whether any of `keys` could open it, as far as can be seen without trying.
    ///
    /// # Errors
    /// Those of [`unlock`](Self::unlock) that do not need the content.
    pub(crate) fn check_keys(&self, keys: &KeyRing) -> Result<(), Error> {
        unlock::check(&self.data, keys, &self.rules)
    }

    /// Bytes that are read to unlock it.
    pub(crate) fn bytes_to_verify(&self) -> u64 {
        if self.data.algorithm.is_authenticated() { self.ciphertext_len() } else { 0 }
    }

    /// The same message, its layout scanned.
    fn scanned(&self) -> Result<Self, Error> {
        Self::open_layout(&self.source, &self.rules.scanning())
    }

    /// Not inlined, so that what it leaves on the stack is below the frame that wipes it.
    #[inline(never)]
    fn unlock_here(&self, keys: &KeyRing) -> Result<Content, Error> {
        match self.unlock_as_laid_out(keys) {
            Err(error) if error.is_irregular() => self.scanned()?.unlock_as_laid_out(keys),
            outcome => outcome,
        }
    }

    fn unlock_as_laid_out(&self, keys: &KeyRing) -> Result<Content, Error> {
        self.data.check_algorithm(self.rules.accept)?;
        let integrity = self.integrity();
        if !matches!(self.data.parameters, ContentParameters::Vector(_)) {
            let ciphertext = Arc::clone(&self.ciphertext);
            let (view, recipient) = unlock::unlock_authenticated(
                &self.data,
                &self.tail,
                ciphertext,
                keys,
                &self.rules,
            )?;
            return Content::new(view, integrity, recipient);
        }
        let algorithm = &self.data.algorithm;
        let chained = self.last_blocks()?;
        let (cipher, padding, recipient) =
            unlock::unlock(&self.data, keys, &self.rules, |key, recipient| {
                let cipher = BlockCipher::new(algorithm, key.bytes())?;
                let (padded, padding) = cipher.padding(&chained);
                // The one verdict: the key's padding and the content's, together.
                let opens = bool::from(key.valid() & padded);
                Ok(opens.then_some((cipher, padding, recipient)))
            })?;
        let cipher = Arc::new(cipher);
        let view = self.decrypted(Arc::clone(&cipher), padding)?;
        if self.rules.layout == LayoutPolicy::Scan {
            return Content::new(view, integrity, recipient);
        }
        let (source, rules) = (Arc::clone(&self.source), self.rules.scanning());
        let view = Relaid::new(view, move || {
            let scanned = Self::open_layout(&source, &rules)?;
            let (padded, padding) = cipher.padding(&scanned.last_blocks()?);
            if !bool::from(padded) {
                return Err(ErrorKind::Decrypt.into());
            }
            scanned.decrypted(Arc::clone(&cipher), padding)
        });
        Content::new(Arc::new(view), integrity, recipient)
    }

    /// The plaintext of a CBC cipher.
    fn decrypted(&self, cipher: Arc<BlockCipher>, padding: u8) -> Result<Arc<dyn ReadAt>, Error> {
        let ciphertext = Arc::clone(&self.ciphertext);
        Ok(Arc::new(CbcView::new(ciphertext, cipher, self.vector()?.to_vec(), padding)?))
    }

    fn vector(&self) -> Result<&[u8], Error> {
        match &self.data.parameters {
            ContentParameters::Vector(vector) => Ok(vector),
            _ => Err(Error::unsupported(self.data.algorithm.to_string())),
        }
    }

    /// The last ciphertext block after the one before it, or after the initialization vector.
    fn last_blocks(&self) -> Result<Vec<u8>, Error> {
        let vector = self.vector()?;
        let block_size = vector.len();
        let length = self.ciphertext.size()?;
        if length == 0 || !self.has_whole_blocks()? {
            return Err(Error::malformed("the ciphertext does not consist of whole blocks"));
        }
        let mut chained = vec![0; 2 * block_size];
        if let Some(start) = length.checked_sub(2 * block_size as u64) {
            read_exact_at(&self.ciphertext, &mut chained, start)?;
        } else {
            chained[..block_size].copy_from_slice(vector);
            read_exact_at(&self.ciphertext, &mut chained[block_size..], 0)?;
        }
        Ok(chained)
    }
}
