//! `smz_keyring`: private keys and certificates, and external keys.

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::Arc;

use smimezip::cms::RecipientInfo;
use smimezip::keys::{ContentEncryptionKey, RecipientKey};
use smimezip::{Certificate, Error, ErrorKind, KeyRing, Limits, Passphrase};
use zeroize::Zeroizing;

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::options::smz_options;
use crate::recipient::{RecipientStrings, smz_recipient};
use crate::source::Turn;
use crate::status::{SMZ_ERR_BUSY, SMZ_ERR_CANCELLED, SMZ_ERR_IO, smz_status};
use crate::text::c_string;

/// Private keys and certificates, tried in the order they were added. Keys wipe themselves when the
/// last handle that needs them is freed. Reading it is allowed to several threads at the same time.
pub struct smz_keyring {
    pub(crate) ring: Arc<KeyRing>,
}

impl Handle for smz_keyring {
    const NAME: &'static str = "smz_keyring";
}

/// Asks for the passphrase of an encrypted private key, at most once for each file. Called on the
/// thread that made the call. Since 0.1.
///
/// @param user The pointer given with the callback.
/// @param hint For which key, to show to a person: the path, or "" for memory.
/// @param buf Where the passphrase goes, without a NUL; it is wiped afterwards.
/// @param cap Size of `buf`, at least 1,024.
/// @param out_len Where the passphrase's length goes.
/// @return 0 if there is one; anything else if not, which ends the call with SMZ_ERR_PASSPHRASE.
pub type smz_passphrase_fn = Option<
    unsafe extern "C-unwind" fn(
        user: *mut c_void,
        hint: *const c_char,
        buf: *mut u8,
        cap: usize,
        out_len: *mut usize,
    ) -> c_int,
>;

/// What smz_unwrap_fn returns for a message that is not for this key.
pub const SMZ_UNWRAP_NOT_MINE: c_int = 1;
/// What smz_unwrap_fn returns if the key could not be asked: a service does not answer, a token is
/// not there. Unless another key opens the message, the call ends with SMZ_ERR_IO then, and not as
/// if the key were a wrong one.
pub const SMZ_UNWRAP_UNREACHABLE: c_int = 2;

/// Decrypts a content-encryption key elsewhere: in a hardware module, a key service. May be called
/// on any thread, one at a time for each key. Take the same time whether decryption fails or not.
/// Since 0.1.
///
/// @param user The pointer given with the callback.
/// @param recipient Whom the message names, with the algorithm and the encrypted key.
/// @param out_key Where the decrypted key goes; it is wiped afterwards.
/// @param key_size The size that the key must have, in bytes.
/// @return 0 if the key was stored; SMZ_UNWRAP_NOT_MINE if the message is not for this key;
/// SMZ_UNWRAP_UNREACHABLE or SMZ_ERR_IO if the key could not be asked; SMZ_ERR_CANCELLED to end the
/// call; anything else if decryption failed, whatever failed in it.
pub type smz_unwrap_fn = Option<
    unsafe extern "C-unwind" fn(
        user: *mut c_void,
        recipient: *const smz_recipient,
        out_key: *mut u8,
        key_size: usize,
    ) -> c_int,
>;

/// Room for a passphrase.
const PASSPHRASE: usize = 1024;

/// The passphrase from a callback.
fn ask(callback: smz_passphrase_fn, user: *mut c_void, hint: &CString) -> Option<Passphrase> {
    let callback = callback?;
    let mut buffer = Zeroizing::new(vec![0; PASSPHRASE]);
    let mut length = 0;
    // SAFETY: the header's promise: the callback takes these and writes within them.
    let outcome = unsafe {
        callback(user, hint.as_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut length)
    };
    let passphrase = buffer.get(..length).filter(|_| outcome == 0)?;
    Some(Passphrase::new(passphrase))
}

/// A key behind a callback.
struct External {
    callback: smz_unwrap_fn,
    user: *mut c_void,
    certificate: Option<Certificate>,
    turn: Turn,
}

// SAFETY: the header says that the callback is called on any thread; `turn` sees to it that it is
// called once at a time.
unsafe impl Send for External {}
// SAFETY: as above.
unsafe impl Sync for External {}

impl RecipientKey for External {
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        let callback = self.callback?;
        let certificate = self.certificate.as_ref();
        if !certificate.is_none_or(|it| info.identifier().is_some_and(|name| it.is_named_by(name)))
        {
            return None;
        }
        let strings = RecipientStrings::new(info);
        let recipient = strings.recipient(info);
        let mut key = Zeroizing::new(vec![0; size]);
        let outcome = self.turn.take(|| {
            // SAFETY: the header's promise: the callback takes these and writes within them.
            unsafe { callback(self.user, &raw const recipient, key.as_mut_ptr(), size) }
        });
        match outcome {
            Ok(0) => Some(Ok(ContentEncryptionKey::new(std::mem::take(&mut *key)))),
            Ok(SMZ_UNWRAP_NOT_MINE) => None,
            Ok(SMZ_UNWRAP_UNREACHABLE | SMZ_ERR_IO) => {
                let text = "an external key could not be reached, its callback says";
                Some(Err(std::io::Error::new(std::io::ErrorKind::NotConnected, text).into()))
            }
            Ok(SMZ_ERR_CANCELLED) => Some(Err(ErrorKind::Cancelled.into())),
            Ok(_) => Some(Err(ErrorKind::Decrypt.into())),
            Err(error) => Some(Err(error.into())),
        }
    }
}

/// Makes an empty key ring. Since 0.1.
///
/// @return The ring, to be freed with smz_keyring_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_keyring_new() -> *mut smz_keyring {
    boundary::value(std::ptr::null_mut(), || {
        Ok(handles::publish(smz_keyring { ring: Arc::default() }))
    })
}

/// Frees a key ring and wipes its keys. NULL is fine. What was opened with it stays open. Since
/// 0.1.
///
/// @param keyring The ring, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_free(keyring: *mut smz_keyring) {
    boundary::free(keyring);
}

/// How many private keys are in it, external ones apart. Since 0.1.
///
/// @param keyring The ring.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_key_count(keyring: *const smz_keyring) -> u64 {
    boundary::value(0, || Ok(handles::shared(keyring)?.ring.private_keys().len() as u64))
}

/// Adds all private keys and certificates of a file: PEM or DER; PKCS #1, PKCS #8 plain or
/// encrypted, SEC 1, traditional encrypted PEM, PKCS #12, X.509; RSA, elliptic curves, X25519,
/// X448, ML-KEM. Since 0.1.
///
/// @param keyring The ring.
/// @param path The file: bytes on Unix, UTF-8 on Windows.
/// @param passphrase Asked if a key is encrypted; NULL if none is.
/// @param user Given to the callback.
/// @param options Limits on key derivation, or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_BAD_KEY, SMZ_ERR_PASSPHRASE, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT,
/// SMZ_ERR_IO; SMZ_ERR_BUSY while a decoder made with this ring has not used it yet.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_add_file(
    keyring: *mut smz_keyring,
    path: *const c_char,
    passphrase: smz_passphrase_fn,
    user: *mut c_void,
    options: *const smz_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let path = boundary::path(path, "path")?;
            let hint = c_string(path.to_string_lossy());
            change(keyring, options, |ring, limits| {
                ring.add_file(&path, &mut || ask(passphrase, user, &hint), limits)
            })
        })
    }
}

/// As smz_keyring_add_file(), from memory. Since 0.1.
///
/// @param keyring The ring.
/// @param data The file's bytes. They are not kept.
/// @param data_len How many.
/// @param passphrase Asked if a key is encrypted; NULL if none is.
/// @param user Given to the callback.
/// @param options Limits on key derivation, or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_keyring_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_add_memory(
    keyring: *mut smz_keyring,
    data: *const u8,
    data_len: usize,
    passphrase: smz_passphrase_fn,
    user: *mut c_void,
    options: *const smz_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let bytes = boundary::bytes(data, data_len, "data")?;
            change(keyring, options, |ring, limits| {
                ring.add(bytes, &mut || ask(passphrase, user, &CString::default()), limits)
            })
        })
    }
}

/// Adds a password, for messages that were encrypted under one (RFC 5652 section 6.2.4, `pwri`).
/// Since 0.1.
///
/// @param keyring The ring.
/// @param password The password's bytes. They are copied, and wiped with the ring.
/// @param password_len How many.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as smz_keyring_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_add_password(
    keyring: *mut smz_keyring,
    password: *const u8,
    password_len: usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let password = boundary::bytes(password, password_len, "password")?;
            change(keyring, std::ptr::null(), |ring, _| {
                ring.add_password(Passphrase::new(password));
                Ok(())
            })
        })
    }
}

/// Adds a secret key that both sides have, for messages whose content-encryption key is wrapped
/// under it (RFC 5652 section 6.2.3, `kekri`). Since 0.1.
///
/// @param keyring The ring.
/// @param key The key's bytes: 16, 24 or 32. They are copied, and wiped with the ring.
/// @param key_len How many.
/// @param identifier The key's name; only recipients of that name are tried with it. NULL for all.
/// @param identifier_len Its length in bytes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_BAD_KEY for another size, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as
/// smz_keyring_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_add_secret_key(
    keyring: *mut smz_keyring,
    key: *const u8,
    key_len: usize,
    identifier: *const u8,
    identifier_len: usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let key = boundary::bytes(key, key_len, "key")?;
            let named = !identifier.is_null();
            let identifier = boundary::bytes(identifier, identifier_len, "identifier")?;
            change(keyring, std::ptr::null(), |ring, _| {
                ring.add_secret_key(key, named.then(|| identifier.to_vec()))
            })
        })
    }
}

/// Adds an external key: HSM, PKCS #11, CNG, a cloud's key service. Since 0.1.
///
/// @param keyring The ring.
/// @param certificate The key's X.509 certificate in DER; only messages that name it are given to
/// the callback. NULL for every message.
/// @param certificate_len Its length in bytes.
/// @param unwrap Decrypts content-encryption keys, as smz_unwrap_fn says. Must not be NULL.
/// @param user Given to the callback; must be valid until the ring and every decoder made with it
/// are freed.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_BAD_KEY, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as
/// smz_keyring_add_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_keyring_add_external(
    keyring: *mut smz_keyring,
    certificate: *const u8,
    certificate_len: usize,
    unwrap: smz_unwrap_fn,
    user: *mut c_void,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            if unwrap.is_none() {
                return Err(Failure::null("unwrap"));
            }
            let bytes = boundary::bytes(certificate, certificate_len, "certificate")?;
            change(keyring, std::ptr::null(), |ring, _| {
                let certificate =
                    (!bytes.is_empty()).then(|| Certificate::from_der(bytes)).transpose()?;
                let turn = Turn::default();
                ring.add_key(Box::new(External { callback: unwrap, user, certificate, turn }));
                Ok(())
            })
        })
    }
}

fn change(
    keyring: *mut smz_keyring,
    options: *const smz_options,
    work: impl FnOnce(&mut KeyRing, &Limits) -> Result<(), Error>,
) -> Result<(), Failure> {
    let mut keyring = handles::exclusive(keyring)?;
    let limits = call_options::chosen(options)?.limits;
    let ring = Arc::get_mut(&mut keyring.ring).ok_or_else(|| {
        Failure::Here(SMZ_ERR_BUSY, "a decoder that has not begun needs this key ring".into())
    })?;
    Ok(work(ring, &limits)?)
}
