//! The key ring: all keys and certificates a person has, and which of them to try for a recipient.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::key_transport::RsaKey;
use super::load::{self, Asker, Item};
use crate::cms::RecipientInfo;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::secret::{ContentEncryptionKey, Passphrase};

/// A key that lives elsewhere: in a hardware module, a key service, a Java KeyStore.
pub trait RecipientKey: Send + Sync {
    /// Decrypts the content-encryption key of `size` octets that `info` holds. `None`: not
    /// addressed to this key. The message's verdict does not tell a wrong key from a damaged one;
    /// an implementation should take the same time for both.
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>>;
}

/// Private keys and certificates, tried in the order they were added.
#[derive(Default)]
pub struct KeyRing {
    keys: Vec<RsaKey>,
    certificates: Vec<Certificate>,
    elsewhere: Vec<Box<dyn RecipientKey>>,
}

/// A way to a content-encryption key that is worth a private-key operation.
pub(crate) struct Candidate<'a> {
    pub(crate) recipient: usize,
    way: Way<'a>,
}

enum Way<'a> {
    Rsa(&'a RsaKey),
    Elsewhere(&'a dyn RecipientKey),
}

impl KeyRing {
    /// A ring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ring with all keys and certificates of one file, PEM or DER.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn from_file(
        path: impl AsRef<Path>,
        passphrase: Option<Passphrase>,
    ) -> Result<Self, Error> {
        let mut ring = Self::new();
        let mut passphrase = passphrase;
        ring.add_file(path, &mut || passphrase.take(), &Limits::default())?;
        Ok(ring)
    }

    /// Adds all keys and certificates of a file, PEM or DER. `passphrase` is asked at most once,
    /// and only if a key is encrypted.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`], [`ErrorKind::PassphraseRequired`], [`ErrorKind::PassphraseWrong`],
    /// [`ErrorKind::Unsupported`], [`ErrorKind::Limit`] for costly key derivation, or what the
    /// operating system says.
    pub fn add_file(
        &mut self,
        path: impl AsRef<Path>,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        let path = path.as_ref();
        let named = |error: Error| error.in_part(path.display().to_string());
        let octets = read_small(path).map_err(named)?;
        self.add(&octets, passphrase, limits).map_err(named)
    }

    /// Adds all keys and certificates in `octets`, PEM or DER.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn add(
        &mut self,
        octets: &[u8],
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        let items = load::items(octets, &mut Asker::new(passphrase), limits)?;
        if items.is_empty() {
            return Err(ErrorKind::BadKey("no private key and no certificate in it").into());
        }
        for item in items {
            match item {
                Item::Key(key) => self.keys.push(key),
                Item::Certificate(certificate) => self.certificates.push(certificate),
            }
        }
        Ok(())
    }

    /// Adds a key that lives elsewhere.
    pub fn add_key(&mut self, key: Box<dyn RecipientKey>) {
        self.elsewhere.push(key);
    }

    /// Whether there is no private key in it.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.elsewhere.is_empty()
    }

    /// The certificates in it.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The RSA keys in it.
    pub fn rsa_keys(&self) -> &[RsaKey] {
        &self.keys
    }

    /// One text per key: what it is.
    pub fn describe(&self) -> Vec<String> {
        self.keys
            .iter()
            .map(|key| {
                let names: Vec<_> = self
                    .certificates
                    .iter()
                    .filter(|it| it.certifies(key.public()))
                    .map(ToString::to_string)
                    .collect();
                let name =
                    if names.is_empty() { "no certificate".into() } else { names.join("; ") };
                format!("RSA, {} bits, {name}", key.bits())
            })
            .collect()
    }

    /// What to try for these recipients, the likeliest first: recipients named by a certificate of
    /// a key; then those that a key could open by its size, for keys without a certificate and
    /// for keys whose certificates name nobody here (an old message under a renewed certificate).
    pub(crate) fn candidates(&self, infos: &[RecipientInfo]) -> Vec<Candidate<'_>> {
        let mut named = Vec::new();
        let mut unnamed = Vec::new();
        for key in &self.keys {
            let certificates: Vec<_> =
                self.certificates.iter().filter(|it| it.certifies(key.public())).collect();
            let before = named.len();
            let possible = || infos.iter().enumerate().filter(|(_, info)| key.may_open(info));
            for (recipient, info) in possible() {
                let is_named = info
                    .identifier()
                    .is_some_and(|name| certificates.iter().any(|it| it.is_named_by(name)));
                if is_named {
                    named.push(Candidate { recipient, way: Way::Rsa(key) });
                }
            }
            if named.len() == before {
                unnamed.extend(
                    possible().map(|(recipient, _)| Candidate { recipient, way: Way::Rsa(key) }),
                );
            }
        }
        for key in &self.elsewhere {
            named.extend(
                (0..infos.len())
                    .map(|recipient| Candidate { recipient, way: Way::Elsewhere(&**key) }),
            );
        }
        named.extend(unnamed);
        named
    }
}

impl Candidate<'_> {
    /// The content-encryption key this way leads to; `None` if it turns out to lead nowhere.
    pub(crate) fn unwrap_key(
        &self,
        infos: &[RecipientInfo],
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        let info = infos.get(self.recipient)?;
        match self.way {
            Way::Rsa(key) => Some(key.unwrap_key(info.encrypted_key(), size)),
            Way::Elsewhere(key) => key.unwrap_key(info, size),
        }
    }
}

fn read_small(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut octets = Zeroizing::new(Vec::with_capacity(16 * 1024));
    File::open(path)?.take(load::MAX_FILE + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > load::MAX_FILE {
        return Err(ErrorKind::BadKey("too large for a key file").into());
    }
    Ok(octets)
}
