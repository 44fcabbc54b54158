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
//! What most programs need is at the root; the rest is in modules by subject: [`message`] for
//! single messages, [`keys`], [`cms`] for what a message says of its recipients, [`zip`] for
//! archives and entries, [`extract`] for trees and files, [`build`] for archives that are made,
//! [`parts`] for names of parts and where they go, [`read_at`] for sources, [`progress`], [`error`]
//! and [`limits`].
//!
//! # From the ground up
//!
//! Everything an export is made of can be read at any position without what comes before it. So
//! each layer is a view with one trait, [`ReadAt`], over the one below:
//!
//! * a part in a file ([`FileSource`](read_at::FileSource)), in memory, or wherever the caller has
//!   it;
//! * [`Envelope`](message::Envelope): base64 and chunk headers removed, recipients known, not yet
//!   unlocked;
//! * [`Content`](message::Content): what [`Envelope::unlock`](message::Envelope::unlock) gives,
//!   decrypted wherever it is read;
//! * [`Archive`]: the parts joined; [`Entry`]s, each opened on its own by an
//!   [`EntryReader`](zip::EntryReader);
//! * [`Archive::extract`]: planned whole, staged, verified, published.
//!
//! [`Export`] is the paved path over all of them. What cannot be read at a position, a pipe or a
//! socket, goes through [`Decryptor`](message::Decryptor) or [`Decoder`](message::Decoder), from
//! the first byte to the last.
//!
//! # Making archives
//!
//! [`ArchiveWriter`](build::ArchiveWriter) takes entries one after the other,
//! [`build_tree`](build::build_tree) a folder with all that is in it. Both write forward only, into
//! the parts of a [`PartSink`](parts::PartSink). [`ExportBuilder`](export::ExportBuilder) makes a
//! sealed export of folders and files, with a [`Manifest`](export::Manifest) beside it if that is
//! asked for, by which anybody sees without a key whether all parts arrived whole.
//!
//! # Sealing
//!
//! A [`Sealer`](message::Sealer), or a [`SealedWriter`](message::SealedWriter), makes a message of
//! what it is fed, forward only, for [`Recipient`](keys::Recipient)s, known by certificates, secret
//! keys or passwords. With the default options, the documented `openssl smime -decrypt` opens it.
//!
//! # Integrity
//!
//! CBC ciphers authenticate nothing: whoever could change a message could change its content. What
//! is left is the zip's CRC-32, which finds accidents and not attacks. AES-GCM, AES-CCM and
//! ChaCha20-Poly1305 do authenticate: such a message is read and verified whole before a byte of it
//! is handed out. [`Content::integrity`](message::Content::integrity) says which it is,
//! [`Archive::integrity`] that of the weakest part.
//!
//! # Keys
//!
//! A [`KeyRing`] holds private keys (RSA, elliptic curves, X25519, X448, ML-KEM) from files of any
//! usual form, passwords, secret keys, and keys that live elsewhere, behind a
//! [`RecipientKey`](keys::RecipientKey). Which of them a message is for is found by certificates,
//! by key identifiers, and by trying.

//!
//! # Features
//!
//! All are on; a feature only removes what a program does not need, and what a message or a file of
//! keys has that was left out is refused by an error that names it
//! ([`Unsupported::Feature`](error::Unsupported::Feature)).
//!
//! * `message`: what is always there, to be asked for alone by `default-features = false`: messages
//!   opened ([`message`]), keys for RSA and certificates in files that are not encrypted, secret
//!   keys, AES in CBC mode.
//! * `archive`: exports, parts, archives and their entries, the modules [`export`], [`parts`] and
//!   [`zip`].
//! * `build`: messages sealed, archives written and exports made, the module [`build`] and what
//!   [`message`], [`keys`] and [`export`] have for it. It needs `archive`.
//! * `extract`: trees and files on the disk, the module [`extract`] and what of [`build`] is about
//!   folders. Entries and messages are read, and archives written, without it. It needs `archive`.
//! * `ec`: keys on elliptic curves.
//! * `kem`: keys for ML-KEM.
//! * `aead`: authenticated ciphers.
//! * `encrypted-keys`: private keys encrypted by PBES2, and messages for whoever knows a password.
//! * `pkcs12`: PKCS #12 files. It needs `encrypted-keys`.
//! * `legacy`: triple DES, RC2 and MD5, for old messages and old key files.
//!
//! # In a browser
//!
//! On `wasm32-unknown-unknown`, messages in memory are opened, and entries of archives read, with
//! all features but `extract`. There are no files, no second thread and no clock, and nothing asks
//! for random numbers but sealing: with `build`, the application says where they come from, by the
//! feature `wasm_js` of the crate `getrandom` or a backend of its own.

#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// What only a part uses that was left out is not marked one by one.
#![cfg_attr(not(feature = "default"), allow(dead_code, unreachable_pub, unused_imports))]

mod asn1;
#[cfg(feature = "build")]
pub mod build;
mod cipher;
pub mod cms;
pub mod error;
#[cfg(feature = "archive")]
pub mod export;
#[cfg(feature = "extract")]
pub mod extract;
mod hex;
mod integrity;
pub mod keys;
pub mod limits;
pub mod message;
mod oddity;
mod oid;
mod options;
mod part_name;
#[cfg(feature = "archive")]
pub mod parts;
pub mod progress;
#[cfg_attr(all(target_os = "unknown", not(feature = "build")), path = "absent/random.rs")]
mod random;
pub mod read_at;
mod secret;
mod smime;
#[cfg(feature = "extract")]
mod staging;
mod threads;
#[cfg(feature = "archive")]
pub mod zip;

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

pub use error::{Error, ErrorKind};
#[cfg(feature = "archive")]
pub use export::Export;
#[cfg(feature = "extract")]
pub use extract::{ExtractOptions, Report};
pub use integrity::Integrity;
pub use keys::{Certificate, KeyRing};
pub use limits::{Limit, Limits};
pub use options::UnlockOptions;
#[cfg(feature = "archive")]
pub use parts::Part;
pub use progress::{CancelToken, Progress};
pub use read_at::ReadAt;
pub use secret::Passphrase;
#[cfg(feature = "archive")]
pub use zip::{Archive, Entry};
