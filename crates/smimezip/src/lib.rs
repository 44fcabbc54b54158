//! Opens encrypted exports: zip archives, often split (`X.z01 … X.zNN, X.zip`), every part sealed
//! as an S/MIME *enveloped-data* message (RFC 8551, RFC 5652).
//!
//! ```no_run
//! use smimezip::{Export, KeyRing};
//!
//! let export = Export::discover("export-2b710a2c.z12.smime")?;
//! let keys = KeyRing::from_file("key.pem")?;
//! let archive = export.unlock(&keys)?;
//! for entry in &archive {
//!     println!("{} {}", entry.size(), entry.raw_name());
//! }
//! archive.extract("out")?;
//! # Ok::<(), smimezip::Error>(())
//! ```
//!
//! Nothing is decrypted to disk on the way, memory stays constant at any size, and either exactly
//! the right tree is published or a clear reason is given and nothing is left behind.
//!
//! # From the ground up
//!
//! Everything an export is made of can be read at any position without what comes before it. So
//! each layer is a view with one trait, [`ReadAt`], over the one below:
//!
//! * a part in a file ([`FileSource`]), in memory, or wherever the caller has it;
//! * [`Envelope`]: base64 and chunk headers removed, recipients known, not yet unlocked;
//! * [`Content`]: what [`Envelope::unlock`] gives, decrypted wherever it is read;
//! * [`Archive`]: the parts joined; [`Entry`]s, each opened on its own by an [`EntryReader`];
//! * [`Archive::extract`]: planned whole, staged, verified, published.
//!
//! [`Export`] is the paved path over all of them. What cannot be read at a position, a pipe or a
//! socket, goes through [`Decryptor`] or [`Decoder`], from the first byte to the last.
//!
//! # Integrity
//!
//! CBC ciphers authenticate nothing: whoever could change a message could change its content. What
//! is left is the zip's CRC-32, which finds accidents and not attacks. AES-GCM, AES-CCM and
//! ChaCha20-Poly1305 do authenticate: such a message is read and verified whole before a byte of
//! it is handed out. [`Content::integrity`] says which it is, [`Archive::integrity`] that of the
//! weakest part.
//!
//! # Keys
//!
//! A [`KeyRing`] holds private keys (RSA, elliptic curves, X25519, X448, ML-KEM) from files of any
//! usual form, passwords, secret keys, and keys that live elsewhere, behind a [`RecipientKey`].
//! Which of them a message is for is found by certificates, by key identifiers, and by trying.

#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]

mod asn1;
mod cipher;
mod cms;
mod error;
mod export;
mod extract;
mod hex;
mod integrity;
mod keys;
mod limits;
mod message;
mod oddity;
mod oid;
mod parts;
mod progress;
mod read_at;
mod secret;
mod smime;
mod staging;
mod threads;
mod zip;

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

pub use cms::{
    ContentEncryptionAlgorithm, HashAlgorithm, IssuerAndSerialNumber, KemAlgorithm, KeyDerivation,
    KeyEncryptionAlgorithm, KeyWrapAlgorithm, RecipientIdentifier, RecipientInfo, RecipientKind,
};
pub use error::{
    Category, Damage, Error, ErrorKind, KeyProblem, NameProblem, NoMessage, Unsupported,
};
pub use export::{Export, Part};
pub use extract::{
    ExtractOptions, Links, Names, Renamed, Report, SaveOptions, SkipReason, Skipped,
    check_together, folder_names, recover, save, save_stream, save_stream_with, save_with,
};
pub use integrity::Integrity;
pub use keys::{
    Certificate, KeyRing, PrivateKey, RecipientKey, UnusableItem, unwrap_with_shared_secret,
};
pub use limits::{Accept, Limit, Limits};
pub use message::{Content, Decoder, Decryptor, Envelope, InnerLayers, Processed, UnlockOptions};
pub use oddity::{Oddity, OddityKind};
pub use oid::Oid;
pub use parts::{PartName, Position};
pub use progress::{CancelToken, Event, Phase, Progress};
pub use read_at::{Cursor, FilePool, FileSource, ReadAt};
pub use secret::{ContentEncryptionKey, Passphrase};
pub use smime::Container;
pub use staging::Overwrite;
pub use zip::{Archive, DosDateTime, Entry, EntryKind, EntryPath, EntryReader, Modified};
