//! Whom a message is sealed for: the owner of a certificate, whoever has a secret key, whoever
//! knows a password. Which key of theirs opens it is the business of the other files.

mod certified;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use self::certified::Certified;
use super::certificate::Certificate;
use super::password;
use super::secret_key::SecretKey;
use crate::cms::write::WrittenRecipientInfo;
use crate::cms::{HashAlgorithm, RecipientIdentifier};
use crate::error::{Error, ErrorKind};
use crate::secret::{Passphrase, UNLOCKING, wipe_stack};

/// Iterations of PBKDF2 with HMAC-SHA-256 for a password: what OWASP recommends (Password Storage
/// Cheat Sheet, since 2023), and less than a second of work.
const DEFAULT_ITERATIONS: u32 = 600_000;

/// Fewer than these are refused (RFC 8018 section 4.2).
const MIN_ITERATIONS: u32 = 1000;

/// Somebody a message is sealed for: the owner of an X.509 certificate, or whoever has a secret key
/// or knows a password that both sides have agreed on.
///
/// Of certificates, RSA keys are used with RSAES-PKCS1-v1_5, which every program opens, or with
/// RSAES-OAEP; keys on P-256, P-384 and P-521 and X25519 keys with an ephemeral key of the sender;
/// ML-KEM keys by encapsulation (feature `kem`). The recipient is named by the certificate's issuer
/// and serial number, or by its key identifier.
///
/// That a certificate belongs to whom it says is not checked: it is the caller's to know.
///
/// The documented `openssl smime -decrypt` reads messages for RSA keys alone. If anybody else is
/// among the recipients it opens the message for none of them; `openssl cms` does.
///
/// ```
/// use std::time::SystemTime;
///
/// use smimezip::keys::{Passphrase, Recipient};
/// use smimezip::message::{Envelope, SealOptions, Sealer};
/// use smimezip::{Certificate, KeyRing};
///
/// let file = std::fs::read("../../examples/data/certificate.pem")?;
/// let owner = Recipient::from_certificate(&Certificate::from_bytes(&file)?, SystemTime::now())?;
/// println!("sealed for {}", owner.subject().unwrap_or("nobody by name"));
/// let archive = Recipient::from_secret_key([7; 32], *b"archive, 2026")?;
/// let phone = Recipient::from_password(Passphrase::from("said on the telephone"))?;
///
/// // Each of them opens it with its own.
/// let sealer = Sealer::new(&[owner, archive, phone], &SealOptions::new())?;
/// let mut message = Vec::new();
/// sealer.finish(&mut message)?;
/// let mut keys = KeyRing::new();
/// keys.add_password(Passphrase::from("said on the telephone"));
/// assert!(Envelope::open(message)?.unlock(&keys).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recipient {
    way: Way,
}

/// How the content-encryption key comes to the recipient. Clones share the secrets.
#[derive(Clone, Debug)]
enum Way {
    Certificate(Box<Certified>),
    SecretKey { key: Arc<SecretKey>, name: Vec<u8> },
    Password { password: Arc<Passphrase>, iterations: u32 },
}

impl Recipient {
    /// The owner of `certificate`, which must be valid at the time `now`.
    ///
    /// # Errors
    /// [`ErrorKind::UnsuitableCertificate`] if nothing can be sealed for it, and why: its time, its
    /// keyUsage, an RSA key below 2048 bits, a key of another kind. [`ErrorKind::Unsupported`] for
    /// a key that only a build with the feature `ec` or `kem` seals for. [`ErrorKind::Io`] if the
    /// system gives no random bytes, by which a key on a curve is tried.
    pub fn from_certificate(certificate: &Certificate, now: SystemTime) -> Result<Self, Error> {
        Ok(Self { way: Way::Certificate(Box::new(Certified::new(certificate, Some(now))?)) })
    }

    /// The owner of `certificate`, whether or not it is, was or will be valid: for programs that
    /// keep to no calendar.
    ///
    /// # Errors
    /// Those of [`from_certificate`](Self::from_certificate), its time apart.
    pub fn from_certificate_at_any_time(certificate: &Certificate) -> Result<Self, Error> {
        Ok(Self { way: Way::Certificate(Box::new(Certified::new(certificate, None)?)) })
    }

    /// Whoever has this key-encryption key (RFC 5652 section 6.2.3) of 16, 24 or 32 bytes, which
    /// both sides call `identifier`; by AES key wrap (RFC 3565). The name stands in the message
    /// for everybody to read.
    ///
    /// # Errors
    /// [`ErrorKind::BadKey`] for a key of another size.
    pub fn from_secret_key(
        key: impl Into<Vec<u8>>,
        identifier: impl Into<Vec<u8>>,
    ) -> Result<Self, Error> {
        let key = Arc::new(SecretKey::new(key, None)?);
        Ok(Self { way: Way::SecretKey { key, name: identifier.into() } })
    }

    /// Whoever knows `password` (RFC 5652 section 6.2.4): PBKDF2 with HMAC-SHA-256 and 600,000
    /// iterations (RFC 8018), the key wrap of RFC 3211 with AES-256.
    ///
    /// Whoever has the message can try passwords as long as they like: it must be one that
    /// nobody guesses.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if it is empty.
    pub fn from_password(password: Passphrase) -> Result<Self, Error> {
        if password.bytes().is_empty() {
            return Err(ErrorKind::InvalidArgument("an empty password".to_owned()).into());
        }
        let password = Arc::new(password);
        Ok(Self { way: Way::Password { password, iterations: DEFAULT_ITERATIONS } })
    }

    /// Derives the key from the password by so many iterations of PBKDF2: more make each guess
    /// dearer, and each message, here and where it is opened.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for fewer than 1,000, and if the recipient has no password.
    pub fn with_iterations(mut self, count: u32) -> Result<Self, Error> {
        match &mut self.way {
            Way::Password { iterations, .. } if count >= MIN_ITERATIONS => *iterations = count,
            Way::Password { .. } => {
                let what = format!("fewer than {MIN_ITERATIONS} iterations for a password");
                return Err(ErrorKind::InvalidArgument(what).into());
            }
            _ => return Err(not_for(&self, "iterations")),
        }
        Ok(self)
    }

    /// Encrypts the key with RSAES-OAEP (RFC 3560), with `hash` for the label and for the mask.
    /// The documented `openssl smime -decrypt` does not open that; `openssl cms` does.
    ///
    /// # Errors
    /// [`ErrorKind::UnsuitableCertificate`] if its key is not one for RSA;
    /// [`ErrorKind::InvalidArgument`] if the recipient has no certificate.
    pub fn with_oaep(mut self, hash: HashAlgorithm) -> Result<Self, Error> {
        match &mut self.way {
            Way::Certificate(owner) => owner.use_oaep(hash)?,
            _ => return Err(not_for(&self, "RSAES-OAEP")),
        }
        Ok(self)
    }

    /// Names the recipient by the certificate's subjectKeyIdentifier. The documented
    /// `openssl smime -decrypt` does not open that; `openssl cms` does.
    ///
    /// # Errors
    /// [`ErrorKind::UnsuitableCertificate`] if the certificate has none;
    /// [`ErrorKind::InvalidArgument`] if the recipient has no certificate.
    pub fn by_key_identifier(mut self) -> Result<Self, Error> {
        match &mut self.way {
            Way::Certificate(owner) => owner.use_key_identifier()?,
            _ => return Err(not_for(&self, "a subjectKeyIdentifier")),
        }
        Ok(self)
    }

    /// The distinguished name of the certificate's subject (RFC 4514), if there is a certificate.
    pub fn subject(&self) -> Option<&str> {
        match &self.way {
            Way::Certificate(owner) => Some(owner.subject()),
            _ => None,
        }
    }

    /// What the recipient is named by in the message. A password has no name.
    pub fn identifier(&self) -> Option<RecipientIdentifier> {
        match &self.way {
            Way::Certificate(owner) => Some(owner.identifier().clone()),
            Way::SecretKey { name, .. } => Some(RecipientIdentifier::KeyIdentifier(name.clone())),
            Way::Password { .. } => None,
        }
    }

    /// The RecipientInfo with the content-encryption key `key`.
    ///
    /// # Errors
    /// `Io` if the system gives no random bytes.
    pub(crate) fn wrap_key(&self, key: &[u8]) -> Result<WrittenRecipientInfo, Error> {
        let wrapped = self.wrap_without_wiping(key);
        wipe_stack::<UNLOCKING>();
        wrapped
    }

    /// Not inlined, so that what it leaves on the stack is below the frame that wipes it.
    #[inline(never)]
    fn wrap_without_wiping(&self, key: &[u8]) -> Result<WrittenRecipientInfo, Error> {
        match &self.way {
            Way::Certificate(owner) => owner.wrap_key(key),
            Way::SecretKey { key: secret, name } => secret.wrap_key(name, key),
            Way::Password { password, iterations } => {
                password::wrap_by_password(password, *iterations, key)
            }
        }
    }
}

/// That an option belongs to another kind of recipient.
fn not_for(recipient: &Recipient, what: &str) -> Error {
    ErrorKind::InvalidArgument(format!("{what}, for {recipient}")).into()
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Certificate(owner) => write!(f, "{} ({})", owner.subject(), owner.identifier()),
            Way::SecretKey { name, .. } => RecipientIdentifier::KeyIdentifier(name.clone()).fmt(f),
            Way::Password { .. } => f.write_str("whoever knows the password"),
        }
    }
}
