//! The key ring: all keys and certificates a person has, and which of them to try for a recipient.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::certificate::Certificate;
use super::contents::Item;
use super::file::read_small;
use super::load;
use super::opener::Opener;
use super::password;
use super::private_key::PrivateKey;
use super::recipient_key::RecipientKey;
use super::secret_key::SecretKey;
use super::unusable::UnusableItem;
use crate::cms::RecipientInfo;
use crate::error::Error;
use crate::limits::Limits;
use crate::secret::{ContentEncryptionKey, Passphrase, UNLOCKING, wipe_stack};

/// Private keys, secrets and certificates, tried in the order they were added. Clones share the
/// secrets, which are wiped when the last of them is dropped.
///
/// ```
/// use smimezip::{KeyRing, Passphrase};
///
/// # let key = "../../examples/data/key.pem";
/// let mut keys = KeyRing::from_file(key)?;
/// keys.add_password(Passphrase::from("of a message that is sealed by one"));
/// assert_eq!(keys.private_keys().len(), 1);
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Vec<Held>,
    certificates: Vec<Certificate>,
    elsewhere: Vec<Arc<dyn RecipientKey>>,
    secret_keys: Vec<Arc<SecretKey>>,
    passwords: Vec<Arc<Passphrase>>,
    unusable: Vec<UnusableItem>,
}

/// A private key, and what its owner calls it.
#[derive(Clone)]
struct Held {
    key: Arc<PrivateKey>,
    name: Option<Arc<str>>,
}

/// A way to a content-encryption key that is worth trying.
pub(crate) struct Candidate<'a> {
    pub(crate) recipient: usize,
    way: Way<'a>,
}

enum Way<'a> {
    PrivateKey(&'a PrivateKey),
    Elsewhere(&'a dyn RecipientKey),
    SecretKey(&'a SecretKey),
    Password(&'a Passphrase, u64),
}

/// What trying a candidate costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Next to nothing.
    Nothing,
    /// One operation with a private key.
    PrivateKeyOperation,
    /// So many iterations of a key derivation.
    Iterations(u64),
}

impl KeyRing {
    /// A ring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ring with all keys and certificates of one file, PEM or DER, that needs no passphrase.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    ///
    /// ```no_run
    /// let keys = smimezip::KeyRing::from_file("key.pem")?;
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::of(|ring| ring.add_file(path, &mut || None, &Limits::default()))
    }

    /// A ring with all keys and certificates of one file, PEM or DER, whose passphrase is this.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    ///
    /// ```no_run
    /// let passphrase = std::env::var("KEY_PASSPHRASE").unwrap_or_default();
    /// let keys = smimezip::KeyRing::from_encrypted_file("key.p12", passphrase)?;
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    pub fn from_encrypted_file(
        path: impl AsRef<Path>,
        passphrase: impl Into<Passphrase>,
    ) -> Result<Self, Error> {
        let mut passphrase = Some(passphrase.into());
        Self::of(|ring| ring.add_file(path, &mut || passphrase.take(), &Limits::default()))
    }

    /// A ring with all keys and certificates in `bytes`, PEM or DER, that need no passphrase.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::of(|ring| ring.add(bytes, &mut || None, &Limits::default()))
    }

    /// A ring with all keys and certificates in `bytes`, PEM or DER, whose passphrase is this.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn from_encrypted_bytes(
        bytes: &[u8],
        passphrase: impl Into<Passphrase>,
    ) -> Result<Self, Error> {
        let mut passphrase = Some(passphrase.into());
        Self::of(|ring| ring.add(bytes, &mut || passphrase.take(), &Limits::default()))
    }

    /// A ring with what `add` adds.
    fn of(add: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<Self, Error> {
        let mut ring = Self::new();
        add(&mut ring)?;
        Ok(ring)
    }

    /// Adds all keys and certificates of a file, PEM or DER. `passphrase` is asked at most once,
    /// and only if a key is encrypted.
    ///
    /// # Errors
    /// `BadKey` if there is nothing in it that can be used, or private keys of which none can;
    /// `Unsupported` if that is for their algorithms or ciphers; `PassphraseRequired`;
    /// `PassphraseWrong`; `Limit` for costly key derivation; or what the operating system says. All
    /// are of [`ErrorKind`](crate::ErrorKind).
    pub fn add_file(
        &mut self,
        path: impl AsRef<Path>,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let named = |error: Error| error.in_part(&name);
        let bytes = read_small(path).map_err(named)?;
        self.add_contents(&bytes, Some(&name), None, passphrase, limits).map_err(named)
    }

    /// Adds all keys and certificates in `bytes`, PEM or DER.
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn add(
        &mut self,
        bytes: &[u8],
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        self.add_contents(bytes, None, None, passphrase, limits)
    }

    /// Adds all keys and certificates in `bytes`, PEM or DER, as those of `name`: of a file, or
    /// whatever tells a person which key it is. [`describe`](Self::describe) and what is said where
    /// no key fits have it, and the errors of this call. A key that is there under this name is not
    /// added again: a file may be added once more when its passphrase is known.
    ///
    /// ```
    /// use smimezip::{KeyRing, Limits};
    ///
    /// # let file = "../../examples/data/key.pem";
    /// let mut keys = KeyRing::new();
    /// keys.add_named("old.pem", &std::fs::read(file)?, &mut || None, &Limits::default())?;
    /// assert_eq!(keys.describe(), ["old.pem (RSA, 2048 bits)"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn add_named(
        &mut self,
        name: &str,
        bytes: &[u8],
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        self.add_contents(bytes, Some(name), Some(&name.into()), passphrase, limits)
            .map_err(|error| error.in_part(name))
    }

    fn add_contents(
        &mut self,
        bytes: &[u8],
        file: Option<&str>,
        name: Option<&Arc<str>>,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
        limits: &Limits,
    ) -> Result<(), Error> {
        let contents = load::contents(bytes, &mut Opener::new(passphrase, limits));
        wipe_stack::<UNLOCKING>();
        let contents = contents?;
        for item in contents.items {
            match item {
                // What a file gives without its passphrase it gives again with it.
                Item::Key(key) if name.is_some_and(|name| self.has(&key, name)) => {}
                Item::Key(key) => {
                    self.keys.push(Held { key: Arc::from(key), name: name.cloned() });
                }
                Item::Certificate(certificate) => self.certificates.push(certificate),
            }
        }
        self.unusable.extend(contents.unusable.into_iter().map(|item| match file {
            Some(file) => item.in_file(file),
            None => item,
        }));
        Ok(())
    }

    /// Whether it has the key from what is called so.
    fn has(&self, key: &PrivateKey, name: &Arc<str>) -> bool {
        self.keys.iter().any(|held| held.name.as_ref() == Some(name) && held.key.is_same(key))
    }

    /// Adds a key that lives elsewhere.
    pub fn add_key(&mut self, key: Box<dyn RecipientKey>) {
        self.elsewhere.push(Arc::from(key));
    }

    /// Adds a password, for messages that were encrypted under one (RFC 5652 section 6.2.4).
    pub fn add_password(&mut self, password: Passphrase) {
        self.passwords.push(Arc::new(password));
    }

    /// Adds a key-encryption key that both sides have (RFC 5652 section 6.2.3): 16, 24 or 32
    /// bytes. With an `identifier` it is tried for recipients of that name only.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`](crate::ErrorKind::BadKey) for another size.
    pub fn add_secret_key(
        &mut self,
        bytes: impl Into<Vec<u8>>,
        identifier: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        self.secret_keys.push(Arc::new(SecretKey::new(bytes, identifier)?));
        Ok(())
    }

    /// Whether there is nothing in it that could open a message.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
            && self.elsewhere.is_empty()
            && self.secret_keys.is_empty()
            && self.passwords.is_empty()
    }

    /// The certificates in it.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// What stood in the files that were added and cannot be used, each with its reason: keys of
    /// other algorithms, requests for certificates, items that are damaged. What else was in a file
    /// is in the ring all the same.
    pub fn unusable(&self) -> &[UnusableItem] {
        &self.unusable
    }

    /// The private keys in it, those that live elsewhere apart.
    pub fn private_keys(&self) -> impl ExactSizeIterator<Item = &PrivateKey> {
        self.keys.iter().map(|held| &*held.key)
    }

    /// One text per key, secret or password: what it is, nothing of what it says.
    pub fn describe(&self) -> Vec<String> {
        let keys = self.keys.iter().map(|Held { key, name }| {
            let mut names: Vec<String> = Vec::new();
            for certificate in self.certificates.iter().filter(|it| it.certifies(key)) {
                let text = certificate.to_string();
                if !names.contains(&text) {
                    names.push(text);
                }
            }
            match (name, names.is_empty()) {
                (Some(name), true) => format!("{name} ({key})"),
                (Some(name), false) => format!("{name} ({key}, {})", names.join("; ")),
                (None, true) => format!("{key}, no certificate"),
                (None, false) => format!("{key}, {}", names.join("; ")),
            }
        });
        keys.chain(self.elsewhere.iter().map(|key| key.describe()))
            .chain(self.secret_keys.iter().map(|key| key.describe()))
            .chain(self.passwords.iter().map(|_| "a password".to_owned()))
            .collect()
    }

    /// What to try for these recipients, the likeliest first: recipients named by a certificate of
    /// a key, or by an identifier of the key itself; then those that a key could open by its kind
    /// and size, for keys without a certificate and for keys whose certificates name nobody here
    /// (an old message under a renewed certificate).
    pub(crate) fn candidates(&self, infos: &[RecipientInfo]) -> Vec<Candidate<'_>> {
        let mut named = Vec::new();
        let mut unnamed = Vec::new();
        for Held { key, .. } in &self.keys {
            let certificates: Vec<_> =
                self.certificates.iter().filter(|it| it.certifies(key)).collect();
            let before = named.len();
            let possible = || infos.iter().enumerate().filter(|(_, info)| key.may_open(info));
            let candidate = |recipient| Candidate { recipient, way: Way::PrivateKey(key) };
            for (recipient, info) in possible() {
                let is_named = info.identifier().is_some_and(|name| {
                    key.has_identifier(name) || certificates.iter().any(|it| it.is_named_by(name))
                });
                if is_named {
                    named.push(candidate(recipient));
                }
            }
            if named.len() == before {
                unnamed.extend(possible().map(|(recipient, _)| candidate(recipient)));
            }
        }
        let each = || infos.iter().enumerate();
        for key in &self.elsewhere {
            let way = || Way::Elsewhere(&**key);
            named.extend(each().map(|(recipient, _)| Candidate { recipient, way: way() }));
        }
        for key in &self.secret_keys {
            let possible = each().filter(|(_, info)| key.may_open(info));
            let way = || Way::SecretKey(key);
            named.extend(possible.map(|(recipient, _)| Candidate { recipient, way: way() }));
        }
        named.extend(unnamed);
        for password in &self.passwords {
            named.extend(each().filter_map(|(recipient, info)| {
                let iterations = password::iterations(info)?;
                Some(Candidate { recipient, way: Way::Password(password, iterations) })
            }));
        }
        named
    }
}

impl fmt::Debug for KeyRing {
    /// What [`describe`](Self::describe) says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRing").field(&self.describe()).finish()
    }
}

impl Candidate<'_> {
    /// What trying it costs.
    pub(crate) fn cost(&self) -> Cost {
        match self.way {
            Way::PrivateKey(_) | Way::Elsewhere(_) => Cost::PrivateKeyOperation,
            Way::SecretKey(_) => Cost::Nothing,
            Way::Password(_, iterations) => Cost::Iterations(iterations),
        }
    }

    /// The content-encryption key this way leads to; `None` if it turns out to lead nowhere.
    pub(crate) fn unwrap_key(
        &self,
        infos: &[RecipientInfo],
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        let info = infos.get(self.recipient)?;
        match self.way {
            Way::PrivateKey(key) => Some(key.unwrap_key(info, size)),
            Way::Elsewhere(key) => key.unwrap_key(info, size),
            Way::SecretKey(key) => Some(key.unwrap_key(info, size)),
            Way::Password(password, _) => Some(password::unwrap_by_password(password, info, size)),
        }
    }
}
