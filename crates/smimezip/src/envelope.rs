//! `Envelope`: a message opened, its recipients known, not yet unlocked.

use std::path::Path;
use std::sync::Arc;

use crate::asn1::OctetView;
use crate::cipher::{BlockCipher, CbcView};
use crate::cms::{ContentEncryptionAlgorithm, EnvelopedData, RecipientInfo, RecipientKind};
use crate::content::{Content, Integrity};
use crate::error::{Error, ErrorKind};
use crate::keys::KeyRing;
use crate::limits::{LayoutPolicy, Limits};
use crate::read_at::{FileSource, ReadAt, read_exact_at};
use crate::smime::{self, Container};

/// An S/MIME enveloped-data message (RFC 8551, RFC 5652 section 6) of any size.
///
/// Opening reads its head and its tail, a few kilobytes; it needs no key and decrypts nothing.
pub struct Envelope {
    container: Container,
    data: EnvelopedData,
    ciphertext: OctetView<Arc<dyn ReadAt>>,
    limits: Limits,
}

impl Envelope {
    /// Opens the message in `source`.
    ///
    /// # Errors
    /// [`ErrorKind::NotAMessage`], [`ErrorKind::Malformed`], [`ErrorKind::Truncated`],
    /// [`ErrorKind::Unsupported`] for other CMS types, [`ErrorKind::Limit`], or what the source
    /// reports.
    pub fn open(source: impl ReadAt + 'static, limits: &Limits) -> Result<Self, Error> {
        let source: Arc<dyn ReadAt> = Arc::new(source);
        let envelope = Self::open_layout(&source, limits)?;
        if limits.layout == LayoutPolicy::Assume && !envelope.has_whole_blocks()? {
            // Either the ciphertext is damaged or the geometry was assumed wrongly.
            return Self::open_layout(&source, &limits.scanning());
        }
        Ok(envelope)
    }

    /// Opens the message in the file at `path`.
    ///
    /// # Errors
    /// As [`open`](Self::open); the error names the file.
    pub fn open_file(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, Error> {
        let path = path.as_ref();
        FileSource::open(path)
            .map_err(Error::from)
            .and_then(|file| Self::open(file, limits))
            .map_err(|error| error.in_part(path.display().to_string()))
    }

    fn open_layout(source: &Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, Error> {
        let (container, body) = smime::open(source, limits)?;
        let data = EnvelopedData::read(&body, limits)?;
        let (ciphertext, end) = OctetView::open(Arc::clone(&body), &data.content, limits)?;
        data.check_tail(&body, end, limits)?;
        Ok(Self { container, data, ciphertext, limits: limits.clone() })
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

    /// What the sender says the content is: an object identifier in dotted form, for files
    /// `1.2.840.113549.1.7.1` (data).
    pub fn content_type(&self) -> &str {
        &self.data.content_type
    }

    /// Octets of ciphertext. The content is 1 to 16 octets shorter.
    pub fn ciphertext_len(&self) -> u64 {
        self.ciphertext.size().unwrap_or(0)
    }

    /// Finds the key the message is for, decrypts the content-encryption key and checks the
    /// content's last block.
    ///
    /// # Errors
    /// [`ErrorKind::NoMatchingKey`] if no recipient can be one of `keys`;
    /// [`ErrorKind::Decrypt`], bare of detail, for whatever fails behind that;
    /// [`ErrorKind::Unsupported`] for algorithms; [`ErrorKind::Limit`] if too many recipients
    /// would have to be tried.
    pub fn unlock(self, keys: &KeyRing) -> Result<Content, Error> {
        let algorithm = &self.data.algorithm;
        let (Some(key_size), Some(block_size)) = (algorithm.key_size(), algorithm.block_size())
        else {
            return Err(Error::unsupported(format!("content encryption {algorithm}")));
        };
        let chained = self.last_blocks(block_size)?;
        let infos = &self.data.recipient_infos;
        // The limit bounds what a stranger's message can cost; the owner's keys may all be tried.
        let allowed = self.limits.private_key_operations.max(keys.rsa_keys().len());
        let mut operations = 0;
        let mut refusal = None;
        for candidate in keys.candidates(infos) {
            if operations == allowed {
                return Err(Error::limit("private_key_operations", allowed as u64));
            }
            let key = match candidate.unwrap_key(infos, key_size) {
                None => continue,
                Some(Ok(key)) if key.octets().len() == key_size => key,
                Some(Ok(_)) => {
                    refusal = Some(ErrorKind::Decrypt.into());
                    continue;
                }
                Some(Err(error)) => {
                    operations += 1;
                    refusal = Some(error);
                    continue;
                }
            };
            operations += 1;
            let cipher = BlockCipher::new(algorithm, key.octets())?;
            let (padded, padding) = cipher.padding(&chained);
            // The one verdict: the key's padding and the content's, told together.
            if bool::from(key.valid() & padded) {
                let vector = self.data.initialization_vector.clone();
                let view = CbcView::new(self.ciphertext, cipher, vector, padding)?;
                return Content::new(Arc::new(view), Integrity::None, candidate.recipient);
            }
            refusal = Some(ErrorKind::Decrypt.into());
        }
        Err(refusal.unwrap_or_else(|| self.no_matching_key()))
    }

    /// The last ciphertext block behind the one before it, or behind the initialization vector.
    fn last_blocks(&self, block_size: usize) -> Result<Vec<u8>, Error> {
        let length = self.ciphertext.size()?;
        if length == 0 || !self.has_whole_blocks()? {
            return Err(Error::malformed("the ciphertext does not consist of whole blocks"));
        }
        let mut chained = vec![0; 2 * block_size];
        if let Some(start) = length.checked_sub(2 * block_size as u64) {
            read_exact_at(&self.ciphertext, &mut chained, start)?;
        } else {
            chained[..block_size].copy_from_slice(&self.data.initialization_vector);
            read_exact_at(&self.ciphertext, &mut chained[block_size..], 0)?;
        }
        Ok(chained)
    }

    fn no_matching_key(&self) -> Error {
        let infos = &self.data.recipient_infos;
        let unsupported = infos.iter().find(|info| {
            info.kind() != RecipientKind::KeyTransport
                || info.key_encryption_algorithm()
                    != Some(&crate::cms::KeyEncryptionAlgorithm::RsaesPkcs1V15)
        });
        match unsupported {
            // Only if none of the recipients is of a kind that a key could have been for.
            Some(info) if infos.len() == 1 => {
                let how = info
                    .key_encryption_algorithm()
                    .map_or_else(|| info.kind().to_string(), ToString::to_string);
                Error::unsupported(format!("a recipient by {how}"))
            }
            _ => {
                let recipients = infos.iter().map(ToString::to_string).collect();
                ErrorKind::NoMatchingKey { recipients }.into()
            }
        }
    }
}
